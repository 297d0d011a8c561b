"""The answer to a scenario's question in one line: what its clauses mean in these worlds, with numbers.

With several strategies a claim about one of them has to survive Holm's correction over all of them, and the best of
several is called so. What cannot be told is said to be so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ecosim.analysis.compare import FEWEST_TO_CLAIM, LEVEL, holm, interval, rows_of
from ecosim.analysis.outcomes import change, level, outcome, unit

CLAIMS = ("higher", "lower", "same")
OWNERS = {"adopters": "the adopter's ", "market": "", "rivals": "rivals' "}
DEFAULTS = {
    "higher": "{strategy} raises {what}",
    "lower": "{strategy} lowers {what}",
    "same": "{strategy} leaves {what} as it was",
    "unclear": "what {strategy} does to {what} cannot be told",
}
LEVELS = {
    "higher": "{what} is above zero",
    "lower": "{what} is below zero",
    "same": "{what} is zero",
    "unclear": "whether {what} is above zero cannot be told",
}


def answer(clauses: Sequence[Mapping[str, str]], comparison: pd.DataFrame, outcomes: pd.DataFrame) -> str:
    """Return the answer as one line, empty if the scenario has no clauses or nothing was compared.

    ``clauses``: as `ecosim.answers.answer_clauses` returns them. ``comparison``: a table of `compare`; ``outcomes``:
    the long table it was made from.
    """
    if not clauses or comparison.empty:
        return ""
    parts = [text for clause in clauses for text in _told(clause, comparison, outcomes)]
    line = "; ".join(dict.fromkeys(parts))
    return f"{line[:1].upper()}{line[1:]}." if line else ""


def _told(clause: Mapping[str, str], comparison: pd.DataFrame, outcomes: pd.DataFrame) -> list[str]:
    baseline = str(comparison["baseline"].iloc[0])
    if clause["measure"] == "level":
        others = [str(name) for name in dict.fromkeys(comparison["strategy"])]
        meant = [name for name in others if name.partition("+")[0] == clause["strategy"]]
        arms = {"best": [baseline], "each": others}.get(clause["strategy"], meant)
        return [_level(clause, outcomes, name, baseline) for name in arms]
    wanted = (comparison["who"] == clause["who"]) & (comparison["outcome"] == clause["outcome"])
    rows = rows_of(comparison.loc[wanted])
    if not rows:
        return [f"nothing was recorded of {_what(clause)}"]
    for row, p in zip(rows, holm(np.array([row["p"] for row in rows])), strict=True):
        row["p_arms"], row["arms"] = float(p), len(rows)
    name = clause["strategy"]
    if name == "each":
        return [_difference(clause, row, baseline) for row in rows]
    if name == "best":
        return [_difference(clause, best(rows), baseline)]
    named = [row for row in rows if row["strategy"].partition("+")[0] == name]
    return [_difference(clause, row, baseline) for row in named]


def best(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the row whose mean difference is best for those concerned; the first of equals."""
    side = outcome(rows[0]["outcome"]).good or 1
    return max(rows, key=lambda row: -math.inf if math.isnan(row["difference"]) else side * row["difference"])


def _difference(clause: Mapping[str, str], row: Mapping[str, Any], baseline: str) -> str:
    code = row["verdict"]
    if row["arms"] > 1 and code in ("higher", "lower") and row["p_arms"] > LEVEL:
        code = "weak"
    words = clause[code if code in CLAIMS else "unclear"] or DEFAULTS[code if code in CLAIMS else "unclear"]
    text = _filled(words, row["strategy"], baseline, _what(clause))
    chosen = f"{row['strategy']}, best of {row['arms']}, " if row["arms"] > 1 and clause["strategy"] == "best" else ""
    return f"{text} ({chosen}{outcome(row['outcome']).label} {_numbers(row, code)})"


def _numbers(row: Mapping[str, Any], code: str) -> str:
    if code == "undefined":
        return "is not defined in these worlds"
    text = _amount(row, row["difference"])
    if code == "same" and row["low"] == row["high"] == 0:
        return "the same in every world"
    if code in ("few", "early"):
        return f"{text} in {row['n']} seed{'s' if row['n'] > 1 else ''}; a claim needs {FEWEST_TO_CLAIM}"
    low, high = _amount(row, row["low"]), _amount(row, row["high"])
    return f"{text}, 95 % interval {low} to {high}{_doubt(row) if code == 'weak' else ''}"


def _doubt(row: Mapping[str, Any]) -> str:
    """Return why a difference whose interval leaves out zero is not claimed."""
    if row["arms"] * 2.0 ** (1 - row["n"]) > LEVEL:
        return f"; {row['n']} seeds are too few to be certain among {row['arms']} strategies"
    return "; not certain among so many strategies" if row["arms"] > 1 else "; luck may do as well"


def _amount(row: Mapping[str, Any], value: float) -> str:
    """Return a difference of money in per cent of the baseline, anything else in its own unit."""
    if outcome(row["outcome"]).kind == "money" and row["baseline_mean"] > 0:
        return f"{100 * value / row['baseline_mean']:+.1f} %".replace("-", "−")
    return change(row["outcome"], value) + unit(row["outcome"])


def _level(clause: Mapping[str, str], outcomes: pd.DataFrame, name: str, baseline: str) -> str:
    """Return what a clause says of an outcome's level under a strategy."""
    kind = clause["outcome"]
    here = (outcomes["who"] == clause["who"]) & (outcomes["outcome"] == kind) & (outcomes["strategy"] == name)
    values = outcomes.loc[here, "value"].to_numpy(dtype=float)
    values = values[np.isfinite(values)]
    low, high = interval(values)
    code = "unclear"
    if len(values) >= FEWEST_TO_CLAIM and not low <= 0 <= high:
        code = "higher" if low > 0 else "lower"
    text = _filled(clause[code] or LEVELS[code], name, baseline, _what(clause))
    if not len(values):
        return f"{text} ({outcome(kind).label} is not defined in these worlds)"
    mean = f"{outcome(kind).label} {level(kind, float(values.mean()))}"
    if code == "unclear" and len(values) < FEWEST_TO_CLAIM:
        return f"{text} ({mean} in {len(values)} seed{'s' if len(values) > 1 else ''}; a claim needs {FEWEST_TO_CLAIM})"
    return f"{text} ({mean}, 95 % interval {level(kind, low)} to {level(kind, high)})".replace("(-", "(−")


def _what(clause: Mapping[str, str]) -> str:
    return OWNERS.get(clause["who"], "") + outcome(clause["outcome"]).label.replace(" + ", " plus ")


def _filled(words: str, strategy: str, baseline: str, what: str) -> str:
    for place, text in (("{strategy}", strategy), ("{baseline}", baseline), ("{what}", what)):
        words = words.replace(place, text)
    return words
