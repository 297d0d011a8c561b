"""From pairs of nodes to sorted compressed rows by counting, in time linear in nodes and ties.

A symmetric matrix equals its transpose, and writing a transpose row by row leaves every row sorted: so one unsorted
scatter followed by one transposition sorts all rows at once (Gustavson 1978, ACM Transactions on Mathematical Software
4(3), 250-269), however skewed the degrees are.
"""

from __future__ import annotations

import numpy as np

from ecosim.jit import kernel
from ecosim.networks.graph import Graph

NO_WEIGHTS = np.empty(0, np.float32)


@kernel
def row_starts(counts):
    """Turn ``counts`` [n + 1] int64 (the count of row i at i, 0 at n) into row starts, in place."""
    total = 0
    for i in range(counts.size):
        here = counts[i]
        counts[i] = total
        total += here


@kernel
def count_ends(n, pairs):
    """Return row starts [n + 1] int64 of the pairs that are no loops, and the number of loops."""
    starts = np.zeros(n + 1, np.int64)
    loops = 0
    for e in range(pairs.shape[0]):
        if pairs[e, 0] == pairs[e, 1]:
            loops += 1
        else:
            starts[pairs[e, 0]] += 1
            starts[pairs[e, 1]] += 1
    row_starts(starts)
    return starts, loops


@kernel
def scatter(pairs, weights, starts):
    """Write each tie in both its rows, in the order of the pairs; weights may be empty."""
    at = starts.copy()
    out = np.empty(starts[-1], np.int32)
    heavy = np.empty(starts[-1] if weights.size else 0, np.float32)
    for e in range(pairs.shape[0]):
        a = pairs[e, 0]
        b = pairs[e, 1]
        if a == b:
            continue
        out[at[a]] = b
        out[at[b]] = a
        if weights.size:
            heavy[at[a]] = weights[e]
            heavy[at[b]] = weights[e]
        at[a] += 1
        at[b] += 1
    return out, heavy


@kernel
def transpose(indices, weights, starts):
    """Transpose a symmetric pattern, which sorts every row; repeats stay beside each other."""
    at = starts.copy()
    out = np.empty_like(indices)
    heavy = np.empty_like(weights)
    for i in range(starts.size - 1):
        for e in range(starts[i], starts[i + 1]):
            j = indices[e]
            out[at[j]] = i
            if weights.size:
                heavy[at[j]] = weights[e]
            at[j] += 1
    return out, heavy


@kernel
def merge_repeats(indices, weights, starts, add):
    """Keep one of each repeated neighbour, with its largest weight (``add``: the sum of its weights), in place.

    Returns the number of entries kept and of entries whose weight differed from the one before.
    """
    kept = 0
    conflicts = 0
    begin = 0
    for i in range(starts.size - 1):
        end = starts[i + 1]
        first = kept
        for e in range(begin, end):
            if kept > first and indices[kept - 1] == indices[e]:
                if add:
                    weights[kept - 1] += weights[e]
                elif weights.size and weights[e] != weights[kept - 1]:
                    conflicts += 1
                    weights[kept - 1] = max(weights[kept - 1], weights[e])
                continue
            indices[kept] = indices[e]
            if weights.size:
                weights[kept] = weights[e]
            kept += 1
        begin = end
        starts[i + 1] = kept
    return kept, conflicts


def from_pairs(n: int, pairs: np.ndarray, weights: np.ndarray | None = None, add: bool = False) -> Graph:
    """Build the graph of ``pairs`` [m, 2] int32 in 0..n-1, optionally with ``weights`` [m] float32.

    Loops are dropped and repeats, either way round, merged to one tie of the largest weight, or with ``add`` of the sum
    of their weights; ``report`` counts both.
    """
    starts, loops = count_ends(n, pairs)
    indices, heavy = transpose(*scatter(pairs, NO_WEIGHTS if weights is None else weights, starts), starts)
    entries = len(indices)
    kept, conflicts = merge_repeats(indices, heavy, starts, add and weights is not None)
    if kept < entries:
        indices, heavy = indices[:kept].copy(), heavy[:kept].copy()
    report = {"self_loops": int(loops), "duplicates": (entries - int(kept)) // 2}
    if weights is None:
        return Graph(n, starts, indices, report=report)
    if add:
        return Graph(n, starts, indices, heavy, report=report)
    return Graph(n, starts, indices, heavy, report={**report, "conflicting_weights": int(conflicts) // 2})
