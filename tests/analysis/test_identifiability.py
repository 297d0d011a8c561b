"""Identifiability by hand: exact linear models whose standard errors and collinearity are known."""

import math

import numpy as np
import pytest

from ecosim.analysis.identifiability import identifiability, local, terms

U = np.random.default_rng(0).random((40, 2))
MIDDLE = np.array([0.5, 0.5])


def known(slopes, tolerance, noise=0.0, u=U):
    """Return what is known of two parameters when statistics are linear in them."""
    seen = u @ np.array(slopes, float).T + noise * np.random.default_rng(1).standard_normal((len(u), len(slopes)))
    return identifiability(("a", "b"), local(u, seen, MIDDLE), MIDDLE, np.array(tolerance, float))


def test_terms_of_a_square():
    row = terms(np.array([[2.0, 3.0]]), True)
    assert row.tolist() == [[1, 2, 3, 4, 6, 9]]


def test_standard_errors_of_two_statistics_are_tolerance_over_slope():
    found = known([[2, 0], [0, 0.5]], [0.1, 0.1])
    assert np.allclose(found.se, [0.05, 0.2])
    assert np.allclose(found.sensitivity, [[20, 0], [0, 5]], atol=1e-6)
    assert found.collinearity["index"][0] == pytest.approx(1)
    assert found.identified.tolist() == [True, True]


def test_collinearity_of_two_slopes_at_an_angle():
    """Columns (1, 1) and (0, 1): the cosine is 1/sqrt 2, and the index 1/sqrt(1 - cosine)."""
    found = known([[1, 0], [1, 1]], [0.1, 0.1])
    assert found.collinearity["index"][0] == pytest.approx(1 / math.sqrt(1 - 1 / math.sqrt(2)))
    assert found.correlation[0, 1] == pytest.approx(-1 / math.sqrt(2))


def test_an_error_wider_than_the_range_is_not_identified():
    found = known([[1, 0], [0, 0.3]], [0.1, 0.1])
    assert np.allclose(found.se, [0.1, 1 / 3])
    assert found.identified.tolist() == [True, False]


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_one_statistic_cannot_settle_two_parameters(noise):
    found = known([[1, 1], [2, 2]], [0.1, 0.1], noise)
    assert found.entangled == [("a", "b")]
    assert found.identified.tolist() == [False, False]


def test_noise_in_slopes_is_not_taken_for_information():
    """Nothing depends on b: over 50 draws of noise its information averages to nothing, so half of them show none."""
    blind = 0
    for seed in range(50):
        seen = U[:, :1] + 0.3 * np.random.default_rng(seed).standard_normal((40, 1))
        found = identifiability(("a", "b"), local(U, seen, MIDDLE), MIDDLE, np.array([0.01]))
        blind += not found.identified[1]
    assert blind >= 40


def test_few_points_are_fitted_by_planes_and_fewer_not_at_all():
    assert not local(U[:8], U[:8, :1], MIDDLE).quadratic
    assert local(U[:12], U[:12, :1], MIDDLE).quadratic
    with pytest.raises(ValueError, match="4 points"):
        local(U[:4], U[:4, :1], MIDDLE)


def test_the_curve_of_a_square_has_its_slope():
    fitted = local(U, U[:, :1] ** 2, MIDDLE)
    slopes, _ = fitted.slopes(np.array([0.3, 0.9]))
    assert np.allclose(slopes, [[0.6, 0.0]])
    assert np.allclose(fitted.at(np.array([0.3, 0.9]))[0], [0.09])
