"""Deployment: set-up, price and dates of systems, their spread among rivals, and the corner without them."""

import math
from dataclasses import replace

import numpy as np
import pytest
from worlds import CRM1, RICH, live, rich, world

from ecosim.mechanisms.deployment import consider, estimate, growth, named, price_level, show_results, worth
from ecosim.strategies import Levers, Strategy
from ecosim.strategies import Organisation as Own
from ecosim.strategies.levers import DEPLOYMENTS, SYSTEMS

ROW = 8
FREE = {"setup": 0.0, "running": 0.0}


def wants(kind):
    return Strategy(kind, Levers(organisation=Own(deployment=kind)))


LINE_UP = [wants("custom"), wants("none"), wants("none"), wants("none")]


def test_the_table_keeps_its_order():
    assert tuple(system.name for system in SYSTEMS) == DEPLOYMENTS
    assert [s.capacity for s in SYSTEMS] == [0.25, 0.5, 0.5, 0.8, 1.0, 1.2]
    by_name = {s.name: s for s in SYSTEMS}
    assert by_name["hosted"].setup < by_name["platform"].setup < by_name["custom"].setup
    assert by_name["hosted"].weeks < by_name["platform"].weeks < by_name["custom"].weeks


def test_firms_start_with_what_they_want_and_owe_nothing_for_it():
    model = world(RICH, line_up=[wants(kind) for kind in ("none", "hosted", "custom", "platform")])
    assert [firm.capacity for firm in model.firms] == [0.25, 0.8, 1.0, 1.2]
    live(model, 1)
    sales = model.ledger.flows[0, :4]
    running = [system.running for system in (SYSTEMS[0], SYSTEMS[3], SYSTEMS[4], SYSTEMS[5])]
    assert (-model.ledger.flows[ROW, :4]).tolist() == [round(r * int(s)) for r, s in zip(running, sales, strict=True)]


def test_a_system_takes_weeks_and_money():
    model = world(RICH, line_up=LINE_UP, weeks=13)
    firm, system = model.firms[1], SYSTEMS[5]
    firm.adopt(wants("platform"))
    model.step()
    assert firm.deployment.coming == "platform"
    due = round(system.setup * firm.organisation.sales)
    assert -model.ledger.flows[ROW, 1] == due
    assert firm.capacity == 0.25
    live(model, system.weeks - 1)
    assert firm.capacity == 0.25
    live(model, 1)
    assert (firm.capacity, firm.deployment.system, firm.deployment.since) == (1.2, "platform", model.week)


def test_a_system_that_is_not_offered_yet_is_waited_for():
    late = {"deployment": {"platform_week": 10}}
    model = world(RICH, late, line_up=wants("platform"), weeks=9)
    assert [firm.deployment.system for firm in model.firms] == ["custom"] * 4
    live(model, 1)
    assert [firm.deployment.coming for firm in model.firms] == ["platform"] * 4
    live(model, 26)
    assert model.firms[0].capacity == 1.2


def test_prices_fall():
    p = rich({"deployment": {"decline": 0.15}}).setting.deployment
    assert price_level(p, 0) == 1
    assert price_level(p, 104) == pytest.approx(0.85**2)


def test_capacity_is_what_firms_hear_and_mend():
    kinds = [wants("none"), wants("custom"), CRM1, CRM1]
    kinds = [replace(k, levers=replace(k.levers, contact=replace(k.levers.contact, dialogue=0.5))) for k in kinds]
    model = world(RICH, {"talk": {"listening": 200.0}}, line_up=kinds, weeks=20)
    able = [max(1, int(model.last["voiced"][j])) * model.world.firms.listening[j] for j in (0, 1)]
    if max(model.world.firms.listening[:2]) < 1:
        assert able[0] == pytest.approx(0.25 * able[1])


def test_switched_off_systems_are_free_and_all_the_same():
    off = {"deployment": {"active": False}}
    model = world(RICH, off, line_up=LINE_UP, weeks=20)
    assert [firm.capacity for firm in model.firms] == [1.0] * 4
    assert not model.ledger.quarter[ROW].any()
    model.firms[1].adopt(wants("platform"))
    live(model, 30)
    assert model.firms[1].capacity == 1.0


def many(firms, prior, seed=1, **more):
    """Return a world of many firms, one of which has a system the others lack."""
    line_up = [wants("custom")] + [wants("none")] * (firms - 1)
    layer = {
        "market": {"firms": firms, "customers": 20},
        "deployment": {**FREE, "prior_gain": prior, "prior_sd": 0.0, **more},
    }
    return world(layer, line_up=line_up, seed=seed)


def spread(model, years):
    """Return the share of firms with a system after every 4 weeks, nothing but adoption happening."""
    shares = []
    for n in range(13 * years):
        model.week = 4 * n
        consider(model)
        for firm in model.firms:
            if firm.deployment.adopted:
                firm.deployment.system = firm.deployment.adopted
        shares.append(np.mean([firm.deployment.system == "custom" for firm in model.firms]))
    return np.array(shares)


def test_free_and_surely_good_systems_spread_as_bass_says():
    """With no cost and a sure gain, adopters follow dF/dt = (p + q F)(1 - F) from one of many."""
    firms, p, q = 300, 0.03, 0.38
    found = np.mean([spread(many(firms, 1.0, seed, innovation=p, imitation=q), 20) for seed in range(1, 9)], axis=0)
    share, curve = 1 / firms, []
    for _ in range(len(found)):
        share += (1 - math.exp(-(p + q * share) * 4 / 52)) * (1 - share)
        curve.append(share)
    times = np.arange(1, len(found) + 1) * 4 / 52
    bass = (1 - np.exp(-(p + q) * times)) / (1 + q / p * np.exp(-(p + q) * times))
    assert np.abs(np.array(curve) - bass).max() < 0.03
    assert np.abs(found - np.array(curve)).max() < 0.05


def test_nobody_adopts_what_he_thinks_is_worth_nothing():
    assert spread(many(40, -0.5, innovation=5.0), 5)[-1] == 1 / 40
    dear = {"setup": 50.0, "running": 1.0}
    assert spread(many(40, 0.01, **dear), 5)[-1] == 1 / 40


def test_an_adopted_system_stands_above_the_lever_until_that_moves():
    model = world(RICH, {"deployment": {**FREE, "prior_gain": 0.5, "prior_sd": 0.0, "innovation": 10.0}},
                  line_up=LINE_UP, weeks=80)  # fmt: skip
    firm = model.firms[1]
    assert (firm.deployment.adopted, firm.deployment.system) == ("custom", "custom")
    assert firm.target.organisation.deployment == "none"
    firm.adopt(wants("tactical"))
    live(model, 5)
    assert (firm.deployment.adopted, firm.deployment.system) == ("", "tactical")


@pytest.mark.parametrize("weight", [1.0, 3.0])
def test_what_adopters_show_moves_estimates(weight):
    model = world(RICH, {"deployment": {"prior_gain": 0.02, "prior_sd": 0.0, "prior_weight": weight}}, line_up=LINE_UP)
    model.week = 100
    for firm, last in zip(model.firms, (20, 10, 10, 11), strict=True):
        firm.deployment.sales = [10] * 15 + [last] * 10
    first = model.firms[0]
    first.deployment.since, first.deployment.gained = 60, 0.75
    model.firms[3].deployment.since = 90
    show_results(model)
    assert first.deployment.shown == pytest.approx((1.0 - 0.0) / 0.75)
    assert estimate(model, model.firms[1]) == pytest.approx((0.02 * weight + 1 / 0.75) / (weight + 1))
    assert estimate(model, first) == pytest.approx(0.02)
    cost = SYSTEMS[4].running + SYSTEMS[4].setup / 12
    expected = estimate(model, model.firms[1]) * 0.75 - cost
    assert worth(model, model.firms[1], named(first, "custom")) == pytest.approx(expected)


def test_growth_needs_a_past():
    assert growth([5] * 9, 7) is None
    assert growth([0, 0, 0, 1, 1, 1], 3) is None
    assert growth([2, 2, 2, 1, 3, 3, 3], 4) == pytest.approx(0.5)


def test_branches_deploy_alike():
    model = world(RICH, {"deployment": {"innovation": 5.0, "prior_gain": 0.3}}, line_up=LINE_UP, weeks=30)
    twin = model.branch()
    assert live(model, 20).digest() == live(twin, 20).digest()


def test_every_system_can_be_named():
    assert tuple(system.name for system in SYSTEMS) == DEPLOYMENTS
