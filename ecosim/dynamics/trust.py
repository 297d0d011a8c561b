"""The N-player trust game: investors, trustworthy and untrustworthy trustees who imitate who does better.

    payoffs        y_1 investors each give tv, shared by all trustees; f_1 = tv (R_1 y_2 / (y_2 + y_3) - 1),
                   f_2 = tv R_1 y_1 / (y_2 + y_3), f_3 = tv R_2 y_1 / (y_2 + y_3), with 1 < R_1 < R_2 < 2 R_1
    replicator     y_i' = y_i (f_i - mean f)
    agents         a random one looks at another and imitates it with probability (f_j - f_i) / scale; everybody plays
                   with all, or each plays in the group of itself and its neighbours

Sources: Abbass, Greenwood & Petraki 2016; on networks: Chica et al. 2018.
"""

from __future__ import annotations

import numpy as np

from ecosim.draws import agent_key, uniform
from ecosim.jit import kernel, rule


@rule
def payoff(kind, investors, honest, other, first, second):
    """Return the payoff of a kind (0, 1, 2) in a group of so many of each, tv = 1."""
    trustees = honest + other
    if trustees <= 0:
        return 0.0
    if kind == 0:
        return first * honest / trustees - 1.0
    return (first if kind == 1 else second) * investors / trustees


@kernel
def imitate(i, x, new, ties, p, key):
    """Imitate anybody, all playing together; ``x`` [n + 3] int64: kinds, then how many of each; ``p`` (R1, R2, scale).

    For one look at a time.
    """
    first, second, scale = p
    n, mine = x.size - 3, agent_key(key, i)
    j = np.int64(uniform(mine, 0) * (n - 1))
    j += j >= i
    kind, other = x[i], x[j]
    own = payoff(kind, x[n], x[n + 1], x[n + 2], first, second)
    gain = payoff(other, x[n], x[n + 1], x[n + 2], first, second) - own
    if kind == other or uniform(mine, 1) * scale >= gain:
        return False
    new[i] = other
    new[n + kind] -= 1
    new[n + other] += 1
    return True


@rule
def in_group(i, x, ties, first, second):
    """Return the payoff of agent ``i`` in the group of itself and its neighbours."""
    investors, honest, other = np.int64(x[i] == 0), np.int64(x[i] == 1), np.int64(x[i] == 2)
    for e in range(ties.indptr[i], ties.indptr[i + 1]):
        kind = x[ties.indices[e]]
        investors += kind == 0
        honest += kind == 1
        other += kind == 2
    return payoff(x[i], investors, honest, other, first, second)


@kernel
def imitate_near(i, x, new, ties, p, key):
    """Imitate a neighbour, each playing in its own group; ``x`` [n] int64 kinds; ``p`` as for `imitate`."""
    first, second, scale = p
    mine = agent_key(key, i)
    start, degree = ties.indptr[i], ties.indptr[i + 1] - ties.indptr[i]
    if degree == 0:
        return False
    j = ties.indices[start + np.int64(uniform(mine, 0) * degree)]
    if x[i] == x[j]:
        return False
    gain = in_group(j, x, ties, first, second) - in_group(i, x, ties, first, second)
    if uniform(mine, 1) * scale >= gain:
        return False
    new[i] = x[j]
    return True


def replicator(y: np.ndarray, first: float, second: float) -> np.ndarray:
    """Return the rates of change of the three shares ``y`` [3], tv = 1; none where nobody can be trusted with it."""
    trustees = y[1] + y[2]
    if trustees <= 0:
        return np.zeros(3)
    f = np.array([first * y[1] / trustees - 1, first * y[0] / trustees, second * y[0] / trustees])
    return y * (f - y @ f)
