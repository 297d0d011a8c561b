"""Intents: the bid that earns most, who answers, who tells, and a market that needs both sides to come."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import lambertw
from worlds import BARE, CMR, CRM1, assert_same, columns, live, merged, needs_met, rich, world

from ecosim.ledger import PURPOSES, UNIT, to_money
from ecosim.mechanisms.intents import Intents, best_price, tells
from ecosim.strategies import Insight, Levers, Strategy

SALES, BIDDING = PURPOSES.index("sales"), PURPOSES.index("bidding")
TELLS = tells.py_func if hasattr(tells, "py_func") else tells
KEEN = {"choice": {"price_weight": 8.0}, "intents": {"answering": 1.0}}
"""Customers so keen on prices that firms gain by bidding below the list price."""


def gain(p, appeal, cost, weight):
    return (p - cost) / (1.0 + np.exp(-(appeal - weight * p)))


@given(st.floats(-8, 8), st.floats(0, 1), st.floats(0.05, 50), st.floats(0, 3))
def test_no_price_on_a_fine_grid_earns_more(share, cost, weight, margin):
    """The appeal puts the logit at the list price between 1/3000 and 2999/3000."""
    most = cost + margin
    appeal = share + weight * most
    found = best_price(appeal, cost, weight, most)
    grid = np.linspace(cost, most, 2001)
    assert cost <= found <= most
    assert gain(found, appeal, cost, weight) >= gain(grid, appeal, cost, weight).max() * (1 - 1e-9) - 1e-12


@pytest.mark.parametrize("appeal", [-3.0, 0.0, 4.0])
@pytest.mark.parametrize("weight", [0.5, 3.0, 20.0])
def test_the_best_price_is_the_closed_form(appeal, weight):
    """p = c + (1 + W(exp(a - weight c - 1))) / weight, W Lambert's function; below a high enough list price."""
    exact = 0.5 + (1.0 + lambertw(math.exp(appeal - weight * 0.5 - 1.0)).real) / weight
    assert best_price(appeal, 0.5, weight, exact + 1.0) == pytest.approx(exact, rel=1e-10)
    assert best_price(appeal, 0.5, weight, 0.5 + (exact - 0.5) / 2) == 0.5 + (exact - 0.5) / 2


@pytest.mark.parametrize(
    ("appeal", "cost", "weight", "most"),
    [(0.0, 0.5, 0.0, 1.0), (1e4, 0.5, 1e4, 1.0), (-7.0, 0.5, 1e-300, 1.0), (709.0, 0.0, 1e-6, 1e6),
     (0.0, 1.0, 3.0, 1.0), (0.0, 0.0, 5.0, 0.0)],
)  # fmt: skip
def test_a_bid_stays_within_cost_and_list_at_the_extremes(appeal, cost, weight, most):
    assert cost <= best_price(appeal, cost, weight, most) <= most


def test_three_customers_worked_out_by_hand():
    """Telling gains 2 psi x .05 and costs 1 x .02 + concern x risk, where the risk is .1 (1 - custody)."""
    w = SimpleNamespace(
        customers=SimpleNamespace(price_sensitivity=np.array([1.0, 0.5, 1.0]), concern=np.array([0.5, 0.5, 1.0])),
        firms=SimpleNamespace(intent=np.array([0.05, 0.1])),
        rules=SimpleNamespace(intents=Intents(), choice=SimpleNamespace(price_weight=2.0, effort_weight=1.0)),
    )
    assert [bool(TELLS(w, i)) for i in range(3)] == [True, False, False]  # .10 > .07; .05 < .07; .10 < .12
    w.firms.intent[1] = 0.0
    assert [bool(TELLS(w, i)) for i in range(3)] == [True, True, True]
    w.firms.intent[1] = -1.0
    assert [bool(TELLS(w, i)) for i in range(3)] == [False, False, False]


def test_no_bid_lies_above_the_list_or_below_the_cost():
    model, seen = rich(KEEN, line_up=CRM1), 0
    model.firms[1].unit_cost = 0.9
    model.firms[2].unit_cost = 1.2
    for _ in range(12):
        model.step()
        f = model.world.firms
        for firm in model.firms:
            assert f.discount[firm.row] >= 0
            assert f.bid[firm.row] == firm.price - f.discount[firm.row] / UNIT
            assert f.bid[firm.row] >= min(firm.unit_cost, firm.price) - 1e-4
            seen += f.discount[firm.row] > 0
        assert f.discount[2] == 0
    assert seen > 20


def test_who_answers_is_nested_and_the_others_win_nothing():
    before = set()
    for answering in (0.25, 0.5, 0.75, 1.0):
        model = rich(KEEN, {"intents": {"answering": answering}}, line_up=CRM1, weeks=3)
        answers = set(np.flatnonzero(model.world.firms.discount >= 0))
        assert len(answers) == 4 * answering
        assert before < answers
        others = [j for j in range(4) if j not in answers]
        assert model.counts["bids_won"][others].sum() == model.counts["rebates"][others].sum() == 0
        assert not model.ledger.flows[BIDDING, others].any()
        assert model.counts["intents"].sum() > 0
        before = answers


def test_without_answers_nobody_tells_and_nothing_changes():
    """However much customers expect of it: the same bits as in a world whose customers expect nothing."""
    quiet = rich({"intents": {"answering": 0.0, "start": 0.0}}, weeks=8)
    eager = rich({"intents": {"answering": 0.0, "start": 10.0, "effort": 0.0, "risk": 0.0}}, weeks=8)
    assert_same(columns(quiet), columns(eager))
    np.testing.assert_array_equal(quiet.ledger.accounts, eager.ledger.accounts)
    assert eager.counts["intents"].sum() == 0
    assert eager.intent_benefit == 10.0


def test_nobody_tells_firms_that_have_left_the_market():
    model = rich(KEEN, line_up=CRM1, weeks=2)
    assert model.counts["intents"].sum() > 0
    for firm in model.firms[1:]:
        firm.leave_market()
    model.step()
    assert model.counts["intents"].sum() == model.counts["bids_won"][0] + model.counts["unmet"][0] > 0
    model.firms[0].leave_market()
    model.step()
    assert model.counts["intents"].sum() == 0
    assert model.counts["purchases"].sum() == 0


def test_where_nobody_discounts_people_stop_telling():
    """At a price weight of 1 no bid below the list pays, so what telling is worth shrinks by a tenth a week.

    It goes on shrinking when nobody tells any more, for all can see that no bid is below the list.
    """
    model, expected = rich({"intents": {"answering": 1.0}}, line_up=CRM1), 0.1
    for _ in range(40):
        model.step()
        assert not model.world.firms.discount.any()
        expected *= 0.9
        assert model.intent_benefit == pytest.approx(expected, rel=1e-12)
    assert model.counts["intents"].sum() == 0
    assert expected < 0.05


def test_people_keen_on_prices_get_rebates_and_go_on_telling():
    model, paid, told = rich(KEEN, line_up=CRM1), 0, 0
    for _ in range(40):
        before, smoothing = model.intent_benefit, model.setting.intents.smoothing
        model.step()
        asked, rebates = model.counts["intents"].sum(), model.counts["rebates"].sum()
        if asked:
            assert model.intent_benefit == pytest.approx(
                before + smoothing * (rebates / UNIT / asked - before), rel=1e-12
            )
        paid, told = paid + rebates, told + asked
    assert paid / UNIT / told > 0.03
    assert model.counts["intents"].sum() > 0


def test_custody_makes_more_people_tell():
    def told(custody):
        line_up = Strategy("x", Levers(insight=Insight(custody=custody)))
        return rich(KEEN, {"intents": {"start": 0.01}}, line_up=line_up, weeks=1).counts["intents"].sum()

    assert told(0.0) < told(0.5) < told(1.0)


def test_every_bid_and_rebate_is_paid_for():
    model = rich(KEEN, line_up=(CRM1, CMR, CRM1, CMR))
    model.ledger.journal = []
    total, bids, fee = model.ledger.accounts.sum(), to_money(model.setting.intents.bid_cost), model.setting.intents.fee
    for _ in range(10):
        model.step()
        asked = int(model.counts["intents"].sum())
        for firm in model.firms:
            count = {name: int(model.counts[name][firm.row]) for name in ("purchases", "bids_won", "rebates")}
            assert model.ledger.flows[SALES, firm.row] == count["purchases"] * 10_000 - count["rebates"]
            paid = count["bids_won"] * 10_000 - count["rebates"]
            assert model.ledger.flows[BIDDING, firm.row] == -(asked * bids + round(fee * paid))
            assert count["rebates"] == count["bids_won"] * model.world.firms.discount[firm.row]
        assert model.ledger.accounts.sum() == total
    assert sum(amount for *_, purpose, amount in model.ledger.journal if purpose == "bidding") > 0


STRANGERS = merged(
    BARE, KEEN, {"market": {"customers": 500, "firms": 2}, "needs": {"rate": 1.0}, "consideration": {"membership": 0.0}}
)


def test_bids_of_strangers_compete_by_their_prices():
    """Nobody knows anybody: first needs choose by a logit of the two bids alone; z within 4, wrong once in 16,000."""
    model = world(STRANGERS, line_up=CRM1)
    model.firms[1].unit_cost = 0.2
    model.step()
    bid = model.world.firms.bid
    assert 0.2 < bid[1] < bid[0] < 1.0
    _, occasion, provider = needs_met(model)
    first = provider[occasion == 0]
    p = 1.0 / (1.0 + math.exp(-8.0 * (bid[0] - bid[1])))
    assert abs(np.mean(first == 1) - p) < 4 * math.sqrt(p * (1 - p) / first.size)
    assert model.counts["bids_won"].sum() == model.counts["purchases"].sum() == model.counts["intents"].sum()


def test_a_firm_that_bids_delivers():
    """Known firms that bid are available like strangers that bid; without bids what is not available is not bought."""
    for answering, chosen in ((0.0, 0), (1.0, 1)):
        model = world(BARE, KEEN, {"market": {"customers": 200, "firms": 2}, "intents": {"answering": answering}})
        model.firms[1].availability = 0.0
        model.firms_changed()
        live(model, 1)
        assert (model.counts["purchases"][1] > 0) == chosen
