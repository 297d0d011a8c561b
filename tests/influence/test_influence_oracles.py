"""Spread against independent libraries: cynetdiff (all three models) and ndlib (independent cascade)."""

import numpy as np
import pytest

from ecosim.influence import by_degree, diffusion, judge, of_graph, simulate
from ecosim.networks import Network, build_network
from ecosim.networks.csr import from_pairs

from .tiny import ties

pytestmark = pytest.mark.oracle
N, K = 300, 5


def network():
    """Return a small world in which every third tie is there twice."""
    plain = build_network(Network(kind="watts_strogatz", mean_degree=6), N, 1)
    pairs = [(i, j) for i in range(N) for j in plain.indices[plain.indptr[i] : plain.indptr[i + 1]] if i < j]
    pairs += pairs[::3]
    return of_graph(from_pairs(N, np.array(pairs, np.int32), np.ones(len(pairs), np.float32), add=True))


def directed(d, name):
    """Return the diffusion as a networkx digraph whose ties carry their chance under ``name``."""
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_nodes_from(range(d.graph.n))
    graph.add_edges_from((u, v, {name: float(w)}) for (u, v), w in zip(ties(d.graph), d.out, strict=True))
    return graph


@pytest.mark.parametrize(("model", "p"), [("ic", 0.1), ("wc", 0.01), ("lt", 0.01)])
def test_cynetdiff_agrees(model, p):
    """Within 2 %; 20,000 runs of each, with standard errors of less than 0.4 %."""
    utils = pytest.importorskip("cynetdiff.utils")
    d = diffusion(network(), model, p)
    seeds = by_degree(d.graph, K)
    if model == "lt":
        theirs, _ = utils.networkx_to_lt_model(directed(d, "influence"), rng=1)
    else:
        theirs, _ = utils.networkx_to_ic_model(directed(d, "activation_prob"), rng=1)
    theirs.set_seeds(seeds)
    sizes = []
    for _ in range(20_000):
        theirs.reset_model()
        theirs.advance_until_completion()
        sizes.append(theirs.get_num_activated_nodes())
    ours, _ = simulate(d, seeds, 20_000, 1)
    (reverse,), _ = judge(d, [seeds], K, 200_000, 1)
    assert ours == pytest.approx(np.mean(sizes), rel=0.02)
    assert reverse.mean[-1] == pytest.approx(np.mean(sizes), rel=0.02)


@pytest.mark.filterwarnings("ignore")
def test_ndlib_agrees():
    """Within four standard errors of 600 runs, about 5 %."""
    pytest.importorskip("ndlib.models", exc_type=ImportError)  # which needs six besides
    from ndlib.models import ModelConfig
    from ndlib.models.epidemics import IndependentCascadesModel

    d = diffusion(network(), "ic", 0.1)
    seeds = by_degree(d.graph, K)
    graph = directed(d, "chance")
    np.random.seed(1)  # noqa: NPY002
    sizes = []
    for _ in range(600):
        theirs = IndependentCascadesModel(graph)
        config = ModelConfig.Configuration()
        for u, v, data in graph.edges(data=True):
            config.add_edge_configuration("threshold", (u, v), data["chance"])
        config.add_model_initial_configuration("Infected", seeds)
        theirs.set_initial_status(config)
        while True:
            found = theirs.iteration(node_status=False)["node_count"]
            if found[1] == 0:
                break
        sizes.append(found[2])
    ours, _ = simulate(d, seeds, 20_000, 1)
    assert abs(ours - np.mean(sizes)) < 4 * np.std(sizes) / np.sqrt(len(sizes))
