"""Stochastic block model: equal blocks, ties denser within a block than between blocks.

Source: Holland, Laskey & Leinhardt (1983), Social Networks 5(2), 109-137; equal blocks with two densities are the
planted partition of Condon & Karp (2001), Random Structures & Algorithms 18(2), 116-140. With n_r the sizes of the
blocks, k the mean degree and w the share of ties within: p_in = n k w / sum n_r (n_r - 1), p_out = n k (1 - w) /
(n^2 - sum n_r^2). Drawn by the geometric jumps of Batagelj & Brandes (2005).
"""

from __future__ import annotations

import numpy as np

from ecosim.draws import agent_key, purpose, stream
from ecosim.errors import UserError
from ecosim.jit import kernel
from ecosim.networks.csr import row_starts
from ecosim.networks.erdos_renyi import log_without, tie_below
from ecosim.networks.graph import Graph, real_degree

SOURCE = "Holland, Laskey & Leinhardt (1983); Condon & Karp (2001)"
PURPOSE = purpose("network.stochastic_block")


@kernel
def visit(bounds, log_in, log_out, seed, at, indices):
    """Take every row once: count its ties to the blocks before its own and within its own, or write them."""
    base = stream(seed, PURPOSE, 0)
    for b in range(bounds.size - 1):
        for i in range(bounds[b], bounds[b + 1]):
            key = agent_key(base, i)
            drawn = tie_below(i, 0, bounds[b], log_out, key, 0, at, indices)
            tie_below(i, bounds[b], i, log_in, key, drawn, at, indices)


def block_bounds(n: int, blocks: int) -> np.ndarray:
    """Return the first node of each block and ``n``: [blocks + 1] int64; sizes differ by at most one."""
    return np.arange(blocks + 1, dtype=np.int64) * n // blocks


def densities(n: int, mean_degree: float, blocks: int, within: float) -> tuple[float, float]:
    """Return (p_in, p_out), or raise `UserError` when the blocks are too small for the ties asked for."""
    if blocks > n:
        raise UserError(f"network.blocks={blocks}: a whole number from 1 to {n} is needed for {n} nodes")
    sizes = np.diff(block_bounds(n, blocks))
    inside = int((sizes * (sizes - 1)).sum())
    outside = n * n - int((sizes * sizes).sum())
    ends = n * real_degree(mean_degree, n)
    low = max(0.0, 1.0 - outside / ends) if ends else 0.0
    high = min(1.0, inside / ends) if ends else 1.0
    if ends and not low - 1e-12 <= within <= high + 1e-12:
        raise UserError(
            f"network.within={within:g}: a number from {low:g} to {high:g} is needed for {blocks} blocks of {n} nodes "
            f"with network.mean_degree={mean_degree:g}"
        )
    p_in = min(1.0, ends * within / inside) if inside else 0.0
    return p_in, min(1.0, ends * (1.0 - within) / outside) if outside else 0.0


def stochastic_block(n: int, seed: int, mean_degree: float, blocks: int, within: float) -> Graph:
    """Return a planted partition: block b holds nodes ``block_bounds(n, blocks)[b : b + 2]``."""
    p_in, p_out = densities(n, mean_degree, blocks, within)
    bounds = block_bounds(n, blocks)
    log_in, log_out = float(log_without(p_in)), float(log_without(p_out))
    starts = np.zeros(n + 1, np.int64)
    visit(bounds, log_in, log_out, seed, starts, np.empty(0, np.int32))
    row_starts(starts)
    indices = np.empty(starts[-1], np.int32)
    if indices.size:
        visit(bounds, log_in, log_out, seed, starts.copy(), indices)
    return Graph(n, starts, indices)
