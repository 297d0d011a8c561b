"""Relations about prices, utilities and units of money."""

from functools import partial

import numpy as np
import pytest
from worlds import CORE, MIXED, RICH, SILENT, assert_same, columns, live, merged, needs_met, rich, setting, world

import ecosim.ledger


@pytest.mark.parametrize("dearer", [0.01, 0.3, 5.0])
@pytest.mark.parametrize("firm", [0, 2])
def test_nobody_newly_picks_a_firm_that_becomes_dearer(dearer, firm):
    """One step from the same state with the same luck: whoever picks it now would have picked it before."""
    model = rich({"needs": {"rate": 1.0}}, weeks=20)
    twin = model.branch()
    twin.firms[firm].price += dearer
    twin.firms_changed()
    model.step()
    twin.step()
    customer, occasion, before = needs_met(model)
    again, same, after = needs_met(twin)
    assert np.array_equal(customer, again)
    assert np.array_equal(occasion, same)
    assert not np.any((after == firm) & (before != firm))
    assert np.count_nonzero(after == firm) <= np.count_nonzero(before == firm)
    if dearer == 5.0:
        assert np.any((before == firm) & (after != firm))


def scaled(factor):
    """Return changes of the rich setting that multiply all money by ``factor`` and divide its weight by it."""
    s = setting(RICH)
    return {
        **CORE,
        "market": {"price": factor * 1.0, "unit_cost": factor * 0.5, "cash": 0.0, "patience": 10_000},
        "contact": {"cost": factor * s.contact.cost},
        "talk": {"listening_cost": factor * s.talk.listening_cost},
        "experience": {
            "tool_cost": factor * s.experience.tool_cost,
            "style_cost": factor * s.experience.style_cost,
        },
        "recovery": {"cost": factor * s.recovery.cost},
        "insight": {
            "profile_cost": factor * s.insight.profile_cost,
            "interview_cost": factor * s.insight.interview_cost,
        },
        "intents": {"start": factor * s.intents.start, "bid_cost": factor * s.intents.bid_cost},
        "choice": {"price_weight": 1.0 / factor},
    }


@pytest.mark.parametrize("factor", [2.0, 8.0])
def test_all_money_times_a_power_of_two_changes_only_the_accounts(factor):
    """Prices, costs and budgets times 2^j with the weight of money over 2^j: same decisions to the bit."""
    plain, other = rich(scaled(1.0), weeks=40), rich(scaled(factor), weeks=40)
    assert_same(columns(plain), columns(other))
    assert other.ledger.accounts.tolist() == (factor * plain.ledger.accounts).astype(int).tolist()


def test_all_money_times_ten_changes_decisions_by_rounding_at_most():
    plain, other = rich(scaled(1.0), weeks=20), rich(scaled(10.0), weeks=20)
    assert np.mean(plain.customers.last_provider == other.customers.last_provider) > 0.99


@pytest.mark.parametrize("finer", [10, 1000])
def test_finer_units_of_money_change_only_the_figures(finer, monkeypatch):
    plain = rich(CORE, {"market": {"cash": 0.0, "patience": 10_000}}, weeks=30)
    monkeypatch.setattr(ecosim.ledger, "UNIT", 10_000 * finer)
    other = rich(CORE, {"market": {"cash": 0.0, "patience": 10_000}}, weeks=30)
    assert_same(columns(plain), columns(other))
    assert other.ledger.accounts.tolist() == (finer * plain.ledger.accounts).tolist()


@pytest.mark.parametrize("more", [0.5, 3.0])
def test_without_an_outside_option_a_constant_added_to_all_utilities_changes_nothing(more):
    """Everybody's price rises alike (equal price sensitivity): the same choices for years, only dearer.

    Nobody bids, for a bid looks at margins too.
    """
    must = {"choice": {"outside_utility": -100.0, "price_sensitivity_sd": 0.0}, "intents": {"answering": 0.0}}
    plain, other = rich(CORE, must), rich(CORE, must)
    for firm in other.firms:
        firm.price += more
    other.firms_changed()
    live(plain, 40)
    live(other, 40)
    assert_same(columns(plain), columns(other))


def test_with_an_outside_option_it_does():
    plain, other = rich(), rich()
    for firm in other.firms:
        firm.price += 1.0
    other.firms_changed()
    assert live(other, 10).counts["unmet"][0] > live(plain, 10).counts["unmet"][0]


def test_free_goods_are_chosen_by_value():
    """No budget is left without sales, and no bid is worth telling of a need."""
    poor = {**CORE, "contact": {"budget": 0.0}, "insight": {"budget": 0.0}, "intents": {"answering": 0.0}}
    free = world(merged(RICH, CORE, {"market": {"price": 0.0}, "intents": {"answering": 0.0}}), line_up=MIXED, weeks=20)
    weightless = world(merged(RICH, poor, {"choice": {"price_weight": 0.0}}), line_up=MIXED)
    assert free.counts["sent"].sum() == 0
    live(weightless, 20)
    assert_same(columns(free), columns(weightless))


def test_doubling_the_noise_of_nobody_changes_nothing():
    """With no message and no report, the load of noise is irrelevant."""
    quiet = {"contact": {"budget": 0.0}, "talk": {"base": 0.0, "surprise": 0.0}}
    at = partial(rich, quiet, line_up=SILENT, weeks=20)
    assert_same(columns(at({"attention": {"load": 2.0}})), columns(at({"attention": {"load": 40.0}})))
