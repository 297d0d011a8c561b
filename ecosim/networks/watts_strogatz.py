"""Watts–Strogatz small world: a ring of mean_degree neighbours, each tie rewired with probability ``rewiring``.

Source: Watts & Strogatz (1998), Nature 393, 440-442: lap by lap round the ring, the far end of a tie moves to a node
drawn evenly, loops and repeats excluded, so the number of ties is n mean_degree / 2, rounded down. A tie that meets
only excluded nodes in `TRIES` draws stays where it is, which needs a nearly complete graph. Where mean_degree / 2 is no
whole number, every so many nodes, evenly round the ring, have a tie more.
"""

from __future__ import annotations

import numpy as np

from ecosim.draws import agent_key, mix, purpose, stream, uniform
from ecosim.jit import kernel
from ecosim.networks.csr import from_pairs
from ecosim.networks.graph import Graph, ring_degree

SOURCE = "Watts & Strogatz (1998)"
PURPOSE = purpose("network.watts_strogatz")
TRIES = 64
STRIDE = TRIES + 1


@kernel
def laps(i, half):
    """Return how many ties node i has towards the nodes after it: ``half`` on the mean, a real number."""
    return np.int64(np.floor((i + 1) * half) - np.floor(i * half))


@kernel
def count_moves(n, half, rewiring, seed):
    """Return how many ties are to move."""
    base = stream(seed, PURPOSE, 0)
    moves = 0
    for i in range(n):
        key = agent_key(base, i)
        for lap in range(laps(i, half)):
            if uniform(key, lap * STRIDE) < rewiring:
                moves += 1
    return moves


@kernel
def name(a, b):
    """Return the 64-bit name of the tie of a and b, the same either way round."""
    return (np.int64(a) << 32) | np.int64(b) if a < b else (np.int64(b) << 32) | np.int64(a)


@kernel
def find(table, a, b):
    """Return the slot of tie (a, b) in the open hash ``table`` [2**x] int64, or of the gap where it belongs."""
    tie = name(a, b)
    mask = np.uint64(table.size - 1)
    slot = np.int64(mix(np.uint64(tie)) & mask)
    while table[slot] != -1 and table[slot] != tie:
        slot = np.int64(np.uint64(slot + 1) & mask)
    return slot


@kernel
def tied(pairs, n, table, a, b):
    """Say whether a and b are tied now: by a ring tie still in place, or by one moved there."""
    for near, far in ((a, b), (b, a)):
        lap = (far - near + n) % n - 1
        if lap * n < pairs.shape[0] and pairs[lap * n + near, 1] == far:
            return True
    return table[find(table, a, b)] != -1


@kernel
def rewire(n, half, rewiring, seed, pairs, table):
    """Move ties of ``pairs`` [laps * n, 2] int32 (row lap * n + i is i's tie of that lap, or a loop) in place."""
    base = stream(seed, PURPOSE, 0)
    most = pairs.shape[0] // n
    for lap in range(most):
        for i in range(n):
            pairs[lap * n + i, 0] = i
            pairs[lap * n + i, 1] = (i + lap + 1) % n if lap < laps(i, half) else i
    for lap in range(most):
        for i in range(n):
            if lap >= laps(i, half):
                continue
            key = agent_key(base, i)
            if uniform(key, lap * STRIDE) >= rewiring:
                continue
            for t in range(1, STRIDE):
                far = np.int64(uniform(key, lap * STRIDE + t) * n)
                if far != i and not tied(pairs, n, table, i, far):
                    table[find(table, i, far)] = name(i, far)
                    pairs[lap * n + i, 1] = far
                    break


def watts_strogatz(n: int, seed: int, mean_degree: float, rewiring: float) -> Graph:
    """Return a small world of n ``mean_degree`` / 2 ties, rounded down; ``mean_degree`` is at most an even n - 1."""
    half = ring_degree(mean_degree, n) / 2.0
    pairs = np.empty((n * int(np.ceil(half)), 2), np.int32)
    moves = int(count_moves(n, half, rewiring, seed))
    table = np.full(1 << (moves * 3 // 2 + 1).bit_length(), -1, np.int64)
    rewire(n, half, rewiring, seed, pairs, table)
    del table
    graph = from_pairs(n, pairs)
    return Graph(n, graph.indptr, graph.indices)
