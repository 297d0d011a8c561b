"""Pareto/NBD: purchases come at a customer's own rate until he leaves, unseen, at a time of his own.

    while alive: purchases ~ Poisson(lambda), lambda ~ Gamma(r, rate alpha)
    lifetime ~ Exponential(mu), mu ~ Gamma(s, rate beta)
    L(x, t_x, T) = Gamma(r+x)/Gamma(r) alpha^r beta^s { (alpha+T)^-(r+x) (beta+T)^-s + s/(r+s+x) A }
    A            = (r+s+x) integral from t_x to T of (alpha+y)^-(r+x) (beta+y)^-(s+1) dy = F(t_x) - F(T), with
    F(y)         = m^-(r+s+x) (1-z)^(1-B) 2F1(1, C-B; C; z),  m = max(alpha, beta) + y,  z = |alpha - beta| / m,
                   C = r+s+x+1,  B = s+1 if alpha >= beta, else r+x
    P(alive)     = (alpha+T)^-(r+x) (beta+T)^-s / {...}
    E[X(t)]      = (r/alpha) beta/(s-1) { 1 - (beta/(beta+t))^(s-1) }
    E[Y(t) | x, t_x, T] = P(alive) E[X(t)] at r+x, alpha+T, s, beta+T

F is the paper's hypergeometric function after Euler's transformation, evaluated by Gauss's continued fraction (DLMF
15.7.1), which converges for every 0 <= z < 1 and is quick near 1, where the likelihood of customers who stay lies.

Sources: Schmittlein, Morrison & Colombo 1987; Fader, Hardie & Lee 2005.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import special

from ecosim.customer_base.maximum import Fit, fit_rows
from ecosim.customer_base.table import Rows
from ecosim.jit import kernel

NAMES = ("r", "alpha", "s", "beta")
STARTS = ((0.5, 0.3, 0.6, 0.3), (1.0, 1.0, 1.0, 1.0), (1.0, 0.5, 0.3, 2.0))
"""Where the search for the maximum begins; times in units of the mean observed time."""

NODES, WEIGHTS = np.polynomial.legendre.leggauss(64)


class ParetoNbd(NamedTuple):
    """Parameters, all above 0: shape ``r`` and rate ``alpha`` of lambda, ``s`` and ``beta`` of mu (time)."""

    r: float
    alpha: float
    s: float
    beta: float


@kernel
def hypergeometric(b, c, z):
    """Return 2F1(1, b; c; z), [n], for b > 0, c > max(1, b) (each [n]) and 0 <= z < 1 [n]; about 14 digits.

    With d = c-1 it is d / (t_0 - u_1 z / (t_1 - u_2 z / (t_2 - ...))), t_n = d+n, u_2n+1 = (b+n)(d+n) and
    u_2n = n (d-b+n), by Lentz's method.
    """
    found = np.empty(b.size)
    for i in range(b.size):
        d = c[i] - 1.0
        value, up, down = d, d, 0.0
        for k in range(1, 100_000):
            n = k // 2
            step = z[i] * ((b[i] + n) * (d + n) if k % 2 == 1 else n * (d - b[i] + n))
            down = 1.0 / (d + k - step * down)
            up = d + k - step / up
            value *= up * down
            if not abs(up * down - 1.0) > 1e-15:
                break
        found[i] = d / value
    return found


def _log_f(p: ParetoNbd, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return log F(y), [n]."""
    r, alpha, s, beta = p
    largest = max(alpha, beta) + y
    z = abs(alpha - beta) / largest
    c = r + s + x + 1
    lower = s + 1 if alpha >= beta else r + x
    series = hypergeometric(*np.broadcast_arrays(np.asarray(c - lower, float), c, z))
    return -(r + s + x) * np.log(largest) + (1 - lower) * np.log1p(-z) + np.log(series)


def _parts(p: ParetoNbd, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the logarithms of the two terms in braces: alive at T, and gone between t_x and T, each [n]."""
    r, alpha, s, beta = p
    alive = -(r + x) * np.log(alpha + T) - s * np.log(beta + T)
    first = _log_f(p, x, t_x)
    lost = np.minimum(_log_f(p, x, T) - first, 0.0)
    with np.errstate(divide="ignore"):
        gone = np.log(s / (r + s + x)) + first + np.log(-np.expm1(lost))
    return alive, gone


def log_likelihood(p: ParetoNbd, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
    """Return each customer's log-likelihood, [n]; ``x`` whole numbers, 0 <= ``t_x`` <= ``T`` in the time of alpha."""
    r, alpha, s, beta = p
    x = np.asarray(x, float)
    common = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    return np.asarray(common + np.logaddexp(*_parts(p, x, np.asarray(t_x, float), np.asarray(T, float))))


def fit(rows: Rows) -> Fit:
    """Return the maximum-likelihood fit to distinct ``rows``; alpha and beta in their unit of time."""

    def likelihood(values: np.ndarray, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
        return log_likelihood(ParetoNbd(*values), x, t_x, T)

    return fit_rows("pareto_nbd", NAMES, ("alpha", "beta"), likelihood, rows, STARTS)


def _expected(rate: np.ndarray, s: float, beta: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Return rate times the expected time alive within ``t``, [n]; continuous through s = 1."""
    shrink = np.log(beta / (beta + t))
    power = (s - 1) * shrink
    small = np.abs(power) < 1e-8
    alive = np.where(small, -shrink * (1 + power / 2), -np.expm1(power) / np.where(small, 1.0, s - 1))
    return np.asarray(rate * beta * alive)


def expected_repeats(p: ParetoNbd, t: np.ndarray | float) -> np.ndarray:
    """Return E[X(t)], the repeat purchases expected of a new customer in time ``t`` >= 0, [n]."""
    return _expected(np.asarray(p.r / p.alpha), p.s, np.asarray(p.beta), np.asarray(t, float))


def alive(p: ParetoNbd, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
    """Return P(alive at T | x, t_x, T), [n], in (0, 1]."""
    stays, gone = _parts(p, np.asarray(x, float), np.asarray(t_x, float), np.asarray(T, float))
    return np.asarray(special.expit(stays - gone))


def expected_purchases(
    p: ParetoNbd, t: np.ndarray | float, x: np.ndarray, t_x: np.ndarray, T: np.ndarray
) -> np.ndarray:
    """Return E[Y(t) | x, t_x, T], the purchases expected in the time ``t`` after T, [n]."""
    x, T = np.asarray(x, float), np.asarray(T, float)
    rate = (p.r + x) / (p.alpha + T)
    return alive(p, x, t_x, T) * _expected(rate, p.s, p.beta + T, np.asarray(t, float))


def probabilities(p: ParetoNbd, most: int, t: float) -> np.ndarray:
    """Return P(X(t) = 0 .. most), [most + 1], of a new customer: the NBD, weighted by when he may have left."""
    r, alpha, s, beta = p
    n = np.arange(most + 1)[:, None]
    y = np.append(t * ((NODES + 1) / 2) ** 2, t)
    weight = np.append(WEIGHTS * t * (NODES + 1) / 2, 1.0)
    leaves = s / beta * (beta / (beta + y)) ** (s + 1)
    leaves[-1] = (beta / (beta + t)) ** s
    here = special.gammaln(r + n) - special.gammaln(r) - special.gammaln(n + 1)
    nbd = np.exp(here + r * np.log(alpha / (alpha + y)) + n * np.log(y / (alpha + y)))
    return np.asarray(nbd @ (weight * leaves))
