"""Bass's hazard on a random network of a million nodes: states that spread here, sparse matrices, and Mesa agents.

An agent-step is one agent in one of 50 steps, whether or not it has adopted by then. All three follow the same rule:
an agent adopts when its hazard p + q (adopted neighbours) / degree, added up over steps, passes an exponential draw.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

P, Q, STEPS, DEGREE = 0.01, 0.4, 50, 10.0
NODES, FEW, REPEATS = 1_000_000, 5_000, 5


def measure(reference: Path) -> dict[str, float]:
    """Return agent-steps per second of the three on one thread, and ours as a multiple of the others."""
    from ecosim.networks import Network, build_network

    graph = build_network(Network(kind="erdos_renyi", mean_degree=DEGREE), NODES, 1)
    spread(build_network(Network(kind="erdos_renyi", mean_degree=DEGREE), 1000, 1))
    ours, adopters = timed(spread, graph)
    matrix, same = timed(sparse, graph)
    if adopters != same:
        raise RuntimeError(f"{adopters} adopters here, {same} by sparse matrices: the rules differ")
    rate = NODES * STEPS / ours
    found = {
        "Bass on a random network of 1,000,000, agent-steps per second, one thread": rate,
        "times numpy and scipy": matrix / ours,
    }
    if reference.exists():
        few = build_network(Network(kind="erdos_renyi", mean_degree=DEGREE), FEW, 1)
        start = time.perf_counter()
        run_mesa(reference, few)
        found["times plain Mesa agents"] = rate * (time.perf_counter() - start) / (FEW * STEPS)
    return found


def timed(function: Callable[[Any], int], graph: Any) -> tuple[float, int]:
    """Return the median seconds of some runs, and what the last one found."""
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        result = function(graph)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), result


def spread(graph: Any) -> int:
    """Return how many have adopted in the end, by states that spread."""
    from ecosim.dynamics.contagion import adopt_by_hazard, patience, spread_states

    start, left = np.zeros(graph.n, np.int8), patience(graph.n, 1)
    end = spread_states(adopt_by_hazard, graph, start, (P, Q, 1.0, left), states=2, settled=[1], periods=STEPS)
    return int(end.tally[-1, 1])


def sparse(graph: Any) -> int:
    """Return the same by a sparse matrix and whole columns."""
    from scipy.sparse import csr_array

    from ecosim.dynamics.contagion import patience

    ties = csr_array((np.ones(graph.indices.size, np.float32), graph.indices, graph.indptr), (graph.n, graph.n))
    degree, left, adopted = graph.degree(), patience(graph.n, 1), np.zeros(graph.n, bool)
    some = np.maximum(degree, 1)
    for _ in range(STEPS):
        seen = ties @ adopted.astype(np.float32)
        left -= P + np.where(degree > 0, Q * seen / some, 0.0)
        adopted |= left <= 0
    return int(adopted.sum())


def run_mesa(reference: Path, graph: Any) -> int:
    """Return the same by Mesa agents who look at their neighbours."""
    sys.path.insert(0, str(reference.parent))
    try:
        import mesa_bass  # type: ignore[import-not-found]

        return int(mesa_bass.adopters(graph, P, Q, STEPS, 1))
    finally:
        sys.path.remove(str(reference.parent))
