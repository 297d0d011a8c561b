"""The network that influence spreads over: undirected, with parallel ties that count.

    c_uv   number of ties between u and v: rows of the file that name the two, either way round
    d_v    degree, the sum of c_uv over u

Loops are dropped. Two authors of six joint papers have six ties: that is how Kempe, Kleinberg & Tardos (2003) read a
co-authorship network. Where the file has a column of weights, a row of weight w counts as w ties.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ecosim.networks import Graph
from ecosim.networks.edge_list import read_counted


@dataclass(frozen=True, eq=False)
class Multigraph:
    """An undirected multigraph of ``n`` nodes as compressed rows; each pair stands in both its rows.

    indptr: [n + 1] int64. indices: [2 * pairs] int32, ascending within a row. count: [2 * pairs] float64, c_uv > 0.
    degree: [n] float64, d_v. labels: [n] int64, the nodes' names in the file. report: what was read and dropped.
    """

    indptr: np.ndarray
    indices: np.ndarray
    count: np.ndarray
    labels: np.ndarray
    report: dict[str, int] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """The number of nodes."""
        return len(self.indptr) - 1

    @property
    def pairs(self) -> int:
        """The number of pairs of nodes that are tied."""
        return len(self.indices) // 2

    @property
    def degree(self) -> np.ndarray:
        """The number of ties of each node, parallel ties counted: [n] float64."""
        rows = np.repeat(np.arange(self.n), np.diff(self.indptr))
        return np.bincount(rows, self.count, self.n)


def of_graph(graph: Graph, labels: np.ndarray | None = None) -> Multigraph:
    """Return a graph as a multigraph; its weights, if it has some, are the numbers of ties (else 1 each).

    A complete graph, of which nothing is stored, is refused with `ValueError`.
    """
    if graph.complete:
        raise ValueError("a complete graph has no rows to spread over")
    count = np.ones(len(graph.indices)) if graph.weights is None else graph.weights.astype(np.float64)
    names = np.arange(graph.n) if labels is None else labels
    return Multigraph(graph.indptr, graph.indices, count, names, dict(graph.report))


def read_multigraph(path: str | Path) -> Multigraph:
    """Return the multigraph of an edge list, read as strictly as `ecosim.networks.edge_list` does (`UserError`)."""
    return of_graph(*read_counted(path, ""))
