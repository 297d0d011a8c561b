"""The file as a multigraph: repeats count, loops do not, labels are kept."""

import os
from pathlib import Path

import numpy as np
import pytest

from ecosim.errors import UserError
from ecosim.influence import by_degree, diffusion, maximise, of_graph, read_multigraph
from ecosim.networks import Network, build_network
from ecosim.networks.edge_list import read, read_counted

from .tiny import ties

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = Path(os.environ.get("ECOSIM_DATA") or ROOT.parent / "shared" / "data")


def made(folder, text):
    path = folder / "ties.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_repeats_count_either_way_round(tmp_path):
    graph = read_multigraph(made(tmp_path, "u v\n10 20\n20 10\n10 20\n20 30\n30 30\n"))
    assert graph.labels.tolist() == [10, 20, 30]
    assert ties(graph) == {(0, 1): 3, (1, 0): 3, (1, 2): 1, (2, 1): 1}
    assert graph.degree.tolist() == [3, 4, 1]
    assert graph.report == {"rows": 5, "declared": 0, "self_loops": 1, "duplicates": 2}


def test_weights_add_up(tmp_path):
    graph = read_multigraph(made(tmp_path, "u,v,w\n1,2,0.5\n2,1,2\n2,3,4\n"))
    assert ties(graph) == {(0, 1): 2.5, (1, 0): 2.5, (1, 2): 4, (2, 1): 4}
    assert np.all(diffusion(graph, "wc").out <= 1)


def test_declared_nodes_keep_their_labels_and_may_be_alone(tmp_path):
    graph = read_multigraph(made(tmp_path, "5 3\n0 4\n4 0\n1 4\n"))
    assert graph.labels.tolist() == [0, 1, 2, 3, 4]
    assert graph.degree.tolist() == [2, 1, 0, 0, 3]


def test_sparse_labels_are_kept(tmp_path):
    graph = read_multigraph(made(tmp_path, "u v\n7 9000000000000000\n5 7\n"))
    assert graph.labels.tolist() == [5, 7, 9_000_000_000_000_000]
    found = maximise(diffusion(graph, "lt"), 1, ("degree",), 1000, 1, 100)
    assert found.chosen["node"].tolist() == [7]


def test_the_merged_network_is_as_it_was(tmp_path):
    path = made(tmp_path, "u v\n1 2\n2 1\n2 3\n")
    merged, (counted, _) = read(path), read_counted(path)
    assert merged.weights is None
    assert merged.indices.tolist() == counted.indices.tolist()
    assert counted.weights.tolist() == [2, 2, 1, 1]


def test_any_network_will_do_but_a_complete_one():
    graph = of_graph(build_network(Network(kind="ring", mean_degree=4), 10, 1))
    assert graph.degree.tolist() == [4] * 10
    with pytest.raises(ValueError, match="complete"):
        of_graph(build_network(Network(kind="complete"), 10, 1))


@pytest.mark.parametrize(("text", "told"), [
    ("1 2\n3\n", "row 2: 1 values"), ("1 2\n1 x\n", "row 2: 'x' is no node label"), ("u v\n", "only a header"),
    ("4 9\n1 2\n", "truncated"),
])  # fmt: skip
def test_files_are_read_strictly(tmp_path, text, told):
    with pytest.raises(UserError, match=told):
        read_multigraph(made(tmp_path, text))


def test_nethept_is_a_multigraph():
    path = PUBLIC / "nethept.txt.gz"
    if not path.exists():
        pytest.skip("the public networks folder has no nethept.txt.gz; set ECOSIM_DATA to a folder that has it")
    graph = read_multigraph(path)
    assert (graph.n, graph.pairs, graph.degree.sum() / 2) == (15_233, 31_376, 58_852)
    assert len(by_degree(graph, 30)) == 30
