"""The trust game: payoffs by hand, flows that add up, and who imitates whom how often."""

import math

import numpy as np
import pytest

from ecosim.dynamics.process import Process, ties_of
from ecosim.dynamics.trust import imitate, imitate_near, in_group, payoff, replicator
from ecosim.networks import Graph, Network, build_network


def test_payoffs_by_hand():
    """Six invest, R1 = 6, R2 = 8: of four trustees three are honest, so 6 * 3/4 - 1, 6 * 6/4 and 8 * 6/4."""
    assert [payoff(kind, 6, 3, 1, 6.0, 8.0) for kind in range(3)] == [3.5, 9.0, 12.0]
    assert [payoff(kind, 6, 0, 4, 6.0, 8.0) for kind in range(3)] == [-1.0, 9.0, 12.0]
    assert [payoff(kind, 6, 0, 0, 6.0, 8.0) for kind in range(3)] == [0.0, 0.0, 0.0]
    assert [payoff(kind, 0, 1, 1, 6.0, 8.0) for kind in range(3)] == [2.0, 0.0, 0.0]


def test_the_rates_of_change_by_hand():
    """Shares .6 .3 .1: payoffs 3.5, 9, 12, their mean 6; nothing is gained or lost, and corners stay."""
    np.testing.assert_allclose(replicator(np.array([0.6, 0.3, 0.1]), 6.0, 8.0), [-1.5, 0.9, 0.6])
    luck = np.random.default_rng(1).dirichlet(np.ones(3), 200)
    assert max(abs(replicator(y, 6.0, 8.0).sum()) for y in luck) < 1e-14
    for corner in np.eye(3):
        assert replicator(corner, 6.0, 8.0).tolist() == [0, 0, 0]


def everybody(counts, run=0, scale=20.0):
    kinds = np.repeat(np.arange(3), counts)
    return Process(imitate, np.concatenate([kinds, counts]), (6.0, 8.0, scale), order="random", agents=sum(counts),
                   run=run)  # fmt: skip


def test_counts_are_those_of_kinds():
    process = everybody((60, 30, 10))
    for _ in range(60):
        process.advance()
        assert np.bincount(process.x[:100], minlength=3).tolist() == process.x[100:].tolist()
        assert process.x[100:].sum() == 100
    assert process.x[100:].tolist() != [60, 30, 10]


def test_imitation_has_the_chance_its_gain_says():
    """An investor among 6, 3, 1 meets an honest one with 3/9 and gains 5.5, or a cheat with 1/9 and gains 8.5.

    Imitated with gain / 20 each; of 20,000 first looks, within 5 standard errors.
    """
    runs, turned = 20_000, np.zeros(3)
    start = np.array([0] * 6 + [1] * 3 + [2] + [6, 3, 1])
    process = Process(imitate, start, (6.0, 8.0, 20.0), order="sweep", agents=1)
    for _ in range(runs):
        process.x[...] = start
        process.advance()
        turned[process.x[0]] += 1
        assert process.x[1:-3].tolist() == start[1:-3].tolist()
    for kind, chance in ((1, 3 / 9 * 5.5 / 20), (2, 1 / 9 * 8.5 / 20)):
        assert abs(turned[kind] / runs - chance) < 5 * math.sqrt(chance * (1 - chance) / runs)


def test_nobody_imitates_who_does_worse():
    """Where all trustees cheat investors lose, so trustees never turn investors, and investors all turn."""
    process = everybody((50, 0, 50), scale=0.1)
    process.advance(20)
    assert process.x[100:].tolist() == [0, 0, 100]


PATH = Graph(4, np.array([0, 1, 3, 5, 6]), np.array([1, 0, 2, 1, 3, 2], np.int32))


def test_groups_on_a_path_by_hand():
    """Investor, honest, cheat, investor: groups are {I H}, {I H C}, {H C I}, {C I}."""
    kinds = np.array([0, 1, 2, 0])
    found = [in_group(i, kinds, ties_of(PATH), 6.0, 8.0) for i in range(4)]
    assert found == [6 * 1 / 1 - 1, 6 * 1 / 2, 8 * 1 / 2, -1.0]


def test_neighbours_are_imitated_where_they_do_better():
    """On that path agent 0 earns 5 and stays. Agent 3 earns -1, its neighbour 4: at scale 5 it turns for certain.

    The honest one earns 3 and looks half the time at the investor's 5, else at the cheat's 4; of 4,000, 5 errors.
    """
    runs, ends = 4000, np.zeros((4, 3))
    process = Process(imitate_near, np.array([0, 1, 2, 0]), (6.0, 8.0, 5.0), order="synchronous", graph=PATH)
    for _ in range(runs):
        process.x[...] = [0, 1, 2, 0]
        process.advance()
        ends[range(4), process.x] += 1
    ends /= runs
    assert ends[0].tolist() == [1, 0, 0] and ends[3].tolist() == [0, 0, 1]
    assert ends[1] == pytest.approx([0.2, 0.7, 0.1], abs=5 * math.sqrt(0.25 / runs))
    assert ends[2].tolist() == [0, 0, 1]


def test_who_has_no_neighbours_stays():
    alone = Graph(2, np.zeros(3, np.int64), np.zeros(0, np.int32))
    process = Process(imitate_near, np.array([0, 2]), (6.0, 8.0, 20.0), order="random", graph=alone)
    assert process.advance(9, still=True) == 1
    assert process.x.tolist() == [0, 2]


def test_local_groups_keep_investors():
    """On a torus of 400 some invest after 100 periods where all together nobody does: the paper's point, small."""
    kinds = np.repeat(np.arange(3), (240, 120, 40))[np.argsort(np.sin(np.arange(400.0) ** 2))]
    near = Process(imitate_near, kinds, (6.0, 8.0, 20.0), order="random",
                   graph=build_network(Network(kind="grid"), 400, 1))  # fmt: skip
    near.advance(100)
    together = everybody((240, 120, 40))
    together.advance(3000)
    assert (near.x == 0).sum() > 40 > together.x[-3]
