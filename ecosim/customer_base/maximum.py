"""Maximum likelihood of models whose parameters are all above 0, with standard errors.

The mean log-likelihood is climbed over the logarithms of the parameters by L-BFGS-B from several starts, and the best
summit is kept. Standard errors come from the inverse of the Hessian there (observed information; central differences)
and, for the parameters themselves, from the delta method: se(theta) = theta se(log theta). A parameter that the data do
not bound, or that ends at the edge of its range, has no standard error (NaN).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize

EDGE = 12.0
"""Parameters in natural units lie between exp(-EDGE) and exp(EDGE)."""

STEP = 1e-3
"""Step in the logarithm of a parameter for second derivatives."""

FLAT = 1e-7
"""Curvature per customer below which a parameter counts as not told by the data."""


@dataclass(frozen=True)
class Fit:
    """A fitted model: ``estimates`` by ``names``, ``covariance`` [k, k] of their logarithms (NaN where not told).

    ``log_likelihood`` is summed over the ``n`` customers it was fitted to.
    """

    model: str
    names: tuple[str, ...]
    estimates: tuple[float, ...]
    covariance: np.ndarray
    log_likelihood: float
    n: int

    @property
    def errors(self) -> tuple[float, ...]:
        """Return the standard errors of the parameters, NaN where the data do not tell."""
        variance = np.diag(self.covariance)
        return tuple(
            value * math.sqrt(v) if v >= 0 else math.nan for value, v in zip(self.estimates, variance, strict=True)
        )

    def value(self, name: str) -> float:
        """Return a parameter by name."""
        return self.estimates[self.names.index(name)]

    def error(self, name: str) -> float:
        """Return the standard error of a parameter by name."""
        return self.errors[self.names.index(name)]

    def ratio(self, above: str, below: str) -> tuple[float, float]:
        """Return a ratio of two parameters, such as the mean rate r / alpha, and its standard error."""
        i, j = self.names.index(above), self.names.index(below)
        c = self.covariance
        found = self.estimates[i] / self.estimates[j]
        variance = c[i, i] + c[j, j] - 2 * c[i, j]
        return found, found * math.sqrt(variance) if variance >= 0 else math.nan


def maximise(
    model: str, names: Sequence[str], mean_log_likelihood: Callable[[np.ndarray], float], n: int,
    starts: Sequence[Sequence[float]],
) -> Fit:  # fmt: skip
    """Return the fit of ``names`` [k] to ``n`` customers from the best of ``starts`` (natural units, each [k])."""

    def down(logs: np.ndarray) -> float:
        found = mean_log_likelihood(np.exp(logs))
        return -found if math.isfinite(found) else 1e6

    best = None
    for start in starts:
        found = optimize.minimize(
            down, np.log(start), method="L-BFGS-B", jac="3-point", bounds=[(-EDGE, EDGE)] * len(names),
            options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-8},
        )  # fmt: skip
        if best is None or found.fun < best.fun:
            best = found
    assert best is not None
    logs = best.x
    return Fit(model, tuple(names), tuple(np.exp(logs).tolist()), covariance(down, logs, n), -float(best.fun) * n, n)


def covariance(down: Callable[[np.ndarray], float], logs: np.ndarray, n: int) -> np.ndarray:
    """Return the covariance [k, k] of the log parameters at the minimum ``logs`` of the mean of ``n`` losses."""
    k = len(logs)
    curve = hessian(down, logs)
    free = (np.abs(logs) < EDGE - 10 * STEP) & (np.diag(curve) > FLAT)
    found = np.full((k, k), np.nan)
    if free.any():
        inner = curve[np.ix_(free, free)]
        if np.linalg.eigvalsh(inner)[0] > 0:
            found[np.ix_(free, free)] = np.linalg.inv(inner) / n
    return found


def hessian(function: Callable[[np.ndarray], float], at: np.ndarray) -> np.ndarray:
    """Return second derivatives [k, k] of a function of ``at`` [k] by central differences."""
    k = len(at)
    found = np.empty((k, k))
    steps = np.eye(k) * STEP
    for i in range(k):
        for j in range(i, k):
            total = sum(si * sj * function(at + si * steps[i] + sj * steps[j]) for si in (1, -1) for sj in (1, -1))
            found[i, j] = found[j, i] = total / (4 * STEP**2)
    return found
