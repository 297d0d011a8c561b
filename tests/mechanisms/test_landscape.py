"""The landscape: facts known of NK landscapes, and what it does to firms' contributions."""

import numpy as np
import pytest
from innovation_worlds import still
from worlds import world

from ecosim.mechanisms.landscape import all_designs, first_design, fit, heights, landscape, neighbours, peaks

N = 10


def many(k, number, n=N):
    """Return the heights of all designs on ``number`` landscapes, ``[number, 2**n]``."""
    return np.array([heights(landscape(seed, n, k)) for seed in range(1, number + 1)])


def test_fit_by_hand():
    land = landscape(3, 3, 1)
    design = np.array([1, 0, 1], np.int8)
    expected = [land.table[j, design[j] + 2 * design[land.ties[j, 0]]] for j in range(3)]
    np.testing.assert_array_equal(fit(land, design), expected)
    assert all(land.ties[j, 0] != j for j in range(3))


def test_bits_of_all_designs():
    np.testing.assert_array_equal(all_designs(2), [[0, 0], [1, 0], [0, 1], [1, 1]])
    np.testing.assert_array_equal(neighbours(np.array([0.0, 1.0, 2.0, 3.0])), [[1, 2], [0, 3], [3, 0], [2, 1]])


def test_without_interactions_there_is_one_peak():
    """K = 0: one peak in 100 of 100; E max = 2/3, sd of one max .2357 / sqrt(10): 4 standard errors of 100."""
    values = many(0, 100)
    assert [int(peaks(v).sum()) for v in values] == [1] * 100
    assert values.max(axis=1).mean() == pytest.approx(2 / 3, abs=4 * 0.2357 / np.sqrt(N * 100))


def test_heights_are_means_of_uniforms():
    """Mean 1/2 and variance 1/(12 N) over designs and landscapes, for any K; 4 standard errors over 100 landscapes."""
    for k in (0, 4, 9):
        values = many(k, 100)
        means = values.mean(axis=1)
        assert abs(means.mean() - 0.5) < 4 * means.std(ddof=1) / 10 + 1e-9
        squares = ((values - 0.5) ** 2).mean(axis=1)
        assert abs(squares.mean() - 1 / (12 * N)) < 4 * squares.std(ddof=1) / 10


@pytest.mark.parametrize("k", [0, 2, 5, 9])
def test_correlation_of_neighbours(k):
    """1 - (K+1)/N: a flipped bit redraws its own and the K or fewer others' fits; 4 standard errors over 100 seeds."""
    values = many(k, 100) - 0.5
    products = np.array([(v[:, None] * neighbours(v)).mean() for v in values]) * 12 * N
    assert abs(products.mean() - (1 - (k + 1) / N)) < 4 * products.std(ddof=1) / 10 + 1e-9


def test_peaks_grow_in_number_with_interactions():
    """Full interaction: 2^N / (N+1) = 93.09; K = 1: 3.33, K = 5: 32.4 by simulation; 4 standard errors over 150."""
    counts = {k: np.array([peaks(v).sum() for v in many(k, 150)]) for k in (0, 1, 3, 5, 9)}
    means = [counts[k].mean() for k in sorted(counts)]
    assert means == sorted(means)
    for k, expected in ((1, 3.33), (5, 32.4), (9, 2**N / (N + 1))):
        assert abs(counts[k].mean() - expected) < 4 * counts[k].std(ddof=1) / np.sqrt(150) + 0.05


@pytest.mark.parametrize(("k", "published", "tolerance"), [(0, 1.0, 0.0), (1, 3.8, 0.8), (5, 28.7, 1.5)])
def test_local_search_ends_on_as_many_peaks_as_published(k, published, tolerance):
    """Levinthal 1997, figure 1: 100 searchers, first better neighbour in random order, until nobody moves.

    Ties are random here and successive there; with 100 landscapes the sd of a mean is .24 (K = 1) and .37 (K = 5).
    """
    luck, found = np.random.default_rng(1), []
    for values in many(k, 100):
        better = neighbours(values) > values[:, None]
        place = luck.integers(0, values.size, 100)
        while better[place].any():
            order = np.where(better[place], luck.random((100, N)), 2.0)
            moved = place ^ (1 << order.argmin(axis=1))
            place = np.where(better[place].any(axis=1), moved, place)
        found.append(np.unique(place).size)
    assert np.mean(found) == pytest.approx(published, abs=tolerance)


def test_any_number_of_components():
    for d, k in ((1, 3), (2, 15), (64, 15)):
        land = landscape(1, d, k)
        assert land.ties.shape == (d, min(k, d - 1))
        found = fit(land, first_design(1, d))
        assert found.shape == (d,)
        assert ((found > 0) & (found < 1)).all()
    assert np.isnan(heights(landscape(1, 17, 2))).all()


def test_equal_firms_are_equal_at_the_start():
    model = still()
    first, second = model.firms
    np.testing.assert_array_equal(first.innovation.bits, second.innovation.bits)
    np.testing.assert_array_equal(first.parts(), second.parts())
    land = landscape(1, 8, model.setting.innovation.interactions)
    expected = 0.62 + 0.4 * (fit(land, first_design(1, 8)) - 0.5)
    np.testing.assert_allclose(first.parts(), expected, rtol=1e-12)


def test_switched_off_the_landscape_is_flat():
    model = world({"innovation": {"active": False}, "market": {"customers": 40, "quality_spread": 0.1}})
    for firm in model.firms:
        np.testing.assert_array_equal(firm.parts(), firm.contributions)


def test_the_design_bears_on_what_partners_supply_as_well():
    firm = still().firms[0]
    firm.supplier[2], firm.supplied[2] = 2, 0.5
    assert firm.parts()[2] == pytest.approx(np.clip(0.5 + firm.fit[2], 1e-3, 1))
