"""Erdős–Rényi random graph G(n, p): every pair is tied with probability p = mean_degree / (n - 1).

Source: Gilbert (1959), Annals of Mathematical Statistics 30(4), 1141-1144; Erdős & Rényi (1959), Publicationes
Mathematicae 6, 290-297. Pairs without a tie are skipped in geometric jumps: Batagelj & Brandes (2005), Physical Review
E 71, 036113. Each node draws the ties to nodes below it under its own key, so rows are independent of each other.
"""

from __future__ import annotations

import numpy as np

from ecosim.draws import agent_key, log, purpose, stream, uniform
from ecosim.jit import kernel
from ecosim.networks.csr import row_starts
from ecosim.networks.graph import Graph, real_degree

SOURCE = "Gilbert (1959); Erdős & Rényi (1959); Batagelj & Brandes (2005)"
PURPOSE = purpose("network.erdos_renyi")


@kernel
def log_without(p):
    """Return log(1 - p) for p in [0, 1], accurate for small p: 0 at 0 and -inf at 1."""
    if p >= 1.0:
        return -np.inf
    if p < 1e-4:
        return -p * (1.0 + p * (1.0 / 2 + p * (1.0 / 3 + p / 4)))
    return log(1.0 - p)


@kernel
def tie_below(row, low, high, log_q, key, drawn, at, indices):
    """Tie ``row`` to each node of low..high-1 (all below it) with probability 1 - exp(log_q).

    With empty ``indices`` only the counts ``at`` [n + 1] int64 grow; else each tie is written in both rows at their
    cursors ``at``. Rows taken in ascending order come out sorted. Returns the number of draws used so far.
    """
    if log_q == 0.0:
        return drawn
    node = low
    while node < high:
        gap = np.floor(log(uniform(key, drawn)) / log_q)
        drawn += 1
        if gap >= high - node:
            break
        node += np.int64(gap)
        if indices.size:
            indices[at[row]] = node
            indices[at[node]] = row
        at[row] += 1
        at[node] += 1
        node += 1
    return drawn


@kernel
def visit(n, log_q, seed, at, indices):
    """Take every row once: count its ties, or write them."""
    base = stream(seed, PURPOSE, 0)
    for i in range(n):
        tie_below(i, 0, i, log_q, agent_key(base, i), 0, at, indices)


def erdos_renyi(n: int, seed: int, mean_degree: float) -> Graph:
    """Return G(n, p) with expected mean degree ``mean_degree`` in 0..n-1."""
    log_q = float(log_without(real_degree(mean_degree, n) / max(n - 1, 1)))
    starts = np.zeros(n + 1, np.int64)
    visit(n, log_q, seed, starts, np.empty(0, np.int32))  # draws are pure: counted once, then drawn again to write
    row_starts(starts)
    indices = np.empty(starts[-1], np.int32)
    if indices.size:
        visit(n, log_q, seed, starts.copy(), indices)
    return Graph(n, starts, indices)
