"""Barabási–Albert graph: each newcomer ties itself to m = mean_degree / 2 nodes, in proportion to their degree.

Source: Barabási & Albert (1999), Science 286, 509-512; a node picked from the list of all ends of ties is picked in
proportion to its degree: Batagelj & Brandes (2005), Physical Review E 71, 036113. It starts from a star of m + 1 nodes
and has m (n - m) ties. A newcomer picks again when it meets the same node; after `TRIES` picks it takes the next
unmet end in the list, so that every newcomer makes exactly m ties in bounded time.
"""

from __future__ import annotations

import numpy as np

from ecosim.draws import agent_key, purpose, stream, uniform
from ecosim.jit import kernel
from ecosim.networks.csr import from_pairs
from ecosim.networks.graph import Graph, even_degree

SOURCE = "Barabási & Albert (1999); Batagelj & Brandes (2005)"
PURPOSE = purpose("network.barabasi_albert")
TRIES = 32


@kernel
def met(ends, begin, end, node):
    """Say whether a newcomer, whose ties are ``ends[begin:end]``, has met ``node``."""
    for e in range(begin, end, 2):  # noqa: SIM110 - a generator does not compile
        if ends[e] == node:
            return True
    return False


@kernel
def grow(n, m, seed, ends):
    """Write the ends of every tie, old node first: ``ends`` [2 m (n - m)] int32."""
    base = stream(seed, PURPOSE, 0)
    for i in range(m):
        ends[2 * i], ends[2 * i + 1] = 0, i + 1
    for newcomer in range(m + 1, n):
        key = agent_key(base, newcomer)
        begin = 2 * m * (newcomer - m)
        for j in range(m):
            at = begin + 2 * j
            for t in range(TRIES):
                pick = np.int64(uniform(key, j * TRIES + t) * begin)
                if not met(ends, begin, at, ends[pick]):
                    break
            while met(ends, begin, at, ends[pick]):
                pick = (pick + 1) % begin
            ends[at] = ends[pick]
            ends[at + 1] = newcomer


def barabasi_albert(n: int, seed: int, mean_degree: float) -> Graph:
    """Return a graph of m (n - m) ties, m = ``mean_degree`` / 2 (even, below n)."""
    m = even_degree(mean_degree, n) // 2
    ends = np.empty(2 * m * (n - m), np.int32)
    if m:
        grow(n, m, seed, ends)
    graph = from_pairs(n, ends.reshape(-1, 2))
    return Graph(n, graph.indptr, graph.indices)
