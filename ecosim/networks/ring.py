"""Ring lattice: node i is tied to the mean_degree / 2 next nodes on either side.

Source: the regular end of Watts & Strogatz (1998), Nature 393, 440-442.
"""

from __future__ import annotations

import numpy as np

from ecosim.jit import kernel
from ecosim.networks.graph import Graph, even_degree

SOURCE = "Watts & Strogatz (1998)"


@kernel
def fill(n, half, indices):
    """Write the sorted neighbours of every node; the few rows that wrap start with what wraps round."""
    for i in range(n):
        at = i * 2 * half
        for j in range(i + half - n + 1):  # above the last node, continued from node 0
            indices[at] = j
            at += 1
        for j in range(max(0, i - half), min(n, i + half + 1)):
            if j != i:
                indices[at] = j
                at += 1
        for j in range(n + min(0, i - half), n):  # below node 0, continued from the last node
            indices[at] = j
            at += 1


def ring(n: int, seed: int, mean_degree: float) -> Graph:
    """Return the ring of ``n`` nodes with ``mean_degree`` (even) neighbours each; ``seed`` is not used."""
    degree = even_degree(mean_degree, n)
    indices = np.empty(n * degree, np.int32)
    if degree:
        fill(n, degree // 2, indices)
    return Graph(n, np.arange(n + 1, dtype=np.int64) * degree, indices)
