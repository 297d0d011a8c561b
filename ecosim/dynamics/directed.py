"""Random networks of influence: who influences whom has a direction, and some influence many.

Each agent draws how many others it influences, Poisson with a common mean, and then whom, at random among all others;
how many influence it follows. Source: Watts & Dodds 2007.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ecosim.draws import agent_key, own_key, poisson, purpose, stream_key, uniform
from ecosim.jit import kernel

STREAM = purpose("dynamics.directed")


class Influence(NamedTuple):
    """Row i of ``indices`` from ``indptr[i]`` [n + 1] on lists whom i influences; ``influencers`` [n]: by how many."""

    indptr: np.ndarray
    indices: np.ndarray
    influencers: np.ndarray


@kernel
def fill_numbers(key, mean, indptr):
    """Fill ``indptr`` [n + 1] with the starts of rows of Poisson length."""
    for i in range(indptr.size - 1):
        indptr[i + 1] = indptr[i] + min(poisson(uniform(agent_key(key, i), 0), mean), indptr.size - 2)


@kernel
def fill_targets(key, indptr, indices, influencers):
    """Fill whom each agent influences, and count by how many each is influenced."""
    n = indptr.size - 1
    for i in range(n):
        mine = agent_key(key, i)
        for k in range(indptr[i + 1] - indptr[i]):
            j = np.int64(uniform(mine, k + 1) * (n - 1))
            j += j >= i
            indices[indptr[i] + k] = j
            influencers[j] += 1


def influence_network(n: int, mean: float, seed: int, run: int = 0) -> Influence:
    """Return a random network in which each of ``n`` agents influences ``mean`` others on the mean."""
    key = own_key(stream_key(seed, STREAM, 0), run)
    indptr = np.zeros(n + 1, np.int64)
    fill_numbers(key, float(mean), indptr)
    indices, influencers = np.empty(indptr[-1], np.int32), np.zeros(n, np.int32)
    fill_targets(key, indptr, indices, influencers)
    return Influence(indptr, indices, influencers)
