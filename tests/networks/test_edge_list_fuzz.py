"""Random text for the edge-list reader: read as an independent reading has it, or refused; never anything else."""

import re
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecosim.errors import UserError
from ecosim.networks import edge_list, edge_rows
from ecosim.networks.edge_list import read

from .helpers import make, ties


def plain_reading(text: bytes) -> set[tuple[int, int]] | None:
    """An independent reading of plain two-column blank-separated rows, or None where it does not apply."""
    rows = re.split(rb"\r\n|\r|\n", text)
    while rows and not rows[-1].strip(b" "):
        rows.pop()
    found = set()
    for row in rows:
        match = re.fullmatch(rb" *(0|[1-9][0-9]{0,17}) +(0|[1-9][0-9]{0,17}) *", row)
        if not match:
            return None
        found.add((int(match[1]), int(match[2])))
    return found or None


FUZZ = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
PIECES = st.sampled_from(
    ["0", "1", "7", "12", "007", "-1", "1e3", "0x1", "NA", "u", "v", " ", " ", " ", "\t", ",", ";", "\n", "\n", "\n",
     "\r", "\r\n", "#", "\ufeff", "\0", '"', ".", "3.5", "é", "9223372036854775807", "9223372036854775808"]
)  # fmt: skip


@FUZZ
@given(st.one_of(st.lists(PIECES, max_size=30).map("".join).map(str.encode), st.binary(max_size=60)))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    path = make(tmp_path, content)
    edge_list._read.cache_clear()
    try:
        graph = read(path)
    except UserError as error:
        assert "\n" not in str(error)
        return
    assert graph.n >= 1
    assert graph.indptr[-1] == len(graph.indices)
    assert len(graph.indices) == 0 or 0 <= graph.indices.min() <= graph.indices.max() < graph.n


@FUZZ
@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=20),
    st.sampled_from(["\n", "\r", "\r\n"]),
    st.integers(0, 2**62),
    st.booleans(),
)
def test_labels_are_never_confused(tmp_path: Path, rows: list, end: str, shift: int, last: bool) -> None:
    rows = [(a + shift, b + shift) for a, b in rows]
    text = "u v" + end + end.join(f"{a} {b}" for a, b in rows) + end * last
    edge_list._read.cache_clear()
    graph = read(make(tmp_path, text.encode()))
    labels = sorted({x for row in rows for x in row})
    rank = {label: n for n, label in enumerate(labels)}
    wanted = sorted({(min(rank[a], rank[b]), max(rank[a], rank[b])) for a, b in rows if a != b})
    assert graph.n == len(labels)
    assert ties(graph) == wanted


@FUZZ
@given(
    st.lists(st.sampled_from([b"0", b"3", b"10", b"01", b" ", b" ", b"\n", b"\n", b"\r", b"-", b"4 5\n"]), max_size=25)
)
def test_kernel_and_plain_reading_agree(tmp_path: Path, pieces: list[bytes]) -> None:
    body = b"".join(pieces)
    wanted = plain_reading(body)
    edge_list._read.cache_clear()
    try:
        graph = read(make(tmp_path, b"u v\n" + body))
    except UserError:
        assert wanted is None
        return
    assert wanted is not None
    labels = sorted({x for row in wanted for x in row})
    assert ties(graph) == sorted({tuple(sorted((labels.index(a), labels.index(b)))) for a, b in wanted if a != b})


def test_kernel_and_sentence_agree_on_labels() -> None:
    for value in (
        b"0",
        b"9",
        b"10",
        b"9223372036854775807",
        b"9223372036854775808",
        b"99999999999999999999",
        b"01",
        b"",
    ):
        text = np.frombuffer(value + b"\n", np.uint8)
        number, end = edge_rows.label(text, 0)
        good = number >= 0 and end == len(value)
        assert good == bool(edge_rows.LABEL.fullmatch(value) and int(value) <= edge_rows.MOST_LABEL)
        assert not good or number == int(value)
