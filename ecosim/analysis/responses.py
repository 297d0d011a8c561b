"""How a quantity goes with one factor at a time: response curves, and lowest against highest values (a tornado)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from ecosim.sweeps.designs import Design, Factor

BINS = 10
FIFTH = 0.2


def curves(design: Design, points: pd.DataFrame, y: pd.Series, bins: int = BINS) -> pd.DataFrame:
    """Return the mean of ``y`` (by point) over the values of each factor: ``factor, at, label, mean, low, high, n``.

    Few distinct values are taken as they are; a range is cut into ``bins`` of equal length on its own scale, ``at``
    being the mean value of a bin's points. Intervals are 95 % t intervals over a bin's points: they hold the other
    factors' effect.
    """
    known = y.dropna()
    there = points.loc[known.index]
    rows = []
    for factor in design.factors:
        values = there[factor.key]
        groups = _groups(factor, values, bins)
        for _, part in known.groupby(groups):
            here = values.loc[part.index]
            text = factor.kind == "words"
            at = factor.place([here.iloc[0]])[0] if text else here.astype(float).mean()
            mean, half, label = float(part.mean()), _half(part.to_numpy()), str(here.iloc[0]) if text else ""
            rows.append({"factor": factor.key, "at": float(at), "label": label, "mean": mean, "low": mean - half,
                         "high": mean + half, "n": len(part)})  # fmt: skip
    return pd.DataFrame(rows)


def tornado(design: Design, points: pd.DataFrame, y: pd.Series) -> pd.DataFrame:
    """Return for each factor the mean of ``y`` in its lowest and in its highest fifth, widest first.

    Columns: factor, low_value, high_value, low_mean, high_mean, swing, swing_low, swing_high (95 % Welch interval).
    """
    known = y.dropna()
    rows = []
    for factor in design.factors:
        values = points.loc[known.index, factor.key]
        place = factor.place(list(values))
        ends = np.quantile(place, [FIFTH, 1 - FIFTH])
        low, high = known[place <= ends[0]], known[place >= ends[1]]
        low_values, high_values = values[place <= ends[0]], values[place >= ends[1]]
        swing = float(high.mean() - low.mean())
        half = _welch(low.to_numpy(), high.to_numpy())
        rows.append({"factor": factor.key, "low_value": _span(low_values), "high_value": _span(high_values),
                     "low_mean": low.mean(), "high_mean": high.mean(), "swing": swing, "swing_low": swing - half,
                     "swing_high": swing + half})  # fmt: skip
    table = pd.DataFrame(rows)
    return table.loc[table["swing"].abs().sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def _groups(factor: Factor, values: pd.Series, bins: int) -> np.ndarray:
    place = factor.place(list(values))
    if values.nunique() <= bins:
        return np.unique(place, return_inverse=True)[1]
    return np.minimum((place * bins).astype(int), bins - 1)


def _half(values: np.ndarray) -> float:
    n = len(values)
    return float(stats.t.ppf(0.975, n - 1) * values.std(ddof=1) / np.sqrt(n)) if n > 1 else float("nan")


def _welch(a: np.ndarray, b: np.ndarray) -> float:
    """Return the half-width of Welch's 95 % interval of the difference of two means."""
    if min(len(a), len(b)) < 2:
        return float("nan")
    if not (np.ptp(a) or np.ptp(b)):
        return 0.0
    found = stats.ttest_ind(b, a, equal_var=False).confidence_interval(0.95)
    return float(found.high - found.low) / 2


def _span(values: pd.Series) -> str:
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return f"{values.min():.3g}" if values.min() == values.max() else f"{values.min():.3g} to {values.max():.3g}"
    return ", ".join(dict.fromkeys(str(value) for value in values))
