"""Trust and learning: the beta posterior, learning that evidence slows, kept and broken promises, reactance."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import BARE, columns, setting, world

from ecosim.mechanisms.trust import kept_share, learn, trust, uncertainty

EVIDENCE = st.floats(0, 1e6)


def test_three_customers_worked_out_by_hand():
    assert trust(0.0, 0.0) == 0.5
    assert trust(3.0, 1.0) == pytest.approx(4 / 6, rel=1e-15)
    assert trust(0.0, 8.0) == 0.1
    assert uncertainty(0.0, 0.0) == 1.0
    assert uncertainty(3.0, 1.0) == pytest.approx(1 / 3, rel=1e-15)
    assert uncertainty(0.0, 8.0) == 0.2
    assert learn(0.5, 1.0, 1.0, 0.0, 0.0, 1.0) == 0.75
    assert learn(0.5, 1.0, 1.0, 1.0, 1.0, 1.0) == 0.625
    assert learn(0.2, -0.2, 2.0, 3.0, 1.0, 2.0) == pytest.approx(0.1, rel=1e-14)


@given(st.integers(0, 500), st.integers(0, 500))
def test_trust_is_the_exact_mean_of_the_beta_posterior(kept, broken):
    exact = Fraction(1 + kept, 2 + kept + broken)
    assert trust(float(kept), float(broken)) == pytest.approx(float(exact), rel=4e-16)
    assert Fraction(2, 2 + kept + broken) == pytest.approx(uncertainty(float(kept), float(broken)), rel=4e-16)


@given(EVIDENCE, EVIDENCE, st.floats(0.01, 100))
def test_trust_rises_with_kept_and_falls_with_broken_promises(kept, broken, more):
    assert 0 < trust(kept, broken) < 1
    assert trust(kept + more, broken) >= trust(kept, broken) >= trust(kept, broken + more)
    assert uncertainty(kept + more, broken) <= uncertainty(kept, broken) <= 1


@given(st.floats(-2, 2), st.floats(-2, 2), st.floats(0, 10), EVIDENCE, EVIDENCE, st.floats(0, 100))
def test_learning_stays_between_what_was_expected_and_what_was_lived(e, y, weight, kept, broken, prior):
    after = learn(e, y, weight, kept, broken, prior)
    assert min(e, y) - 1e-12 <= after <= max(e, y) + 1e-12


def test_the_more_evidence_the_harder_to_sway():
    moved = [learn(0.0, 1.0, 1.0, r, 0.0, 2.0) for r in (0.0, 1.0, 5.0, 50.0)]
    assert moved == sorted(moved, reverse=True)
    assert learn(0.3, 9.0, 0.0, 0.0, 0.0, 0.0) == 0.3
    assert learn(0.3, 9.0, 1.0, 0.0, 0.0, 0.0) == pytest.approx(9.0)


def test_a_promise_is_kept_by_half_at_the_margin():
    assert kept_share(0.25, 0.5, 0.25, 0.15) == 0.5
    assert kept_share(0.5, 0.5, 0.25, 0.15) == pytest.approx(1 / (1 + math.exp(-0.25 / 0.15)), rel=1e-14)
    assert kept_share(5.0, 0.5, 0.25, 0.15) == pytest.approx(1.0)
    assert kept_share(-50.0, 0.5, 0.25, 0.15) == pytest.approx(0.0, abs=1e-100)
    z = [kept_share(x, 0.5, 0.25, 0.15) for x in np.linspace(-1, 2, 50)]
    assert np.all(np.diff(z) > 0)


def test_one_purchase_worked_out_by_hand_through_the_model():
    """A customer with one need learns from it as the rules say, whoever he is."""
    model = world(BARE, {"market": {"customers": 400, "firms": 2}, "needs": {"rate": 0.05}, "trust": {"memory": 1.0}})
    p = setting().trust
    model.step()
    before = p.expected_start
    seen = 0
    for event in model.events:
        for i, j, x in zip(event.customer, event.provider, event.experience.astype(float), strict=True):
            if model.customers.needs[i] != 1:
                continue
            s = list(model.customers.provider[i]).index(j)
            z = kept_share(x, float(np.float32(before)), p.margin, p.scale)
            assert model.customers.kept[i, s] == np.float32(z)
            assert model.customers.broken[i, s] == np.float32(p.loss_asymmetry * (1 - z))
            expected = learn(float(np.float32(before)), x, 1.0, 0.0, 0.0, p.prior_weight)
            assert model.customers.expected[i, s] == np.float32(expected)
            seen += 1
    assert seen > 5


@pytest.mark.parametrize("ideal", [0.0, 100.0])
def test_reactance_only_beyond_the_ideal(ideal):
    """Contacts beyond the ideal leave negative evidence, in the amount of the excess; below it none at all."""
    model = world(
        BARE,
        {
            "market": {"customers": 50, "firms": 2},
            "contact": {"budget": 1.0},
            "attention": {"load": 4.0, "trust_gain": 0.0, "capacity": 1e6, "capacity_sd": 0.0},
            "trust": {"ideal_contact": ideal, "memory": 1.0, "intrusion": 0.0},
            "needs": {"rate": 0.05},
        },
    )  # fmt: skip
    model.customers.need_rate[:] = 0
    model.step()
    broken = columns(model)["broken"][:, :2]
    if ideal:
        assert not broken.any()
    else:
        rate = model.world.firms.rate[0]
        np.testing.assert_allclose(broken, np.tile(0.05 * rate / 4.0, (50, 1)), rtol=1e-4)
        assert (broken > 0).all()


def test_evidence_fades_by_the_week():
    model = world(BARE, {"market": {"customers": 20, "firms": 2}, "trust": {"memory": 0.9}})
    model.customers.need_rate[:] = 0
    model.customers.kept[:] = 8.0
    model.customers.broken[:] = 4.0
    for _ in range(5):
        model.step()
    model.change_setting(model.setting)
    np.testing.assert_allclose(model.customers.kept[:, :2], 8.0 * 0.9**5, rtol=1e-6)
    np.testing.assert_allclose(model.customers.broken[:, :2], 4.0 * 0.9**5, rtol=1e-6)


def test_averaging_neighbours_leads_to_the_consensus_of_degroot():
    """Everybody learns from all neighbours' last opinions by `learn`: consensus is pi . x0, pi the left eigenvector."""
    neighbours = [[1, 2], [0, 2, 3], [0, 1, 4], [1, 4], [2, 3, 0]]
    start = np.array([0.9, 0.1, -0.4, 0.3, 0.7])
    g = 0.5 / (0.5 + 2.0)
    w = np.zeros((5, 5))
    for i, row in enumerate(neighbours):
        w[i, i] = (1 - g) ** len(row)
        for position, j in enumerate(row):
            w[i, j] = g * (1 - g) ** (len(row) - 1 - position)
    np.testing.assert_allclose(w.sum(axis=1), 1.0, atol=1e-15)
    values, vectors = np.linalg.eig(w.T)
    order = np.argsort(-np.abs(values))
    pi = np.real(vectors[:, order[0]])
    pi /= pi.sum()
    x, gaps = start.copy(), []
    for _ in range(120):
        last = x.copy()
        for i, row in enumerate(neighbours):
            for j in row:
                x[i] = learn(x[i], last[j], 0.5, 0.0, 0.0, 2.0)
        assert last.min() - 1e-15 <= x.min() <= x.max() <= last.max() + 1e-15
        gaps.append(np.max(np.abs(x - pi @ start)))
    assert gaps[-1] < 1e-12
    assert (gaps[40] / gaps[20]) ** (1 / 20) == pytest.approx(np.abs(values[order[1]]), rel=0.02)
