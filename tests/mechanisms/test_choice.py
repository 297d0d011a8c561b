"""Choice: the logit's parts, the shelf, availability, ties and limits. Shares are in `test_closed_forms`."""

import math

import numpy as np
import pytest
from worlds import BARE, needs_met, world

from ecosim.mechanisms.choice import from_shelf, taste_of


def test_three_shelves_worked_out_by_hand():
    presence = np.array([0.5, 0.8, 1.0])
    assert [from_shelf(presence, u) for u in (0.1, 0.6, 0.9)] == [0, 1, 2]
    assert [from_shelf(np.array([0.0, 0.0, 3.0]), u) for u in (0.01, 0.99)] == [2, 2]
    assert from_shelf(np.zeros(3), 0.5) == -1


def test_taste_is_a_fixed_normal_per_customer_and_provider():
    tastes = np.array([[taste_of(np.uint64(k), j, 2.0) for j in range(5)] for k in range(2000)])
    assert abs(tastes.mean()) < 5 * 2.0 / math.sqrt(10_000)
    assert abs(tastes.std() - 2.0) < 5 * 2.0 / math.sqrt(20_000)
    assert taste_of(np.uint64(3), 1, 2.0) == tastes[3, 1]
    assert taste_of(np.uint64(3), 1, 0.0) == 0.0


def market(*layers, **more):
    return world(BARE, {"market": {"customers": 2000, "firms": 3}}, *layers, **more)


def test_the_sharp_choice_takes_the_best():
    """With a huge weight of value everybody takes the provider of highest expected value, every time."""
    model = market({"choice": {"value_weight": 1e4, "price_weight": 0.0}})
    model.customers.expected[:, :3] = np.random.default_rng(1).permuted(np.tile([0.1, 0.5, 0.9], (2000, 1)), axis=1)
    best = np.take_along_axis(model.customers.provider[:, :3], model.customers.expected[:, :3].argmax(1)[:, None], 1)
    model.step()
    customer, _, provider = needs_met(model)
    assert customer.size > 5000
    assert np.array_equal(provider, best[customer, 0])


def test_where_nothing_matters_everybody_is_chosen_alike():
    model = market({"choice": {"value_weight": 0.0, "price_weight": 0.0}}, weeks=1)
    counts = np.bincount(needs_met(model)[2], minlength=3)
    n = counts.sum()
    assert np.all(np.abs(counts / n - 1 / 3) < 5 * math.sqrt(2 / 9 / n))


@pytest.mark.parametrize("notice", [0.0, 0.3, 1.0])
def test_the_shelf_shows_providers_in_proportion_to_presence(notice):
    model = market({"market": {"shares": [5.0, 3.0, 2.0]}, "choice": {"notice": notice}}, weeks=1)
    seen, needs = model.counts["noticed"][:3], needs_met(model)[0].size
    assert abs(seen.sum() - notice * needs) <= 5 * math.sqrt(needs * notice * (1 - notice))
    if notice:
        for share, count in zip((0.5, 0.3, 0.2), seen, strict=True):
            assert abs(count / seen.sum() - share) < 5 * math.sqrt(share * (1 - share) / seen.sum())


def test_the_empty_set_draws_from_the_shelf():
    model = market({"market": {"shares": [5.0, 3.0, 2.0]}, "consideration": {"membership": 0.0}}, weeks=1)
    first = needs_met(model)[1] == 0
    counts = np.bincount(needs_met(model)[2][first], minlength=3)
    for share, count in zip((0.5, 0.3, 0.2), counts, strict=True):
        assert abs(count / counts.sum() - share) < 5 * math.sqrt(share * (1 - share) / counts.sum())


def test_a_purchase_is_remembered():
    model = market({"consideration": {"membership": 0.0}}, weeks=1)
    customer, _, provider = needs_met(model)
    considered = model.customers.provider[customer]
    assert (considered == provider[:, None]).any(axis=1).all()


def test_without_anybody_on_the_shelf_needs_go_unmet():
    model = market()
    for firm in model.firms:
        firm.active = False
    model.firms_changed()
    model.step()
    assert model.counts["unmet"][0] == model.customers.needs.sum() > 0
    assert model.counts["purchases"].sum() == 0


def test_a_worthless_market_is_left_alone():
    model = market({"choice": {"outside_utility": 1e4}}, weeks=3)
    assert model.counts["purchases"].sum() == 0
    assert model.counts["unmet"][0] == model.customers.needs.sum()
