"""Customer equity: its corners worked out by hand, and within 10 % of what an oracle finds by running on."""

import math

import numpy as np
import pytest
from worlds import BARE, CORE, CRM1, live, rich, world

from ecosim.conf import request
from ecosim.ledger import PURPOSES
from ecosim.metrics.equity import customer_equity, defection, look, present_value
from ecosim.model import Ecosystem
from ecosim.records import Recorder


def test_three_firms_worked_out_by_hand():
    found = customer_equity(np.array([10.0, 20.0, 0.0]), np.array([0.5, 0.4, 0.3]), np.array([0.0, 0.002, 0.0]), 0.002)
    assert found.tolist() == pytest.approx([2500.0, 2000.0, 0.0])


def test_defection_is_the_mean_rate_of_loss_and_never_negative():
    history = [np.array([100.0, 100.0]), np.array([80.0, 120.0]), np.array([64.0, 150.0])]
    assert defection(history)[0] == pytest.approx(-math.log(0.8) / 13)
    assert defection(history)[1] == 0
    assert defection(history[:1]).tolist() == [0.0, 0.0]
    assert defection([np.array([1e9])] * 2 + [np.array([1.0])] * 5)[0] == 0.0


@pytest.mark.parametrize(
    "layers", [{}, {"choice": {"outside_utility": -100.0}}, {"market": {"availability_floor": 1.0}}]
)
def test_choice_probabilities_add_up(layers):
    """Over firms they sum to at most one a customer, and to exactly one where there is no outside option."""
    model = rich(layers, weeks=20)
    sums, market = look(model)
    total = sums[0].sum() / 300
    assert 0 < total <= 1 + 1e-6
    if "choice" in layers:
        assert total == pytest.approx(1.0, abs=1e-5)
    assert np.all(sums >= 0)
    assert np.all(sums[2] <= sums[3])
    assert market[1] <= model.setting.consideration.slots * 300


def test_probabilities_are_the_logit_that_customers_use():
    model = world(BARE, {"market": {"customers": 100, "firms": 3}})
    model.customers.expected[:, :3] = [0.2, 0.9, 0.5]
    sums, market = look(model)
    e = np.exp(np.array([0.2, 0.9, 0.5]))
    np.testing.assert_allclose(sums[0], 100 * e / e.sum(), rtol=1e-5)
    np.testing.assert_allclose(sums[1], 5.0 * sums[0], rtol=0.02)
    assert market[1] == 300


@pytest.mark.parametrize("slots", [3, 5])
def test_a_set_is_full_when_no_slot_is_left(slots):
    """In the bare world everybody knows every firm; room for more is not full."""
    model = world(BARE, {"market": {"customers": 100, "firms": 3}, "consideration": {"slots": slots}})
    assert look(model)[1].tolist()[1:] == [300, 100 if slots == 3 else 0]


def test_where_nothing_matters_all_are_worth_the_same():
    """Utilities of exactly zero are utilities too: with all weights 0 each of three firms has probability 1/3."""
    model = world(
        BARE,
        {"market": {"customers": 100, "firms": 3}, "choice": {"value_weight": 0.0, "price_weight": 0.0}},
    )
    sums, market = look(model)
    np.testing.assert_allclose(sums[0], 100 / 3, rtol=1e-5)
    assert market[1] == 300


def test_looking_changes_nothing():
    model = rich(weeks=8)
    before = model.digest()
    look(model)
    assert model.digest() == before


@pytest.fixture(scope="module")
def oracle():
    """Return equity at the end of the burn-in and the discounted margins of 260 more weeks, by seed and firm.

    Equal firms, 5,000 customers, everybody `crm1`, levers frozen. Equity is multiplied by its truncated present value,
    the part that falls within the oracle's horizon; margins are sales less production,
    what it costs to serve, and experience, as in the definition.
    """
    estimates, actual = [], []
    for seed in (1, 2, 3):
        model = world(CORE, {"market": {"customers": 5000, "firms": 4}}, line_up=CRM1, seed=seed, threads=2)
        record = Recorder()
        model.observers.append(record)
        live(model, 156)
        last, d = record.quarters[-1], model.setting.equity.discount
        p = model.setting.equity
        part = present_value(last["defection"], d, p.damping, 260) / present_value(last["defection"], d, p.damping)
        estimates.append(last["customer_equity"] * part)
        total = np.zeros(4)
        for week in range(1, 261):
            model.step()
            flows = dict(zip(PURPOSES, model.ledger.flows / 10_000, strict=True))
            costs = sum(flows[name] for name in ("production", "listening", "tool", "recovery", "experience"))
            total += (flows["sales"] + costs) * math.exp(-d * week)
        actual.append(total)
        model.close()
    return np.array(estimates), np.array(actual)


def test_equity_is_within_ten_percent_of_its_oracle_continuation(oracle):
    """Pooled over 3 seeds and 4 equal firms within 10 %; each seed's market within 10 % as well."""
    estimates, actual = oracle
    assert estimates.sum() / actual.sum() == pytest.approx(1.0, abs=0.10)
    assert np.all(np.abs(estimates.sum(axis=1) / actual.sum(axis=1) - 1) < 0.10)


def test_undamped_erosion_is_the_usual_formula():
    found = present_value(np.array([0.0, 0.004]), 0.0018, 1.0)
    np.testing.assert_allclose(found, [1 / 0.0018, 1 / 0.0058], rtol=1e-9)
    short = present_value(np.array([0.004]), 0.0018, 1.0, 260)
    np.testing.assert_allclose(short, (1 - math.exp(-0.0058 * 260)) / 0.0058, rtol=1e-9)


def test_damped_erosion_by_hand():
    """No discount to speak of, 26 weeks: a quarter at eta, then one at eta / 2."""
    eta, d = 0.01, 1e-12
    first = (1 - math.exp(-13 * eta)) / eta
    second = math.exp(-13 * eta) * (1 - math.exp(-13 * eta / 2)) / (eta / 2)
    np.testing.assert_allclose(present_value(np.array([eta]), d, 0.5, 26), first + second, rtol=1e-6)
    assert present_value(np.array([eta]), 0.0018, 0.0)[0] == pytest.approx(
        (1 - math.exp(-13 * 0.0118)) / 0.0118 + math.exp(-13 * 0.0118) / 0.0018
    )


def test_equity_meets_the_oracle_while_a_firm_is_losing_its_market():
    """A year after the largest brand stops pushing, its equity is within 10 % of what the next 260 weeks bring."""
    asked = request("compare", ["customers=8000", "burn_in=104"])
    ratios = []
    for seed in (1, 2):
        model = Ecosystem(asked.setting, asked.strategies[0], seed)
        record = Recorder()
        model.observers = [record]
        for week in range(104 + 52):
            if week == 104:
                model.firms[0].adopt(asked.strategies[1])
            model.step()
        last, p = record.quarters[-1], model.setting.equity
        worth = present_value(last["defection"], p.discount, p.damping, 260)
        worth /= present_value(last["defection"], p.discount, p.damping)
        margin, future = last["margin"][0], 0.0
        model.observers = []
        for week in range(1, 261):
            model.step()
            future += margin * model.counts["purchases"][0] * math.exp(-p.discount * week)
        ratios.append(last["customer_equity"][0] * worth[0] / future)
        model.close()
    assert abs(np.mean(ratios) - 1) < 0.10, ratios
