"""The edge-list reader: what it accepts and what it makes of it."""

import gzip
import os
import random
from pathlib import Path

import numpy as np
import pytest

from ecosim.errors import UserError
from ecosim.networks import Network, build_network, count_nodes, text_source
from ecosim.networks.edge_list import read

from .helpers import make, same, ties

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = Path(os.environ.get("ECOSIM_DATA") or ROOT.parent / "shared" / "data")
TRIANGLE = [(0, 1), (0, 2), (1, 2)]
ACCEPTED = {
    "blanks": b"5 7\n5 9\n7 9\n",
    "tabs": b"5\t7\n5\t9\n7\t9\n",
    "commas": b"5,7\n5,9\n7,9\n",
    "commas and blanks": b"5, 7\n5 ,9\n 7,9 \n",
    "runs of blanks": b"5   7\n  5 9\n7 9  \n",
    "no last line end": b"5 7\n5 9\n7 9",
    "crlf": b"5 7\r\n5 9\r\n7 9\r\n",
    "cr": b"5 7\r5 9\r7 9\r",
    "cr without last": b"5 7\r5 9\r7 9",
    "mixed ends": b"5 7\r\n5 9\r7 9\n",
    "byte order mark": b"\xef\xbb\xbf5 7\n5 9\n7 9\n",
    "header": b"source,target\n5,7\n5,9\n7,9\n",
    "header of words": b"Source Node,Target Node\n5,7\n5,9\n7,9\n",
    "quoted header": b'"u","v"\r\n5,7\r\n5,9\r\n7,9\r\n',
    "header not ascii": "käufer\tnachbar\n5\t7\n5\t9\n7\t9\n".encode(),
    "comments": b"# a graph; of SNAP\n# Nodes: 3 Edges: 3\n# FromNodeId\tToNodeId\n5\t7\n5\t9\n7\t9\n",
    "comment and header": b"# tie, tie\nu v\n5 7\n5 9\n7 9\n",
    "blank rows at the end": b"5 7\n5 9\n7 9\n\n \n\r\n",
    "both ways": b"5 7\n7 5\n9 5\n5 9\n9 7\n7 9\n",
    "loops": b"5 5\n5 7\n5 9\n7 9\n9 9\n",
    "declared": b"3 3\n0 1\n0 2\n1 2\n",
    "declared with repeats": b"3 4\n0 1\n0 2\n1 2\n2 1\n",
    "largest labels": b"9223372036854775805 9223372036854775806\n9223372036854775807 9223372036854775805\n"
    b"9223372036854775806 9223372036854775807\n",
}


@pytest.mark.parametrize("name", ACCEPTED)
@pytest.mark.parametrize("packed", [False, True])
def test_layouts_of_one_triangle(tmp_path: Path, name: str, packed: bool) -> None:
    content = ACCEPTED[name]
    graph = read(make(tmp_path, gzip.compress(content) if packed else content))
    assert graph.n == 3
    assert ties(graph) == TRIANGLE
    assert graph.weights is None


def test_report_counts_rows_loops_and_repeats(tmp_path: Path) -> None:
    graph = read(make(tmp_path, b"u v\n1 2\n2 1\n1 2\n3 3\n"))
    assert graph.report == {"rows": 4, "declared": 0, "self_loops": 1, "duplicates": 2}
    assert graph.n == 3
    assert graph.degree().tolist() == [1, 1, 0]


def test_declared_nodes_may_be_isolated(tmp_path: Path) -> None:
    graph = read(make(tmp_path, b"6 2\n0 1\n4 1\n"))
    assert graph.n == 6
    assert graph.degree().tolist() == [1, 2, 0, 0, 1, 0]
    assert graph.report["declared"] == 1
    empty = read(make(tmp_path, b"5 0\n", "none.txt"))
    assert (empty.n, empty.ties, empty.indptr.tolist()) == (5, 0, [0] * 6)


def test_a_first_row_that_declares_nothing_is_a_tie(tmp_path: Path) -> None:
    assert ties(read(make(tmp_path, b"0 1\n", "a"))) == [(0, 1)]
    assert ties(read(make(tmp_path, b"1 2\n5 1\n", "b"))) == [(0, 1), (0, 2)]
    assert ties(read(make(tmp_path, b"9 1\n8 7\n7 1\n", "c"))) == [(0, 1), (0, 3), (1, 2)]
    assert ties(read(make(tmp_path, b"u v\n2 1\n1 0\n", "d"))) == [(0, 1), (1, 2)]  # without the header: a declaration
    assert ties(read(make(tmp_path, b"2 1\n1 0\n", "e"))) == [(0, 1)]


def test_weights(tmp_path: Path) -> None:
    graph = read(make(tmp_path, b"u,v,w\n1,2,0.5\n2,1,2e0\n3,2,.25\n1,2,2.0\n"))
    assert graph.weights is not None
    assert graph.weights.dtype == np.float32
    assert graph.weights.tolist() == [2, 2, 0.25, 0.25]
    assert graph.report["conflicting_weights"] == 1
    declared = read(make(tmp_path, b"4 2\n0 1 1.5\n1 2 3\n", "declared.txt"))
    assert declared.n == 4
    assert declared.weights is not None
    assert declared.weights.tolist() == [1.5, 1.5, 3, 3]


def test_order_repeats_and_packing_change_nothing(tmp_path: Path) -> None:
    dice = random.Random(5)
    rows = [(dice.randrange(400) * 7, dice.randrange(400) * 7) for _ in range(3000)]
    plain = read(make(tmp_path, b"".join(b"%d %d\n" % r for r in rows), "plain"))
    again = rows + [(b, a) for a, b in rows[:500]] + rows[:300]
    dice.shuffle(again)
    text = b"".join(b"%d,%d\r\n" % r for r in again)
    assert same(plain, read(make(tmp_path, b"a,b\n" + text, "shuffled")))
    members = gzip.compress(b"a,b\n" + text[:9000]) + b"\0" * 9 + gzip.compress(text[9000:]) + b"\0" * 512
    assert same(plain, read(make(tmp_path, members, "packed")))


def test_sparse_and_dense_labels_agree(tmp_path: Path) -> None:
    rows = [(i, (i * i + 1) % 97) for i in range(97)]
    dense = read(make(tmp_path, b"u v\n" + b"".join(b"%d %d\n" % r for r in rows), "dense"))
    sparse = b"".join(b"%d %d\n" % (a * 10**15, b * 10**15) for a, b in rows)
    assert same(dense, read(make(tmp_path, b"u v\n" + sparse, "sparse")))


def test_blocks_may_cut_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = (
        b"# top\r\nu v w\r\n" + b"".join(b"%d\t%d\t%d.5\r\n" % (i, i * 3 % 50, i + 1) for i in range(50)) + b"\r\n"
    )
    whole = read(make(tmp_path, content))
    for size in (1, 2, 3, 5, 7, 64):
        monkeypatch.setattr(text_source, "BLOCK", size)
        for name, data in ((f"{size}", content), (f"{size}.gz", gzip.compress(content))):
            assert same(whole, read(make(tmp_path, data, name)))
    monkeypatch.setattr(text_source, "BLOCK", 9)
    with pytest.raises(UserError, match="row 53: a blank row"):
        read(make(tmp_path, content + b"1 2 3\n", "late"))


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = make(tmp_path, b"0 1\n")
    assert read(path) is read(path)
    make(tmp_path, b"0 1\n1 2\n")
    assert read(path).n == 3


def test_build_network_takes_the_size_of_the_file(tmp_path: Path) -> None:
    spec = Network(kind="edge_list", path=str(make(tmp_path, b"0 1\n1 2\n")))
    assert count_nodes(spec) == 3
    assert ties(build_network(spec, 3, 1)) == [(0, 1), (1, 2)]
    with pytest.raises(UserError, match="the file has 3 nodes, not 20; customers=3 is needed"):
        build_network(spec, 20, 1)
    with pytest.raises(UserError, match=r"network\.path=.* has no effect for kind ring"):
        build_network(Network(kind="ring", path="x"), 3, 1)


def public(name: str) -> Path:
    path = PUBLIC / name
    if not path.exists():
        pytest.skip(f"the public networks folder has no {name}; set ECOSIM_DATA to a folder that has it")
    return path


def test_ego_facebook() -> None:
    graph = read(public("facebook_combined.txt.gz"))
    assert (graph.n, graph.ties) == (4039, 88234)
    assert graph.degree().max() == 1045
    assert graph.report == {"rows": 88234, "declared": 0, "self_loops": 0, "duplicates": 0}


def test_nethept(tmp_path: Path) -> None:
    path = public("nethept.txt.gz")
    graph = read(path)
    assert graph.n == 15233
    assert graph.report["rows"] == 58891
    assert graph.report["declared"] == 1
    assert graph.ties + graph.report["duplicates"] + graph.report["self_loops"] == 58891
    cut = gzip.decompress(path.read_bytes()).split(b"\n")[:50_000]
    with pytest.raises(UserError, match="declares 15233 nodes and 58891 rows, but 49999 rows follow"):
        read(make(tmp_path, b"\n".join(cut)))
