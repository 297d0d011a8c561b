"""Corners of the model: a logit market asked for demand, Bass's curve, and talk beside advertising."""

import math

import numpy as np
import pytest

from ecosim.corners import BARE, LogitMarket, awareness, bass, bass_recursion, merged, setting
from ecosim.networks import Graph
from ecosim.networks.csr import from_pairs


@pytest.fixture(scope="module")
def market():
    return LogitMarket(4000, 3, 1)


@pytest.mark.parametrize("prices", [(1, 1, 1), (0.5, 1, 1.5), (0, 2, 1), (3, 3, 0.2)])
def test_shares_are_those_of_a_logit(market, prices):
    """Of about 20,000 needs in a week, within 5 standard errors of exp(-p_j) over their sum."""
    expected = np.exp(-np.array(prices, float))
    expected /= expected.sum()
    found = market.shares(prices)
    assert found.sum() == pytest.approx(1)
    assert (np.abs(found - expected) < 5 * np.sqrt(expected * (1 - expected) / 20_000)).all(), found


def test_the_same_prices_have_the_same_luck(market):
    """Asked again, and after other prices, the very same; a price that rises loses, and loses nothing to chance."""
    one = market.shares((1.0, 1.0, 1.0))
    curve = [market.shares((p, 1.0, 1.0)) for p in (0.9, 0.99, 1.0, 1.01, 1.1)]
    assert market.shares((1.0, 1.0, 1.0)).tolist() == one.tolist() == curve[2].tolist()
    assert (np.diff([shares[0] for shares in curve]) < 0).all()
    assert (np.diff([shares[1:] for shares in curve], axis=0) >= 0).all()
    assert LogitMarket(4000, 3, 2).shares((1.0, 1.0, 1.0)).tolist() != one.tolist()
    with pytest.raises(ValueError, match="shorter"):
        market.shares((1.0, 1.0))


def test_layers_lie_over_each_other():
    found = merged({"talk": {"base": 1, "reach": 2}}, {"talk": {"base": 3}, "needs": {"rate": 4}})
    assert found == {"talk": {"base": 3, "reach": 2}, "needs": {"rate": 4}}
    made = setting(BARE, {"talk": {"base": 0.5}})
    assert made.talk.base == 0.5 and made.network.kind == "complete" and BARE["talk"]["base"] == 0.0


def test_bass_by_hand_and_in_the_model():
    """Without imitation 1 - exp(-p t); with it within 4 / sqrt(n) of its recursion, passed in fewer than 1 %."""
    np.testing.assert_allclose(bass_recursion(0.1, 0.0, 0.5, 4.0), 1 - np.exp(-0.05 * np.arange(9)))
    first = 1 - math.exp(-0.03)
    second = first + (1 - math.exp(-0.03 - 0.4 * first)) * (1 - first)
    np.testing.assert_allclose(bass_recursion(0.03, 0.4, 1.0, 2.0), [0, first, second])
    found = bass(2000, 0.03, 0.4, 1.0, 12.0, threads=1)
    assert found.shape == (13,) and found[0] == 0
    assert np.abs(found - bass_recursion(0.03, 0.4, 1.0, 12.0)).max() < 4 / math.sqrt(2000)
    assert bass(2000, 0.03, 0.4, 1.0, 12.0, threads=2).tolist() == found.tolist()
    assert bass(2000, 0.03, 0.4, 1.0, 12.0, seed=2).tolist() != found.tolist()


def test_awareness_without_ties_is_advertising():
    """1 - .8^t, 5 standard errors of 2,000; it ends with the first week at or above what was asked, or the last."""
    alone = Graph(2000, np.zeros(2001, np.int64), np.zeros(0, np.int32))
    found = awareness(alone, 0.2, 0.9, 1)
    expected = 1 - 0.8 ** np.arange(len(found))
    assert (np.abs(found - expected) <= 5 * np.sqrt(expected * (1 - expected) / 2000)).all()
    assert found[-1] >= 0.9 > found[-2]
    assert awareness(alone, 0.2, 0.9, 1, most=3).tolist() == found[:4].tolist()


def test_awareness_in_pairs_is_a_chain_of_three_states():
    """Couples of whom none, one or both know: by advertising .1 a week each, and from each other with the tie's .3.

    n = 20,000 in couples: 5 standard errors of n / 2 independent ones.
    """
    n, c, w = 20_000, 0.1, 0.3
    couples = from_pairs(n, np.arange(n, dtype=np.int32).reshape(-1, 2), np.full(n // 2, w, np.float32))
    found = awareness(couples, c, 0.9, 1)
    none, one, both, expected = 1.0, 0.0, 0.0, [0.0]
    for _ in range(len(found) - 1):
        learns = 1 - (1 - c) * (1 - w)
        none, one, both = none * (1 - c) ** 2, none * 2 * c * (1 - c) + one * (1 - learns), (
            none * c * c + one * learns + both
        )  # fmt: skip
        expected.append(both + one / 2)
    expected = np.array(expected)
    assert (np.abs(found - expected) <= 5 * np.sqrt(2 * expected * (1 - expected) / n)).all()
