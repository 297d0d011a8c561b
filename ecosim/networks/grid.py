"""Two-dimensional grid: each node is tied to the nodes left, right, above and below (von Neumann neighbours).

Source: von Neumann (1966), Theory of Self-Reproducing Automata, University of Illinois Press. On a torus the edges are
joined, so every node has four neighbours wherever both sides are longer than two.
"""

from __future__ import annotations

import math

import numpy as np

from ecosim.errors import UserError
from ecosim.jit import kernel
from ecosim.networks.graph import Graph

SOURCE = "von Neumann (1966)"


@kernel
def fill(n, width, torus, starts, indices):
    """Write the sorted distinct neighbours of node ``row * width + column`` of every node; return the number."""
    height = n // width
    kept = 0
    for i in range(n):
        row, column = i // width, i % width
        begin = kept
        for side in range(4):
            r = row + (0, 0, -1, 1)[side]
            c = column + (-1, 1, 0, 0)[side]
            if torus:
                r, c = (r + height) % height, (c + width) % width
            elif r < 0 or r >= height or c < 0 or c >= width:
                continue
            node = r * width + c
            at = kept
            while at > begin and indices[at - 1] > node:
                at -= 1
            if node == i or (at > begin and indices[at - 1] == node):
                continue  # a side of one or two wraps onto itself
            for e in range(kept, at, -1):
                indices[e] = indices[e - 1]
            indices[at] = node
            kept += 1
        starts[i + 1] = kept
    return kept


def side_of(n: int, width: int) -> int:
    """Return the width of the grid of ``n`` nodes; 0 asks for a square."""
    if width == 0:
        side = math.isqrt(n)
        if side * side != n:
            raise UserError(
                f"network.width=0: a square grid needs a square number of nodes such as {side**2} or "
                f"{(side + 1) ** 2}, not {n}; or set network.width to a divisor of {n}"
            )
        return side
    if width > n or n % width:
        near = min((d for d in range(1, n + 1) if n % d == 0), key=lambda d: (abs(d - width), d)) if n < 10**5 else 1
        raise UserError(f"network.width={width}: a divisor of {n} nodes is needed, such as {near}")
    return width


def grid(n: int, seed: int, width: int, torus: bool) -> Graph:
    """Return the grid of ``width`` columns (0: as many as rows) over ``n`` nodes; ``seed`` is not used."""
    starts = np.zeros(n + 1, np.int64)
    indices = np.empty(4 * n, np.int32)
    kept = fill(n, side_of(n, width), torus, starts, indices)
    return Graph(n, starts, indices if kept == 4 * n else indices[:kept].copy())
