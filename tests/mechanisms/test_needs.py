"""Needs: Poisson at gamma rates, with a yearly triangular wave."""

import math

import numpy as np
import pytest
from scipy import stats
from worlds import BARE, live, world

from ecosim.mechanisms.needs import season


def test_three_weeks_of_the_year_worked_out_by_hand():
    assert season(10, 0.4, 10.0) == pytest.approx(1.4)
    assert season(36, 0.4, 10.0) == pytest.approx(0.6)
    assert season(23, 0.4, 10.0) == pytest.approx(1.0)


def test_the_season_averages_to_one_and_returns_each_year():
    year = [season(t, 0.7, 3.0) for t in range(1, 53)]
    assert np.mean(year) == pytest.approx(1.0, abs=1e-12)
    assert [season(t + 52, 0.7, 3.0) for t in range(1, 53)] == pytest.approx(year)
    assert min(year) >= 0.3
    assert [season(t, 0.0, 3.0) for t in range(9)] == [1.0] * 9


def test_rates_are_gamma_with_the_given_mean_and_shape():
    model = world({"market": {"customers": 5000, "firms": 2}, "needs": {"rate": 0.2, "shape": 0.78}})
    rates = model.customers.need_rate.astype(float)
    assert stats.kstest(rates, stats.gamma(0.78, scale=0.2 / 0.78).cdf).pvalue > 1e-4
    np.testing.assert_allclose(rates.mean(), 0.2, atol=5 * 0.2 / math.sqrt(0.78 * 5000))


@pytest.mark.parametrize("rate", [0.05, 1.0, 5.0])
def test_counts_are_poisson_at_the_rate_times_growth_and_season(rate):
    """Chi-square of 4,000 counts against Poisson at error rate 1e-5, in the week of the peak."""
    model = world(
        BARE,
        {
            "market": {"customers": 4000, "firms": 2},
            "needs": {"rate": rate, "growth": 1.5, "season_amplitude": 0.2, "season_peak": 1.0},
        },
    )
    model.step()
    found = np.bincount(model.customers.needs, minlength=60)[:60]
    expected = 4000 * stats.poisson.pmf(np.arange(60), rate * 1.5 * 1.2)
    keep = expected > 5
    found = np.append(found[keep], found[~keep].sum())
    expected = np.append(expected[keep], 4000 - expected[keep].sum())
    chi = np.sum((found - expected) ** 2 / np.maximum(expected, 1.0))
    assert stats.chi2.sf(chi, len(found) - 1) > 1e-5


def test_no_growth_no_needs():
    model = live(world(BARE, {"market": {"customers": 100, "firms": 2}, "needs": {"growth": 0.0}}), 3)
    assert not model.customers.needs.any()
    assert sum(e.customer.size for e in model.events) == 0
