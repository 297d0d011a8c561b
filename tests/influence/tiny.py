"""Networks small enough to enumerate every world of, and the spread that this gives."""

from itertools import product

import numpy as np

from ecosim.influence import diffusion, of_graph
from ecosim.networks import Network, build_network
from ecosim.networks.csr import from_pairs

PAIRS = [(0, 1), (1, 0), (1, 2), (0, 2), (0, 2), (2, 0), (2, 3), (3, 4), (4, 4)]
"""Six nodes: two ties 0-1, three 0-2, one each of 1-2, 2-3 and 3-4; a loop; node 5 alone."""


def multigraph(pairs=PAIRS, n=6):
    return of_graph(from_pairs(n, np.array(pairs, np.int32), np.ones(len(pairs), np.float32), add=True))


def ties(graph):
    """Return {(u, v): c_uv}, both ways round."""
    rows = np.repeat(np.arange(graph.n), np.diff(graph.indptr))
    return dict(zip(zip(rows.tolist(), graph.indices.tolist(), strict=True), graph.count.tolist(), strict=True))


def worlds(graph, model, p):
    """Yield every live-edge world: its probability and its live ties (u, v), from the definitions alone."""
    counts = ties(graph)
    degree = {v: sum(c for (_, w), c in counts.items() if w == v) for v in range(graph.n)}
    if model == "lt":
        choices = [[(c / degree[v], (u, v)) for (u, w), c in counts.items() if w == v] or [(1, None)] for v in degree]
        for picked in product(*choices):
            yield np.prod([chance for chance, _ in picked]), {tie for _, tie in picked if tie}
        return
    chances = {(u, v): 1 - (1 - (p if model == "ic" else 1 / degree[v])) ** c for (u, v), c in counts.items()}
    for coins in product((True, False), repeat=len(chances)):
        live = {tie for tie, coin in zip(chances, coins, strict=True) if coin}
        yield np.prod([c if tie in live else 1 - c for tie, c in chances.items()]), live


def exact(graph, model, p, seeds):
    """Return the expected number of nodes that can be reached from the seeds."""
    total = 0.0
    for chance, live in worlds(graph, model, p):
        active, old = set(seeds), set()
        while active != old:
            old, active = active, active | {v for u, v in live if u in active}
        total += chance * len(active)
    return total


def random_network(model="ic", p=0.15, n=60, seed=3):
    return diffusion(of_graph(build_network(Network(kind="erdos_renyi", mean_degree=4), n, seed)), model, p)
