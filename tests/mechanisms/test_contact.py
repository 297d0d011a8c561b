"""Contact plans: targets by degree, invitations first, and no plan that spends more than its budget."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import CMR, CRM1, RICH, rich, world

from ecosim.mechanisms.base import FIXED
from ecosim.mechanisms.contact import silence, targeting
from ecosim.strategies import Contact, Levers, Strategy


def targets(degrees, counts, focus):
    out = np.empty(len(degrees))
    targeting(np.array(degrees, np.int32), np.array(counts, np.int64), float(focus), out)
    return out


def test_three_classes_worked_out_by_hand():
    assert targets([1, 3, 7], [1, 1, 2], 0.0).tolist() == [1.0, 1.0, 1.0]
    np.testing.assert_allclose(targets([1, 3, 7], [1, 1, 2], 1.0), np.array([2, 4, 8]) * 4 / 22, rtol=1e-14)
    np.testing.assert_allclose(targets([1, 3, 7], [1, 1, 2], 2.0), np.array([4, 16, 64]) * 4 / 148, rtol=1e-14)


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 1000)), min_size=1, max_size=20), st.floats(0, 2))
def test_targets_average_to_one_over_customers_and_rise_with_degree(classes, focus):
    degrees, counts = zip(*sorted(classes), strict=True)
    found = targets(degrees, counts, focus)
    assert np.average(found, weights=counts) == pytest.approx(1.0, rel=1e-12)
    assert np.all(np.diff(found) >= -1e-12)


@pytest.mark.parametrize("best", [0.0, 0.075, 1.0])
def test_silence_is_the_probability_of_no_message(best):
    rate = np.array([[0.0, 0.5, 100.0]])
    quiet, clear = np.ones((2, 1, 8))
    silence(rate, best, quiet, clear)
    np.testing.assert_allclose(quiet[:, :3], np.exp(-best * rate), rtol=1e-13)
    np.testing.assert_allclose(clear[:, :3], np.exp(-(1 - best) * rate), rtol=1e-13)
    assert np.all(quiet[:, 3:] == 1)
    assert np.all(clear[:, 3:] == 1)


def planned(model):
    """Return the messages the present plan expects in the coming week, per firm."""
    f, c = model.world.firms, model.customers
    pushed = (f.rate * model.degree_counts[:, None]).sum(axis=0)
    asked = np.zeros(len(model.firms))
    for j in range(len(model.firms)):
        leave = ((c.provider == j) & (c.consent == 1)).any(axis=1)
        asked[j] = np.minimum(c.ideal_contact[leave].astype(float), f.contact_limit[j]).sum()
    return pushed, asked


@pytest.mark.parametrize("control", [0.0, 0.5, 1.0])
def test_cadence_and_limit_worked_out_by_hand(control):
    line_up = Strategy("x", Levers(Contact(control, 0.0, 0.7)))
    model = world({"market": {"customers": 200, "firms": 2}, "attention": {"load": 1.0}}, line_up=line_up)
    model.step()
    budget = 0.05 * 200 * (1.456 / 13) * 1.0 / 2
    assert model.firms[0].contact_budget == pytest.approx(budget, rel=1e-14)
    pushed, _ = planned(model)
    np.testing.assert_allclose(pushed, (1 - control) * budget / 0.002, rtol=1e-12)
    np.testing.assert_allclose(model.world.firms.contact_limit, budget / 0.002 / 200, rtol=1e-12)


@pytest.mark.parametrize("strategy", [CRM1, CMR], ids=lambda s: s.name)
def test_what_is_spent_stays_within_the_budget(strategy):
    """Over 40 weeks the money spent on messages is at most 40 budgets, within 5 Poisson standard deviations."""
    model = rich({"contact": {"budget": 0.03}}, line_up=strategy)
    spent = np.zeros(4)
    for _ in range(40):
        model.step()
        spent -= model.ledger.flows[2, :4] / 10_000
    budget = 40 * np.array([firm.contact_budget for firm in model.firms])
    cost = model.setting.contact.cost
    assert np.all(spent <= budget + 5 * np.sqrt(budget / cost) * cost)
    assert np.all(spent > 0)


def test_invitations_are_served_before_the_cadence():
    """With leave given by all and ideals above the limit, the whole budget goes to invitations and none is left."""
    model = world(
        {
            "market": {"customers": 200, "firms": 2},
            "trust": {"ideal_contact": 100.0},
            "recovery": {"consent_risk": 0.0},
            "consideration": {"membership": 100.0, "decay": 1.0, "interference": 1.0},
        },
        line_up=CRM1,
    )
    model.customers.consent[:, :2] = 1
    model.step()
    model.step()
    limit = model.world.firms.contact_limit
    np.testing.assert_allclose(model.last["invited"][:2] / FIXED / 200, limit, rtol=0.02)
    assert np.all(model.world.firms.rate <= 0.02 * limit)


def test_without_a_budget_nobody_writes():
    model = rich({"contact": {"budget": 0.0}}, weeks=10)
    assert model.counts["sent"].sum() == 0
    assert not model.world.firms.rate.any()


def test_budgets_follow_shares_to_a_power():
    model = world(RICH, {"contact": {"budget_exponent": 2.0}}, line_up=CRM1)
    found = np.array([firm.contact_budget for firm in model.firms])
    np.testing.assert_allclose(found / found[0], (np.array([0.4, 0.3, 0.2, 0.1]) / 0.4) ** 2, rtol=1e-12)


def test_a_plan_exceeds_its_budget_by_no_more_than_the_newly_invited():
    """The cadence is set on the invitations of last week, so only leave given since then can be spent on top of it.

    Expected over the week's messages; in this world, where consent moves fast, that is less than 3 % of the budget.
    """
    model = rich({"contact": {"budget": 0.03}}, line_up=CRM1)
    worst = 0.0
    for _ in range(30):
        _, asked = planned(model)
        model.step()
        pushed, _ = planned(model)
        worst = max(worst, float(np.max((pushed + asked) / (model.world.firms.contact_limit * 300))))
    assert 1 < worst < 1.03
