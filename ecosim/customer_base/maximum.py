"""Maximum likelihood of models whose parameters are all above 0, with standard errors.

The mean log-likelihood is climbed over the logarithms of the parameters by L-BFGS-B from several starts, and from the
best summit once more with finer differences. Standard errors come from the inverse of the Hessian there (observed
information; central differences) and, for the parameters themselves, from the delta method: se(theta) = theta
se(log theta). A parameter that ends at the edge of its range, or that the data do not tell within a factor of
exp(`VAGUE`), has no standard error (NaN), and those of the others are for it as it stands.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import optimize

if TYPE_CHECKING:
    from ecosim.customer_base.table import Rows

EDGE = 9.0
"""Parameters in natural units lie between exp(-EDGE) and exp(EDGE)."""

STEP = 1e-3
"""Step in the logarithm of a parameter for second derivatives."""

VAGUE = 3.0
"""Standard error of the logarithm of a parameter above which the data count as not telling it."""


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

    def climb(start: np.ndarray, differences: str, tolerance: float) -> Any:
        return optimize.minimize(
            down, start, method="L-BFGS-B", jac=differences, bounds=[(-EDGE, EDGE)] * len(names),
            options={"maxiter": 500, "ftol": tolerance, "gtol": 1e-8},
        )  # fmt: skip

    summits = [climb(np.log(start), "2-point", 1e-9) for start in starts]
    best = climb(min(summits, key=lambda summit: float(summit.fun)).x, "3-point", 1e-13)
    logs = best.x
    return Fit(model, tuple(names), tuple(np.exp(logs).tolist()), covariance(down, logs, n), -float(best.fun) * n, n)


def fit_rows(
    model: str, names: Sequence[str], in_time: Sequence[str], log_likelihood: Callable[..., np.ndarray], rows: Rows,
    starts: Sequence[Sequence[float]],
) -> Fit:  # fmt: skip
    """Return the fit to distinct ``rows`` of ``log_likelihood(values [k], x, t_x, T)``, each [rows].

    Time is measured by the mean of T on the way, and parameters ``in_time`` are told in the rows' unit of time.
    """
    scale = float(np.average(rows.T, weights=rows.weight)) or 1.0
    share = rows.weight / rows.weight.sum()
    t_x, T = rows.t_x / scale, rows.T / scale
    shift = float((share * rows.x).sum()) * np.log(scale)

    def mean(values: np.ndarray) -> float:
        return float(share @ log_likelihood(values, rows.x, t_x, T)) - shift

    found = maximise(model, names, mean, rows.n, starts)
    values = [value * scale if name in in_time else value for name, value in zip(names, found.estimates, strict=True)]
    return replace(found, estimates=tuple(values))


def covariance(down: Callable[[np.ndarray], float], logs: np.ndarray, n: int) -> np.ndarray:
    """Return the covariance [k, k] of the log parameters at the minimum ``logs`` of the mean of ``n`` losses."""
    k = len(logs)
    curve = hessian(down, logs) * n
    free = np.flatnonzero(np.abs(logs) < EDGE - 10 * STEP)
    found = np.full((k, k), np.nan)
    while free.size:
        inner = curve[np.ix_(free, free)]
        if np.linalg.eigvalsh(inner)[0] > 0:
            inverse = np.linalg.inv(inner)
            if np.sqrt(np.diag(inverse)).max() < VAGUE:
                found[np.ix_(free, free)] = inverse
                break
        free = np.delete(free, np.argmin(np.diag(inner)))
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
