"""The user's own network from an edge list: CSV, tab- or blank-separated text, plain or gzip, read strictly.

Layout: comment rows that begin with # at the top, one optional header row of names, then rows ``node node [weight]``.
Labels become 0..n-1 in ascending order, so the order of rows changes nothing. Ties have no direction; loops are dropped
and repeats, either way round, merged to one tie of the largest weight. Without a header the first row may declare
``nodes rows``, the layout of the NetHEPT graph (Chen, Wang & Yang 2009, KDD): it does where its first number is above
every label that follows and its second is the number of rows that follow; labels are then 0..nodes-1. If the second is
greater, the file is refused as truncated; if smaller, the row is a tie. A header row settles that the first row is a
tie. A ``# Nodes: n Edges: m`` comment, as SNAP writes it, makes a file of fewer than m rows be refused. A plain file
cut at the end of a row cannot be told from a whole one: ``report["rows"]`` is the number of rows read.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ecosim.errors import UserError
from ecosim.networks import edge_rows, text_source
from ecosim.networks.csr import from_pairs
from ecosim.networks.graph import Graph

SOURCE = "the user's file"
MEMORY_LIMIT = 4 * 2**30
"""Bytes of memory a file may need while it is read."""
ROW_MEMORY = 72
"""Bytes of memory a row needs at most while it is read."""
MOST_NODES = 100_000_000
BLANK = b" \t\r\n"
SNAP_COUNTS = re.compile(rb"#\s*Nodes:\s*\d+\s+Edges:\s*(\d{1,18})\s*", re.IGNORECASE)


class Reader:
    """What has been read so far; rows are counted from 1, comments and header included."""

    def __init__(self, path: Path, size: int) -> None:
        self.path, self.size = path, size
        self.row = 0
        self.columns = 0
        self.comma = False
        self.header = False
        self.promised = 0
        self.first: tuple[int, int] | None = None
        self.first_row = 0
        self.blank = 0
        self.ends: list[np.ndarray] = []
        self.weights: list[np.ndarray] = []
        self.rows = 0

    def where(self, row: int) -> str:
        """Return the file and row for a message."""
        return f"{self.path} row {row}"

    def top(self, block: bytes) -> bytes:
        """Take comments, header and first row off the block, as far as they are in it; return the rest."""
        while block and not self.columns:
            line, block = next_line(block)
            self.row += 1
            if line.startswith(b"#"):
                edge_rows.decode(self.where(self.row), line)
                counts = SNAP_COUNTS.fullmatch(line)
                self.promised = int(counts[1]) if counts else self.promised
                continue
            if not line.strip() or b";" in line or line.lstrip().startswith((b"#", b"%")):
                raise edge_rows.refuse(self.where(self.row), line, False, 2)
            self.comma = b"," in line
            values = edge_rows.split(line, self.comma)
            text = edge_rows.decode(self.where(self.row), line)
            if not self.header and edge_rows.is_header(values):
                self.header, self.names, self.header_columns = True, text, len(values)
                continue
            self.begin(line, values)
        return block

    def begin(self, line: bytes, values: list[bytes]) -> None:
        """Settle the number of columns from the first row of data and keep that row."""
        columns = self.header_columns if self.header else len(values)
        if columns not in (2, 3):
            raise UserError(
                f"{self.where(self.row)}: {len(values)} values in {edge_rows.shown(line)}; two node labels and "
                "at most a weight, separated by commas, tabs or spaces, are needed"
            )
        self.columns = columns
        if self.header or columns == 3:
            self.take(line + b"\n", self.row - 1)
            return
        ends = self.parse(line + b"\n", self.row - 1, 2)[0]
        self.first, self.first_row = (int(ends[0, 0]), int(ends[0, 1])), self.row
        self.columns = -2  # two, or three if the first row turns out to be a declaration

    def parse(self, block: bytes, above: int, columns: int) -> tuple[np.ndarray, list[bytes], bytes]:
        """Return labels [r, 2] int64, weights as written, and what follows the first blank row; refuse bad rows."""
        text = np.frombuffer(block, np.uint8)
        most = block.count(b"\n") + block.count(b"\r")
        ends, spans = np.empty((most, 2), np.int64), np.empty((most if columns == 3 else 1, 2), np.int64)
        rows, at = edge_rows.read_rows(text.copy(), self.comma, columns, ends, spans)
        rest = block[at:]
        if rest:
            line = next_line(rest)[0]
            if line.strip(b" \t"):
                raise edge_rows.refuse(self.where(above + rows + 1), line, self.comma, columns)
            self.blank = above + rows + 1
        written = [block[a:b] for a, b in spans[:rows].tolist()] if columns == 3 else []
        return ends[:rows], written, rest

    def take(self, block: bytes, above: int) -> None:
        """Read the rows of a block that follows ``above`` rows."""
        if self.blank:
            if block.strip(BLANK):
                raise edge_rows.refuse(self.where(self.blank), b"", self.comma, 2)
            return
        if self.columns == -2:
            line = next_line(block)[0]
            self.columns = 3 if len(edge_rows.split(line, self.comma)) == 3 else 2
        ends, written, rest = self.parse(block, above, self.columns)
        if rest.strip(BLANK):
            raise edge_rows.refuse(self.where(self.blank), b"", self.comma, 2)
        weights = [edge_rows.weight(value) for value in written]
        if None in weights:
            n = weights.index(None)
            raise edge_rows.refuse(self.where(above + n + 1), block.splitlines()[n], self.comma, 3)
        self.row = above + len(ends)
        self.rows += len(ends)
        self.ends.append(ends)
        self.weights.append(np.array(weights, np.float32))
        self.refuse_large(self.rows)

    def refuse_large(self, rows: int) -> None:
        """Refuse a file whose ``rows`` would need more memory than allowed."""
        if rows * ROW_MEMORY > MEMORY_LIMIT:
            raise UserError(
                f"{self.path}: about {rows:,} rows would need {rows * ROW_MEMORY / 2**30:.1f} GB of memory; at most "
                f"{MEMORY_LIMIT / 2**30:g} GB ({MEMORY_LIMIT // ROW_MEMORY:,} rows) are allowed, so take a sample"
            )


def next_line(block: bytes) -> tuple[bytes, bytes]:
    """Return the first line without its end, and what follows it."""
    line = re.match(rb"[^\r\n]*", block)[0]  # type: ignore[index]
    rest = block[len(line) :]
    return line, rest[2:] if rest.startswith(b"\r\n") else rest[1:]


def scan(path: Path, size: int) -> Reader:
    """Read the whole file block by block."""
    reader = Reader(path, size)
    for n, block in enumerate(text_source.blocks(path)):
        if n == 0 and not text_source.is_packed(path):
            reader.refuse_large(size * (block.count(b"\n") or block.count(b"\r")) // len(block))
        if not reader.columns:
            block = reader.top(block)
        if block:
            reader.take(block, reader.row)
    if not reader.columns:
        what = f"only a header ({edge_rows.shown(reader.names)})" if reader.header else "nothing but comments"
        raise UserError(f"{path}: {what} and no rows, so there are no nodes; rows of two node labels are needed")
    return reader


def declared_nodes(reader: Reader, highest: int) -> int:
    """Return the declared number of nodes, 0 if the first row is a tie, or refuse a truncated file."""
    if reader.first is None:
        return 0
    nodes, rows = reader.first
    where = f"{reader.where(reader.first_row)}: '{nodes} {rows}'"
    if nodes > highest and nodes > 0 and rows == reader.rows:
        if nodes > MOST_NODES:
            raise UserError(f"{where} declares {nodes} nodes; at most {MOST_NODES:,} are allowed")
        return nodes
    if reader.columns == 3:
        raise UserError(
            f"{where} is neither a tie with a weight nor a declaration of the nodes (above every label) and "
            f"of the rows ({reader.rows}) that follow"
        )
    if nodes > highest and nodes > 0 and rows > reader.rows:
        raise UserError(
            f"{where} declares {nodes} nodes and {rows} rows, but {reader.rows} rows follow, so the file is truncated; "
            "if this row is a tie, put a header row such as 'source target' above it"
        )
    return 0


def number_labels(chunks: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct labels, ascending, and the pairs [m, 2] int32 of their ranks; empties ``chunks`` as it goes.

    Labels are [n] int64.
    """
    rows = sum(len(c) for c in chunks)
    rank: np.ndarray | None
    highest = max((int(c.max()) for c in chunks if c.size), default=-1)
    pairs = np.empty((rows, 2), np.int32)
    if highest < 8 * rows + 1024:
        seen = np.zeros(highest + 1, np.bool_)
        for chunk in chunks:
            seen[chunk] = True
        rank, labels = np.cumsum(seen, dtype=np.int32) - 1, np.flatnonzero(seen)
    else:
        rank, labels = None, np.unique(np.concatenate([np.unique(c) for c in chunks]))
    at = rows
    while chunks:
        chunk = chunks.pop()
        pairs[at - len(chunk) : at] = np.searchsorted(labels, chunk) if rank is None else rank[chunk]
        at -= len(chunk)
    return labels, pairs


class Rows(NamedTuple):
    """Rows of a file: ``labels`` [n] int64, ``pairs`` [m, 2] int32 of nodes 0..n-1, ``weights`` [m] float32 or None."""

    labels: np.ndarray
    pairs: np.ndarray
    weights: np.ndarray | None
    report: dict[str, int]


def _rows(path: Path, size: int) -> Rows:
    reader = scan(path, size)
    highest = max((int(c.max()) for c in reader.ends if c.size), default=-1)
    nodes = declared_nodes(reader, highest)
    if reader.first is not None and not nodes:
        reader.ends.insert(0, np.array([reader.first], np.int64))
        reader.rows += 1
    if reader.rows < reader.promised:
        raise UserError(
            f"{path}: its comment promises {reader.promised} edges, but {reader.rows} rows follow, so it is truncated"
        )
    weights = np.concatenate(reader.weights) if reader.columns == 3 else None
    report = {"rows": reader.rows, "declared": int(nodes > 0)}
    if nodes:
        pairs = np.concatenate([np.empty((0, 2), np.int32), *(c.astype(np.int32) for c in reader.ends)])
        labels = np.arange(nodes)
    else:
        labels, pairs = number_labels(reader.ends)
    if len(labels) > MOST_NODES:
        raise UserError(f"{path}: the file has {len(labels):,} nodes; at most {MOST_NODES:,} are allowed")
    return Rows(labels, pairs, weights, report)


@functools.lru_cache(maxsize=1)
def _read(path: Path, size: int, changed: int) -> Graph:
    labels, pairs, weights, report = _rows(path, size)
    graph = from_pairs(len(labels), pairs, weights)
    return Graph(len(labels), graph.indptr, graph.indices, graph.weights, report={**report, **graph.report})


def read(path: str | Path) -> Graph:
    """Return the graph of the edge list at ``path``, or raise `UserError`; the last file read is remembered."""
    return _read(*text_source.find(path))


def read_counted(path: str | Path, called: str = "network.path=") -> tuple[Graph, np.ndarray]:
    """Return the graph of the edge list at ``path`` with its repeats counted, and the nodes' labels [n] int64.

    A tie's weight is the number of its rows, or the sum of their weights where the file has some. ``called`` is put
    before the path where there is no such file.
    """
    full, size, _ = text_source.find(path, called)
    labels, pairs, weights, report = _rows(full, size)
    ones = np.ones(len(pairs), np.float32) if weights is None else weights
    graph = from_pairs(len(labels), pairs, ones, add=True)
    return Graph(len(labels), graph.indptr, graph.indices, graph.weights, report={**report, **graph.report}), labels


def count_nodes(path: str | Path) -> int:
    """Return the number of nodes of the edge list at ``path``."""
    return read(path).n


def edge_list(n: int, seed: int, path: str) -> Graph:
    """Return the graph at ``path`` if it has ``n`` nodes; ``seed`` is not used."""
    if not path:
        raise UserError("network.path='': network.kind=edge_list needs the path of an edge list")
    graph = read(path)
    if graph.n != n:
        raise UserError(f"network.path={path!r}: the file has {graph.n} nodes, not {n}; customers={graph.n} is needed")
    return graph
