"""One quantity of a sweep, point by point: an outcome of a strategy, or its paired difference from another's.

Differences are taken within a world (one run id), so common random numbers cancel what both strategies share. The
interval of a point's mean is Student's t over its worlds: points have few worlds, with which a bootstrap covers less
than it says, and are many, which makes it slow. p is the t test's, adjusted over the points after Holm (1979) or
Benjamini & Hochberg (1995). Effect sizes: Cohen's d of paired differences, and the probability of superiority.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from ecosim.analysis.compare import holm
from ecosim.analysis.outcomes import outcome, unit
from ecosim.errors import UserError, nearest

IDS = ("run_id", "point", "replication")
LEVEL = 0.95


@dataclass(frozen=True)
class Quantity:
    """What is looked at: column ``outcome`` (``WHO.NAME``) under ``strategy``, less that under ``baseline`` if named.

    ``relative``: in per cent of the mean size of the outcome under the baseline over the whole sweep.
    """

    outcome: str
    strategy: str
    baseline: str = ""
    relative: bool = False

    @property
    def label(self) -> str:
        """Return what the quantity is called, with its unit."""
        who, _, name = self.outcome.partition(".")
        label = f"{outcome(name).label} ({who})"
        if not self.baseline:
            return f"{label}{' in %' if outcome(name).kind == 'share' else ''}, {self.strategy}"
        told = " in %" if self.relative else f",{unit(name)}" if unit(name) else ""
        return f"{label}{told}: {self.strategy} − {self.baseline}"


def per_run(outcomes: pd.DataFrame, quantity: Quantity) -> pd.DataFrame:
    """Return the quantity in every run: ``run_id, point, replication, value`` (NaN where it is not defined).

    ``value`` is in the unit of the quantity's label: shares are in per cent, their differences in percentage points.
    ``outcomes``: the wide table of a sweep. Raises `UserError` for an outcome or strategy that is not there.
    """
    columns = [name for name in outcomes.columns if "." in name]
    if quantity.outcome not in columns:
        raise UserError(
            f"outcome={quantity.outcome}: no such outcome in the results{nearest(quantity.outcome, columns)}"
        )
    names = list(dict.fromkeys(outcomes["strategy"]))
    for name in filter(None, (quantity.strategy, quantity.baseline)):
        if name not in names:
            raise UserError(f"strategy '{name}': not in the results{nearest(name, names)}")
    if quantity.relative and not quantity.baseline:
        raise UserError("relative=true: a difference in per cent needs a baseline")
    if quantity.baseline == quantity.strategy:
        raise UserError(f"baseline '{quantity.baseline}': the same as the strategy, so every difference is zero")
    wide = outcomes.pivot(index=list(IDS), columns="strategy", values=quantity.outcome)  # noqa: PD010
    value = wide[quantity.strategy]
    if quantity.baseline:
        value = value - wide[quantity.baseline]
        if quantity.relative:
            size = abs(wide[quantity.baseline].mean())
            if not size > 0:
                raise UserError(
                    f"outcome={quantity.outcome}: its mean under '{quantity.baseline}' is {size:g}, so a difference "
                    "has no size in per cent of it; take relative=false"
                )
            value = value / size
    if quantity.relative or outcome(quantity.outcome.partition(".")[2]).kind == "share":
        value = 100 * value
    return value.rename("value").reset_index().sort_values(["point", "replication"], ignore_index=True)


def per_point(runs: pd.DataFrame, adjust: str = "holm") -> pd.DataFrame:
    """Return, indexed by ``point``: n, mean, sd, se, low, high, p, p_adjusted, d, superiority.

    ``runs``: what `per_run` gives; ``adjust`` is ``holm`` or ``bh`` (false discovery rate). With one world a point
    there is no spread, and what needs one is NaN; where all worlds of a point agree, d is not defined either.
    """
    group = runs.dropna(subset="value").groupby("point")["value"]
    found: pd.DataFrame = group.agg(["count", "mean", "std"]).rename(columns={"count": "n", "std": "sd"})
    found["se"] = found["sd"] / np.sqrt(found["n"])
    reach = stats.t.ppf((1 + LEVEL) / 2, np.maximum(found["n"] - 1, 1)) * found["se"]
    found["low"], found["high"] = found["mean"] - reach, found["mean"] + reach
    with np.errstate(divide="ignore", invalid="ignore"):
        found["d"] = (found["mean"] / found["sd"]).where(found["sd"] > 0)
        found["p"] = 2 * stats.t.sf(np.abs(found["mean"] / found["se"]), np.maximum(found["n"] - 1, 1))
    found.loc[(found["sd"] == 0) & (found["mean"] == 0), "p"] = 1.0
    found["p_adjusted"] = adjusted(found["p"].to_numpy(), adjust)
    found["superiority"] = group.apply(lambda values: float((np.sign(values) + 1).mean() / 2))
    return found


def adjusted(p: np.ndarray, method: str) -> np.ndarray:
    """Return ``p`` [points] adjusted over the points by ``holm`` or ``bh``; NaN stays NaN."""
    if method == "holm":
        return holm(p)
    result = np.full(p.shape, math.nan)
    known = ~np.isnan(p)
    if known.any():
        result[known] = stats.false_discovery_control(p[known])
    return result
