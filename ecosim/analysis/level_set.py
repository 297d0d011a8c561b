"""A smooth surface through noisy means: Gaussian-process regression, each point with the noise of its own mean.

    y_i = f(x_i) + e_i,   e_i ~ N(0, se_i^2),   f ~ GP(mean of y, a^2 M(|(x - x') / l|)),   M the Matérn 5/2 kernel

``x`` lies in the unit cube and ``y`` is standardised. The amplitude ``a`` and one length scale ``l`` a factor
are those of highest posterior density: a few points do not settle them, so log l ~ N(log 0.5, 1) and log a^2 ~ N(0, 1).

Source: Rasmussen & Williams 2006, *Gaussian Processes for Machine Learning*: prediction (2.23, 2.24), marginal
likelihood (5.8), leave-one-out (5.12). The regression is scikit-learn's `GaussianProcessRegressor`.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy import linalg, optimize, stats
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern
from threadpoolctl import ThreadpoolController

LEVEL = 1.96
"""Half-width of a 95 % interval in standard deviations."""
LEAST_NOISE = 1e-6
"""Least variance of a mean, as a share of the variance of all means: keeps the equations solvable."""
LENGTH, REACH = math.log(0.5), 1.0
BOUNDS = ((-5.0, 5.0), (math.log(0.03), math.log(10.0)))
"""Where log a^2, and every log l, are looked for."""
STEPS = 40


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()


def one_thread() -> Any:
    """Return a context in which linear algebra uses one thread, so that its sums have one order and so one result."""
    return _libraries().limit(limits=1)


def pooled(se: np.ndarray, n: np.ndarray, prior: float = 4.0) -> np.ndarray:
    """Return standard errors drawn towards what all points share, for means over few replications.

    ``se``: [points] float64, standard errors of means; ``n``: [points] replications of each. A variance from n - 1
    degrees of freedom is averaged with the mean variance of all points, which counts as ``prior`` degrees of freedom
    (after Smyth 2004). A point with one replication takes the mean. NaN where no point has two.
    """
    se, n = np.asarray(se, float), np.asarray(n, float)
    freedom = np.where(np.isfinite(se) & (n > 1), n - 1, 0.0)
    if not freedom.any():
        return np.full(se.shape, math.nan)
    variance = np.where(freedom > 0, se**2 * n, 0.0)
    shared = float((variance * freedom).sum() / freedom.sum())
    return np.sqrt((variance * freedom + shared * prior) / (freedom + prior) / np.maximum(n, 1))


@dataclass(frozen=True, eq=False)
class Surface:
    """A fitted surface: ``x`` [n, k] in [0, 1], ``y`` and ``se`` [n], and theta = (log a^2, log l_1 .. log l_k)."""

    x: np.ndarray
    y: np.ndarray
    se: np.ndarray
    theta: np.ndarray
    centre: float
    scale: float

    def __post_init__(self) -> None:
        model = _process(self.x, (self.y - self.centre) / self.scale, self.noise, self.theta)
        object.__setattr__(self, "_model", model)

    @property
    def noise(self) -> np.ndarray:
        """Return the variance of each mean in standardised units, [n] float64."""
        return np.maximum((self.se / self.scale) ** 2, LEAST_NOISE)

    def predict(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and standard deviation of f at ``x`` [m, k], each [m] float64 in the units of ``y``."""
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Predicted variances smaller than 0")
            mean, sd = self._model.predict(x, return_std=True)  # type: ignore[attr-defined]
        return self.centre + self.scale * mean, self.scale * sd

    def paths(self, x: np.ndarray, n: int, seed: int) -> np.ndarray:
        """Return ``n`` draws of f at ``x`` [m, k] jointly, [n, m] float64: functions that the points allow."""
        mean, covariance = self._model.predict(x, return_cov=True)  # type: ignore[attr-defined]
        values, vectors = linalg.eigh(covariance)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        normal = np.random.default_rng(seed).standard_normal((n, len(x)))
        return self.centre + self.scale * (mean + normal @ root.T)

    def believe(self, x: np.ndarray) -> Surface:
        """Return the surface as if its own mean had been seen at ``x`` [k], with the noise of a middling point.

        The mean stays as it is; the doubt around ``x`` shrinks (the kriging believer of Ginsbourger et al. 2010).
        """
        mean, _ = self.predict(x[None])
        se = np.append(self.se, np.median(self.se))
        return Surface(np.vstack([self.x, x]), np.append(self.y, mean), se, self.theta, self.centre, self.scale)

    def coverage(self) -> float:
        """Return the share of points that lie within the 95 % interval predicted from all the others."""
        k = self._model.kernel_(self.x) + np.diag(self.noise)  # type: ignore[attr-defined]
        inverse = linalg.inv(k)
        z = inverse @ ((self.y - self.centre) / self.scale) / np.sqrt(np.diag(inverse))
        return float((np.abs(z) <= LEVEL).mean())


def fit(x: np.ndarray, y: np.ndarray, se: np.ndarray, start: np.ndarray | None = None) -> Surface:
    """Return the surface through means ``y`` [n] with standard errors ``se`` [n] at ``x`` [n, k] in the unit cube.

    ``start``: the theta of an earlier fit, from which the search begins as well as from the prior's mode.
    """
    centre, scale = float(np.mean(y)), float(np.std(y))
    scale = scale if scale > 0 else 1.0
    k = x.shape[1]
    mode = np.array([0.0, *[LENGTH] * k])
    noise = np.maximum((se / scale) ** 2, LEAST_NOISE)
    model = _process(x, (y - centre) / scale, noise, mode)

    def surprise(theta: np.ndarray) -> tuple[float, np.ndarray]:
        likelihood, slope = model.log_marginal_likelihood(theta, eval_gradient=True, clone_kernel=False)
        if not np.isfinite(likelihood):
            return 1e25, np.zeros_like(theta)
        away = (theta - mode) / REACH
        return -likelihood + 0.5 * float(away @ away), -slope + away / REACH

    bounds = [BOUNDS[0], *[BOUNDS[1]] * k]
    found = [
        optimize.minimize(surprise, begin, jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": STEPS})
        for begin in ((mode,) if start is None else (start, mode))
    ]
    best = min(found, key=lambda result: float(result.fun))
    return Surface(x, y, se, np.asarray(best.x, float), centre, scale)


def _process(x: np.ndarray, z: np.ndarray, noise: np.ndarray, theta: np.ndarray) -> GaussianProcessRegressor:
    kernel = ConstantKernel(1.0) * Matern(np.ones(x.shape[1]), nu=2.5)
    return GaussianProcessRegressor(kernel.clone_with_theta(theta), alpha=noise, optimizer=None).fit(x, z)


def probability(mean: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Return the probability that f is positive where it has this mean and standard deviation, [m] float64."""
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(sd > 0, mean / sd, np.sign(mean) * np.inf)
    return stats.norm.cdf(np.where(np.isnan(z), 0.0, z))
