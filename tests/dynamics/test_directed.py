"""Random networks of influence: how many each influences, how many influence it, and never itself."""

import math

import numpy as np
import pytest

from ecosim.dynamics.directed import influence_network


@pytest.mark.parametrize("mean", [0.5, 3.0, 25.0])
def test_numbers_are_poisson(mean):
    """Out: Poisson by draw, in: by chance; of 20,000, mean and variance within 5 standard errors, and those without."""
    n = 20_000
    net = influence_network(n, mean, 1)
    assert net.indptr[0] == 0 and net.indptr[-1] == net.indices.size
    for number in (np.diff(net.indptr), net.influencers):
        assert abs(number.mean() - mean) < 5 * math.sqrt(mean / n)
        assert abs(number.var() - mean) < 5 * math.sqrt((mean + 2 * mean**2) / n)
        assert abs((number == 0).mean() - math.exp(-mean)) <= 5 * math.sqrt(math.exp(-mean) / n)


def test_influencers_are_counted_and_nobody_influences_himself():
    net = influence_network(300, 4.0, 2)
    rows = np.repeat(np.arange(300), np.diff(net.indptr))
    assert (rows != net.indices).all()
    assert net.indices.min() >= 0 and net.indices.max() < 300
    assert np.bincount(net.indices, minlength=300).tolist() == net.influencers.tolist()


def test_all_others_are_as_likely():
    """Four agents, many networks: each of the 12 ordered pairs, within 5 standard errors."""
    counts = np.zeros((4, 4), int)
    for run in range(3000):
        net = influence_network(4, 0.5, 1, run)
        np.add.at(counts, (np.repeat(np.arange(4), np.diff(net.indptr)), net.indices), 1)
    assert np.diag(counts).tolist() == [0] * 4
    each = counts.sum() / 12
    assert np.abs(counts[~np.eye(4, dtype=bool)] - each).max() < 5 * math.sqrt(each)


def test_small_worlds_and_luck():
    assert influence_network(1, 5.0, 1).indices.size == 0
    two = influence_network(2, 5.0, 1)
    assert np.diff(two.indptr).max() <= 1 and set(two.indices.tolist()) <= {0, 1}
    assert influence_network(50, 0.0, 1).indices.size == 0
    found = [influence_network(50, 3.0, *luck).indices.tobytes() for luck in ((1, 0), (1, 1), (2, 0), (1, 0))]
    assert found[0] == found[3] and len(set(found)) == 3
