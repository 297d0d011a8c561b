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
    factors' effect. Rows of one Sobol' base point or Morris trajectory count as one (Liang & Zeger 1986).
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
            half = _half((part - part.mean()) / len(part), design)
            mean, label = float(part.mean()), str(here.iloc[0]) if text else ""
            rows.append({"factor": factor.key, "at": float(at), "label": label, "mean": mean, "low": mean - half,
                         "high": mean + half, "n": len(part)})  # fmt: skip
    return pd.DataFrame(rows)


def tornado(design: Design, points: pd.DataFrame, y: pd.Series) -> pd.DataFrame:
    """Return for each factor the mean of ``y`` in its lowest and in its highest fifth, widest first.

    Columns: factor, low_value, high_value, low_mean, high_mean, swing, swing_low, swing_high (95 % interval,
    by blocks of rows that share values, as in `curves`).
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
        half = _half(pd.concat([(high - high.mean()) / len(high), (low.mean() - low) / len(low)]), design)
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


def _half(shares: pd.Series, design: Design) -> float:
    """Return the half-width of a 95 % t interval from each point's ``shares`` in the error of a mean, by point.

    Shares are summed over blocks of rows that share values; with one row a block this is the usual interval.
    """
    length = design.size() // design.n if design.kind in ("sobol", "morris") else 1
    errors = shares.groupby(shares.index.to_numpy() // length).sum()
    n = len(errors)
    if n < 2:
        return float("nan")
    return float(stats.t.ppf(0.975, n - 1) * np.sqrt(n / (n - 1) * (errors**2).sum()))


def _span(values: pd.Series) -> str:
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return f"{values.min():.3g}" if values.min() == values.max() else f"{values.min():.3g} to {values.max():.3g}"
    return ", ".join(dict.fromkeys(str(value) for value in values))
