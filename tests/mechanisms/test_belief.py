"""Belief: what a firm thinks customers want, and how whoever shows up moves it."""

import numpy as np
import pytest
from innovation_worlds import CLEAR, month, school, still

from ecosim.draws import own_key, stream_key
from ecosim.mechanisms.belief import NEWS, Belief, census, first_belief, learn, normals, on_simplex, strengths
from ecosim.mechanisms.innovation import Innovation
from ecosim.metrics.innovation import error


def belief(g, d, variance=0.01):
    even = np.full(g, 1.0 / g)
    return Belief(np.full((g, d), 1.0 / d), np.full(g, variance), even, even.copy())


def key(n=0):
    return own_key(stream_key(1, NEWS, 1), n)


def test_one_month_by_hand():
    """Two segments, two components; 3 told and 100 on record in the first, nobody in the second."""
    p, true = Innovation(belief_noise=2.0, record_weight=0.01, belief_drift=0.04), np.array([[0.6, 0.4], [0.5, 0.5]])
    found = belief(2, 2)
    learn(p, found, key(), true, np.array([100.0, 0.0]), np.array([3.0, 0.0]), 0.25)
    noise, variance = 2.0 / 4 / 4.0, 0.01 + 0.04 / 4
    pull = variance / (variance + noise)
    seen = true + np.sqrt(noise) * normals(key(), (2, 2))
    expected = on_simplex(np.array([[0.5, 0.5]]) + pull * (seen[:1] - 0.5))
    np.testing.assert_allclose(found.weights, [expected[0], [0.5, 0.5]], rtol=1e-12)
    np.testing.assert_allclose(found.variance, [variance * noise / (variance + noise), variance], rtol=1e-12)
    np.testing.assert_allclose(found.lead, [1.0, 0.0])
    np.testing.assert_allclose(found.mix, [1.0, 0.0])


def test_variance_settles_as_kalman_says():
    """After the news, (sqrt(q^2 + 4 q r) - q) / 2."""
    p, d = Innovation(belief_drift=0.01, belief_noise=1.0), 4
    found = belief(1, d, 0.5)
    for n in range(300):
        learn(p, found, key(n), np.full((1, d), 0.25), np.zeros(1), np.full(1, 5.0), 0.0)
    q, r = 0.01 / d**2, 1.0 / d**2 / 5
    assert found.variance[0] == pytest.approx((np.sqrt(q * q + 4 * q * r) - q) / 2, rel=1e-9)


def test_error_is_as_large_as_theory_says():
    """Truth that stands still, pull k: variance k r / (2 - k), less 1/D for rows that sum to 1.

    400 segments of 50 components that are all but independent: a relative sd of .01; 5 of them are allowed.
    """
    p, g, d = Innovation(belief_drift=0.0005, belief_noise=0.02), 400, 50
    true, found = np.full((g, d), 1.0 / d), belief(g, d, 1e-6)
    for n in range(150):
        learn(p, found, key(n), true, np.zeros(g), np.full(g, 1.0), 0.0)
    q, r = 0.0005 / d**2, 0.02 / d**2
    after = (np.sqrt(q * q + 4 * q * r) - q) / 2
    k = after / r
    assert np.mean((found.weights - true) ** 2) == pytest.approx(k * r / (2 - k) * (1 - 1 / d), rel=0.05)


def test_who_takes_part_is_heard_as_far_as_the_firm_is_open():
    bought, told = np.array([30.0, 10.0]), np.array([1.0, 3.0])
    for heard, expected in ((0.0, [0.75, 0.25]), (0.5, [0.5, 0.5]), (1.0, [0.25, 0.75])):
        found = belief(2, 3)
        learn(Innovation(), found, key(), np.full((2, 3), 1 / 3), bought, told, heard)
        np.testing.assert_allclose(found.mix, expected)
        np.testing.assert_allclose(found.lead, [0.25, 0.75])
    np.testing.assert_allclose(found.judged_by(1.0), found.lead @ found.weights)


def test_nobody_there_nothing_learnt():
    found = belief(2, 3)
    before = found.weights.copy()
    learn(Innovation(), found, key(), np.full((2, 3), 1 / 3), np.zeros(2), np.zeros(2), 1.0)
    np.testing.assert_array_equal(found.weights, before)
    np.testing.assert_array_equal(found.mix, [0.5, 0.5])
    assert (found.variance > 0.01).all()


def test_beliefs_are_weights():
    np.testing.assert_allclose(on_simplex(np.array([[0.5, -1.0, 1.5], [-1.0, 0.0, -2.0]])),
                               [[0.25, 0, 0.75], [1 / 3, 1 / 3, 1 / 3]])  # fmt: skip
    for firm in still({"innovation": {"belief_sd": 1.0}}).firms:
        assert (firm.innovation.weights >= 0).all()
        np.testing.assert_allclose(firm.innovation.weights.sum(axis=1), 1.0)


def test_bias_leans_to_what_the_firm_is_good_at():
    model = still(CLEAR)
    assert error(model.firms[0], model) < 1e-15
    for bias in (0.3, -0.3):
        tilted = still(CLEAR, {"innovation": {"belief_bias": bias}})
        lean = tilted.firms[0].innovation.weights - tilted.segment_weights
        ours = strengths(tilted.firms[0].parts())
        assert np.sign((lean * ours).sum()) == np.sign(bias)
        assert error(tilted.firms[0], tilted) > 0
    np.testing.assert_array_equal(strengths(np.full(4, 0.6)), np.zeros(4))
    np.testing.assert_allclose(strengths(np.array([0.5, 0.7, 0.6])), [-1, 1, 0], atol=1e-12)


def test_a_firm_learns_what_is_wanted():
    """More who take part teach more: mean error over firms and ten seeds after a year; each seed has its own luck."""
    found = []
    for people in ((0.0, 0.0), (20.0, 20.0)):
        errors = []
        for seed in range(1, 6):
            model = still({"innovation": {"staff_ideas": 0.0}}, seed=seed, people=people)
            for _ in range(13):
                month(model)
            errors += [error(firm, model) for firm in model.firms]
        found.append(np.mean(errors))
    assert found[1] < found[0] < np.mean([error(f, still(seed=s)) for s in range(1, 6) for f in still(seed=s).firms])


def test_records_not_kept_teach_nothing():
    model = still(line_up=[school(data=0.0), school(data=1.0)], people=(0.0, 0.0))
    before = [firm.innovation.weights.copy() for firm in model.firms]
    month(model)
    assert (model.firms[0].innovation.weights == before[0]).all()
    assert (model.firms[1].innovation.weights != before[1]).any()


def test_before_anybody_was_counted():
    model = still()
    model.census = {}
    found = census(model)
    np.testing.assert_allclose(found["buyers"], 0.5 * np.tile(model.segment_sizes, (2, 1)))
    assert found["participants"].sum() == 0
    month(model)


def test_the_first_belief_is_the_same_in_every_world_of_a_seed():
    model = still()
    again = still(line_up=[school(customers=1.0)] * 2)
    for one, other in zip(model.firms, again.firms, strict=True):
        np.testing.assert_array_equal(first_belief(model, one).weights, first_belief(again, other).weights)
