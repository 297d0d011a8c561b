"""Where a difference changes sign: points asked for one batch after another where the sign is most in doubt.

A space-filling set comes first (a Latin hypercube of 6 points a factor). A surface is then fitted to what was told
(`ecosim.analysis.level_set`), and each further point is the one of highest straddle (Bryan et al. 2005)

    s(x) = 1.96 sd(x) - |mean(x)|

over a fixed set of Sobol' points: high where the sign is in doubt and little is known. Points of one batch keep apart
because each is taken as if the surface had been seen right there (Ginsbourger, Le Riche & Carraro 2010). The *area of
doubt* is the share of the box with |mean| <= 1.96 sd, measured in the factors' own scales. The search ends when that
is below a target twice in a row after the opening set, or when the budget of points is spent.

What is asked depends only on the arguments, on what was told and in which batches: telling the same again asks the
same again. Nothing is known here of the model.

Sources: Bryan et al. 2005, *Active learning for identifying function threshold boundaries*, NIPS 18; Ginsbourger,
Le Riche & Carraro 2010, *Kriging is well-suited to parallelize optimization*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import qmc

from ecosim.analysis.cube import place, ranges, values
from ecosim.analysis.level_set import LEVEL, Surface, fit, one_thread, probability
from ecosim.errors import UserError
from ecosim.sweeps.designs import Factor

MOST_FACTORS = 3
OPENING = 6
"""Points of the space-filling set for each factor."""
FINENESS = {1: 9, 2: 11, 3: 12}
"""Powers of 2: Sobol' points that stand for the box, by number of factors."""
FEWEST = 4
"""Points with a value before a surface is fitted."""
PATHS, PLACES = 1000, 400


@dataclass(frozen=True)
class Crossing:
    """One place where the difference of one factor changes sign: where, and the 95 % interval of where."""

    at: Any
    low: Any
    high: Any
    rising: bool


@dataclass(frozen=True)
class Found:
    """What is known of the sign over the box. ``positive``, ``negative``, ``doubt``: shares of the box, adding to 1.

    ``both``: the probability that both signs occur in the box, over functions that the points allow. ``coverage``: the
    share of points within the 95 % interval predicted from the others (near .95 if the surface can be trusted).
    ``least_sure``: the point of the box whose sign is most in doubt. ``reason``: why the search ended, or empty.
    """

    points: int
    undefined: int
    positive: float
    negative: float
    doubt: float
    both: float
    coverage: float
    least_sure: Mapping[str, Any]
    reason: str

    @property
    def verdict(self) -> str:
        """Return ``changes``, ``positive`` or ``negative`` (no change found), or ``unclear``."""
        if self.positive > 0 and self.negative > 0 and self.both >= 0.95:
            return "changes"
        if self.both <= 0.05:
            return "positive" if self.positive >= self.negative else "negative"
        return "unclear"


class Boundary:
    """Ask for points, tell what was found there, and read off where the sign changes.

    ``factors``: one to three ranges of numbers. ``budget``: most points; ``doubt``: the area of doubt at which to stop,
    a share of the box; ``seed``: of the space-filling set and of the Sobol' points.
    """

    def __init__(self, factors: Sequence[Factor], *, budget: int = 60, doubt: float = 0.05, seed: int = 1) -> None:
        self.factors = ranges(factors, MOST_FACTORS)
        k = len(self.factors)
        if budget < OPENING * k:
            raise UserError(f"points={budget}: at least {OPENING * k} are needed to begin with {k} parameters")
        if not 0 < doubt < 1:
            raise UserError(f"doubt={doubt!r}: a share of the box between 0 and 1 is needed")
        self.budget, self.target, self.seed = budget, doubt, seed
        self.box = self._placed(qmc.Sobol(k, rng=seed).random_base2(FINENESS[k]))
        self.opening = self._placed(qmc.LatinHypercube(k, rng=seed, optimization="random-cd").random(OPENING * k))
        self.x, self.y, self.se = np.empty((0, k)), np.empty(0), np.empty(0)
        self.surface: Surface | None = None
        self._pending: dict[tuple[float, ...], None] = {}
        self._doubts: list[float] = []

    def _placed(self, unit: np.ndarray) -> np.ndarray:
        """Return where the values at ``unit`` [n, k] really lie: whole numbers and rounding move them a little."""
        return place(self.factors, values(self.factors, unit))

    @property
    def finished(self) -> str:
        """Return why there is nothing more to ask: ``doubt``, ``budget`` or ``exhausted``; empty while there is."""
        if len(self._doubts) >= 2 and max(self._doubts[-2:]) <= self.target:
            return "doubt"
        if len(self.y) + len(self._pending) >= self.budget:
            return "budget"
        return "" if len(self._untried(np.vstack([self.opening, self.box]))) else "exhausted"

    def ask(self, batch: int = 1) -> list[dict[str, Any]]:
        """Return up to ``batch`` new points, one value a factor; none when finished.

        The opening set goes first and is not mixed with later points, so a batch may be smaller than asked for.
        """
        if self.finished:
            return []
        wanted = min(batch, self.budget - len(self.y) - len(self._pending))
        rows = self._untried(self.opening)[:wanted]
        if not len(rows):
            with one_thread():
                rows = self._straddling(wanted)
        self._pending |= {tuple(row): None for row in rows}
        return values(self.factors, rows)

    def _untried(self, rows: np.ndarray) -> np.ndarray:
        """Return the rows that were neither told nor asked, each once, in their order."""
        tried = {tuple(row) for row in self.x} | set(self._pending)
        kept = [row for row in dict.fromkeys(map(tuple, rows)) if row not in tried]
        return np.array(kept).reshape(-1, len(self.factors))

    def _straddling(self, wanted: int) -> np.ndarray:
        rows = self._untried(self.box)
        if self.surface is None:
            return rows[:wanted]
        surface = self.surface
        chosen: list[int] = []
        for row in self._pending:
            surface = surface.believe(np.array(row))
        for _ in range(min(wanted, len(rows))):
            mean, sd = surface.predict(rows)
            score = LEVEL * sd - np.abs(mean)
            score[chosen] = -np.inf
            chosen.append(int(np.argmax(score)))
            surface = surface.believe(rows[chosen[-1]])
        return rows[chosen]

    def tell(self, points: Sequence[Mapping[str, Any]], mean: Sequence[float], se: Sequence[float]) -> None:
        """Take in the mean difference at ``points`` and its standard error, both [points], in any order and batches.

        A mean that is NaN (nothing could be found there) counts against the budget and is otherwise left out.
        """
        y, error = np.asarray(mean, float), np.asarray(se, float)
        if not len(points) == len(y) == len(error):
            raise ValueError("points, mean and se have different lengths")
        bad = np.isinf(y) | (np.isfinite(y) & ~(np.isfinite(error) & (error >= 0)))
        if bad.any():
            raise ValueError(
                f"point {int(np.argmax(bad))}: a finite mean and a standard error of at least 0 are needed"
            )
        if not len(points):
            return
        x = place(self.factors, points)
        for row in x:
            self._pending.pop(tuple(row), None)
        self.x, self.y, self.se = np.vstack([self.x, x]), np.append(self.y, y), np.append(self.se, error)
        known = np.isfinite(self.y)
        if known.sum() >= FEWEST:
            with one_thread():
                start = None if self.surface is None else self.surface.theta
                self.surface = fit(self.x[known], self.y[known], self.se[known], start)
                if not len(self._untried(self.opening)):
                    self._doubts.append(self._shares()[2])

    def _shares(self) -> tuple[float, float, float]:
        """Return the shares of the box that are surely positive, surely negative, and in doubt."""
        mean, sd = self._fitted().predict(self.box)
        sure = np.abs(mean) > LEVEL * sd
        return float((sure & (mean > 0)).mean()), float((sure & (mean < 0)).mean()), float((~sure).mean())

    def _fitted(self) -> Surface:
        if self.surface is None:
            known = int(np.isfinite(self.y).sum())
            raise UserError(f"the outcome is defined at {known} points; a surface needs at least {FEWEST}")
        return self.surface

    def map(self, points: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
        """Return a table over ``points``: the factors, ``mean``, ``sd``, and ``positive``, the probability of that."""
        with one_thread():
            mean, sd = self._fitted().predict(place(self.factors, points))
        table = pd.DataFrame([{factor.key: point[factor.key] for factor in self.factors} for point in points])
        return table.assign(mean=mean, sd=sd, positive=probability(mean, sd))

    @property
    def told(self) -> pd.DataFrame:
        """Return what was told: the factors, ``mean`` and ``se``, one row a point in the order of telling."""
        return pd.DataFrame(values(self.factors, self.x)).assign(mean=self.y, se=self.se)

    def found(self) -> Found:
        """Return what is known of the sign over the whole box."""
        with one_thread():
            surface = self._fitted()
            positive, negative, doubt = self._shares()
            mean, sd = surface.predict(self.box)
            edge = np.argsort(np.abs(mean) - LEVEL * sd, kind="stable")[: PLACES // 2]
            some = np.unique(np.concatenate([edge, np.linspace(0, len(mean) - 1, PLACES // 2).astype(int)]))
            paths = surface.paths(self.box[some], PATHS, self.seed)
            both = float(((paths > 0).any(axis=1) & (paths < 0).any(axis=1)).mean())
            return Found(
                points=len(self.y),
                undefined=int(np.isnan(self.y).sum()),
                positive=positive,
                negative=negative,
                doubt=doubt,
                both=both,
                coverage=surface.coverage(),
                least_sure=values(self.factors, self.box[edge[:1]])[0],
                reason=self.finished,
            )

    @property
    def crossings(self) -> list[Crossing]:
        """Return where the mean changes sign along the one factor, lowest first.

        The interval of a crossing holds every value around it where the sign is in doubt at 95 %.
        """
        if len(self.factors) != 1:
            raise ValueError("crossings are points of one factor; with more, the boundary is a line or a surface")
        (factor,) = self.factors
        fine = np.linspace(0, 1, 2001)
        with one_thread():
            mean, sd = self._fitted().predict(fine[:, None])
        sure = np.abs(mean) > LEVEL * sd
        found = []
        for n in np.flatnonzero((mean[:-1] > 0) != (mean[1:] > 0)):
            before, after = np.flatnonzero(sure[: n + 1]), np.flatnonzero(sure[n + 1 :])
            ends = (fine[before[-1]] if len(before) else 0.0, fine[n + 1 + after[0]] if len(after) else 1.0)
            root = fine[n] + (fine[n + 1] - fine[n]) * mean[n] / (mean[n] - mean[n + 1])
            at, low, high = factor.at(np.array([root, *ends]))
            found.append(Crossing(at, low, high, bool(mean[n + 1] > mean[n])))
        return found
