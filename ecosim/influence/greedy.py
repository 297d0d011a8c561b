"""Greedy choice, lazily: the next seed is whoever adds most, and few have to be looked at again to know who that is.

    next seed   argmax over v of sigma(A + v) - sigma(A); ties go to the first node
    lazily      gains never grow as A does (submodularity), so what a node added once bounds what it adds now: the node
                with the greatest bound, if its gain is up to date, is the best of all

Greedy reaches at least 1 - 1/e, about 63 %, of the best possible spread. Lazy and plain greedy choose the same.

Sources: Nemhauser, Wolsey & Fisher 1978 (the bound); Leskovec et al. 2007 (CELF, lazily).
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence

import numpy as np


def lazy_greedy(
    first: np.ndarray, gain: Callable[[int], float], take: Callable[[int], None], k: int
) -> tuple[list[int], list[float], int]:
    """Choose ``k`` nodes; ``first`` [n] are gains over nothing, ``gain(v)`` what v adds now, ``take(v)`` takes it.

    Returns the nodes in the order of their choice, what each added, and how often a gain was looked at again.
    """
    heap = [(-value, v) for v, value in enumerate(first.tolist())]
    heapq.heapify(heap)
    fresh = [0] * len(heap)
    chosen: list[int] = []
    gains: list[float] = []
    looked = 0
    while len(chosen) < k:
        value, v = heap[0]
        if fresh[v] == len(chosen):
            heapq.heappop(heap)
            take(v)
            chosen.append(v)
            gains.append(-value)
        else:
            heapq.heapreplace(heap, (-gain(v), v))
            fresh[v] = len(chosen)
            looked += 1
    return chosen, gains, looked


def ranks(order: Sequence[int], n: int) -> np.ndarray:
    """Return the place of each of ``n`` nodes in an order of some of them, [n] int32; the order's length for others."""
    found = np.full(n, len(order), np.int32)
    found[np.asarray(order, np.int64)] = np.arange(len(order))
    return found
