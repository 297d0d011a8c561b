"""Spread of influence: chances by hand, estimates against the enumeration of every world, and their errors."""

from itertools import combinations

import numpy as np
import pytest

from ecosim.errors import UserError
from ecosim.influence import diffusion, judge, simulate

from .tiny import exact, multigraph, random_network

MODELS = [("ic", 0.3), ("ic", 1.0), ("wc", 0.01), ("lt", 0.01)]


def test_chances_by_hand():
    """Node 0: two ties to 1, three to 2, so d = 5; d_1 = 3, d_2 = 5, d_3 = 2, d_4 = 1."""
    graph = multigraph()
    assert graph.degree.tolist() == [5, 3, 5, 2, 1, 0]
    assert (graph.pairs, graph.report["self_loops"]) == (5, 1)
    cascade = diffusion(graph, "ic", 0.3)
    assert cascade.out[:2] == pytest.approx([1 - 0.7**2, 1 - 0.7**3], abs=1e-14)
    assert np.array_equal(cascade.out, cascade.into)
    weighted = diffusion(graph, "wc")
    assert weighted.out[:2] == pytest.approx([1 - (2 / 3) ** 2, 1 - (4 / 5) ** 3], abs=1e-14)
    assert weighted.into[:2] == pytest.approx([1 - (4 / 5) ** 2, 1 - (4 / 5) ** 3], abs=1e-14)
    assert weighted.out[-2:].tolist() == [1.0, 0.5]
    threshold = diffusion(graph, "lt")
    assert threshold.out[:2] == pytest.approx([2 / 3, 3 / 5])
    assert threshold.into[:2].tolist() == [0.4, 1.0]


@pytest.mark.parametrize(("model", "p"), MODELS)
@pytest.mark.parametrize("seeds", [(0,), (3, 1), (4, 5, 2)])
def test_estimates_are_what_enumeration_says(model, p, seeds):
    """Four standard errors each, and nothing at all where nothing is left to chance."""
    d = diffusion(multigraph(), model, p)
    truth = exact(d.graph, model, p, seeds)
    (found,), _ = judge(d, [seeds], len(seeds), 100_000, 1)
    assert abs(found.mean[-1] - truth) <= 4 * found.se[-1] + 1e-9
    mean, se = simulate(d, seeds, 50_000, 1)
    assert abs(mean - truth) <= 4 * se + 1e-9
    assert se <= 0.02


@pytest.mark.parametrize(("model", "p"), MODELS)
def test_random_seeds_are_the_mean_over_all_choices(model, p):
    d = diffusion(multigraph(), model, p)
    _, found = judge(d, [], 6, 50_000, 2)
    for k in (1, 2, 4):
        truth = np.mean([exact(d.graph, model, p, seeds) for seeds in combinations(range(6), k)])
        assert abs(found.mean[k - 1] - truth) <= 4 * found.se[k - 1] + 1e-9
    assert found.mean[5] == pytest.approx(6)


def test_a_line_of_thresholds_by_hand():
    """0 - 1 - 2 from 0: node 1 joins with 1/2, then 2 for sure: 1 + 1/2 + 1/2."""
    d = diffusion(multigraph([(0, 1), (1, 2)], 3), "lt")
    assert exact(d.graph, "lt", 1, (0,)) == 2
    mean, se = simulate(d, (0,), 40_000, 5)
    assert abs(mean - 2) < 4 * se


def test_errors_are_honest():
    """Over 60 seeds, estimates lie as far from the truth as their standard errors say."""
    d = diffusion(multigraph(), "ic", 0.3)
    truth = exact(d.graph, "ic", 0.3, (0, 3))
    for estimate in (lambda seed: judge(d, [(0, 3)], 2, 1000, seed)[0][0], lambda seed: simulate(d, (0, 3), 500, seed)):
        z = [(np.ravel(mean)[-1] - truth) / np.ravel(se)[-1] for mean, se, *_ in map(estimate, range(60))]
        assert 0.7 < np.std(z) < 1.3
        assert abs(np.mean(z)) < 0.5


def test_leads_are_paired():
    """The error of a lead over oneself is 0; over others it is that of the difference, set by set."""
    d = random_network()
    (one, same, other), _ = judge(d, [(0, 1), (1, 0), (2, 3)], 2, 20_000, 1)
    assert one.lead_se == same.lead_se == 0
    apart = np.hypot(one.se[-1], other.se[-1])
    assert 0 < other.lead_se < 1.1 * apart


def test_seeds_named_twice_count_once():
    d = random_network()
    assert simulate(d, (4, 4), 2000, 1) == simulate(d, (4,), 2000, 1)


def test_forward_and_reverse_agree_within_two_percent():
    for model, p in (("ic", 0.15), ("wc", 0.01), ("lt", 0.01)):
        d = random_network(model, p, 400)
        seeds = list(range(10))
        (found,), _ = judge(d, [seeds], 10, 200_000, 3)
        assert simulate(d, seeds, 20_000, 3)[0] == pytest.approx(found.mean[-1], rel=0.02)


@pytest.mark.parametrize(
    ("model", "p", "told"), [("il", 0.1, "did you mean"), ("ic", 0.0, "above 0"), ("ic", 2, "at most")]
)
def test_refusals(model, p, told):
    with pytest.raises(UserError, match=told):
        diffusion(multigraph(), model, p)
