"""Innovation: judgement and costs by hand, where search ends, who proposes what, and what comes of it."""

import dataclasses

import numpy as np
import pytest
from innovation_worlds import CLEAR, SMALL, market_weights, month, partner, school, still, week
from worlds import RICH, live, python, world

from ecosim.ledger import PURPOSES, UNIT, to_money
from ecosim.mechanisms import innovation
from ecosim.mechanisms.ideas import (
    CUSTOMER,
    EXPERT,
    JUMP,
    PARTNER,
    SOURCES,
    STAFF,
    Idea,
    after,
    by_goal,
    flip,
    ideas_of,
    parts_of,
)
from ecosim.mechanisms.innovation import ACCEPTED, CARRIED_OUT, PROPOSED, TAKEN_UP, Change, Innovation, estimate
from ecosim.mechanisms.landscape import landscape
from ecosim.metrics.innovation import height, leads, record, worth
from ecosim.parameters import walk
from ecosim.strategies.levers import Innovation as Lever
from ecosim.world import fingerprint

QUIET = {"innovation": {"staff_ideas": 0.0, "copying": 0.0}}
COSTS = {"innovation": {"screening_cost": 0.001, "bit_cost": 0.01, "tester_cost": 0.02}}
OPEN = {"customers": 1.0, "partners": 1.0, "experts": 1.0}


def spent(model, purpose="innovation", row=0):
    return -int(model.ledger.quarter[PURPOSES.index(purpose), row])


def better_bit(model, row=0):
    """Return the idea to change the bit that raises the market's value of a firm's offer most."""
    firm = model.firms[row]
    nearby = parts_of(model, firm, firm.innovation.bits ^ np.eye(8, dtype=np.int8)) @ market_weights(model)
    return flip(firm, STAFF, 0, [int(np.argmax(nearby))], model.ledger.outside)


# -- judgement -------------------------------------------------------------------------------------------------------


def test_estimate_by_hand():
    """K = 0: only the changed component counts, with its believed weight; the mix of segments is 1 : 3."""
    model = still(CLEAR, {"innovation": {"interactions": 0}})
    firm = model.firms[0]
    firm.innovation.belief.mix = np.array([0.25, 0.75])
    land, bit = landscape(1, 8, 0), int(firm.innovation.bits[2])
    weight = 0.25 * model.segment_weights[0, 2] + 0.75 * model.segment_weights[1, 2]
    expected = weight * 0.4 * (land.table[2, 1 - bit] - land.table[2, bit])
    assert estimate(model, firm, flip(firm, STAFF, 0, [2], 2)) == pytest.approx(expected, rel=1e-9)


def test_a_weakest_component_is_judged_as_customers_do():
    model = still(CLEAR, {"experience": {"elasticity": -3.0}})
    firm = model.firms[0]
    idea = flip(firm, STAFF, 0, [1, 4], 2)
    w = firm.innovation.belief.judged_by(0.0)
    value = [float((w * parts**-3.0).sum() ** (-1 / 3)) for parts in
             (firm.parts(), parts_of(model, firm, after(firm.innovation.bits, idea)))]  # fmt: skip
    assert estimate(model, firm, idea) == pytest.approx(value[1] - value[0], rel=1e-9)


@pytest.mark.parametrize("testers", [0, 3, 15])
def test_testers_make_judgement_precise(testers):
    """Standard deviation noise / sqrt(1 + b): 800 judgements, so a relative error of 4 / sqrt(1600) = .1."""
    model = still({"innovation": {"noise": 0.08}}, line_up=[school(testers=testers)] * 2)
    firm = model.firms[0]
    found = [estimate(model, firm, Idea(STAFF, n, (0,), (int(firm.innovation.bits[0]),), 2)) for n in range(800)]
    assert np.std(found) == pytest.approx(0.08 / np.sqrt(1 + testers), rel=0.1)
    assert abs(np.mean(found)) < 4 * 0.08 / np.sqrt((1 + testers) * 800)


def test_lead_testers_judge_for_those_who_take_part():
    model = still(CLEAR, line_up=[school(testers=3, lead_testers=0.8), school()])
    for firm in model.firms:
        firm.innovation.belief.mix, firm.innovation.belief.lead = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    idea = flip(model.firms[0], STAFF, 0, [5], 2)
    change = parts_of(model, model.firms[0], after(model.firms[0].innovation.bits, idea)) - model.firms[0].parts()
    tilt = 0.8 * 3 / 4
    weights = (1 - tilt) * model.segment_weights[0] + tilt * model.segment_weights[1]
    assert estimate(model, model.firms[0], idea) == pytest.approx(float(change @ weights), rel=1e-9)
    assert estimate(model, model.firms[1], idea) == pytest.approx(float(change @ model.segment_weights[0]), rel=1e-9)


def test_the_hurdle():
    model = still(CLEAR)
    gain = estimate(model, model.firms[0], better_bit(model))
    for hurdle, accepted in ((gain - 1e-6, 1), (gain + 1e-6, 0)):
        other = still(CLEAR, {"innovation": {"hurdle": hurdle}})
        innovation.propose(other, other.firms[0], better_bit(other))
        assert other.firms[0].innovation.record[STAFF, ACCEPTED] == accepted


# -- costs and delays ------------------------------------------------------------------------------------------------


def test_costs_by_hand():
    """A quarter of 130 sales at 1: screening .13, testers 5 x .02, and two bits at 1.3, half price if integrated."""
    for integration, bits in ((0.0, 2.6), (1.0, 1.3)):
        model = still(CLEAR, COSTS, line_up=[school(testers=5, integration=integration)] * 2)
        firm = model.firms[0]
        before = spent(model)
        innovation.propose(model, firm, better_bit(model)._replace(feasible=False))
        assert spent(model) - before == to_money(0.13)
        innovation.propose(model, firm, better_bit(model))
        assert spent(model) - before == to_money(0.26 + 0.1)
        firm.innovation.queue = [Change(flip(firm, STAFF, 0, [0, 1], 2), model.week, model.week, 0.1)]
        assert innovation.carry_out(model, firm)
        assert spent(model) - before == to_money(0.36 + bits)
        assert firm.innovation.spent[STAFF] == spent(model) - before
        assert spent(model, row=1) == 0


def test_contracts_cost_by_openness():
    model = still(line_up=[school(customers=0.9, governance=0.5), school(governance=1.0)])
    model.ledger.open_quarter()
    week(model, [40, 40])
    assert spent(model, "governance") == round(0.005 * 0.5 * 0.3 * 40 * UNIT)
    assert spent(model, "governance", 1) == 0


def test_contracts_delay_outside_ideas_only():
    model = still(CLEAR, QUIET, line_up=[school(governance=1.0)] * 2)
    firm = model.firms[0]
    inside = better_bit(model)
    for idea in (inside, inside._replace(source=CUSTOMER)):
        innovation.decide(model, firm, idea)
    assert [change.due - model.week for change in firm.innovation.queue] == [0, 8]
    start = firm.innovation.bits.copy()
    firm.innovation.queue = firm.innovation.queue[1:]
    month(model)
    assert (firm.innovation.bits == start).all()
    month(model)
    assert (firm.innovation.bits != start).sum() == 1
    assert firm.innovation.weeks[CUSTOMER] == 8


def test_what_is_already_so_costs_nothing():
    model = still(CLEAR, QUIET)
    firm = model.firms[0]
    idea = better_bit(model)
    firm.innovation.queue = [Change(idea, model.week, model.week, 0.1)] * 2
    innovation.carry_out(model, firm)
    assert firm.innovation.record[STAFF, CARRIED_OUT] == 1


def test_ideas_wait_for_the_one_who_decides():
    """With a bottleneck of 1 nothing is decided; at .5, half of 800 ideas wait (4 standard errors: .07)."""
    layer = {"organisation": {"bottleneck": 1.0}, "innovation": {"staff_ideas": 20.0}}
    model = still(CLEAR, layer, line_up=[school(champion=1.0), school()])
    for _ in range(3):
        month(model)
    lab = model.firms[0].innovation
    assert len(lab.waiting) == lab.record[STAFF, PROPOSED] > 0
    assert lab.record[STAFF, ACCEPTED] == 0
    assert model.firms[1].innovation.waiting == []
    free = still(CLEAR, layer, {"organisation": {"active": False}}, line_up=[school(champion=1.0)] * 2)
    month(free)
    assert free.firms[0].innovation.waiting == []
    half = still(CLEAR, layer, {"organisation": {"bottleneck": 0.5}}, line_up=[school(champion=1.0)] * 2)
    for n in range(800):
        innovation.decide(half, half.firms[0], better_bit(half)._replace(place=n))
    assert abs(len(half.firms[0].innovation.waiting) / 800 - 0.5) < 0.07


# -- uptake, risk, fairness ------------------------------------------------------------------------------------------


def on_trial(sales_after, weeks=13, **lever):
    """Carry out one idea of partner 2 and let 13 weeks pass in which firm 0 sells so much a week, firm 1 ten."""
    ours = partner(2, [0], np.ones(8), [0])
    model = still(CLEAR, QUIET, line_up=[school(**lever)] * 2, partners=[ours])
    model.ledger.transfer(model.week, model.ledger.outside, 2, "endowment", 100 * UNIT)
    firm = model.firms[0]
    idea = better_bit(model)._replace(source=PARTNER, payee=2)
    firm.innovation.queue = [Change(idea, model.week, model.week, 0.05)]
    innovation.carry_out(model, firm)
    for _ in range(weeks):
        week(model, [sales_after, 10])
    return model, firm.innovation


@pytest.mark.parametrize(("sales", "taken"), [(11, 1), (10, 0), (9, 0)])
def test_only_uptake_makes_an_innovation(sales, taken):
    model, lab = on_trial(sales)
    assert lab.record[PARTNER, TAKEN_UP] == taken
    assert lab.trials == []
    assert lab.lift[PARTNER] == pytest.approx(sales / (sales + 10) - 0.5)
    found = record(model.firms[0])["partner"]
    assert found["hit_rate"] == taken
    assert found["return"] == pytest.approx(sales / (sales + 10) - 0.5)
    assert on_trial(sales, weeks=12)[1].trials


def test_a_partner_bears_the_risk_agreed():
    cost = to_money(1.3)
    for sales, lever, borne in ((9, 0.4, round(0.4 * cost)), (11, 0.4, 0), (9, 0.0, 0)):
        model, lab = on_trial(sales, risk_transfer=lever)
        assert model.ledger.accounts[2] == 100 * UNIT - borne
        assert lab.spent[PARTNER] == cost


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1.0), (0.05, 0.75), (0.2, 0.0), (0.5, 0.0)])
def test_those_whose_ideas_are_used_want_a_fair_share(share, expected):
    model = still(CLEAR, QUIET, line_up=[school(share=share)] * 2)
    firm = model.firms[0]
    firm.innovation.queue = [Change(better_bit(model)._replace(source=CUSTOMER), model.week, model.week, 0.05)]
    innovation.carry_out(model, firm)
    assert firm.innovation.grievance == pytest.approx(expected)
    assert bool(firm.rights) == (share > 0)


# -- who proposes what -----------------------------------------------------------------------------------------------


def proposals(source, model, months=40):
    """Return what a source proposes to firm 0 in so many months in which nothing is done about it."""
    found = []
    for _ in range(months):
        model.week += 4
        ideas = ideas_of(model, model.firms[0], [firm.innovation.bits for firm in model.firms])
        found += [idea for idea in ideas if idea.source == source]
    return found


def only(**rates):
    return {"innovation": {"staff_ideas": 0.0, "partner_ideas": 0.0, "customer_ideas": 0.0, "expert_ideas": 0.0,
                           **rates}}  # fmt: skip


def test_as_many_ideas_as_the_rate_says():
    """Poisson: 3 a quarter, twice that if integrated, over 130 months: 4 standard errors."""
    for integration, rate in ((0.0, 3.0), (1.0, 6.0)):
        model = still(only(staff_ideas=3.0), line_up=[school(integration=integration)] * 2)
        expected = rate * 130 * 4 / 13
        assert abs(len(proposals(STAFF, model, 130)) - expected) < 4 * np.sqrt(expected)


def test_staff_try_every_bit():
    """One random bit each: 8 equally likely ones; the largest chi square of 7 degrees at 1 in 10,000 is 29.9."""
    found = proposals(STAFF, still(only(staff_ideas=30.0)), 100)
    counts = np.bincount([idea.components[0] for idea in found], minlength=8)
    assert all(len(idea.components) == 1 for idea in found)
    assert ((counts - counts.mean()) ** 2 / counts.mean()).sum() < 29.9


def test_customers_propose_what_they_want():
    """Ideas raise the value to one segment; feasible as often as mean skill says; none where nobody takes part."""
    model = still(only(customer_ideas=30.0), line_up=[school(customers=1.0)] * 2, people=(0.0, 40.0), skill=0.3)
    firm, found = model.firms[0], proposals(CUSTOMER, model, 60)
    for idea in found[:50]:
        gain = parts_of(model, firm, after(firm.innovation.bits, idea)) - firm.parts()
        assert gain @ model.segment_weights[1] > 0
    feasible = np.mean([idea.feasible for idea in found])
    assert abs(feasible - 0.3) < 4 * np.sqrt(0.21 / len(found))
    for people, line_up in (((0.0, 0.0), school(customers=1.0)), ((9.0, 9.0), school(customers=0.0))):
        assert proposals(CUSTOMER, still(only(customer_ideas=30.0), line_up=[line_up] * 2, people=people)) == []


def test_a_participant_has_at_most_one_idea_a_month():
    model = still(only(customer_ideas=100.0), line_up=[school(customers=1.0)] * 2, people=(1.0, 1.0))
    assert len(proposals(CUSTOMER, model, 20)) == 40


def test_segments_propose_as_they_take_part():
    """Of two segments of which one has 3 in 4 participants, it proposes 3 in 4 ideas: told by opposite tastes."""
    model = still(only(customer_ideas=60.0), CLEAR, {"innovation": {"interactions": 0}},
                  line_up=[school(customers=1.0)] * 2, people=(30.0, 90.0))  # fmt: skip
    firm, land = model.firms[0], landscape(1, 8, 0)
    up = [j for j in range(8) if land.table[j, 1 - firm.innovation.bits[j]] > land.table[j, firm.innovation.bits[j]]]
    model.segment_weights = np.zeros((2, 8))
    model.segment_weights[0, up[0]] = model.segment_weights[1, up[1]] = 1.0
    found = proposals(CUSTOMER, model, 60)
    share = np.mean([idea.components == (up[1],) for idea in found])
    assert {idea.components for idea in found} == {(up[0],), (up[1],)}
    assert abs(share - 0.75) < 4 * np.sqrt(0.1875 / len(found))


def test_experts_jump_or_point_at_the_largest():
    model = still(only(expert_ideas=30.0), line_up=[school(experts=1.0)] * 2)
    model.quarter["purchases"][:] = [10, 90, 0]
    rival = model.firms[1].innovation
    rival.bits = model.firms[0].innovation.bits.copy()
    rival.bits[[1, 2, 6, 7]] ^= 1
    found = proposals(EXPERT, model, 60)
    assert {len(idea.components) for idea in found} == {JUMP}
    admired = np.mean([set(idea.components) <= {1, 2, 6, 7} for idea in found])
    chance = 0.5 + 0.5 * 4 / 56
    assert abs(admired - chance) < 4 * np.sqrt(chance * (1 - chance) / len(found))


def test_partners_propose_what_serves_their_own_goal():
    """With a goal against the market's every proposal harms the firm, which accepts none; with the market's, one."""
    for sign, accepted in ((1.0, 1), (-1.0, 0)):
        model = still(CLEAR, only(partner_ideas=100.0), line_up=[school(partners=1.0)] * 2)
        firm = model.firms[0]
        ours = partner(2, [0, 1, 2], sign * market_weights(model), [0])
        model.partners = [ours]
        found = proposals(PARTNER, model, 3)
        assert len({idea.components for idea in found}) == 1
        assert set(found[0].components) <= {0, 1, 2}
        assert found[0].payee == 2
        better = after(firm.innovation.bits, found[0])
        options = [by_goal(model, firm, ours, after(firm.innovation.bits, flip(firm, PARTNER, 0, list(c), 2)))
                   for c in ([0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2])]  # fmt: skip
        assert by_goal(model, firm, ours, better) == pytest.approx(max(options))
        assert (estimate(model, firm, found[0]) > 0) == (accepted > 0)


def test_a_goal_at_right_angles_brings_the_firm_nothing_on_average():
    """Divergence 90 degrees, K = 0: what the partner gains is unrelated to what the firm gains; 0: always the same.

    Mean true gain of the proposal over 40 landscapes and goals against one in the firm's own direction.
    """
    gains = {0: [], 90: []}
    for seed in range(1, 41):
        model = still(CLEAR, only(partner_ideas=100.0), {"innovation": {"interactions": 0}},
                      line_up=[school(partners=1.0)] * 2, seed=seed)  # fmt: skip
        firm, w = model.firms[0], market_weights(model)
        across = np.random.default_rng(seed).normal(size=8)
        across -= (across @ w) / (w @ w) * w
        for angle, goal in ((0, w), (90, across)):
            model.partners = [partner(2, range(8), goal, [0])]
            for idea in proposals(PARTNER, model, 1)[:1]:
                change = parts_of(model, firm, after(firm.innovation.bits, idea)) - firm.parts()
                gains[angle].append(float(change @ w))
    assert min(gains[0]) > 0
    assert abs(np.mean(gains[90])) < 4 * np.std(gains[90]) / np.sqrt(len(gains[90]))
    assert np.mean(gains[0]) > 3 * abs(np.mean(gains[90]))


@pytest.mark.parametrize(
    ("lever", "firms", "active", "some"),
    [
        ({"extensibility": 1.0}, [0], True, True), ({"partners": 1.0}, [0], True, True), ({}, [0], True, False),
        ({"partners": 1.0}, [1], True, False), ({"partners": 1.0}, [0], False, False),
    ],
)  # fmt: skip
def test_platforms_let_partners_propose_too_and_strangers_do_not(lever, firms, active, some):
    model = still(only(partner_ideas=50.0), {"innovation": {"interactions": 0}}, line_up=[school(**lever)] * 2)
    firm = model.firms[0]
    gain = parts_of(model, firm, after(firm.innovation.bits, flip(firm, PARTNER, 0, [3], 2)))[3] - firm.parts()[3]
    model.partners = [partner(2, [3], np.eye(8)[3] * np.sign(gain), firms)]
    model.partners[0].active = active
    assert bool(proposals(PARTNER, model, 2)) == some


def test_partners_that_are_experts_bring_ideas_of_their_own():
    model = still(only(expert_ideas=20.0), line_up=[school(experts=1.0)] * 2)
    alone = len(proposals(EXPERT, model, 20))
    theirs = partner(2, [], market_weights(model), [], "expert")
    other = still(only(expert_ideas=20.0), line_up=[school(experts=1.0)] * 2, partners=[theirs])
    found = proposals(EXPERT, other, 20)
    assert sum(idea.payee == other.ledger.outside for idea in found) == alone
    assert abs(sum(idea.payee == 2 for idea in found) - 20 * 20 * 4 / 13) < 4 * np.sqrt(123)


def test_a_partner_with_everything_tries_what_can_be_tried():
    model = still(only(partner_ideas=20.0), {"market": {"components": 24}}, line_up=[school(partners=1.0)] * 2)
    model.partners = [partner(2, range(24), np.ones(24), [0], "orchestrator")]
    found = proposals(PARTNER, model, 3)
    assert found
    assert all(0 < len(idea.components) <= 10 for idea in found)


# -- where search ends -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_without_interactions_staff_find_the_best_design(seed):
    """One firm that knows what is wanted and judges without error: local search reaches the global optimum."""
    model = still(CLEAR, only(staff_ideas=20.0), {"innovation": {"interactions": 0}}, seed=seed)
    before = height(model.firms[0], model)
    for _ in range(26):
        month(model, copies=False)
    assert before < height(model.firms[0], model) == pytest.approx(1.0, abs=1e-12)


def test_with_interactions_staff_end_on_a_peak():
    """K = 7: no single bit would seem better to the firm, and of eight landscapes some end below the best."""
    reached = []
    for seed in range(1, 9):
        model = still(CLEAR, only(staff_ideas=30.0), {"innovation": {"interactions": 7}}, seed=seed)
        for _ in range(26):
            month(model, copies=False)
        firm, believed = model.firms[0], model.firms[0].innovation.belief.judged_by(0.0)
        nearby = parts_of(model, firm, firm.innovation.bits ^ np.eye(8, dtype=np.int8)) @ believed
        assert nearby.max() <= firm.parts() @ believed + 1e-12
        reached.append(height(firm, model))
    assert min(reached) < 1.0 - 1e-9
    assert max(reached) <= 1.0 + 1e-12


def test_a_lead_shows():
    model = still(CLEAR, QUIET)
    np.testing.assert_allclose(leads(model), 0.0, atol=1e-15)
    firm = model.firms[0]
    firm.innovation.queue = [Change(better_bit(model), model.week, model.week, 0.1)]
    innovation.carry_out(model, firm)
    gain = float(worth(model.firms[0].parts()[None], model)[0] - worth(model.firms[1].parts()[None], model)[0])
    np.testing.assert_allclose(leads(model), [gain, -gain])
    assert gain > 0
    model.firms[1].active = False
    assert np.isnan(leads(model)).all()


def test_no_maximum_where_there_are_too_many_designs():
    assert np.isnan(height(world(SMALL, {"market": {"components": 17}}).firms[0], None))
    one = world(SMALL, {"market": {"components": 1}})
    assert 0 < height(one.firms[0], one) <= 1


# -- the whole -------------------------------------------------------------------------------------------------------


def busy(*layers, weeks=26, seed=1):
    """Return a market in which firms are open in different ways, after some weeks."""
    line_up = [
        school(customers=0.8, experts=0.5, testers=5, share=0.1, governance=0.3, integration=0.5),
        school(partners=0.6, share=0.4, lead_testers=0.5, testers=2, champion=0.8),
        school(customers=1.0, share=0.5, exclusive=True, governance=1.0),
        school(),
    ]
    innovation = {"staff_ideas": 6.0, "customer_ideas": 6.0, "expert_ideas": 4.0, "copying": 0.1}
    return world(RICH, {"market": {"customers": 120}, "innovation": innovation}, *layers, line_up=line_up,
                 weeks=weeks, seed=seed)  # fmt: skip


def test_it_all_happens_and_money_is_conserved():
    model = busy(weeks=0)
    total, start = model.ledger.accounts.sum(), model.firms[0].innovation.bits.copy()
    for _ in range(40):
        model.step()
        assert model.ledger.accounts.sum() == total
    done = sum(firm.innovation.record for firm in model.firms)
    for source in (STAFF, CUSTOMER, EXPERT, SOURCES.index("copied")):
        assert done[source, PROPOSED] > 0, SOURCES[source]
    assert (done[:, :-1] >= done[:, 1:]).all()
    assert any((firm.innovation.bits != start).any() for firm in model.firms)
    for firm in model.firms:
        np.testing.assert_array_equal(firm.fit, innovation.fit_of(model, firm.innovation.bits))
        np.testing.assert_allclose(
            model.world.firms.value[:, firm.row], [firm.offer_value(w) for w in model.segment_weights]
        )
    assert any(model.ledger.quarter[PURPOSES.index("royalties"), :4])


def test_a_branch_goes_the_same_way():
    model = busy(weeks=18)
    twin = model.branch()
    assert live(twin, 10).digest() == live(model, 10).digest()


def test_compiled_or_not():
    code = "from mechanisms.test_innovation import busy; print(busy({'market': {'customers': 30}}, weeks=9).digest())"
    assert python(code, NUMBA_DISABLE_JIT="1") == busy({"market": {"customers": 30}}, weeks=9).digest()


def test_the_others_go_on_with_their_own_luck():
    """What one firm's staff propose, and how it is judged, does not depend on other sources or firms being open."""
    found = []
    for lever in ({}, {"customers": 1.0, "experts": 1.0}):
        model = still(only(staff_ideas=20.0, customer_ideas=20.0), line_up=[school(**lever)] * 2)
        found.append(proposals(STAFF, model, 10))
    assert found[0] == found[1]


def test_switched_off_nothing_moves():
    off = {"innovation": {"active": False}}
    model = busy(off, weeks=30)
    for firm in model.firms:
        np.testing.assert_array_equal(firm.fit, 0.0)
        assert firm.innovation.record.sum() == 0
        assert firm.rights == []
    assert model.ledger.quarter[PURPOSES.index("innovation")].sum() == 0
    closed = busy({"innovation": {"amplitude": 0.0, "staff_ideas": 0.0, "customer_ideas": 0.0, "expert_ideas": 0.0,
                                  "copying": 0.0, "governance_cost": 0.0}}, weeks=30)  # fmt: skip
    for name, column in model.customers.state().items():
        np.testing.assert_array_equal(column, closed.customers.state()[name], err_msg=name)
    np.testing.assert_array_equal(model.ledger.accounts, closed.ledger.accounts)


def trace(*layers, lever=None):
    """Return all that a year of months leaves behind in firms, accounts and rights."""
    base = {"staff_ideas": 6.0, "partner_ideas": 6.0, "customer_ideas": 6.0, "expert_ideas": 6.0, "copying": 0.1,
            "belief_bias": 0.1}  # fmt: skip
    levers = {"customers": 0.7, "partners": 0.5, "experts": 0.5, "testers": 2, "lead_testers": 0.5, "share": 0.1,
              "term": 20, "governance": 0.5, "risk_transfer": 0.5, "integration": 0.5, "champion": 0.5}  # fmt: skip
    model = still({"innovation": base}, *layers, line_up=[school(**{**levers, **(lever or {})}), school(**OPEN)],
                  people=(30.0, 10.0))  # fmt: skip
    model.partners = [partner(2, [0, 1], np.linspace(1, -0.5, 8)), partner(3, [], np.ones(8), [], "expert")]
    model.ledger.outside, model.ledger.accounts = 4, np.append(model.ledger.accounts, [0, 0])
    model.ledger.flows = np.zeros((len(PURPOSES), 4), np.int64)
    model.ledger.quarter = np.zeros_like(model.ledger.flows)
    for n in range(13):
        month(model, [10 - n % 3, 10])
    parts = [fingerprint([firm.fit, firm.innovation, list(map(tuple, map(dataclasses.astuple, firm.rights)))])
             for firm in model.firms]  # fmt: skip
    return parts, model.ledger.accounts.tolist()


PARAMETERS = {key: field.default for key, field in walk(Innovation)}
OTHER = {"active": False, "interactions": 1, "hurdle": 0.02, "belief_noise": 3.0, "record_weight": 0.5, "delay": 52.0,
         "adjacent": True}  # fmt: skip
LEVERS = {key: field.default for key, field in walk(Lever)}


@pytest.mark.parametrize("key", PARAMETERS)
def test_every_parameter_is_live(key):
    here = {"partner_ideas": 6.0, "staff_ideas": 6.0, "customer_ideas": 6.0, "expert_ideas": 6.0}.get(key)
    value = OTHER.get(key, 0.5 * (PARAMETERS[key] if here is None else here) + 0.003)
    assert trace({"innovation": {key: value}}) != trace()


@pytest.mark.parametrize("key", LEVERS)
def test_every_lever_is_live(key):
    value = {"testers": 9, "term": 4, "exclusive": True}.get(key, 0.9)
    assert trace(lever={key: value}) != trace()
