"""Whom to seed without looking at how influence spreads: those of most ties, those nearest to all, anybody.

    degree    by decreasing degree, parallel ties counted
    central   by increasing mean distance to all nodes; the distance to a node that cannot be reached is n
    random    every order equally likely

Ties go to the first node. Source: Kempe, Kleinberg & Tardos 2003, who compare greedy choice with these three.
"""

from __future__ import annotations

import numpy as np

from ecosim.draws import purpose, stream_key, uniform
from ecosim.influence.multigraph import Multigraph
from ecosim.jit import kernel

ORDER = purpose("influence.seeding.order")


def by_degree(graph: Multigraph, k: int) -> list[int]:
    """Return the ``k`` nodes of the highest degrees."""
    return [int(v) for v in np.argsort(-graph.degree, kind="stable")[:k]]


@kernel
def fill_distances(indptr, indices, totals):
    """Fill ``totals`` [n] int64 with the sum of each node's distances to all others, n where there is no path."""
    n = indptr.size - 1
    level, mark, queue = np.empty(n, np.int32), np.full(n, -1, np.int32), np.empty(n, np.int32)
    for start in range(n):
        queue[0] = start
        mark[start] = start
        level[start] = 0
        size, at, total = 1, 0, np.int64(0)
        while at < size:
            u = queue[at]
            at += 1
            total += level[u]
            for e in range(indptr[u], indptr[u + 1]):
                v = indices[e]
                if mark[v] != start:
                    mark[v] = start
                    level[v] = level[u] + 1
                    queue[size] = v
                    size += 1
        totals[start] = total + np.int64(n) * (n - size)


def distances(graph: Multigraph) -> np.ndarray:
    """Return the mean distance of each node to all others, [n] float64 ties, n where there is no path."""
    totals = np.zeros(graph.n, np.int64)
    fill_distances(graph.indptr, graph.indices, totals)
    return totals / max(1, graph.n - 1)


def by_distance(graph: Multigraph, k: int) -> list[int]:
    """Return the ``k`` nodes of the least mean distances; takes time in proportion to nodes times ties."""
    return [int(v) for v in np.argsort(distances(graph), kind="stable")[:k]]


@kernel
def fill_uniforms(key, found):
    """Fill ``found`` [n] with one draw a node."""
    for v in range(found.size):
        found[v] = uniform(key, v)


def random_order(graph: Multigraph, k: int, seed: int) -> list[int]:
    """Return ``k`` different nodes, every choice and order equally likely."""
    found = np.empty(graph.n)
    fill_uniforms(stream_key(seed, ORDER, 0), found)
    return [int(v) for v in np.argsort(found, kind="stable")[:k]]
