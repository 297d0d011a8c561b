"""Configuration model: a random graph of given degrees, loops and repeats erased; by default power-law degrees.

Source: Molloy & Reed (1995), Random Structures & Algorithms 6(2-3), 161-180; erased model: Britton, Deijfen &
Martin-Löf (2006), Journal of Statistical Physics 124, 1377-1397. Power-law degrees are whole parts of a Pareto variable
X, P(X >= x) ~ x^(1 - exponent), cut at the structural cut-off sqrt(mean_degree n) below which few ties are erased
(Boguñá, Pastor-Satorras & Vespignani 2004, European Physical Journal B 38, 205-209); the mean
fixes the least X.
"""

from __future__ import annotations

import math

import numpy as np

from ecosim.draws import agent_key, exp, log, purpose, stream, uniform
from ecosim.errors import UserError
from ecosim.jit import kernel
from ecosim.networks.csr import from_pairs
from ecosim.networks.graph import Graph, real_degree

SOURCE = "Molloy & Reed (1995); Britton, Deijfen & Martin-Löf (2006); Boguñá et al. (2004)"
DEGREES = purpose("network.configuration.degrees")
STUBS = purpose("network.configuration.stubs")


@kernel
def pareto_mean(least, cut, power):
    """Mean whole part of a Pareto variable on [least, cut + 1) with P(X >= x) ~ x**-power."""
    bottom = exp(-power * log(least))
    top = exp(-power * log(cut + 1.0))
    total = 0.0
    for j in range(1, cut + 1):
        total += 1.0 if j <= least else (exp(-power * log(np.float64(j))) - top) / (bottom - top)
    return total


@kernel
def solve_least(mean, cut, power):
    """Return the least X that gives the mean, by bisection."""
    low, high = 1e-12, cut + 1.0 - 1e-9
    for _ in range(60):
        middle = 0.5 * (low + high)
        if pareto_mean(middle, cut, power) < mean:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@kernel
def draw_degrees(least, cut, power, seed, degrees):
    """Fill ``degrees`` [n] int32 with whole parts of Pareto variables, by inversion."""
    base = stream(seed, DEGREES, 0)
    bottom = exp(-power * log(least))
    top = exp(-power * log(cut + 1.0))
    for i in range(degrees.size):
        u = uniform(agent_key(base, i), 0)
        degrees[i] = min(np.float64(cut), np.floor(exp(-log(bottom - u * (bottom - top)) / power)))


@kernel
def match_stubs(degrees, seed, stubs):
    """List node i ``degrees[i]`` times and shuffle (Fisher & Yates): neighbours in the list are tied."""
    at = 0
    for i in range(degrees.size):
        for _ in range(degrees[i]):
            stubs[at] = i
            at += 1
    key = stream(seed, STUBS, 0)
    for i in range(stubs.size - 1, 0, -1):
        j = np.int64(uniform(key, i) * (i + 1))
        stubs[i], stubs[j] = stubs[j], stubs[i]


def power_law_degrees(n: int, seed: int, mean_degree: float, exponent: float) -> np.ndarray:
    """Return power-law degrees [n] int32 of expected mean ``mean_degree``, one more if their sum is odd."""
    degrees = np.zeros(n, np.int32)
    cut = min(n - 1, math.isqrt(int(real_degree(mean_degree, n) * n)) + 1)
    if mean_degree > 0:
        power = exponent - 1.0
        draw_degrees(solve_least(mean_degree, cut, power), cut, power, seed, degrees)
        degrees[degrees.argmin()] += int(degrees.sum()) % 2
    return degrees


def from_degrees(degrees: np.ndarray, seed: int) -> Graph:
    """Return the erased configuration model of ``degrees`` [n], whole numbers from 0 to n - 1 of an even sum."""
    degrees = np.asarray(degrees)
    n = len(degrees)
    if degrees.ndim != 1 or n == 0 or degrees.dtype.kind not in "iu" or degrees.min() < 0 or degrees.max() > n - 1:
        raise UserError(f"degrees: a list of whole numbers from 0 to {max(n - 1, 0)}, one for each node, is needed")
    total = int(degrees.sum(dtype=np.int64))
    if total % 2:
        raise UserError(f"degrees: their sum is {total}, and an even sum is needed because every tie has two ends")
    stubs = np.empty(total, np.int32)
    match_stubs(degrees.astype(np.int32), seed, stubs)
    return from_pairs(n, stubs.reshape(-1, 2))


def configuration(n: int, seed: int, mean_degree: float, exponent: float) -> Graph:
    """Return the erased configuration model of power-law degrees; ``report`` counts the ties erased.

    Few are while ``mean_degree`` is far below sqrt(n); a dense graph loses many, and its mean degree falls short.
    """
    return from_degrees(power_law_degrees(n, seed, mean_degree, exponent), seed)
