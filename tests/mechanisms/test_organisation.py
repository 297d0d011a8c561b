"""Organisation: two ends to one start, slower giants, levers on their way, and what people are paid for."""

import math
from dataclasses import replace

import numpy as np
import pytest
from worlds import CMR, CRM1, RICH, live, rich, setting, world

from ecosim.mechanisms.organisation import SLOWEST, Change, Organisation, Wish, effort, gain, judge, wish
from ecosim.strategies import Contact, Innovation, Levers, Offer, Strategy
from ecosim.strategies import Organisation as Own
from ecosim.strategies.blend import between, blend

PURE = Organisation(training=0.005, contagion=1.0, relapse=1.0)
"""Time in units of contagion: q_int = 1, p_train / q_int = .005, relapse and misalignment in one number."""


def end(p, z, wanted, weeks=20_000, size=1.0):
    for _ in range(weeks):
        z = min(1.0, max(0.0, z + 0.1 * gain(p, z, wanted, size)))
    return z


def stable(p, wanted):
    """Return the ends that starts all over [0, 1] lead to."""
    return {round(end(p, z, wanted), 2) for z in np.linspace(0.0, 1.0, 9)}


@pytest.mark.parametrize(("misalign", "ends"), [(0.12, 1), (0.14, 2), (0.2, 2), (0.245, 2), (0.265, 1)])
def test_the_same_change_has_two_ends_in_a_band(misalign, ends):
    """At p_train / q_int = .005 the culture is bistable where relapse misalign / q_int lies between .13 and .255."""
    assert len(stable(PURE, Wish(misalign, 0.0, 1.0))) == ends


def test_the_band_is_where_the_cubic_has_three_roots():
    """relapse misalign = (p + Z^2)(1 - Z) / Z has a local minimum of .131 and a maximum of .255."""
    z = np.linspace(0.01, 0.99, 9801)
    load = (0.005 + z * z) * (1 - z) / z
    turns = np.flatnonzero(np.diff(np.sign(np.diff(load))))
    assert [round(float(load[n]), 3) for n in turns] == [0.131, 0.255]


def test_nearby_starts_part():
    wanted = Wish(0.2, 0.0, 1.0)
    low, high = end(PURE, 0.21, wanted), end(PURE, 0.25, wanted)
    assert low < 0.1
    assert high > 0.6


def test_with_a_linear_term_there_is_one_end():
    """If colleagues did not reinforce each other (Z instead of Z^2), every start would lead to the same end."""
    for misalign in (0.05, 0.14, 0.2, 0.25, 0.5, 0.9):
        ends = set()
        for z in (0.001, 0.1, 0.5, 1.0):
            for _ in range(40_000):
                z += 0.05 * ((0.005 + 1.0 * z) * (1 - z) - misalign * z)
            ends.add(round(z, 3))
        assert len(ends) == 1, misalign


def test_above_three_hundredths_training_alone_decides():
    p = replace(PURE, training=0.04)
    assert all(len(stable(p, Wish(m, 0.0, 1.0))) == 1 for m in (0.1, 0.2, 0.25, 0.3, 0.35))


def test_a_champion_helps_and_size_hinders():
    p, z = Organisation(), 0.1
    plain, led = gain(p, z, Wish(0.1, 0.0, 0.5), 1.0), gain(p, z, Wish(0.1, 1.0, 0.5), 1.0)
    assert led == pytest.approx(plain + p.training * 0.9)
    aligned = Wish(0.0, 0.5, 0.5)
    small, mean, giant = (gain(p, z, aligned, size) for size in (0.1, 1.0, 20.0))
    assert small > mean > giant > 0
    assert giant == pytest.approx(mean / (1 + 0.2 * math.log(20)))
    assert gain(p, z, aligned, 0.0) == pytest.approx(mean / SLOWEST)


def test_misalignment_by_hand():
    levers = Levers(
        contact=Contact(0.9, 0.3), innovation=Innovation(0.1, 0.0, 0.2), organisation=Own(objective=0.6, pay=0.2)
    )
    centre = (0.9 + 0.3 + 0.1) / 3
    assert wish(levers).misalign == pytest.approx((abs(0.2 - centre) + abs(0.6 - centre)) / 2)
    hybrid = replace(levers, contact=Contact(0.1, 0.3, 0.0, 0.7))
    centre = (0.4 + 0.3 + 0.1) / 3
    assert wish(hybrid).misalign == pytest.approx((abs(0.2 - centre) + abs(0.6 - centre)) / 2)


def test_pay_divides_effort():
    p = Organisation()
    for pay in (0.0, 0.3, 0.5, 1.0):
        deals, relations = math.exp((1 - pay) / p.pay_temperature), math.exp(pay / p.pay_temperature)
        closing = deals / (deals + relations)
        assert effort(p, pay) == pytest.approx((0.3 * closing, 0.3 * closing, 0.5 + 1 - closing), rel=1e-12)
    assert effort(replace(p, active=False), 0.0) == (0.0, 0.0, 1.0)


def test_levers_on_their_way():
    before, wanted = Levers(), Levers(Contact(1.0, 0.5), offer=Offer("optional", 1.0), innovation=Innovation(testers=9))
    half = blend(before, wanted, 0.25, 0.5)
    assert (half.contact.control, half.contact.dialogue, half.innovation.testers) == (0.5, 0.125, 4)
    assert (half.offer.self_service, half.offer.experience) == ("optional", 0.5)
    assert blend(before, wanted, 0.25, 0.4).offer.self_service == "none"
    assert blend(before, wanted, 1.0, 1.0) == wanted
    assert blend(before, wanted, 0.0, 0.0) == before
    assert between(False, True, 0.49) is False
    assert between(False, True, 0.5) is True


def test_levers_towards_buyers_start_from_those_towards_strangers():
    hybrid = Levers(Contact(0.0, 0.0, 0.0, 1.0))
    half = blend(Levers(Contact(0.2)), hybrid, 0.0, 0.5).contact
    assert (half.control, half.control_buyers) == pytest.approx((0.1, 0.6))
    back = blend(hybrid, Levers(Contact(0.2)), 0.0, 0.5).contact
    assert (back.control, back.control_buyers) == pytest.approx((0.1, 0.6))
    assert blend(hybrid, Levers(Contact(0.2)), 1.0, 1.0).contact.control_buyers == -1


ALIGNED = Strategy("aligned", Levers(Contact(0.6, 0.6), organisation=Own(0.4, "custom", 1.0, 1.0, 0.4)))
"""A strategy whose pay and objective go with its openness, led by a champion across departments."""


def test_a_change_that_comes_about():
    model = rich({"organisation": {"training": 0.05, "contagion": 1.0}})
    firm = model.firms[0]
    firm.adopt(ALIGNED)
    assert firm.levers == CRM1.levers
    cultures = []
    for _ in range(40):
        model.step()
        cultures.append(firm.culture)
    assert cultures == sorted(cultures)
    state = firm.organisation
    assert (state.switches, state.failures, state.under_way) == (1, 0, False)
    assert state.weeks == next(n for n, z in enumerate(cultures, 1) if z > 0.8)
    assert firm.culture == 1.0
    assert firm.levers == firm.target == ALIGNED.levers


def test_a_change_that_fails_is_noted_and_leaves_the_firm_where_it_was():
    model = rich({"organisation": {"relapse": 1.0}})
    firm = model.firms[0]
    firm.adopt(CMR)
    live(model, 60)
    assert firm.culture < 0.1
    assert (firm.organisation.failures, firm.organisation.weeks, firm.organisation.under_way) == (1, -1, False)
    assert firm.levers.contact.dialogue < CRM1.levers.contact.dialogue + 0.1 * CMR.levers.contact.dialogue
    assert (firm.levers.contact.control, firm.levers.offer) == (CMR.levers.contact.control, CMR.levers.offer)


def test_who_never_gets_half_way_in_two_years_has_failed():
    for best, failures in ((0.5, 1), (0.51, 0)):
        state = Change(0, under_way=True, since=10, start=0.1, best=best)
        judge(state, 0.3, 113)
        assert state.under_way
        judge(state, 0.3, 114)
        assert (state.under_way, state.failures) == (False, failures)


def test_what_change_costs():
    """A quarter's sales when switching, friction between two cultures, and the salaries of champion and integration."""
    model = rich(weeks=13)
    firm, p = model.firms[0], model.setting.organisation
    assert firm.organisation.sales == sum_of_quarter(model, 0)
    firm.adopt(ALIGNED)
    row, switch = 9, round(p.switch_cost * firm.organisation.sales)
    model.step()
    z, sales = firm.culture, int(model.ledger.flows[0, 0])
    friction = round(p.friction * z * (1 - z) * sales)
    rest = round((p.champion_cost + p.integration_cost) * sales)
    assert -model.ledger.flows[row, 0] == switch + friction + rest
    assert firm.organisation.cost == switch + friction
    model.step()
    sales = int(model.ledger.flows[0, 0])
    assert -model.ledger.flows[row, 0] < 0.05 * sales + rest
    assert model.ledger.flows[row, 3] == 0


def sum_of_quarter(model, row):
    other = rich()
    total = 0
    for _ in range(13):
        other.step()
        total += int(other.ledger.flows[0, row])
    return total


def test_switched_off_levers_move_at_once_and_pay_has_no_effect():
    off = {"organisation": {"active": False}}
    model = rich(off)
    firm = model.firms[0]
    firm.adopt(CMR)
    assert firm.levers == CMR.levers
    assert (firm.closing, firm.over_claim, firm.attentive, firm.culture) == (0.0, 0.0, 1.0, 1.0)
    live(model, 30)
    assert not model.ledger.quarter[9].any()
    assert firm.processes.met == 0


def test_pay_changes_what_customers_meet():
    deals, outcomes = (Strategy(f"pay{pay}", Levers(organisation=Own(pay=pay))) for pay in (0.0, 1.0))
    model = world(RICH, line_up=[deals, outcomes, CRM1, CRM1])
    first, second = model.firms[:2]
    assert first.closing > second.closing
    assert first.over_claim > second.over_claim
    assert first.attentive < second.attentive
    claims = model.world.firms.claim
    model.change_setting(setting(RICH, {"organisation": {"most_over_claim": 0.0}}))
    model.step()
    assert first.over_claim == 0.0
    assert model.world.firms.claim[0] <= claims[0]


def test_a_firm_that_changes_nothing_has_its_arrays_rewritten_never(monkeypatch):
    model = rich({"organisation": {"processes": 0.0}, "innovation": {"active": False}})
    calls = []
    monkeypatch.setattr(model, "firms_changed", lambda: calls.append(1))
    live(model, 14)
    assert calls == []


def test_branches_change_alike_and_apart():
    model = rich(weeks=4)
    model.firms[1].adopt(ALIGNED)
    live(model, 3)
    twin = model.branch()
    assert twin.digest() == model.digest()
    assert live(twin, 10).digest() == live(model, 10).digest()
    twin.firms[1].organisation.cost += 1
    assert twin.digest() != model.digest()
