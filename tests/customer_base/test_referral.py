"""Referred customers: what the mechanism does by hand and in its limits, and the pattern of signs."""

from dataclasses import replace

import numpy as np
import pytest

from ecosim.customer_base.referral import Matching, cohorts

P, WEEKS = Matching(), 104


def gaps(p, n=20_000, seed=1):
    """Return referred less others: margin a day [weeks], and share still there [weeks]."""
    found = cohorts(p, n, WEEKS, seed)
    (margin, stayed), (margin_referred, stayed_referred) = found["others"], found["referred"]
    return margin_referred - margin, (stayed_referred - stayed) / n


def test_the_first_margins_are_those_of_the_priors():
    """Mismatch is 1 for strangers and 1 / (1 + v) for the referred: margins m0 - c and m0 - c / 2 at v = 1."""
    found = cohorts(P, 50_000, 1, 1)
    assert found["others"][0][0] == pytest.approx(P.margin - P.loss, abs=0.01)
    assert found["referred"][0][0] == pytest.approx(P.margin - P.loss / 2, abs=0.01)


def test_learning_goes_as_precision_does():
    """Without departures the margin of strangers after t weeks is m0 - c / (1 + q t)."""
    found = cohorts(replace(P, hazard=0.0), 20_000, WEEKS, 2)
    expected = P.margin - P.loss / (1 + P.signal * np.arange(WEEKS))
    np.testing.assert_allclose(found["others"][0], expected, atol=0.012)
    assert np.all(found["others"][1] == 20_000)


def test_who_matches_no_better_and_is_known_no_better_is_like_the_others():
    margin, stay = gaps(replace(P, known=0.0, match=0.0))
    assert np.abs(margin).max() < 0.02
    assert np.abs(stay).max() < 0.02


def test_the_margin_gap_is_of_information_and_the_retention_gap_of_match():
    """Each gap is there without the other's cause; the former shrinks, the latter grows with the weeks."""
    informed, _ = gaps(replace(P, match=0.0))
    _, matched = gaps(replace(P, known=0.0))
    assert informed[-10:].mean() < 0.4 * informed[:10].mean()
    assert matched[-1] > matched[WEEKS // 2] > 0.005


def test_the_sign_of_the_margin_gap_is_an_input():
    (plus, stay), (minus, stay_too) = gaps(P), gaps(replace(P, use=-1.0))
    np.testing.assert_allclose(plus, -minus, atol=1e-9)
    np.testing.assert_array_equal(stay, stay_too)
