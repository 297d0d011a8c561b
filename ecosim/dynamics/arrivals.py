"""Customers who come one after the other and see what those before them chose: rules for `Process` in a sweep.

    trial and offer     item i is tried with probability ~ v_i (A_i + D_i)^r and bought with probability q_i; D_i counts
                        purchases. With q = 1, r = 1 and A = 1 it is Polya's urn
    technologies        an arrival likes A or B by nature and takes what pays more: nature's premium, or the returns
                        to the number who already use it; nobody can leave

Sources: Krumme et al. 2012; Maldonado et al. 2018; Arthur 1989; Salganik, Dodds & Watts 2006 for the measures.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from ecosim.draws import agent_key, power, uniform
from ecosim.jit import kernel


@kernel
def try_and_buy(i, x, new, ties, p, key):
    """Trial and offer; ``x`` [items, 2] holds purchases and v (A + D)^r; ``p`` is (visibility, appeal, quality, r)."""
    visibility, appeal, quality, r = p
    mine = agent_key(key, i)
    left = uniform(mine, 0) * x[:, 1].sum()
    item = 0
    while item < x.shape[0] - 1 and left >= x[item, 1]:
        left -= x[item, 1]
        item += 1
    if uniform(mine, 1) >= quality[item]:
        return False
    new[item, 0] = x[item, 0] + 1.0
    new[item, 1] = visibility[item] * power(appeal[item] + new[item, 0], r)
    return True


def shelf(visibility: np.ndarray, appeal: np.ndarray, r: float) -> np.ndarray:
    """Return the state `try_and_buy` starts from, ``[items, 2]``."""
    return np.stack([np.zeros(len(appeal)), visibility * appeal**r], axis=1)


def settled_shares(visibility: np.ndarray, quality: np.ndarray, r: float) -> np.ndarray:
    """Return the shares trial and offer leads to for 0 <= r < 1, whatever the appeal: (v q)^(1 / (1 - r))."""
    worth = (visibility * quality) ** (1 / (1 - r))
    return worth / worth.sum()


@kernel
def take_technology(i, x, new, ties, p, key):
    """Arthur's arrival; ``x`` [2] counts users of A and B; ``p`` [2, 3] is a, b and the returns r of types R and S.

    Type R likes A (a > b), type S likes B; a tie is broken by nature. Returns whether the two
    types differ: under increasing returns nothing changes any more once they agree.
    """
    takes_a = np.empty(2, np.bool_)
    for kind in range(2):
        gain = p[0][kind, 0] - p[0][kind, 1] + p[0][kind, 2] * (x[0] - x[1])
        takes_a[kind] = gain > 0 or (gain == 0 and kind == 0)
    kind = 0 if uniform(agent_key(key, i), 0) < 0.5 else 1
    new[0 if takes_a[kind] else 1] += 1
    return takes_a[0] != takes_a[1]


def inequality(shares: np.ndarray) -> float:
    """Return Gini's G of ``shares`` [items]: sum of |m_i - m_j| over 2 S sum m."""
    m = np.asarray(shares, float)
    return float(np.abs(m[:, None] - m[None, :]).sum() / (2 * m.size * m.sum()))


def unpredictability(worlds: np.ndarray) -> float:
    """Return U of shares ``[worlds, items]``: mean difference of an item's share between two worlds."""
    return float(np.mean([np.abs(worlds[a] - worlds[b]).mean() for a, b in combinations(range(len(worlds)), 2)]))
