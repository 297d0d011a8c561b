"""Search on a rugged landscape, alone or with an eye on others: rules for `Process`.

A searcher is a row (design, height): the design a whole number whose bit j is component j, the height its mean fit on
a landscape of the model (`ecosim.mechanisms.landscape`).

    local search     look at the designs one bit away in random order and take the first that is higher
    long jump        draw all bits anew and take them if they are higher
    copy the best    if a neighbour is higher, take over the best one's design, each differing bit missing with
                     probability `error`; else change one random bit if that is higher

Sources: Levinthal 1997; Lazer & Friedman 2007.
"""

from __future__ import annotations

import numpy as np

from ecosim.draws import agent_key, own_key, uniform
from ecosim.jit import kernel
from ecosim.mechanisms.landscape import Landscape


@kernel
def height(ties, table, design):
    """Return the mean fit of a design."""
    total = 0.0
    for j in range(table.shape[0]):
        state = design >> j & 1
        for place in range(ties.shape[1]):
            state |= (design >> ties[j, place] & 1) << (place + 1)
        total += table[j, state]
    return total / table.shape[0]


@kernel
def highest(ties, table):
    """Return the height of the highest of all designs, each visited once, one bit changing at a time (Gray code)."""
    d, k = ties.shape
    concerned = np.zeros((d, d + 1), np.int64)
    for j in range(d):
        concerned[j, concerned[j, d]] = j
        concerned[j, d] += 1
        for place in range(k):
            i = ties[j, place]
            concerned[i, concerned[i, d]] = j
            concerned[i, d] += 1
    part, total, design = np.empty(d), 0.0, np.int64(0)
    for j in range(d):
        part[j] = table[j, 0]
        total += part[j]
    best = total
    for step in range(1, np.int64(1) << d):
        bit = 0
        while step >> bit & 1 == 0:
            bit += 1
        design ^= np.int64(1) << bit
        for c in range(concerned[bit, d]):
            j = concerned[bit, c]
            state = design >> j & 1
            for place in range(k):
                state |= (design >> ties[j, place] & 1) << (place + 1)
            total += table[j, state] - part[j]
            part[j] = table[j, state]
        best = max(best, total)
    return best / d


@kernel
def climb(i, x, new, ties, p, key):
    """Local search; ``p`` is (ties [d, k], table, leap): with ``leap`` a long jump too, and the higher of the two."""
    land, table, leap = p
    d, mine = table.shape[0], agent_key(key, i)
    design, own = np.int64(x[i, 0]), x[i, 1]
    order = np.arange(d)
    for k in range(d):
        j = k + np.int64(uniform(mine, k) * (d - k))
        order[k], order[j] = order[j], order[k]
        trial = design ^ (np.int64(1) << order[k])
        found = height(land, table, trial)
        if found > own:
            new[i, 0], new[i, 1] = trial, found
            break
    if leap:
        trial = np.int64(uniform(mine, d) * (np.int64(1) << d))
        found = height(land, table, trial)
        if found > new[i, 1]:
            new[i, 0], new[i, 1] = trial, found
    return new[i, 1] > own


@kernel
def copy_best(i, x, new, ties, p, key):
    """Copy the best neighbour or try a bit; ``p`` is (ties [d, k], table, velocity, error).

    ``velocity`` is the probability that an agent looks at its neighbours in a period.
    """
    land, table, velocity, error = p
    d, mine = table.shape[0], agent_key(key, i)
    design, best = np.int64(x[i, 0]), -1
    if velocity >= 1.0 or uniform(mine, d + 1) < velocity:
        top = x[i, 1]
        for e in range(ties.indptr[i], ties.indptr[i + 1]):
            if x[ties.indices[e], 1] > top:
                best = ties.indices[e]
                top = x[best, 1]
    if best >= 0:
        trial = np.int64(x[best, 0])
        for j in range(d if error > 0.0 else 0):
            bit = np.int64(1) << j
            if (trial ^ design) & bit and uniform(mine, j) < error:
                trial ^= bit
        new[i, 0], new[i, 1] = trial, height(land, table, trial)
        return True
    trial = design ^ (np.int64(1) << np.int64(uniform(mine, d) * d))
    found = height(land, table, trial)
    if found <= x[i, 1]:
        return False
    new[i, 0], new[i, 1] = trial, found
    return True


@kernel
def fill_searchers(key, ties, table, x):
    """Fill ``x`` [n, 2] with random designs and their heights."""
    for i in range(x.shape[0]):
        design = np.int64(uniform(key, i) * (np.int64(1) << table.shape[0]))
        x[i, 0], x[i, 1] = design, height(ties, table, design)


def searchers(n: int, land: Landscape, stream: np.uint64, run: int = 0) -> np.ndarray:
    """Return ``n`` searchers with random designs, ``[n, 2]`` float64: design (exact below 2^53) and height."""
    x = np.empty((n, 2))
    fill_searchers(own_key(stream, run), land.ties, land.table, x)
    return x


def forms(x: np.ndarray) -> int:
    """Return the number of different designs among searchers."""
    return len(np.unique(x[:, 0]))
