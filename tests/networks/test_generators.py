"""Each generator against what its literature proves, and the contract all of them share."""

import os
import subprocess
import sys
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from scipy import stats

from ecosim.errors import UserError
from ecosim.networks import Graph
from ecosim.networks.configuration import from_degrees, power_law_degrees
from ecosim.networks.csr import from_pairs
from ecosim.networks.stochastic_block import block_bounds

from .helpers import build, digest

RANDOM = ("erdos_renyi", "watts_strogatz", "barabasi_albert", "configuration", "stochastic_block")
STORED = (*RANDOM, "ring", "grid")


def to_networkx(graph: Graph) -> nx.Graph:
    result = nx.empty_graph(graph.n)
    rows = np.repeat(np.arange(graph.n), graph.degree())
    result.add_edges_from(zip(rows.tolist(), graph.indices.tolist(), strict=True))
    return result


def check_simple(graph: Graph) -> None:
    assert graph.indptr.dtype == np.int64
    assert graph.indices.dtype == np.int32
    assert graph.indptr.shape == (graph.n + 1,)
    assert graph.indptr[0] == 0
    assert graph.indptr[-1] == len(graph.indices)
    degree = np.diff(graph.indptr)
    assert (degree >= 0).all()
    rows = np.repeat(np.arange(graph.n, dtype=np.int64), degree)
    if len(rows):
        assert graph.indices.min() >= 0
        assert graph.indices.max() < graph.n
    names = rows * graph.n + graph.indices
    assert (np.diff(names) > 0).all()  # sorted rows without repeats
    assert (rows != graph.indices).all()
    assert np.array_equal(np.sort(graph.indices.astype(np.int64) * graph.n + rows), names)  # symmetric
    assert np.array_equal(graph.degree(), degree)
    assert graph.degree().dtype == np.int32


@pytest.mark.parametrize("kind", STORED)
@pytest.mark.parametrize("n", [1, 2, 3, 4, 9, 16, 400])
def test_every_graph_is_simple_symmetric_and_sorted(kind: str, n: int) -> None:
    parameters: dict[str, object] = {} if kind == "grid" else {"mean_degree": float(min(10, (n - 1) // 2 * 2))}
    if kind == "grid":
        parameters = {"width": max(d for d in range(1, n + 1) if n % d == 0 and d * d <= n)}
    if kind == "stochastic_block":
        parameters = {"mean_degree": 1.0, "blocks": 2, "within": 0.5} if n >= 4 else {"blocks": 1, "within": 1.0}
        parameters.setdefault("mean_degree", 0.0)
    check_simple(build(kind, n, **parameters))


@pytest.mark.parametrize("kind", RANDOM)
def test_same_seed_same_bits_other_seed_other_graph(kind: str) -> None:
    first = build(kind, 500, 7)
    assert digest(build(kind, 500, 7)) == digest(first)
    assert digest(build(kind, 500, 8)) != digest(first)
    assert digest(build(kind, 500, 2**63 - 1)) != digest(first)


def test_bits_do_not_depend_on_compilation() -> None:
    script = (
        "from helpers import build, digest\n"
        f"print([digest(build(k, 144, 5, mean_degree=6.0)) for k in {[*RANDOM, 'ring']}])\n"
        "print(digest(build('watts_strogatz', 12, 5, mean_degree=10.0, rewiring=1.0)), digest(build('grid', 144)))"
    )
    here = Path(__file__).resolve().parent
    printed = set()
    for off in "01":
        environment = os.environ | {"NUMBA_DISABLE_JIT": off, "PYTHONPATH": str(here.parents[1])}
        command = [sys.executable, "-W", "error", "-c", script]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=here, check=True)
        printed.add(done.stdout)
    assert len(printed) == 1


@pytest.mark.parametrize("kind", RANDOM)
@pytest.mark.parametrize("mean_degree", [2.0, 10.0, 40.0])
def test_mean_degree_is_what_was_asked(kind: str, mean_degree: float) -> None:
    n = 20_000
    ties = build(kind, n, mean_degree=mean_degree).ties
    wanted = n * mean_degree / 2
    if kind == "watts_strogatz":
        assert ties == wanted
    elif kind == "barabasi_albert":
        assert ties == mean_degree / 2 * (n - mean_degree / 2)
    elif kind == "configuration":
        assert ties == pytest.approx(wanted, rel=0.08)  # heavy tail: the mean of 20,000 degrees itself varies
    else:
        assert abs(ties - wanted) < 5 * np.sqrt(wanted)  # a sum of rare independent ties: Poisson, 5 sd


@pytest.mark.parametrize("mean_degree", [0.5, 1.0, 2.5, 3.0, 7.31])
@pytest.mark.parametrize("rewiring", [0.0, 0.4])
def test_a_small_world_meets_any_mean_degree(mean_degree: float, rewiring: float) -> None:
    """Nodes with one tie more lie evenly round the ring: no two neighbours' degrees differ by more than the ring's."""
    n = 1_000
    graph = build("watts_strogatz", n, mean_degree=mean_degree, rewiring=rewiring)
    check_simple(graph)
    assert graph.ties == int(n * mean_degree / 2)
    if rewiring == 0:
        windows = np.convolve(graph.degree(), np.ones(100), "valid") / 100
        assert np.abs(windows - mean_degree).max() < 0.05


def test_zero_degree_gives_no_ties() -> None:
    for kind in (*RANDOM, "ring"):
        graph = build(kind, 50, mean_degree=0.0)
        check_simple(graph)
        assert graph.ties == 0


@pytest.mark.parametrize("kind", ["erdos_renyi", "watts_strogatz", "ring"])
def test_full_degree_gives_the_complete_graph(kind: str) -> None:
    graph = build(kind, 11, mean_degree=10.0)
    check_simple(graph)
    assert graph.ties == 55


def test_erdos_renyi_degrees_are_binomial() -> None:
    n, mean = 20_000, 6.0
    counts = np.bincount(np.minimum(build("erdos_renyi", n, 3, mean_degree=mean).degree(), 14), minlength=15)
    law = stats.binom(n - 1, mean / (n - 1))
    expected = n * np.append(law.pmf(np.arange(14)), law.sf(13))
    assert stats.chisquare(counts, expected).pvalue > 0.001  # one fixed seed; error rate one in a thousand


def test_erdos_renyi_ties_every_pair_alike() -> None:
    n, reps = 8, 3000
    seen = np.zeros((n, n))
    for seed in range(reps):
        graph = build("erdos_renyi", n, seed, mean_degree=2.1)
        seen[np.repeat(np.arange(n), graph.degree()), graph.indices] += 1
    pairs = seen[np.triu_indices(n, 1)]
    assert np.abs(pairs - 0.3 * reps).max() < 4 * np.sqrt(reps * 0.3 * 0.7)  # 28 pairs, 4 sd


def test_watts_strogatz_without_rewiring_is_the_ring() -> None:
    for n, k in ((50, 4), (200, 10), (7, 6)):
        graph = build("watts_strogatz", n, mean_degree=float(k), rewiring=0.0)
        assert np.array_equal(graph.indices, build("ring", n, mean_degree=float(k)).indices)
    clustering = nx.average_clustering(to_networkx(build("watts_strogatz", 200, mean_degree=10.0, rewiring=0.0)))
    assert clustering == pytest.approx(3 * (10 - 2) / (4 * (10 - 1)), abs=1e-12)


def test_watts_strogatz_clustering_falls_as_networkx_says() -> None:
    for rewiring in (0.1, 0.5, 1.0):
        ours = nx.average_clustering(to_networkx(build("watts_strogatz", 2000, 2, rewiring=rewiring)))
        theirs = nx.average_clustering(nx.watts_strogatz_graph(2000, 10, rewiring, seed=4))
        assert ours == pytest.approx(theirs, abs=0.02)
    degree = build("watts_strogatz", 2000, rewiring=1.0).degree()
    assert degree.min() >= 5  # each node keeps the near end of its own ties


def test_watts_strogatz_moves_the_share_asked() -> None:
    n = 20_000
    graph = build("watts_strogatz", n, rewiring=0.3)
    rows = np.repeat(np.arange(n), graph.degree())
    gap = np.abs(rows - graph.indices)
    kept = (np.minimum(gap, n - gap) <= 5).mean()
    assert kept == pytest.approx(0.7, abs=0.008)  # 100,000 ties: sd 0.0015


def test_barabasi_albert_tail_and_hubs() -> None:
    n, m = 50_000, 5
    degree = build("barabasi_albert", n, mean_degree=2.0 * m).degree()
    assert degree.min() >= 1
    assert (degree[m + 1 :] >= m).all()
    tail = degree[degree >= 30]
    exponent = 1 + len(tail) / np.log(tail / 29.5).sum()  # Clauset, Shalizi & Newman (2009), eq. 3.7
    assert exponent == pytest.approx(3.0, abs=0.2)
    share = (degree == m).mean()
    assert share == pytest.approx(2 / (m + 2), abs=0.01)  # P(k) = 2m(m+1) / (k(k+1)(k+2)) at k = m


def test_barabasi_albert_degrees_as_networkx() -> None:
    ours = np.concatenate([build("barabasi_albert", 300, s, mean_degree=6.0).degree() for s in range(20)])
    theirs = np.concatenate([[d for _, d in nx.barabasi_albert_graph(300, 3, seed=s).degree()] for s in range(20)])
    assert stats.ks_2samp(ours, theirs).statistic < 0.03


def test_configuration_keeps_degrees_but_for_what_is_erased() -> None:
    degrees = np.array([3, 3, 2, 2, 2, 1, 1, 0, 9, 5, 4, 4], dtype=np.int64)
    for seed in range(30):
        graph = from_degrees(degrees, seed)
        check_simple(graph)
        lost = degrees - graph.degree()
        assert (lost >= 0).all()
        assert lost.sum() == 2 * (graph.report["self_loops"] + graph.report["duplicates"])
    perfect = from_degrees(np.ones(1000, np.int32), 1)
    assert (perfect.degree() == 1).all()


def test_configuration_matches_stubs_evenly() -> None:
    found = np.zeros(4)
    for seed in range(3000):
        found[from_degrees(np.ones(4, np.int32), seed).indices[0]] += 1
    assert stats.chisquare(found[1:]).pvalue > 0.001


@pytest.mark.parametrize("exponent", [2.2, 2.5, 3.0, 4.0])
def test_power_law_degrees_have_the_mean_and_the_tail(exponent: float) -> None:
    degrees = power_law_degrees(200_000, 11, 10.0, exponent)
    assert degrees.mean() == pytest.approx(10.0, rel=0.03)
    assert degrees.sum() % 2 == 0
    tail = degrees[(degrees >= 20)]
    law = np.log(tail / 19.5)
    assert 1 + len(tail) / law.sum() == pytest.approx(exponent, abs=0.25)  # the cut-off steepens it a little
    assert degrees.max() <= np.sqrt(10 * 200_000) + 1


def test_degrees_that_cannot_be_are_refused() -> None:
    for degrees in ([1, 1, 1], [4, 0, 0, 0], [-1, 1], [0.5, 0.5], []):
        with pytest.raises(UserError, match="degrees"):
            from_degrees(np.array(degrees), 1)


def test_stochastic_block_keeps_the_share_within() -> None:
    n, blocks = 20_001, 7
    for within in (0.2, 0.8, 1.0):
        graph = build("stochastic_block", n, blocks=blocks, within=within)
        check_simple(graph)
        block = np.searchsorted(block_bounds(n, blocks), np.arange(n), side="right") - 1
        rows = np.repeat(np.arange(n), graph.degree())
        assert (block[rows] == block[graph.indices]).mean() == pytest.approx(within, abs=0.006)  # 100,000 ties, 4 sd
        assert np.bincount(block, graph.degree()) / np.bincount(block) == pytest.approx(10.0, abs=0.4)


def test_ring_and_grid_have_exactly_their_neighbours() -> None:
    for n, k in ((3, 2), (10, 4), (11, 10), (12, 10), (1000, 2)):
        graph = build("ring", n, mean_degree=float(k))
        for i in range(n):
            wanted = sorted({(i + d) % n for d in range(-k // 2, k // 2 + 1)} - {i})
            assert graph.indices[graph.indptr[i] : graph.indptr[i + 1]].tolist() == wanted
    for height, width in ((1, 1), (1, 5), (2, 2), (2, 3), (3, 4), (10, 7)):
        for torus in (False, True):
            wanted_grid = nx.convert_node_labels_to_integers(nx.grid_2d_graph(height, width, periodic=torus))
            wanted_grid.remove_edges_from(list(nx.selfloop_edges(wanted_grid)))
            graph = build("grid", height * width, width=width, torus=torus)
            check_simple(graph)
            assert {frozenset(e) for e in to_networkx(graph).edges} == {frozenset(e) for e in wanted_grid.edges}


def test_square_grid_by_default() -> None:
    assert (build("grid", 25).degree() == 4).all()


def test_complete_stores_nothing() -> None:
    for n in (1, 2, 10_000_000):
        graph = build("complete", n)
        assert graph.complete
        assert graph.indices.nbytes + graph.indptr.nbytes <= 8
        assert graph.ties == n * (n - 1) // 2
    assert build("complete", 5).degree().tolist() == [4] * 5


def test_pairs_are_merged_and_counted() -> None:
    pairs = np.array([[0, 1], [1, 0], [2, 2], [0, 1], [3, 1]], np.int32)
    graph = from_pairs(5, pairs, np.array([1, 3, 9, 2, 4], np.float32))
    check_simple(graph)
    assert graph.indices.tolist() == [1, 0, 3, 1]
    assert graph.weights is not None
    assert graph.weights.tolist() == [3, 3, 4, 4]
    assert graph.report == {"self_loops": 1, "duplicates": 2, "conflicting_weights": 2}
