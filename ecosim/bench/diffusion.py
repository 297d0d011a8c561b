"""Bass's hazard on a random network of a million nodes: states that spread here, sparse matrices, and Mesa agents.

An agent-step is one agent in one of 50 steps, whether or not it has adopted by then. All three follow the same rule:
an agent adopts when its hazard p + q (adopted neighbours) / degree, added up over steps, passes an exponential draw.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.bench.clock import median_seconds, reference

P, Q, STEPS, DEGREE = 0.01, 0.4, 50, 10.0
NODES, FEW = 1_000_000, 5_000


def measure() -> dict[str, float]:
    """Return agent-steps per second of the three on one thread, and ours as a multiple of the others.

    Raises:
        RuntimeError: The sparse matrices find other adopters than the states that spread.
    """
    small, few, graph = (random_network(n) for n in (1000, FEW, NODES))
    if (here := spread(small)) != (there := sparse(small)):
        raise RuntimeError(f"{here} adopters here, {there} by sparse matrices: the rules differ")
    ours = median_seconds(lambda: spread(graph))
    rate = NODES * STEPS / ours
    found = {
        "Bass on a random network of 1,000,000, agent-steps per second, one thread": rate,
        "times numpy and scipy": median_seconds(lambda: sparse(graph)) / ours,
    }
    if (plain := reference("mesa_bass")) is not None:
        taken = median_seconds(lambda: plain.adopters(few, P, Q, STEPS, 1))
        found["times plain Mesa agents"] = rate * taken / (FEW * STEPS)
    return found


def random_network(nodes: int) -> Any:
    """Return the random network of that many nodes."""
    from ecosim.networks import Network, build_network

    return build_network(Network(kind="erdos_renyi", mean_degree=DEGREE), nodes, 1)


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
