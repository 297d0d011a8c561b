"""Comparisons in words: one sentence an outcome, and one verdict: who gains, who pays, what cannot be told."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ecosim.analysis.compare import FEWEST_TO_CLAIM, LEVEL
from ecosim.analysis.outcomes import change, outcome, unit

SHORT = {
    "higher": "higher",
    "lower": "lower",
    "same": "no difference",
    "unclear": "cannot tell",
    "weak": "cannot tell",
    "early": "too few seeds",
    "few": "too few seeds",
    "undefined": "not defined",
}
"""A verdict in at most 13 characters."""

_MANY = 10_000


def sentence(row: Mapping[str, Any]) -> str:
    """Return one row of a comparison in plain words, without full stop."""
    words = {"higher": _proven, "lower": _proven, "same": _same, "unclear": _unclear, "weak": _unclear, "early": _early}
    label = outcome(row["outcome"]).label
    if row["verdict"] == "undefined":
        return f"{label}: not defined in these worlds"
    if row["verdict"] == "few":
        text = f"{label}: too few seeds to tell ({row['n']}; a claim needs {FEWEST_TO_CLAIM})"
    else:
        text = words[row["verdict"]](row, label)
    if row["n"] < row["worlds"]:
        text += f" (defined in {row['n']} of {row['worlds']} worlds)"
    return text


def _span(row: Mapping[str, Any], flip: bool = False, sign: bool = False) -> str:
    low, high = (-row["high"], -row["low"]) if flip else (row["low"], row["high"])
    name = row["outcome"]
    return f"{change(name, low, sign=sign)} to {change(name, high, sign=sign)}{unit(name)}"


def _proven(row: Mapping[str, Any], label: str) -> str:
    up = row["verdict"] == "higher"
    size = change(row["outcome"], abs(row["difference"])).lstrip("+")
    text = (
        f"{'raises' if up else 'lowers'} {label} by {size}{unit(row['outcome'])} "
        f"(95 % interval {_span(row, flip=not up)}), {'more' if up else 'less'} in {row['agree']} of {row['n']} worlds"
    )
    if row["p_holm"] > LEVEL:
        text += "; not certain once all outcomes of this family are looked at together"
    return text


def _same(row: Mapping[str, Any], label: str) -> str:
    if row["low"] == row["high"] == 0:
        return f"{label}: the same in all {row['n']} worlds"
    margin = change(row["outcome"], row["margin"], sign=False)
    return (
        f"{label}: no difference worth naming (95 % interval {_span(row, sign=True)}, "
        f"all within ±{margin}{unit(row['outcome'])})"
    )


def _unclear(row: Mapping[str, Any], label: str) -> str:
    text = f"{label}: cannot tell: the interval {_span(row, sign=True)} "
    if row["verdict"] == "weak":
        text += f"leaves out zero, but luck does as well in {100 * row['p']:.0f} % of shuffled worlds"
    else:
        text += "includes zero"
    more = row["seeds_needed"] - row["n"]
    if math.isnan(more):
        return text + "; the worlds cancel out"
    amount = f"about {max(1, round(more)):,}" if more <= _MANY else f"more than {_MANY:,}"
    more_seeds = "more seed" if amount == "about 1" else "more seeds"
    return f"{text}; {amount} {more_seeds} would be needed to detect a difference this large"


def _early(row: Mapping[str, Any], label: str) -> str:
    side = "higher" if row["difference"] > 0 else "lower"
    return (
        f"{label}: looks {side} (interval {_span(row, sign=True)}, {side} in {row['agree']} of {row['n']} worlds), "
        f"but fewer than {FEWEST_TO_CLAIM} seeds cannot rule out luck"
    )


@dataclass(frozen=True)
class Overall:
    """The verdict on one strategy: ``code`` win, loss, mixed, same or unclear, and what it rests on.

    ``adopter``, ``customers``, ``rivals``: the verdict of their decisive outcome, ``absent`` where there is none.
    ``text``: the verdict in one or two sentences.
    """

    strategy: str
    code: str
    adopter: str
    customers: str
    rivals: str
    text: str


_OPENINGS = {
    ("higher", "higher"): ("win", "A win for both sides"),
    ("higher", "lower"): ("mixed", "Not a win for both sides: {firms} {gain} and customers pay"),
    ("lower", "higher"): ("mixed", "Not a win for both sides: customers gain and {firms} {pay}"),
    ("lower", "lower"): ("loss", "A loss for both sides"),
    ("higher", "same"): ("mixed", "A gain for {firms} that leaves customers as they were"),
    ("same", "higher"): ("mixed", "A gain for customers that costs {firms} nothing worth naming"),
    ("lower", "same"): ("mixed", "A loss for {firms} that leaves customers as they were"),
    ("same", "lower"): ("mixed", "A loss for customers that brings {firms} nothing worth naming"),
    ("same", "same"): ("same", "No difference worth naming, neither for {firms} nor for customers"),
    ("higher", "?"): ("unclear", "A gain for {firms}; whether customers gain or pay cannot be told"),
    ("lower", "?"): ("unclear", "A loss for {firms}; whether customers gain or pay cannot be told"),
    ("same", "?"): ("unclear", "No difference worth naming for {firms}; what it does to customers cannot be told"),
    ("?", "higher"): ("unclear", "A gain for customers; whether {firms} {gain} or {pay} cannot be told"),
    ("?", "lower"): ("unclear", "A loss for customers; whether {firms} {gain} or {pay} cannot be told"),
    ("?", "same"): ("unclear", "No difference worth naming for customers; what it does to {firms} cannot be told"),
    ("?", "?"): ("unclear", "Cannot tell who gains"),
}


def overall(comparison: pd.DataFrame, strategy: str) -> Overall:
    """Return the verdict on ``strategy`` from the rows of a comparison of one scenario and one group of adopters.

    A win needs both sides up: the adopters' profit plus customer equity, and customer surplus.
    """
    rows = comparison.loc[comparison["strategy"] == strategy]
    if rows.empty or len(rows[["scenario", "adopters"]].drop_duplicates()) != 1:
        raise ValueError(f"the comparison holds no single scenario and group of adopters for strategy '{strategy}'")
    firm = _pick(rows, "adopters", "profit_plus_equity", "profit")
    people = _pick(rows, "market", "customer_surplus")
    rivals = _pick(rows, "rivals", "profit_plus_equity", "profit")
    adopters, baseline = str(rows["adopters"].iloc[0]), str(rows["baseline"].iloc[0])
    many = adopters in ("half", "all")
    whose = {"half": "the adopters", "all": "all firms"}.get(adopters, "the adopter")
    code, opening = _OPENINGS[(_side(firm), _side(people))]
    opening = opening.format(firms=whose, gain="gain" if many else "gains", pay="pay" if many else "pays")
    owner = {"half": "the adopters'", "all": "the firms'"}.get(adopters, "the adopter's")
    clauses = [_clause(f"{owner} ", firm, "profit plus customer equity"), _clause("", people, "customer surplus")]
    if rivals is not None and _code(rivals) != "undefined":
        clauses.append(_clause("rivals' ", rivals, "profit"))
    body = ", ".join(clauses[:-1]) + " and " + clauses[-1]
    text = f"{opening}. With {strategy} in place of {baseline}, {body}.{_advice(firm, people)}"
    return Overall(strategy, code, _code(firm), _code(people), _code(rivals), text)


def _pick(rows: pd.DataFrame, who: str, *names: str) -> dict[str, Any] | None:
    for name in names:
        found = rows.loc[(rows["who"] == who) & (rows["outcome"] == name)]
        if len(found):
            return dict(zip(found.columns.astype(str), found.iloc[0], strict=True))
    return None


def _code(row: dict[str, Any] | None) -> str:
    return "absent" if row is None else str(row["verdict"])


def _side(row: dict[str, Any] | None) -> str:
    code = _code(row)
    return code if code in ("higher", "lower", "same") else "?"


def _clause(owner: str, row: dict[str, Any] | None, label: str) -> str:
    subject = owner + (outcome(row["outcome"]).label if row else label).replace(" + ", " plus ")
    code = _code(row)
    if row is None or code in ("undefined", "absent"):
        return f"{subject} is not defined"
    if code == "few":
        return f"{subject} cannot be judged from {row['n']} seed{'s' if row['n'] > 1 else ''}"
    if code == "same":
        return f"{subject} stays within {_amount(row, row['margin'])} of what it was"
    if code == "unclear":
        return f"{subject} may fall or rise (95 % interval {_range(row)})"
    verb = "rises" if row["difference"] > 0 else "falls"
    size = _amount(row, abs(row["difference"]))
    if code in ("early", "weak"):
        return f"{subject} seems to {verb[:-1]} by {size}, though {row['n']} seeds cannot rule out luck"
    return f"{subject} {verb} by {size} (95 % interval {_range(row, flip=verb == 'falls')})"


def _amount(row: dict[str, Any], value: float) -> str:
    base = abs(row["baseline_mean"])
    if base > 0 and math.isfinite(row["relative"]):
        return f"{100 * value / base:.1f} %"
    return change(row["outcome"], value, sign=False) + unit(row["outcome"])


def _range(row: dict[str, Any], flip: bool = False) -> str:
    low, high = (-row["high"], -row["low"]) if flip else (row["low"], row["high"])
    first, last = (_amount(row, value).replace("-", "−") for value in (low, high))
    return f"{first.removesuffix(' %').removesuffix(' points')} to {last}"


def _advice(*rows: dict[str, Any] | None) -> str:
    """Return how many seeds would settle what is unclear, or that more are needed; empty when all is clear."""
    open_rows = [row for row in rows if row is not None and row["verdict"] in ("unclear", "weak", "early", "few")]
    if not open_rows:
        return ""
    needed = max((row["seeds_needed"] for row in open_rows if row["verdict"] in ("unclear", "weak")), default=math.nan)
    if math.isnan(needed):
        return f" Use more seeds: at least {FEWEST_TO_CLAIM} are needed for any claim, and 10 or more are better."
    amount = f"about {needed:,.0f}" if needed <= _MANY else f"more than {_MANY:,}"
    return f" If the differences are as large as they look here, {amount} seeds in all would settle it."
