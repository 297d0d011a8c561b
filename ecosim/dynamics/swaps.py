"""Long ties at the same degrees: two ties a - b and c - d become a - d and c - b.

A share of the ties is drawn, paired off at random, one of each pair turned round or not, and each pair swaps ends
unless that would make a loop or a second tie between the same two. Source: Maslov & Sneppen 2002.
"""

from __future__ import annotations

import numpy as np

from ecosim.draws import own_key, purpose, stream_key, uniform
from ecosim.jit import kernel
from ecosim.networks import Graph

STREAM = purpose("dynamics.swaps")


@kernel
def tied(indptr, indices, a, b):
    """Return where b stands in row a, -1 if it does not."""
    for e in range(indptr[a], indptr[a + 1]):
        if indices[e] == b:
            return e
    return -1


@kernel
def swap(key, indptr, indices, ends, count):
    """Swap the first ``count`` of ``ends`` [ties, 2], shuffled, two by two; return how many ties were swapped."""
    done = 0
    for k in range(ends.shape[0] - 1, 0, -1):
        j = np.int64(uniform(key, k) * (k + 1))
        for side in range(2):
            ends[k, side], ends[j, side] = ends[j, side], ends[k, side]
    for k in range(0, count - 1, 2):
        a, b, c, d = ends[k, 0], ends[k, 1], ends[k + 1, 0], ends[k + 1, 1]
        if uniform(key, ends.shape[0] + k) < 0.5:
            c, d = d, c
        if a == d or c == b or tied(indptr, indices, a, d) >= 0 or tied(indptr, indices, c, b) >= 0:
            continue
        indices[tied(indptr, indices, a, b)] = d
        indices[tied(indptr, indices, d, c)] = a
        indices[tied(indptr, indices, c, d)] = b
        indices[tied(indptr, indices, b, a)] = c
        done += 2
    return done


def swapped(graph: Graph, share: float, seed: int, run: int = 0) -> Graph:
    """Return the graph with a ``share`` (0 to 1) of its ties swapped; degrees stay, rows are no longer sorted."""
    indices = graph.indices.copy()
    rows = np.repeat(np.arange(graph.n, dtype=np.int32), graph.degree())
    once = rows < indices
    ends = np.stack([rows[once], indices[once]], axis=1)
    key = own_key(stream_key(seed, STREAM, 0), run)
    swap(key, graph.indptr, indices, ends, round(share * len(ends)))
    return Graph(graph.n, graph.indptr, indices)
