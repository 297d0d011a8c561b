"""Calibration: the parameters at which statistics come nearest to targets, and how well the targets settle them.

The misfit of a point is the sum over targets of ((mean statistic - target) / tolerance)^2. Points are asked for in
three stages:

    search     Optuna's multivariate tree-structured Parzen estimator (Bergstra et al. 2011), after a Latin hypercube
    look       a Latin hypercube in a box around the best points found, over which each statistic is regressed on the
               parameters (`ecosim.analysis.identifiability`); a third of the points
    confirm    the point of least misfit of these regressions, simulated, so that what is obtained there is not the
               luck of having been picked

The report gives the confirmed point, each parameter's standard error, and what the targets cannot tell. What is asked
depends only on the arguments, on what was told and in which batches; telling the same again asks the same again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import least_squares
from scipy.stats import qmc

from ecosim.analysis.cube import place, ranges, values
from ecosim.analysis.identifiability import LEVEL, Identifiability, Local, identifiability, local
from ecosim.analysis.level_set import one_thread
from ecosim.analysis.targets import Target
from ecosim.errors import UserError
from ecosim.sweeps.designs import Factor

MOST_FACTORS = 12
OPENING = 4
"""Points of the first Latin hypercube for each factor."""
BEST = 0.15
"""Share of the searched points that span the box looked at more closely."""
LEAST_REACH = 0.08
"""Least half-width of that box, as a share of the range."""
EDGE = 0.005


@dataclass(frozen=True, eq=False)
class Fit:
    """The result: ``parameters`` and ``targets`` as tables, and what the targets tell of the parameters.

    ``parameters``: key, value, low, high (95 % interval, cut at the range), se (share of the range), identified, and
    edge (``range`` or ``box`` if the value lies at the end of the range or of the box looked at, which makes the
    interval doubtful). ``targets``: statistic, target, tolerance, obtained, se, misfit (obtained - target, over
    tolerance). ``best_misfit``: of the luckiest point.
    """

    parameters: pd.DataFrame
    targets: pd.DataFrame
    known: Identifiability
    confirmed: bool
    best_misfit: float
    points: int
    undefined: int

    @property
    def misfit(self) -> float:
        """Return the sum of squared misfits; about the number of targets minus parameters where the model is right."""
        return float((self.targets["misfit"] ** 2).sum())


class Calibration:
    """Ask for points, tell the statistics found there, and read off the fit.

    ``factors``: one to twelve ranges of numbers; ``targets``; ``budget``: points in all; ``seed`` of every choice.
    """

    def __init__(
        self, factors: Sequence[Factor], targets: Sequence[Target], *, budget: int = 100, seed: int = 1
    ) -> None:
        self.factors, self.targets = ranges(factors, MOST_FACTORS), tuple(targets)
        k, t = len(self.factors), len(self.targets)
        least = (OPENING + 2) * k + 6
        if budget < least:
            raise UserError(f"points={budget}: at least {least} are needed for {k} parameters")
        if not t:
            raise UserError("targets: at least one is needed")
        self.budget, self.seed = budget, seed
        self.looks = max(budget // 3, 2 * k + 5)
        self.searches = budget - self.looks - 1
        self.value = np.array([target.value for target in self.targets])
        self.tolerance = np.array([target.tolerance for target in self.targets])
        self.x, self.means, self.se = np.empty((0, k)), np.empty((0, t)), np.empty((0, t))
        self.stages: list[str] = []
        self._study = _study(self.factors, seed)
        self._pending: dict[tuple[Any, ...], list[Any]] = {}
        self._asked = 0

    @property
    def stage(self) -> str:
        """Return the stage of the next point: ``search``, ``look``, ``confirm``; empty when all have been asked."""
        if self._asked < self.searches:
            return "search"
        return "look" if self._asked < self.budget - 1 else "confirm" if self._asked < self.budget else ""

    def ask(self, batch: int = 1) -> list[dict[str, Any]]:
        """Return up to ``batch`` new points, all of one stage; none when finished.

        After the search, none either until all points asked before have been told.
        """
        stage, n = self.stage, self._asked
        if not stage or (stage != "search" and self._pending):
            return []
        trials: list[Any] = []
        with one_thread():
            if stage == "search":
                trials = [self._study.ask() for _ in range(min(batch, self.searches - n))]
                unit = np.array([[trial.suggest_float(f.key, 0, 1) for f in self.factors] for trial in trials])
            elif stage == "look":
                unit = self._looked()[n - self.searches :][:batch]
            else:
                unit = self._estimate()[None]
        points = values(self.factors, unit)
        for point, trial in zip(points, trials or [None] * len(points), strict=True):
            self._pending.setdefault(tuple(point.values()), []).append((stage, trial))
        self._asked += len(points)
        return points

    def tell(self, points: Sequence[Mapping[str, Any]], means: np.ndarray, se: np.ndarray) -> None:
        """Take in what points that were asked have shown: ``means`` and ``se``, [points, targets], NaN = not defined.

        A point where some statistic is not defined counts against the budget and is otherwise left out.
        """
        from optuna.trial import TrialState

        means, se = np.asarray(means, float), np.asarray(se, float)
        if not means.shape == se.shape == (len(points), len(self.targets)):
            raise ValueError("means and se: one row a point and one column a target are needed")
        if np.isinf(means).any():
            raise ValueError("a statistic is infinite; statistics are finite, or NaN where they are not defined")
        for row, point in enumerate(points):
            key = tuple(point[factor.key] for factor in self.factors)
            if key not in self._pending:
                raise ValueError(f"{dict(point)}: this point was not asked for")
            stage, trial = self._pending[key].pop(0)
            if not self._pending[key]:
                del self._pending[key]
            self.stages.append(stage)
            cost = self._misfit(means[row])
            if trial is not None:
                self._study.tell(*((trial, cost) if np.isfinite(cost) else (trial, None, TrialState.FAIL)))
        if len(points):
            self.x = np.vstack([self.x, place(self.factors, points)])
            self.means, self.se = np.vstack([self.means, means]), np.vstack([self.se, se])

    def _misfit(self, means: np.ndarray) -> Any:
        """Return the sum of squared misfits of statistics [..., targets]."""
        return (((means - self.value) / self.tolerance) ** 2).sum(axis=-1)

    def _defined(self, stages: Sequence[str]) -> np.ndarray:
        """Return the rows told in these stages with every statistic defined, [rows] int."""
        chosen = np.isin(self.stages, stages) if self.stages else np.zeros(0, bool)
        rows = np.flatnonzero(chosen & np.isfinite(self.means).all(axis=1))
        if len(rows) < len(self.factors) + 3:
            raise UserError(f"the statistics are all defined at {len(rows)} points only; that is too few to fit")
        return rows

    def _box(self) -> tuple[np.ndarray, np.ndarray]:
        """Return lower and upper corner [k] of the box around the best points of the search."""
        rows = self._defined(["search"])
        best = rows[np.argsort(self._misfit(self.means[rows]), kind="stable")]
        best = best[: max(len(self.factors) + 2, int(np.ceil(BEST * len(rows))))]
        low, high = self.x[best].min(axis=0), self.x[best].max(axis=0)
        reach = np.maximum((high - low) / 2, LEAST_REACH)
        middle = np.clip((low + high) / 2, reach, 1 - reach)
        return np.maximum(middle - reach, 0.0), np.minimum(middle + reach, 1.0)

    def _looked(self) -> np.ndarray:
        """Return the points of the second stage, [looks, k]."""
        low, high = self._box()
        cube = qmc.LatinHypercube(len(self.factors), rng=self.seed + 1, optimization="random-cd").random(self.looks)
        return low + cube * (high - low)

    def _local(self) -> Local:
        """Return the regressions of the statistics over the points in the box."""
        low, high = self._box()
        rows = self._defined(["search", "look"])
        inside = rows[((self.x[rows] >= low - 1e-9) & (self.x[rows] <= high + 1e-9)).all(axis=1)]
        return local(self.x[inside], self.means[inside], (low + high) / 2)

    def _estimate(self) -> np.ndarray:
        """Return the place [k] in the box where the regressions come nearest to the targets."""
        fitted, (low, high) = self._local(), self._box()
        starts = qmc.scale(qmc.Sobol(len(low), rng=self.seed).random(8), low, high)
        found = [
            least_squares(lambda u: (fitted.at(u)[0] - self.value) / self.tolerance, start, bounds=(low, high))
            for start in np.vstack([(low + high) / 2, starts])
        ]
        return np.asarray(min(found, key=lambda each: float(each.cost)).x, float)

    @property
    def told(self) -> pd.DataFrame:
        """Return what was told: stage, the factors, the statistics and ``misfit``, one row a point."""
        names = [target.statistic for target in self.targets]
        table = pd.DataFrame(values(self.factors, self.x)) if len(self.x) else pd.DataFrame()
        table = pd.concat([table, pd.DataFrame(self.means, columns=names)], axis=1)
        table.insert(0, "stage", self.stages)
        return table.assign(misfit=self._misfit(self.means))

    def fit(self) -> Fit:
        """Return the fit: at the confirmed point, or at the best point told if that is not there (yet)."""
        with one_thread():
            rows = self._defined(["search", "look", "confirm"])
            best = int(rows[np.argmin(self._misfit(self.means[rows]))])
            confirmed = self.stages[-1] == "confirm" and int(rows[-1]) == len(self.x) - 1
            at = int(rows[-1]) if confirmed else best
            fitted, box = self._local(), self._box()
            known = identifiability([f.key for f in self.factors], fitted, self.x[at], self.tolerance)
        return Fit(
            parameters=self._parameters(self.x[at], known, box),
            targets=pd.DataFrame(
                {
                    "statistic": [target.statistic for target in self.targets],
                    "target": self.value,
                    "tolerance": self.tolerance,
                    "obtained": self.means[at],
                    "se": self.se[at],
                    "misfit": (self.means[at] - self.value) / self.tolerance,
                }
            ),
            known=known,
            confirmed=confirmed,
            best_misfit=float(self._misfit(self.means[best])),
            points=len(self.x),
            undefined=len(self.x) - len(rows),
        )

    def _parameters(self, u: np.ndarray, known: Identifiability, box: tuple[np.ndarray, np.ndarray]) -> pd.DataFrame:
        """Return the table of parameters at ``u`` [k]."""
        rows = []
        for n, factor in enumerate(self.factors):
            ends = np.clip([u[n], u[n] - LEVEL * known.se[n], u[n] + LEVEL * known.se[n]], 0.0, 1.0)
            value, low, high = factor.at(ends)
            range_end, box_end = min(u[n], 1 - u[n]) < EDGE, min(u[n] - box[0][n], box[1][n] - u[n]) < EDGE
            rows.append(
                {
                    "key": factor.key,
                    "value": value,
                    "low": low,
                    "high": high,
                    "se": float(known.se[n]),
                    "identified": bool(known.identified[n]),
                    "edge": "range" if range_end else "box" if box_end else "",
                }
            )
        return pd.DataFrame(rows)


def _study(factors: Sequence[Factor], seed: int) -> Any:
    """Return Optuna's study in memory, its first points a Latin hypercube."""
    try:
        import optuna
    except ImportError:
        raise UserError("calibration needs Optuna: pip install 'ecosim[calibrate]'") from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    opening = qmc.LatinHypercube(len(factors), rng=seed, optimization="random-cd").random(OPENING * len(factors))
    sampler = optuna.samplers.TPESampler(seed=seed % 2**32, multivariate=True, n_startup_trials=len(opening))
    study = optuna.create_study(sampler=sampler)
    for row in opening:
        study.enqueue_trial({factor.key: float(u) for factor, u in zip(factors, row, strict=True)})
    return study
