"""Insight: Kalman updates, their steady state, and taste that drifts by the elapsed weeks."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import BARE, world

from ecosim.mechanisms.insight import observe


def test_three_customers_worked_out_by_hand():
    assert observe(0.02, 0.02) == 0.01
    assert observe(1 / 12, 1 / 12) == pytest.approx(1 / 24, rel=1e-15)
    assert observe(0.0, 0.02) == 0.0


@given(st.floats(1e-9, 1), st.floats(1e-9, 1e6))
def test_an_observation_tells_more_than_either_source_alone(error, noise):
    after = observe(error, noise)
    assert after <= min(error, noise) * (1 + 1e-15)
    assert 1 / after == pytest.approx(1 / error + 1 / noise, rel=1e-12)


@pytest.mark.parametrize("sd", [0.01, 0.03])
@pytest.mark.parametrize("noise", [0.003, 0.02])
def test_one_observation_a_week_settles_at_the_steady_state(sd, noise):
    error = 1 / 12
    for _ in range(3000):
        error = observe(min(1 / 12, error + sd * sd), noise)
    assert error == pytest.approx((math.sqrt(sd**4 + 4 * sd**2 * noise) - sd**2) / 2, rel=1e-12)


def test_the_steady_state_through_the_model():
    """With one provider, each customer's error follows the recursion for the purchases he really made.

    Needs are Poisson with one a week on average, so the mean is near the steady state, not at it; the column is
    float32, hence the tolerance of 2e-5.
    """
    model = world(
        BARE,
        {
            "market": {"customers": 30, "firms": 2, "shares": [1.0, 0.0]},
            "consideration": {"membership": 1.0},
            "needs": {"rate": 1.0},
            "insight": {"drift_pull": 0.0, "drift_sd": 0.02, "data_noise": 0.01},
        },
    )
    predicted = np.full(30, 1 / 12)
    for _ in range(60):
        model.step()
        predicted = np.minimum(1 / 12, predicted + 0.02**2)
        for i, n in enumerate(model.customers.needs):
            for _ in range(n):
                predicted[i] = observe(predicted[i], 0.01)
    model.change_setting(model.setting)
    np.testing.assert_allclose(model.customers.error[:, 0], predicted, rtol=2e-5)
    steady = (math.sqrt(0.02**4 + 4 * 0.02**2 * 0.01) - 0.02**2) / 2
    assert predicted.mean() == pytest.approx(steady, rel=0.25)


def test_what_is_not_observed_is_forgotten_up_to_ignorance():
    model = world(BARE, {"market": {"customers": 5, "firms": 2}, "insight": {"drift_sd": 0.1}})
    model.customers.need_rate[:] = 0
    model.customers.error[:] = 0.0
    for weeks, total in ((3, 3), (200, 203)):
        for _ in range(weeks):
            model.step()
        model.change_setting(model.setting)
        expected = min(1 / 12, 0.01 * sum(0.99 ** (2 * k) for k in range(total)))
        np.testing.assert_allclose(model.customers.error[:, :2], expected, rtol=1e-5)


@pytest.mark.parametrize("pull", [0.0, 0.2])
def test_taste_drifts_with_the_exact_variance(pull):
    """After 50 weeks taste has the variance of the weekly recursion; 3,000 customers, 5 standard errors."""
    model = world(
        BARE,
        {
            "market": {"customers": 3000, "firms": 2},
            "needs": {"rate": 0.1},
            "insight": {"drift_pull": pull, "drift_sd": 0.02},
        },
    )
    model.customers.taste[:] = 0
    for _ in range(50):
        model.step()
    k = model.customers.taste_week.astype(int)
    keep = (1 - pull) ** 2
    variance = 0.02**2 * (k if keep == 1 else (1 - keep**k) / (1 - keep))
    z = (model.customers.taste / np.sqrt(np.maximum(variance, 1e-30)))[k > 0]
    assert abs(z.mean()) < 5 / math.sqrt(z.size)
    assert abs(z.var() - 1) < 5 * math.sqrt(2 / z.size)


def test_taste_is_stationary_from_the_start():
    model = world({"market": {"customers": 5000, "firms": 2}, "insight": {"drift_pull": 0.1, "drift_sd": 0.02}})
    assert model.customers.taste.var() == pytest.approx(0.02**2 / (1 - 0.9**2), rel=5 * math.sqrt(2 / 5000))
