"""Adoption that is never undone, on a network: thresholds met by neighbours, week by week or in any order.

A node adopts once ``need`` of its neighbours have. With a fractional threshold phi, need = ceil(phi k - 1e-9): a
threshold that is just met counts. Since adoption is never undone, the final set does not depend on the order of
updates, and a breadth-first search visits each tie once: the level of a node is the period in which it adopts when all
look at once.

Sources: Granovetter 1978; Watts 2002; Centola & Macy 2007.
"""

from __future__ import annotations

import numpy as np

from ecosim.jit import kernel

NEVER = 1 << 30


def needs(degree: np.ndarray, threshold: float | np.ndarray) -> np.ndarray:
    """Return how many adopting neighbours each node needs, [n] int32: at least 1; never, for a node without any."""
    need = np.ceil(np.asarray(threshold) * degree - 1e-9).astype(np.int64)
    return np.where(degree > 0, np.maximum(need, 1), NEVER).astype(np.int32)


@kernel
def spread(indptr, indices, need, seeds, level, count, queue):
    """Let adoption spread from ``seeds``; return how many adopt in all.

    Fills ``level`` [n] int32 with the period of adoption (0 for seeds, -1 for never); ``count`` [n] int32 and ``queue``
    [n] int32 are room to work in. Ties are read from adopter to neighbour: row i lists whom i may influence.
    """
    level[:] = -1
    count[:] = 0
    size = 0
    for s in seeds:
        if level[s] < 0:
            level[s] = 0
            queue[size] = s
            size += 1
    at = 0
    while at < size:
        i = queue[at]
        at += 1
        for e in range(indptr[i], indptr[i + 1]):
            j = indices[e]
            if level[j] < 0:
                count[j] += 1
                if count[j] >= need[j]:
                    level[j] = level[i] + 1
                    queue[size] = j
                    size += 1
    return size


@kernel
def spread_each(indptr, indices, need, starts, sizes):
    """Fill ``sizes`` [runs] with how many adopt from each single seed in ``starts`` [runs]."""
    n = indptr.size - 1
    level, count, queue = np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.int32)
    for r in range(starts.size):
        sizes[r] = spread(indptr, indices, need, starts[r : r + 1], level, count, queue)
