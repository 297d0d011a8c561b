"""Rules of adoption: by hand, against closed forms, and in any order."""

import networkx as nx
import numpy as np
import pytest

from ecosim.dynamics.adoption import NEVER, needs, spread, spread_each
from ecosim.dynamics.hazard import adoption_times, fit, recursion, share
from ecosim.networks import Network, build_network


def run(graph, need, seeds):
    level, count, queue = (np.empty(graph.n, np.int32) for _ in range(3))
    size = spread(graph.indptr, graph.indices, need, np.asarray(seeds), level, count, queue)
    return size, level


def pairs(graph):
    return [(i, int(j)) for i in range(graph.n) for j in graph.indices[graph.indptr[i] : graph.indptr[i + 1]]]


def test_a_threshold_that_is_just_met_counts():
    degree = np.array([5, 10, 3, 0])
    assert needs(degree, 0.2).tolist() == [1, 2, 1, NEVER]
    assert needs(degree, 0.21).tolist() == [2, 3, 1, NEVER]
    assert needs(degree, np.array([0.0, 1.0, 0.5, 0.1])).tolist() == [1, 10, 2, NEVER]


def test_a_front_on_a_ring_moves_as_worked_out():
    """On a ring of degree 8 each side gains 4 - theta + 1 nodes a period from nine seeds in a row."""
    ring = build_network(Network(kind="ring", mean_degree=8.0), 200, 1)
    for theta in (1, 2, 3, 4):
        size, level = run(ring, np.full(200, theta, np.int32), np.arange(9))
        pace = 4 - theta + 1
        assert size == 200
        assert (level == 1).sum() == 2 * pace and (level == 2).sum() == 2 * pace
    assert run(ring, np.full(200, 5, np.int32), np.arange(9))[0] == 9


def test_levels_are_those_of_synchronous_updating():
    graph = build_network(Network(kind="erdos_renyi", mean_degree=4.0), 300, 5)
    need = needs(graph.degree(), 0.25)
    size, level = run(graph, need, [3, 7])
    active = np.zeros(300, bool)
    active[[3, 7]] = True
    ties = nx.Graph(pairs(graph))
    for period in range(1, 40):
        new = [i for i in ties if not active[i] and sum(active[j] for j in ties[i]) >= need[i]]
        assert sorted(new) == sorted(np.flatnonzero(level == period).tolist())
        active[new] = True
    assert size == active.sum()
    sizes = np.empty(1, np.int64)
    spread_each(graph.indptr, graph.indices, need, np.array([3]), sizes)
    assert sizes[0] == run(graph, need, [3])[0]


def test_independent_adoption_takes_exponential_times():
    """q = 0: the mean time is 1 / p; of 20,000 people the standard error is .7 %."""
    times = adoption_times(20_000, 0.1, 0.0, 3)
    assert np.all(np.diff(times) > 0)
    assert times.mean() == pytest.approx(10, rel=0.03)


def test_the_share_is_the_closed_form():
    t = np.linspace(0, 20, 9)
    found = np.searchsorted(adoption_times(100_000, 0.03, 0.38, 1), t) / 100_000
    assert np.abs(found - share(t, 0.03, 0.38)).max() < 4 / np.sqrt(100_000) * 4
    assert share(0.0, 0.03, 0.38) == 0


def test_the_recursion_by_hand_and_its_fit():
    assert recursion(0.02, 0.4, 2).tolist() == pytest.approx([0, 0.02, 0.02 + 0.028 * 0.98])
    sales = 5000 * np.diff(share(np.arange(16.0), 0.01, 0.5))
    assert fit(sales) == pytest.approx((0.01, 0.5, 5000), rel=1e-4)


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["erdos_renyi", "barabasi_albert"])
def test_ndlib_agrees_on_thresholds(kind):
    """The same nodes in the same periods: 300 nodes with thresholds of their own, three at first."""
    pytest.importorskip("ndlib.models", exc_type=ImportError)  # which needs six besides
    from ndlib.models import ModelConfig
    from ndlib.models.epidemics import ThresholdModel

    graph = build_network(Network(kind=kind, mean_degree=4.0), 300, 2)
    luck = np.random.default_rng(1)
    reached = []
    for high in (0.3, 0.6, 0.9):
        threshold, seeds = luck.uniform(0.05, high, 300), [0, 1, 2]
        level = run(graph, needs(graph.degree(), threshold), seeds)[1]
        theirs = ThresholdModel(nx.from_edgelist(pairs(graph), nx.empty_graph(300)))
        config = ModelConfig.Configuration()
        for node in range(300):
            config.add_node_configuration("threshold", node, threshold[node])
        config.add_model_initial_configuration("Infected", seeds)
        theirs.set_initial_status(config)
        theirs.iteration()
        for period in range(1, level.max() + 3):
            theirs.iteration()
            adopted = [node for node, status in theirs.status.items() if status == 1]
            assert sorted(adopted) == np.flatnonzero((level >= 0) & (level <= period)).tolist()
        reached.append(len(adopted))
    assert reached[0] > 150 and reached[0] > reached[1] > reached[2]
