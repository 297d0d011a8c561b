"""How many worlds are enough: stop when the interval of a mean is narrow enough, and how many that will take.

The rule is Chow & Robbins' (1965): the first n, from a least number on, at which the half-width of the 95 % interval is
at most the target. Its coverage is right as the target shrinks; with a least number of ten it is close to 95 % (a test
measures it).
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy import stats

from ecosim.errors import UserError

LEAST = 10
LEVEL = 0.95


def half_width(values: np.ndarray) -> float:
    """Return the half-width of the t interval of the mean of ``values`` [worlds]; NaN below two."""
    n = len(values)
    return float(stats.t.ppf((1 + LEVEL) / 2, n - 1) * values.std(ddof=1) / math.sqrt(n)) if n > 1 else math.nan


def enough(values: np.ndarray, target: float, least: int = LEAST) -> int | None:
    """Return how many of ``values`` [worlds], in order, are enough for a half-width of ``target``; None if none are."""
    if not target > 0:
        raise UserError(f"target={target!r}: a width above 0 is needed")
    for n in range(max(2, least), len(values) + 1):
        if half_width(values[:n]) <= target:
            return n
    return None


def needed(values: np.ndarray, target: float, least: int = LEAST) -> int:
    """Return how many worlds in all a half-width of ``target`` is likely to take, from the spread of ``values``.

    The least n, from ``least`` on, at which Student's interval with the spread seen is that narrow.
    """
    if not target > 0:
        raise UserError(f"target={target!r}: a width above 0 is needed")
    low = high = max(2, least)
    if len(values) < 2:
        return low
    spread = float(np.std(values, ddof=1))

    def wide(n: int) -> bool:
        return float(stats.t.ppf((1 + LEVEL) / 2, n - 1)) * spread > target * math.sqrt(n)

    while wide(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if wide(middle) else (low, middle)
    return high


def running(values: np.ndarray) -> pd.DataFrame:
    """Return the mean and its interval after each world: ``n, mean, low, high``, from the second on."""
    rows = [(n, float(values[:n].mean()), half_width(values[:n])) for n in range(2, len(values) + 1)]
    table = pd.DataFrame(rows, columns=["n", "mean", "half"])
    return table.assign(low=table["mean"] - table["half"], high=table["mean"] + table["half"]).drop(columns="half")
