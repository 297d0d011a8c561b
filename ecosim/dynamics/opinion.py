"""Opinions that move towards those listened to: rules for `Process`, and where they lead in the linear case.

    DeGroot              x_i <- sum_j w_ij x_j, the mean of oneself and one's neighbours
    Friedkin-Johnsen     x_i <- s_i sum_j w_ij x_j + (1 - s_i) x_i(0), with s_i the susceptibility
    Hegselmann-Krause    x_i <- mean of all x_j with |x_i - x_j| <= eps, oneself among them; all at once
    Deffuant-Weisbuch    a random pair closer than eps: both move mu towards each other; one pair at a time

Sources: DeGroot 1974; Friedkin & Johnsen 1990; Hegselmann & Krause 2002; Deffuant, Neau, Amblard & Weisbuch 2000.
"""

from __future__ import annotations

import numpy as np

from ecosim.draws import agent_key, uniform
from ecosim.jit import kernel
from ecosim.networks import Graph


@kernel
def average(i, x, new, ties, p, key):
    """DeGroot with self-loops; ``p`` is empty. ``x`` [n]."""
    before = x[i]
    total, k = x[i], 1
    for e in range(ties.indptr[i], ties.indptr[i + 1]):
        total += x[ties.indices[e]]
        k += 1
    new[i] = total / k
    return abs(new[i] - before) > 1e-15


@kernel
def average_but_remember(i, x, new, ties, p, key):
    """Friedkin-Johnsen; ``p`` is (susceptibility [n] in 0..1, first opinions [n])."""
    susceptible, first = p
    before = x[i]
    total, k = x[i], 1
    for e in range(ties.indptr[i], ties.indptr[i + 1]):
        total += x[ties.indices[e]]
        k += 1
    new[i] = susceptible[i] * total / k + (1.0 - susceptible[i]) * first[i]
    return abs(new[i] - before) > 1e-15


@kernel
def average_the_near(i, x, new, ties, p, key):
    """Hegselmann-Krause among all; ``p`` is (eps,)."""
    before, total, k = x[i], 0.0, 0
    for j in range(x.size):
        if abs(x[j] - before) <= p[0]:
            total += x[j]
            k += 1
    new[i] = total / k
    return abs(new[i] - before) > 1e-9


@kernel
def meet(i, x, new, ties, p, key):
    """Deffuant-Weisbuch: agent ``i`` meets anybody else; ``p`` is (eps, mu). Only where one looks at a time."""
    j = np.int64(uniform(agent_key(key, i), 0) * (x.size - 1))
    j += j >= i
    gap = x[j] - x[i]
    if abs(gap) >= p[0] or gap == 0.0:
        return False
    new[i] = x[i] + p[1] * gap
    new[j] = x[j] - p[1] * gap
    return True


def groups(x: np.ndarray, gap: float) -> np.ndarray:
    """Return the sizes of the groups of opinions ``x`` [n] that lie more than ``gap`` apart, in rising order."""
    order = np.sort(x)
    return np.diff(np.flatnonzero(np.concatenate([[True], np.diff(order) > gap, [True]])))


def consensus(graph: Graph, x: np.ndarray) -> float:
    """Return where DeGroot with self-loops leads on a connected graph: opinions weighted by degree + 1."""
    weight = graph.degree() + 1.0
    return float(weight @ x / weight.sum())
