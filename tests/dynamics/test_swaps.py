"""Swapped ties: degrees stay, ends are told apart by nothing, and as many move as were asked for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecosim.dynamics.swaps import swapped
from ecosim.networks import Graph, Network, build_network


def pairs(graph):
    """Return the rows as a set of ordered pairs, which must be as many as are stored."""
    rows = np.repeat(np.arange(graph.n), graph.degree())
    found = set(zip(rows.tolist(), graph.indices.tolist(), strict=True))
    assert len(found) == len(graph.indices)
    return found


@settings(max_examples=25)
@given(
    kind=st.sampled_from(["erdos_renyi", "barabasi_albert", "watts_strogatz", "ring"]), n=st.integers(5, 60),
    share=st.floats(0, 1), seed=st.integers(1, 1000),
)  # fmt: skip
def test_a_swapped_graph_is_a_graph_of_the_same_degrees(kind, n, share, seed):
    graph = build_network(Network(kind=kind, mean_degree=4.0), n, seed)
    before = graph.indices.copy()
    found = swapped(graph, share, seed)
    ties = pairs(found)
    assert found.indptr.tolist() == graph.indptr.tolist()
    assert all(i != j and (j, i) in ties for i, j in ties)
    assert graph.indices.tolist() == before.tolist()


@pytest.mark.parametrize("share", [0.01, 0.3, 1.0])
def test_about_as_many_ties_move_as_asked(share):
    """On 2,000 nodes of degree 6 a pair is refused with a chance of about 1 %: no more move, and 97 % of them do."""
    graph = build_network(Network(kind="ring", mean_degree=6.0), 2000, 1)
    moved = len(pairs(graph) - pairs(swapped(graph, share, 1))) / len(graph.indices)
    assert 0.97 * share <= moved <= share


def test_no_share_and_no_pair_leave_the_graph_as_it_is():
    graph = build_network(Network(kind="barabasi_albert", mean_degree=4.0), 50, 1)
    for share in (0.0, 1.2 / graph.ties):
        assert swapped(graph, share, 1).indices.tolist() == graph.indices.tolist()
    full = Graph(4, np.arange(5) * 3, np.array([j for i in range(4) for j in range(4) if i != j], np.int32))
    assert swapped(full, 1.0, 1).indices.tolist() == full.indices.tolist()


def test_runs_differ_and_repeat():
    graph = build_network(Network(kind="ring", mean_degree=4.0), 100, 1)
    found = [swapped(graph, 0.5, *luck).indices.tobytes() for luck in ((1, 0), (1, 1), (2, 0))]
    assert len(set(found)) == 3
    assert swapped(graph, 0.5, 1, 1).indices.tobytes() == found[1]


def test_each_end_meets_either_end_of_the_other_tie():
    """Two ties 0 - 1 and 2 - 3 become 0 - 3 and 2 - 1, or 0 - 2 and 1 - 3: each in half of 1,000 runs, 5 errors."""
    two = Graph(4, np.arange(5), np.array([1, 0, 3, 2], np.int32))
    found = [swapped(two, 1.0, 1, run).indices.tolist() for run in range(1000)]
    crossed = found.count([3, 2, 1, 0])
    assert crossed + found.count([2, 3, 0, 1]) == 1000
    assert abs(crossed - 500) < 5 * np.sqrt(250)
