"""What targets can tell of parameters: local regression, standard errors, collinearity.

Around a point each statistic is regressed on the parameters' places u in the unit cube, with squares and products where
the points suffice. With J its slopes, W = 1 / (tolerance^2 + variance of the fitted statistic) and C the covariances of
the slopes, the information on the parameters is

    I = J' W J - sum over targets of W_t C_t

where the second term takes out what noise in the slopes adds. Standard errors are the roots of the diagonal of
I^-1, in shares of the range; correlations come with them. The collinearity index of a subset of parameters is
1 / sqrt(least eigenvalue of I scaled to a unit diagonal); above about 10 to 15 a change of one parameter can be made up
for by the others, so that they are not identifiable separately.

Sources: Brun, Reichert & Künsch 2001, *Practical identifiability analysis of large environmental simulation models*,
Water Resources Research 37(4); Fuller 1987, *Measurement Error Models*, for the correction of slopes.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

COLLINEAR = 10.0
"""Collinearity index from which parameters are said not to be identifiable separately."""
LEVEL = 1.96
NOTHING = 1e-12
FAIR_PART = 0.2


@dataclass(frozen=True, eq=False)
class Local:
    """Local regressions at ``centre`` [k]: ``coefficients`` [terms, t], their covariance for unit noise, and noise."""

    centre: np.ndarray
    coefficients: np.ndarray
    unit_covariance: np.ndarray
    noise: np.ndarray
    quadratic: bool
    points: int

    def at(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return each statistic at ``u`` [k] and the standard error of the fitted value, both [t] float64."""
        row = terms((u - self.centre)[None], self.quadratic)[0]
        return row @ self.coefficients, self.noise * math.sqrt(float(row @ self.unit_covariance @ row))

    def slopes(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return slopes [t, k] at ``u`` [k] and the covariances of each statistic's slopes [t, k, k]."""
        step, k = 1e-4, len(u)
        move = np.eye(k) * step
        rows = terms(u - self.centre + move, self.quadratic) - terms(u - self.centre - move, self.quadratic)
        rows /= 2 * step
        return (rows @ self.coefficients).T, self.noise[:, None, None] ** 2 * (rows @ self.unit_covariance @ rows.T)


def terms(away: np.ndarray, quadratic: bool) -> np.ndarray:
    """Return regressors of ``away`` [n, k]: one, each parameter, and if ``quadratic`` squares and products."""
    n, k = away.shape
    columns = [np.ones(n), *away.T]
    if quadratic:
        columns += [away[:, a] * away[:, b] for a, b in itertools.combinations_with_replacement(range(k), 2)]
    return np.column_stack(columns)


def local(unit: np.ndarray, statistics: np.ndarray, centre: np.ndarray) -> Local:
    """Return the regressions of ``statistics`` [n, t] on ``unit`` [n, k] around ``centre`` [k].

    Squares and products are fitted where there are at least twice as many points as terms. Raises ValueError with
    fewer points than parameters plus three.
    """
    n, k = unit.shape
    if n < k + 3:
        raise ValueError(f"{n} points: at least {k + 3} are needed for {k} parameters")
    quadratic = n >= 2 * (1 + k + k * (k + 1) // 2)
    design = terms(unit - centre, quadratic)
    inverse = np.linalg.pinv(design)
    coefficients = inverse @ statistics
    left = statistics - design @ coefficients
    noise = np.sqrt((left**2).sum(axis=0) / max(n - np.linalg.matrix_rank(design), 1))
    return Local(centre, coefficients, inverse @ inverse.T, noise, quadratic, n)


@dataclass(frozen=True, eq=False)
class Identifiability:
    """What is known of k parameters: arrays [k] or [k, k] in shares of their ranges.

    ``sensitivity``: [t, k], slopes over the targets' tolerances. ``se``: infinite where nothing is known.
    ``correlation``: NaN with an infinite standard error. ``collinearity``: one row a subset of parameters.
    """

    keys: tuple[str, ...]
    sensitivity: np.ndarray
    se: np.ndarray
    correlation: np.ndarray
    collinearity: pd.DataFrame

    @property
    def identified(self) -> np.ndarray:
        """Return which parameters are: 95 % interval narrower than the range, and not entangled, [k] bool."""
        lost = {key for subset in self.entangled for key in subset}
        return (2 * LEVEL * self.se < 1) & np.array([key not in lost for key in self.keys])

    @property
    def entangled(self) -> list[tuple[str, ...]]:
        """Return the smallest subsets of parameters that are not identifiable separately."""
        found: list[tuple[str, ...]] = []
        for subset, index in zip(self.collinearity["parameters"], self.collinearity["index"], strict=True):
            if index >= COLLINEAR and not any(set(each) <= set(subset) for each in found):
                found.append(subset)
        return found


def identifiability(keys: Sequence[str], fitted: Local, u: np.ndarray, tolerance: np.ndarray) -> Identifiability:
    """Return what targets with these ``tolerance`` [t] tell of the parameters ``keys`` [k] at ``u`` [k]."""
    slopes, covariances = fitted.slopes(u)
    _, error = fitted.at(u)
    weight = 1 / (tolerance**2 + error**2)
    raw = np.einsum("t,ti,tj->ij", weight, slopes, slopes)
    information = raw - np.einsum("t,tij->ij", weight, covariances)
    se, correlation = _errors(information, raw)
    return Identifiability(
        tuple(keys), slopes / tolerance[:, None], se, correlation, _collinearity(tuple(keys), information)
    )


def _errors(information: np.ndarray, raw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return standard errors [k] and correlations [k, k], infinite and NaN where nothing is known.

    Along a direction without information only the ranges bound the parameters: those that take a fair part in it are
    lost, and the others move as little as it moves them while the foremost one crosses its range.
    """
    values, vectors = np.linalg.eigh(information)
    blind = values <= 1e-9 * max(float(np.trace(raw)), NOTHING)
    covariance = (vectors[:, ~blind] / values[~blind]) @ vectors[:, ~blind].T
    part = np.abs(vectors[:, blind])
    part = part / part.max(axis=0) if part.size else part
    lost = (part > FAIR_PART).any(axis=1)
    se = np.where(lost, np.inf, np.sqrt(np.diag(covariance) + (part**2).sum(axis=1) / 12))
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = covariance / np.outer(se, se)
    correlation[lost, :] = correlation[:, lost] = math.nan
    np.fill_diagonal(correlation, 1.0)
    return se, np.clip(correlation, -1, 1)


def _collinearity(keys: tuple[str, ...], information: np.ndarray) -> pd.DataFrame:
    """Return the collinearity index of every pair, and of all parameters, as columns parameters and index."""
    size = np.sqrt(np.maximum(np.diag(information), 0))
    k = len(keys)
    subsets = [*itertools.combinations(range(k), 2), *([tuple(range(k))] if k > 2 else [])]
    rows = []
    for subset in subsets:
        at = list(subset)
        index = math.nan
        if (size[at] > 0).all():
            scaled = information[np.ix_(at, at)] / np.outer(size[at], size[at])
            least = float(np.linalg.eigvalsh(scaled)[0])
            index = 1 / math.sqrt(least) if least > 0 else math.inf
        rows.append({"parameters": tuple(keys[n] for n in subset), "index": index})
    return pd.DataFrame(rows, columns=["parameters", "index"])
