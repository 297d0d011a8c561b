"""Customers who see what those before them chose: odds by hand, closed forms, and measures of inequality."""

import math

import numpy as np
import pytest

from ecosim.dynamics.arrivals import (
    inequality,
    settled_shares,
    shelf,
    take_technology,
    try_and_buy,
    unpredictability,
)
from ecosim.dynamics.process import Process

VISIBLE, APPEAL, QUALITY = np.array([1.0, 2.0, 1.0]), np.array([1.0, 1.0, 4.0]), np.array([1.0, 0.5, 0.25])


def shop(trials, r, appeal=APPEAL, quality=QUALITY, visible=VISIBLE, run=0):
    """Return the state after so many trials: purchases and weights, ``[items, 2]``."""
    process = Process(try_and_buy, shelf(visible, appeal, r), (visible, appeal, quality, r), order="sweep",
                      agents=trials, run=run)  # fmt: skip
    process.advance()
    return process.x


def test_the_first_customer_by_hand():
    """r = 1/2: tried 1 : 2 : 2, so bought with .2, .2, .1, and nothing with .5; 4,000 first customers, 5 errors."""
    assert shelf(VISIBLE, APPEAL, 0.5).tolist() == [[0, 1], [0, 2], [0, 2]]
    found = np.zeros(3)
    for run in range(4000):
        x = shop(1, 0.5, run=run)
        found += x[:, 0]
        np.testing.assert_allclose(x[:, 1], VISIBLE * np.sqrt(APPEAL + x[:, 0]), rtol=1e-14)
    expected = np.array([0.2, 0.2, 0.1])
    assert (np.abs(found / 4000 - expected) < 5 * np.sqrt(expected * (1 - expected) / 4000)).all()


def test_without_feedback_shares_are_visibility_times_quality():
    """r = 0: bought with 1/4, 1/4, 1/16 a trial, whatever was bought before."""
    found = shop(40_000, 0.0)[:, 0] / 40_000
    expected = VISIBLE / 4 * QUALITY
    assert (np.abs(found - expected) < 5 * np.sqrt(expected * (1 - expected) / 40_000)).all()
    np.testing.assert_allclose(settled_shares(VISIBLE, QUALITY, 0.0), expected / expected.sum())


def test_feedback_below_one_settles_in_closed_form():
    """r = 1/2: shares go as (v q)^2, whatever the appeal: .49, .49, .02; within .02 after 200,000 trials."""
    assert settled_shares(VISIBLE, QUALITY, 0.5) == pytest.approx(np.array([16, 16, 1]) / 33)
    for appeal in (APPEAL, np.array([1.0, 1.0, 30.0])):
        bought = shop(200_000, 0.5, appeal)[:, 0]
        assert np.abs(bought / bought.sum() - settled_shares(VISIBLE, QUALITY, 0.5)).max() < 0.02


def test_full_feedback_is_an_urn():
    """Polya's urn of two: after 100 draws all of 0 .. 100 are as likely: mean 50, variance 100 * 102 / 12."""
    one = np.ones(2)
    found = np.array([shop(100, 1.0, one, one, one, run)[0, 0] for run in range(2000)])
    assert abs(found.mean() - 50) < 5 * math.sqrt(850 / 2000)
    assert found.var() == pytest.approx(850, rel=5 * math.sqrt(0.8 / 2000))


def lock_in(payoffs, run, limit=10_000):
    """Return arrivals until both types take the same, and whether that is A."""
    process = Process(take_technology, np.zeros(2, np.int64), (np.array(payoffs, np.int64),), order="sweep", agents=1,
                      run=run)  # fmt: skip
    played = process.advance(limit, still=True)
    return played - 1, process.x[0] > process.x[1]


@pytest.mark.parametrize(("liking_a", "liking_b"), [(1, 1), (2, 1), (1, 3)])
def test_small_barriers_are_a_gamblers_ruin(liking_a, liking_b):
    """A tie is broken by nature, so A has won when liking_b + 1 ahead, B when liking_a + 1: walks between two walls.

    A wins with liking_a + 1 in the sum of both, after their product on the mean; 3,000 markets, 5 standard errors.
    """
    up, down, runs = liking_b + 1, liking_a + 1, 3000
    found = np.array([lock_in(((liking_a, 0, 1), (0, liking_b, 1)), run) for run in range(runs)], float)
    chance = down / (up + down)
    assert abs(found[:, 1].mean() - chance) < 5 * math.sqrt(chance * (1 - chance) / runs)
    assert abs(found[:, 0].mean() - up * down) < 5 * found[:, 0].std() / math.sqrt(runs)


def test_diminishing_returns_share_the_market():
    """Each user makes the other technology better: the lead never leaves what nature's likings allow."""
    process = Process(take_technology, np.zeros(2, np.int64), (np.array([[2, 0, -1], [0, 2, -1]]),), order="sweep",
                      agents=1)  # fmt: skip
    lead = process.record(lambda x: x[0] - x[1], 500)
    assert np.abs(lead).max() <= 3
    assert process.x.sum() == 500


def test_inequality_by_hand():
    assert inequality(np.array([1, 1, 1, 1])) == 0
    assert inequality(np.array([0, 0, 0, 1])) == pytest.approx(0.75)
    assert inequality(np.array([1, 3])) == pytest.approx(2 * 2 / (2 * 2 * 4))
    assert inequality(np.array([1, 2, 3])) == inequality(np.array([0.5, 1.5, 1.0])) == pytest.approx(8 / 36)


def test_unpredictability_by_hand():
    """Three worlds of two items: pairs differ by .2, .5 and .3 an item."""
    worlds = np.array([[0.5, 0.5], [0.7, 0.3], [1.0, 0.0]])
    assert unpredictability(worlds) == pytest.approx((0.2 + 0.5 + 0.3) / 3)
    assert unpredictability(np.ones((4, 3))) == 0
