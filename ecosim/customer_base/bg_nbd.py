"""BG/NBD: purchases come at a customer's own rate until, after one of them, he is gone.

    while alive: purchases ~ Poisson(lambda), lambda ~ Gamma(r, rate alpha)
    after each repeat purchase: gone with probability p, p ~ Beta(a, b)
    L(x, t_x, T) = B(a, b+x)/B(a, b) Gamma(r+x)/Gamma(r) alpha^r
                   { (alpha+T)^-(r+x) + [x > 0] a/(b+x-1) (alpha+t_x)^-(r+x) }
    E[X(t)]      = (a+b-1)/(a-1) { 1 - 2F1(a-1, r; a+b-1; -t/alpha) }
    P(alive)     = 1 / (1 + [x > 0] a/(b+x-1) ((alpha+T)/(alpha+t_x))^(r+x))
    E[Y(t) | x, t_x, T] = P(alive) E[X(t)] at r+x, alpha+T, a, b+x

The hypergeometric function is the paper's after Euler's and Pfaff's transformations, which keep it small for frequent
customers. At a = 1 and a + b = 1 the formula is 0/0 and the mean of both sides is taken.

Source: Fader, Hardie & Lee 2005.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import special

from ecosim.customer_base.maximum import Fit, fit_rows
from ecosim.customer_base.table import Rows

NAMES = ("r", "alpha", "a", "b")
STARTS = ((0.3, 0.2, 0.8, 2.5), (1.0, 1.0, 1.0, 1.0), (1.0, 0.5, 0.1, 3.0), (3.0, 3.0, 0.5, 0.5))
"""Where the search for the maximum begins; times in units of the mean observed time."""

NUDGE = 1e-4


class BgNbd(NamedTuple):
    """Parameters, all above 0: shape ``r`` and rate ``alpha`` (time) of lambda; ``a`` and ``b`` of dropout."""

    r: float
    alpha: float
    a: float
    b: float


def log_likelihood(p: BgNbd, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
    """Return each customer's log-likelihood, [n]; ``x`` whole numbers, 0 <= ``t_x`` <= ``T`` in the time of alpha."""
    r, alpha, a, b = p
    x = np.asarray(x, float)
    counts, place = np.unique(x, return_inverse=True)
    common = special.gammaln(r + counts) - special.gammaln(r) + r * np.log(alpha)
    common += special.betaln(a, b + counts) - special.betaln(a, b)
    alive = -(r + x) * np.log(alpha + T)
    gone = np.log(a) - np.log(np.where(x > 0, b + x - 1, 1.0)) - (r + x) * np.log(alpha + t_x)
    return common[place] + np.where(x > 0, np.logaddexp(alive, gone), alive)


def fit(rows: Rows) -> Fit:
    """Return the maximum-likelihood fit to distinct ``rows``; alpha in their unit of time."""

    def likelihood(values: np.ndarray, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
        return log_likelihood(BgNbd(*values), x, t_x, T)

    return fit_rows("bg_nbd", NAMES, ("alpha",), likelihood, rows, STARTS)


def _repeats(r: np.ndarray, alpha: np.ndarray, a: float, b: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Return E[X(t)] of the closed form, [n]."""
    return (a + b - 1) / (a - 1) * (1 - special.hyp2f1(a - 1, r, a + b - 1, -t / alpha))


def expected_repeats(p: BgNbd, t: np.ndarray | float) -> np.ndarray:
    """Return E[X(t)], the repeat purchases expected of a new customer in time ``t`` >= 0, [n]."""
    return _expected(np.asarray(p.r), np.asarray(p.alpha), p.a, np.asarray(p.b), np.asarray(t, float))


def _expected(r: np.ndarray, alpha: np.ndarray, a: float, b: np.ndarray, t: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.asarray(_repeats(r, alpha, a, b, t))
    at_pole = (abs(a - 1) < NUDGE) | (np.abs(a + b - 1) < NUDGE)
    if not at_pole.any():
        return found
    ways = (2 * NUDGE, -2 * NUDGE) if a > 2 * NUDGE else (2 * NUDGE,)
    return np.where(at_pole, np.mean([_repeats(r, alpha, a + way, b, t) for way in ways], axis=0), found)


def alive(p: BgNbd, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
    """Return P(alive at T | x, t_x, T), [n], in (0, 1]; 1 without a repeat purchase."""
    r, alpha, a, b = p
    x = np.asarray(x, float)
    odds = np.log(a) - np.log(np.where(x > 0, b + x - 1, 1.0)) + (r + x) * np.log((alpha + T) / (alpha + t_x))
    return np.where(x > 0, special.expit(-odds), 1.0)


def expected_purchases(p: BgNbd, t: np.ndarray | float, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
    """Return E[Y(t) | x, t_x, T], the purchases expected in the time ``t`` after T, [n]."""
    x, T = np.asarray(x, float), np.asarray(T, float)
    return alive(p, x, t_x, T) * _expected(p.r + x, p.alpha + T, p.a, p.b + x, np.asarray(t, float))


def probabilities(p: BgNbd, most: int, t: float) -> np.ndarray:
    """Return P(X(t) = 0 .. most), [most + 1], of a new customer; ``t`` > 0."""
    r, alpha, a, b = p
    n = np.arange(most + 1)
    here = special.gammaln(r + n) - special.gammaln(r) - special.gammaln(n + 1)
    nbd = np.exp(here + r * np.log(alpha / (alpha + t)) + n * np.log(t / (alpha + t)))
    stays = np.exp(special.betaln(a, b + n) - special.betaln(a, b))
    leaves = np.exp(special.betaln(a + 1, b + n[1:] - 1) - special.betaln(a, b))
    found = stays * nbd
    found[1:] += leaves * np.clip(1 - np.cumsum(nbd)[:-1], 0.0, 1.0)
    return np.asarray(found)
