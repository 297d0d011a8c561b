"""People and the code of their organisation learn from each other: a rule for `Process`, all at once.

``x`` [n + 2, m] int8 holds the beliefs of n people (-1, 0, 1) about m dimensions, then the code, then reality (-1, 1).

    acting          a person acts on its belief, or tosses a coin where it has none
    socialisation   where the code holds something else, a belief moves to it with probability p1
    learning        of those who perform better than the code, the majority of k changes it with 1 - (1 - p2)^k
    turnover        a person is replaced by one with random beliefs with probability p3
    turbulence      each dimension of reality flips with probability p4

As published in words, a belief takes over the code's value and people are judged by what they know; as the figures were
made, a belief moves one step and people are judged by how they act (`program`).

Sources: March 1991; the two readings: Rodan 2005, Christensen 2015.
"""

from __future__ import annotations

import numpy as np

from ecosim.draws import agent_key, own_key, power, purpose, stream_key, uniform
from ecosim.jit import kernel, rule

STREAM = purpose("dynamics.organisation.start")


@rule
def action(belief, key, dimension, program):
    """Return what a person does about a dimension; as published in words, nothing where it has no belief."""
    if belief != 0 or not program:
        return belief
    return 1 if uniform(key, dimension) < 0.5 else -1


@rule
def random_belief(u):
    """Return -1, 0 or 1 with equal chance."""
    return np.int64(u * 3.0) - 1


@kernel
def socialise(i, x, new, ties, p, key):
    """Live one period as person, code or reality; ``p`` is (p1, p2, p3, p4, program)."""
    p1, p2, p3, p4, program = p
    n, m = x.shape[0] - 2, x.shape[1]
    mine = agent_key(key, i)
    if i == n + 1:
        for d in range(m if p4 > 0.0 else 0):
            if uniform(mine, d) < p4:
                new[i, d] = -x[i, d]
        return False
    if i == n:
        return learn(x, new, p2, program, key)
    changed = False
    if p3 > 0.0 and uniform(mine, 3 * m) < p3:
        for d in range(m):
            new[i, d] = random_belief(uniform(mine, 2 * m + d))
        return True
    for d in range(m):
        code = x[n, d]
        if code != 0 and x[i, d] != code and uniform(mine, m + d) < p1:
            new[i, d] = x[i, d] + code if program else code
            changed = True
    return changed


@kernel
def learn(x, new, p2, program, key):
    """Let the code learn from those who do better than it; return whether it changed."""
    n, m = x.shape[0] - 2, x.shape[1]
    own = 0
    for d in range(m):
        own += x[n, d] * x[n + 1, d]
    excess = np.zeros(m, np.int64)
    for j in range(n):
        theirs = agent_key(key, j)
        score = 0
        for d in range(m):
            score += action(x[j, d], theirs, d, program) * x[n + 1, d]
        if score > own:
            for d in range(m):
                excess[d] += action(x[j, d], theirs, d, program)
    changed, mine = False, agent_key(key, n)
    for d in range(m):
        majority = 1 if excess[d] > 0 else -1
        learns = uniform(mine, d) < 1.0 - power(1.0 - p2, abs(excess[d]))
        if learns and excess[d] != 0 and x[n, d] != majority:
            new[n, d] = majority
            changed = True
    return changed


def organisation(people: int, dimensions: int, seed: int, run: int = 0) -> np.ndarray:
    """Return random beliefs, a code that knows nothing, and a random reality, ``[people + 2, dimensions] int8``."""
    x = np.zeros((people + 2, dimensions), np.int8)
    fill_organisation(own_key(stream_key(seed, STREAM, 0), run), x)
    return x


@kernel
def fill_organisation(key, x):
    """Fill beliefs and reality at random."""
    n = x.shape[0] - 2
    for d in range(x.shape[1]):
        for i in range(n):
            x[i, d] = random_belief(uniform(key, i * x.shape[1] + d))
        x[n + 1, d] = 1 if uniform(key, (n + 1) * x.shape[1] + d) < 0.5 else -1


def knowledge(x: np.ndarray) -> float:
    """Return the share of reality that the code has right less the share that it has wrong."""
    return float((x[-2].astype(int) * x[-1]).mean())


def settled(x: np.ndarray) -> bool:
    """Return whether all people believe what the code holds."""
    return bool((x[:-1] == x[-2]).all())
