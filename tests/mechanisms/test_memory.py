"""Memory: fading is a weekly product, slots empty, newcomers displace only the weaker."""

import numpy as np
import pytest
from worlds import BARE, world

from ecosim.mechanisms.memory import fade_tables, partial_sums, powers


def test_powers_and_partial_sums_worked_out_by_hand():
    assert powers(0.5, 4).tolist() == [1.0, 0.5, 0.25, 0.125]
    assert powers(0.0, 3).tolist() == [1.0, 0.0, 0.0]
    assert powers(1.0, 3).tolist() == [1.0, 1.0, 1.0]
    assert partial_sums(np.array([1.0, 0.5, 0.25])).tolist() == [0.0, 1.0, 1.5]


def still(**consideration):
    """A world in which nothing happens but fading."""
    model = world(BARE, {"market": {"customers": 10, "firms": 3}, "consideration": consideration})
    model.customers.need_rate[:] = 0
    return model


def touch(model):
    """Bring every row to the present, as a dated event does."""
    model.change_setting(model.setting)
    return model


def test_salience_fades_as_the_product_of_its_weeks():
    model = still(decay=0.9)
    start = model.customers.salience.copy()
    for _ in range(7):
        model.step()
    assert (model.customers.salience == start).all()
    touch(model)
    np.testing.assert_allclose(model.customers.salience, start * 0.9**7, rtol=1e-6)


def test_fading_week_by_week_or_at_once_is_the_same_up_to_rounding():
    once, often = still(decay=0.93), still(decay=0.93)
    for _ in range(12):
        once.step()
        touch(often).step()
    touch(once)
    touch(often)
    np.testing.assert_allclose(once.customers.salience, often.customers.salience, rtol=12 * 2.0**-23)


def test_the_tables_are_the_weekly_steps():
    """Error variance and taste after k weeks in one go equal k single weeks."""
    model = still()
    fade = fade_tables(model.world.rules, 60)
    p = model.setting.insight
    variance, spread = 0.004, 0.0
    for k in range(60):
        assert 0.004 * fade.error_scale[k] + fade.error_gain[k] == pytest.approx(variance, rel=1e-12)
        assert fade.taste_sd[k] ** 2 == pytest.approx(spread, rel=1e-12, abs=1e-18)
        variance = (1 - p.drift_pull) ** 2 * variance + p.drift_sd**2
        spread = (1 - p.drift_pull) ** 2 * spread + p.drift_sd**2


def test_the_tables_grow_with_the_years_and_change_nothing():
    model = still(decay=0.999)
    for _ in range(1030):
        model.step()
    touch(model)
    np.testing.assert_allclose(model.customers.salience[:, 0], 0.35 * 0.999**1030, rtol=1e-6)


def test_a_slot_empties_below_the_floor_and_forgets():
    model = still(decay=0.5, floor=0.1)
    model.customers.consent[:, :3] = 1
    model.customers.first_week[:, :3] = 1
    model.step()
    touch(model)
    assert (model.customers.provider[:, :3] >= 0).all()
    model.step()
    touch(model)
    assert (model.customers.provider == -1).all()
    for name in ("salience", "consent", "first_week"):
        assert not getattr(model.customers, name).any(), name


def meet(known, weights, gain, slots):
    """Let the shelf show firm 3 to a customer who considers ``known`` with salience ``weights``; return the set."""
    model = world(
        BARE,
        {
            "market": {"customers": 1, "firms": 4, "shares": [0.0, 0.0, 0.0, 1.0]},
            "network": {"kind": "complete"},
            "consideration": {"membership": 0.0, "slots": slots, "shelf_gain": gain, "purchase_gain": 0.0},
            "choice": {"notice": 1.0, "value_weight": 0.0, "price_weight": 0.0},
        },
    )  # fmt: skip
    model.customers.provider[0, : len(known)] = known
    model.customers.salience[0, : len(known)] = weights
    while model.week == 0 or not model.customers.needs[0]:
        model.step()
    rows = model.customers
    return {int(j): float(m) for j, m in zip(rows.provider[0], rows.salience[0], strict=True) if j >= 0}


def test_a_newcomer_takes_an_empty_slot():
    assert set(meet([0, 1], [0.5, 0.4], 0.3, 3)) == {0, 1, 3}


def test_a_newcomer_displaces_the_weakest_below_its_own_gain():
    assert set(meet([0, 1, 2], [0.5, 0.2, 0.4], 0.3, 3)) == {0, 2, 3}


def test_incumbents_stay_at_equal_salience():
    assert set(meet([0, 1, 2], [0.5, 0.25, 0.25], 0.25, 3)) == {0, 1, 2}


def test_among_equally_weak_the_higher_id_yields():
    assert set(meet([0, 2, 1], [0.5, 0.125, 0.125], 0.25, 3)) == {0, 1, 3}


def test_a_known_provider_is_only_reminded():
    after = meet([3], [0.5], 0.25, 3)
    assert set(after) == {3}
    assert after[3] >= 0.75


def test_other_purchases_crowd_a_brand_out():
    """Interference: each need keeps only a share of every salience, and the purchase restores its own."""
    model = world(
        BARE,
        {"market": {"customers": 200, "firms": 2}, "consideration": {"interference": 0.5, "purchase_gain": 0.25}},
    )
    model.customers.salience[:] = 1.0
    model.step()
    rows = model.customers
    for event in model.events:
        for i in np.unique(event.customer):
            mine = event.provider[event.customer == i]
            m = {0: 1.0, 1: 1.0}
            for j in mine:
                m = {k: v * 0.5 for k, v in m.items()}
                m[int(j)] += 0.25
            for s in range(2):
                assert rows.salience[i, s] == pytest.approx(m[int(rows.provider[i, s])], rel=1e-6)
