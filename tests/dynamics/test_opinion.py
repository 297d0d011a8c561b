"""Opinions that move towards others: by hand, against linear algebra, and what each rule keeps."""

import networkx as nx
import numpy as np
import pytest

from ecosim.draws import stream_key
from ecosim.dynamics.opinion import average, average_but_remember, average_the_near, consensus, groups, meet
from ecosim.dynamics.process import Process, uniforms
from ecosim.networks import Network, build_network

GRAPH = build_network(Network(kind="barabasi_albert", mean_degree=4.0), 20, 1)
START = uniforms(20, stream_key(1, np.uint64(7), 0))


def weights(graph):
    """Return the row-stochastic matrix [n, n] of means over oneself and one's neighbours."""
    w = np.eye(graph.n)
    w[np.repeat(np.arange(graph.n), graph.degree()), graph.indices] = 1
    return w / w.sum(axis=1, keepdims=True)


def test_averaging_is_a_product_with_the_matrix():
    process = Process(average, START, (), order="synchronous", graph=GRAPH)
    process.advance(3)
    np.testing.assert_allclose(process.x, np.linalg.matrix_power(weights(GRAPH), 3) @ START, atol=1e-15)


def test_averaging_ends_in_the_consensus_of_degrees():
    """In the limit the left eigenvector of the matrix, degree + 1, weighs opinions: within 1e-12."""
    process = Process(average, START, (), order="synchronous", graph=GRAPH)
    assert process.advance(5000, still=True) < 5000
    np.testing.assert_allclose(process.x, consensus(GRAPH, START), atol=1e-12)
    w = GRAPH.degree() + 1.0
    np.testing.assert_allclose(w / w.sum() @ weights(GRAPH), w / w.sum(), atol=1e-15)


def test_one_after_the_other_averaging_goes_on_until_all_agree():
    """Path 0 - 1: (0 + 1) / 2, then (.5 + 1) / 2 in a sweep; what an agent changes is told in this order too."""
    path = build_network(Network(kind="ring", mean_degree=2.0), 3, 1)
    process = Process(average, np.array([0.0, 0.0, 1.0]), (), order="sweep", graph=path)
    process.advance(1, still=True)
    np.testing.assert_allclose(process.x, [1 / 3, 4 / 9, 16 / 27])
    played = process.advance(1000, still=True)
    assert 10 < played < 1000
    assert np.ptp(process.x) < 1e-14


def test_those_who_remember_end_where_the_equations_say():
    """(I - S W)^-1 (I - S) x(0), within 1e-12; the wholly susceptible and the stubborn among them."""
    s = np.linspace(0, 1, 20)
    process = Process(average_but_remember, START, (s, START), order="synchronous", graph=GRAPH)
    process.advance(5000, still=True)
    fixed = np.linalg.solve(np.eye(20) - s[:, None] * weights(GRAPH), (1 - s) * START)
    np.testing.assert_allclose(process.x, fixed, atol=1e-12)
    assert process.x[0] == START[0]


def test_the_mean_of_those_near_by_hand():
    """0 .125 .25 1 within .125, which counts: .0625 .125 .1875 1, then the same three see each other."""
    process = Process(average_the_near, np.array([0, 0.125, 0.25, 1]), (0.125,), order="synchronous")
    process.advance()
    assert process.x.tolist() == [0.0625, 0.125, 0.1875, 1]
    process.advance()
    assert process.x.tolist() == [0.125, 0.125, 0.125, 1]
    assert process.advance(9, still=True) == 1
    sweep = Process(average_the_near, np.array([0, 0.125, 0.25, 1]), (0.125,), order="sweep")
    sweep.advance()
    assert sweep.x.tolist() == [0.0625, (0.0625 + 0.125 + 0.25) / 3, ((0.0625 + 0.125 + 0.25) / 3 + 0.25) / 2, 1]


def test_the_mean_of_those_near_by_matrices():
    """Ten periods of 60 opinions as products with the matrix of who is near whom. (ndlib has another rule under this
    name: without oneself, and one agent a step.)
    """
    x = uniforms(60, stream_key(3, np.uint64(7), 0))
    process = Process(average_the_near, x, (0.15,), order="synchronous")
    for _ in range(10):
        near = np.abs(x[:, None] - x) <= 0.15
        x = near @ x / near.sum(axis=1)
        process.advance()
        np.testing.assert_allclose(process.x, x, atol=1e-12)
    assert len(groups(x, 1e-6)) < 6


def test_pairs_by_hand():
    """Two who are .5 apart: each meeting, two a period, leaves (1 - 2 mu) of the gap; a gap of eps is too wide."""
    for mu, gap in ((0.25, 0.125), (0.5, 0.0), (0.0625, 0.5 * 0.875**2)):
        process = Process(meet, np.array([0.25, 0.75]), (0.6, mu), order="random")
        process.advance()
        assert np.diff(process.x)[0] == pytest.approx(gap, abs=1e-15)
        assert process.x.sum() == pytest.approx(1)
    process = Process(meet, np.array([0.25, 0.75]), (0.5, 0.5), order="random")
    assert process.advance(9, still=True) == 1
    assert process.x.tolist() == [0.25, 0.75]


def test_pairs_keep_the_mean_and_form_groups():
    x = uniforms(500, stream_key(2, np.uint64(7), 0))
    process = Process(meet, x, (0.2, 0.3), order="random")
    process.advance(200)
    assert process.x.mean() == pytest.approx(x.mean(), abs=1e-13)
    ends = groups(process.x, 0.1)
    assert ends.sum() == 500 and 1 < len(ends) < 6
    whole = Process(meet, x, (1.1, 0.5), order="random")
    whole.advance(100)
    np.testing.assert_allclose(whole.x, x.mean(), atol=1e-12)


def test_groups_by_hand():
    assert groups(np.array([0.9, 0.1, 0.5, 0.15, 0.95, 0.2]), 0.1).tolist() == [3, 1, 2]
    assert groups(np.array([0.5]), 0.1).tolist() == [1]
    assert groups(np.array([0.0, 1.0, 2.0]), 1.0).tolist() == [3]


# -- independent libraries ---------------------------------------------------------------------------------------------


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
def test_ndlib_agrees_on_pairs():
    """As many groups of two or more from the same starts, within 4 standard errors of 24 paired runs of 60 agents."""
    pytest.importorskip("ndlib.models", exc_type=ImportError)  # which needs six besides
    from ndlib.models import ModelConfig
    from ndlib.models.opinions import AlgorithmicBiasModel

    n, eps, gaps = 60, 0.2, []
    np.random.seed(1)  # noqa: NPY002
    for run in range(24):
        theirs = AlgorithmicBiasModel(nx.complete_graph(n))
        config = ModelConfig.Configuration()
        config.add_model_parameter("epsilon", eps)
        config.add_model_parameter("gamma", 0.0)
        theirs.set_initial_status(config)
        start = np.array([theirs.status[i] for i in range(n)], float)
        for _ in range(41):
            theirs.iteration(node_status=False)
        ours = Process(meet, start, (eps, 0.5), order="random", run=run)
        ours.advance(40)
        found = (np.array([theirs.status[i] for i in range(n)], float), ours.x)
        assert found[0].mean() == pytest.approx(found[1].mean(), abs=1e-12)
        ends = [(groups(x, eps / 2) >= 2).sum() for x in found]
        gaps.append(ends[1] - ends[0])
    assert abs(np.mean(gaps)) < 4 * max(np.std(gaps, ddof=1), 0.2) / np.sqrt(len(gaps))
