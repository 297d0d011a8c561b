"""Paired comparison of strategies with a baseline over seeds: differences, intervals, superiority, adjusted p.

Each seed gives one world in which every strategy is tried, so differences are taken within a world. The interval is the
bias-corrected and accelerated bootstrap over worlds (Efron 1987); p is the sign-flip permutation test of the mean
difference, adjusted over one group's outcomes after Holm (1979); the outcomes that decide the verdict, named before
in `PRIMARY`, are a family of their own. Sameness is claimed only with a margin. A difference
is claimed when the interval leaves out zero and p is at most 0.05: with 10 worlds the bootstrap interval alone would
claim one difference in ten where there is none, both together one in twenty.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from ecosim.analysis.outcomes import GROUPS, family, rank
from ecosim.errors import UserError, nearest

RESAMPLES = 9999
MOST_EXACT = 14
FEWEST_PAIRS = 3
FEWEST_TO_CLAIM = 6
LEVEL = 0.05
PRIMARY = (
    ("adopters", "profit_plus_equity"), ("market", "customer_surplus"), ("rivals", "profit_plus_equity"),
)  # fmt: skip
"""Whose outcomes decide the verdict: these are what a comparison is made for, and are named before it runs."""
_STREAM = 1987
_WORLD = ["scenario", "adopters"]
_KEY = ["replication", "seed"]

COLUMNS = {
    "scenario": "the scenario",
    "adopters": "who changes strategy: focal, half or all",
    "strategy": "the strategy compared",
    "baseline": "the strategy compared with",
    "who": "whose outcome: adopters, rivals or market",
    "outcome": "the outcome's name",
    "n": "number of worlds (seeds) where it is defined under both strategies",
    "worlds": "number of worlds with both strategies",
    "baseline_mean": "mean under the baseline over the n worlds",
    "strategy_mean": "mean under the strategy over the n worlds",
    "difference": "mean paired difference, strategy minus baseline",
    "low": "lower end of the 95 % interval of the difference; NaN below 3 worlds",
    "high": "upper end of it",
    "relative": "difference divided by the size of the baseline mean; NaN where that is 0",
    "superiority": "share of worlds where the strategy is higher, ties counting half",
    "agree": "number of worlds on the side of the mean difference",
    "pairing_saved": "1 - var(difference) / (var(strategy) + var(baseline)): variance saved by common random numbers",
    "p": "two-sided sign-flip permutation p of the mean difference",
    "p_holm": "p after Holm over one strategy's and group's outcomes of a family, or over the decisive ones",
    "margin": "half-width within which a difference is not worth naming",
    "seeds_needed": "worlds in all for 80 % power at 5 % if the true difference is the one seen",
    "verdict": "higher, lower, same, unclear, weak (interval leaves out zero but p > 0.05), early (so, and under 6 "
    "worlds), few (under 3) or undefined",
}
"""The columns of a comparison and what they mean."""


def compare(outcomes: pd.DataFrame, baseline: str, *, margin: float = 0.01) -> pd.DataFrame:
    """Return one row per (scenario, adopters, strategy other than the baseline, who, outcome) with `COLUMNS`.

    ``outcomes``: long table with scenario, strategy, adopters, replication, seed, who, outcome, value (NaN = not
    defined). ``margin``: the share of the baseline mean's size within which a difference is not worth naming.
    """
    if not (isinstance(margin, int | float) and math.isfinite(margin) and margin >= 0):
        raise UserError(f"margin={margin!r}: a finite number of at least 0 is needed")
    names = list(dict.fromkeys(outcomes["strategy"]))
    if baseline not in names:
        raise UserError(f"baseline '{baseline}': no such strategy in the results{nearest(baseline, names)}")
    if np.isinf(outcomes["value"].to_numpy(dtype=float)).any():
        raise ValueError("an outcome is infinite; outcomes are finite, or NaN where they are not defined")
    keys = [*_WORLD, *_KEY, "who", "outcome"]
    if outcomes.duplicated([*keys, "strategy"]).any():
        raise ValueError("an outcome is there twice for one strategy and seed")
    wide = outcomes.set_index([*keys, "strategy"])["value"].unstack("strategy")  # noqa: PD010
    wide = wide.sort_index().reset_index()
    present = outcomes.groupby([*_WORLD, "strategy"], sort=False).size().index
    rows = [
        {**dict(zip([*_WORLD, "who", "outcome"], group, strict=True)), "strategy": name, "baseline": baseline}
        | measure(part[baseline].to_numpy(dtype=float), part[name].to_numpy(dtype=float), margin)
        for group, part in wide.groupby([*_WORLD, "who", "outcome"], sort=False)
        for name in names
        if name != baseline and (*group[:2], name) in present
    ]
    return _ordered(pd.DataFrame(rows, columns=[c for c in COLUMNS if c != "p_holm"]), names)


def differences(
    outcomes: pd.DataFrame, baseline: str, chosen: Iterable[tuple[str, str]]
) -> Iterator[tuple[tuple[str, str], np.ndarray, float]]:
    """Yield (who, outcome), paired differences [worlds] in order of replications, and the baseline's mean.

    One for each chosen outcome that is there and each strategy other than the baseline; undefined pairs are left out.
    """
    for pair in chosen:
        part = outcomes[(outcomes["who"] == pair[0]) & (outcomes["outcome"] == pair[1])]
        wide = part.pivot_table(index="replication", columns="strategy", values="value", sort=True)
        for name in wide.columns.drop(baseline, errors="ignore"):
            found = (wide[name] - wide[baseline]).dropna()
            if len(found):
                yield pair, found.to_numpy(dtype=float), float(wide[baseline].mean())


def measure(a: np.ndarray, b: np.ndarray, margin: float) -> dict[str, Any]:
    """Return the measures of one comparison: ``a`` baseline, ``b`` strategy, both [worlds] float64, paired."""
    worlds = len(a)
    defined = ~(np.isnan(a) | np.isnan(b))
    a, b = a[defined], b[defined]
    n, difference = len(a), b - a
    mean = float(difference.mean()) if n else math.nan
    base = float(a.mean()) if n else math.nan
    low, high = interval(difference)
    row: dict[str, Any] = {
        "n": n,
        "worlds": worlds,
        "baseline_mean": base,
        "strategy_mean": float(b.mean()) if n else math.nan,
        "difference": mean,
        "low": low,
        "high": high,
        "relative": mean / abs(base) if n and base != 0 else math.nan,
        "superiority": float((np.sign(difference) + 1).mean() / 2) if n else math.nan,
        "agree": int((np.sign(difference) == np.sign(mean)).sum()) if n else 0,
        "pairing_saved": pairing_saved(a, b),
        "p": sign_flip(difference),
        "margin": margin * abs(base),
        "seeds_needed": seeds_needed(difference),
    }
    row["verdict"] = _verdict(row)
    return row


def interval(difference: np.ndarray) -> tuple[float, float]:
    """Return the 95 % BCa bootstrap interval of the mean of ``difference`` [worlds] float64; NaN below 3 worlds.

    When all differences are equal the interval is that one value.
    """
    if len(difference) < FEWEST_PAIRS:
        return math.nan, math.nan
    if np.ptp(difference) <= 1e-12 * np.abs(difference).max():
        return float(difference[0]), float(difference[0])
    for method in ("BCa", "percentile"):
        found = stats.bootstrap(
            (difference,), np.mean, method=method, n_resamples=RESAMPLES, confidence_level=0.95, rng=_STREAM
        ).confidence_interval
        if np.isfinite(found.low) and np.isfinite(found.high):
            break
    return float(found.low), float(found.high)


def sign_flip(difference: np.ndarray) -> float:
    """Return the two-sided sign-flip permutation p of the mean of ``difference`` [worlds]; exact up to 14 worlds."""
    if len(difference) < FEWEST_PAIRS:
        return math.nan
    if not difference.any():
        return 1.0
    resamples = math.inf if len(difference) <= MOST_EXACT else RESAMPLES

    def size(sample: np.ndarray, axis: int = -1) -> np.ndarray:
        return np.abs(sample.mean(axis=axis))

    found = stats.permutation_test(
        (difference,),
        size,
        permutation_type="samples",
        vectorized=True,
        alternative="greater",
        n_resamples=resamples,
        rng=_STREAM,
    )
    return float(found.pvalue)


def holm(p: np.ndarray) -> np.ndarray:
    """Return Holm's step-down adjustment of ``p`` [outcomes] float64; NaN entries stay NaN and do not count."""
    p = np.asarray(p, dtype=float)
    adjusted = np.full(p.shape, math.nan)
    order = np.argsort(p, kind="stable")[: int((~np.isnan(p)).sum())]
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps))
    return adjusted


def pairing_saved(a: np.ndarray, b: np.ndarray) -> float:
    """Return the share of the difference's variance that pairing ``a`` with ``b`` [worlds] saved; NaN if undefined."""
    if len(a) < 2:
        return math.nan
    apart = float(np.var(a, ddof=1) + np.var(b, ddof=1))
    return 1 - float(np.var(b - a, ddof=1)) / apart if apart > 0 else math.nan


def seeds_needed(difference: np.ndarray, alpha: float = 0.05, power: float = 0.8) -> float:
    """Return how many worlds in all would detect the mean of ``difference`` [worlds]; NaN without spread or mean."""
    if len(difference) < 2 or difference.mean() == 0:
        return math.nan
    reach = float(stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(power))
    with np.errstate(over="ignore"):
        return float(np.ceil((reach * difference.std(ddof=1) / difference.mean()) ** 2))


def _verdict(row: dict[str, Any]) -> str:
    if row["n"] == 0:
        return "undefined"
    if row["n"] < FEWEST_PAIRS:
        return "few"
    if -row["margin"] <= row["low"] and row["high"] <= row["margin"]:
        return "same"
    if row["low"] <= 0 <= row["high"]:
        return "unclear"
    if row["n"] < FEWEST_TO_CLAIM:
        return "early"
    if row["p"] > LEVEL:
        return "weak"
    return "higher" if row["difference"] > 0 else "lower"


def _ordered(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Add Holm's p and sort: scenario, adopters, strategy as given, group, outcome as told."""
    table["p_holm"] = math.nan
    decisive = pd.Series(list(zip(table["who"], table["outcome"], strict=True)), index=table.index).isin(PRIMARY)
    families = (table["who"] + " " + table["outcome"].map(family)).where(~decisive, "primary").rename("family")
    for _, part in table.groupby([*_WORLD, "strategy", families], sort=False):
        table.loc[part.index, "p_holm"] = holm(part["p"].to_numpy())
    place = {who: i for i, who in enumerate(GROUPS)}
    keys = pd.DataFrame(
        {
            "strategy": [names.index(name) for name in table["strategy"]],
            "who": [place.get(who, len(place)) for who in table["who"]],
            "outcome": [rank(name) for name in table["outcome"]],
        },
        index=table.index,
    )
    order = pd.concat([table[_WORLD], keys], axis=1).sort_values([*_WORLD, *keys.columns], kind="stable").index
    return table.loc[order, list(COLUMNS)].reset_index(drop=True)


def rows_of(comparison: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a comparison as one dict a row, as the wording functions read it; what is not defined is NaN."""
    return [{str(key): value for key, value in row.items()} for row in comparison.to_dict("records")]


def records(comparison: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a comparison as plain JSON-ready rows; what is not defined is None."""
    return [
        {key: None if isinstance(value, float) and not math.isfinite(value) else value for key, value in row.items()}
        for row in rows_of(comparison)
    ]
