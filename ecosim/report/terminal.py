"""The verdict table as plain text, at most 100 columns wide."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ecosim.analysis.compare import rows_of
from ecosim.analysis.outcomes import GROUPS, change, level, outcome, unit
from ecosim.analysis.verdict import SHORT, overall

WIDTH = 100
WIDTHS = (27, 9, 9, 30, 6, 14)
DOUBT = " (?)"
DOUBT_MEANS = "(?) not certain once all outcomes of its family are looked at together"
TITLES = {"adopters": "The adopter", "market": "Customers and market", "rivals": "Rivals"}


def group_title(who: str, adopters: str) -> str:
    """Return the heading of one group of outcomes."""
    plural = {"half": "The adopters", "all": "The firms (all adopt)"}.get(adopters, "The adopter")
    return plural if who == "adopters" else TITLES.get(who, who)


def cells(row: Mapping[str, Any]) -> tuple[str, str, str, str, str, str]:
    """Return outcome, baseline, strategy, difference with interval, share of worlds and short verdict as text."""
    name = row["outcome"]
    difference = change(name, row["difference"])
    if difference != "–":
        difference += unit(name).replace(" points", " pts")
    if row["low"] == row["low"]:
        difference += f" [{change(name, row['low'])}, {change(name, row['high'])}]"
    superiority = row["superiority"]
    doubt = DOUBT if row["verdict"] in ("higher", "lower") and row["p_holm"] > 0.05 else ""
    higher = "–" if superiority != superiority else f"{100 * superiority:.0f} %"
    return (
        outcome(name).label,
        level(name, row["baseline_mean"]),
        level(name, row["strategy_mean"]),
        difference,
        higher,
        SHORT[row["verdict"]] + doubt,
    )


def terminal_table(comparison: pd.DataFrame) -> str:
    """Return a comparison as aligned text, one table per scenario, group of adopters and strategy, verdict below it."""
    keys = ["scenario", "adopters", "strategy"]
    parts = [_one(part, *map(str, key)) for key, part in comparison.groupby(keys, sort=False)]
    return "\n\n".join(parts)


def _one(rows: pd.DataFrame, scenario: str, adopters: str, strategy: str) -> str:
    baseline = str(rows["baseline"].iloc[0])
    lines = [
        *_wrap(f"{scenario}: {strategy} against {baseline} (adopters: {adopters}, {rows['worlds'].max()} seeds)"),
        "",
    ]
    head = ("outcome", baseline, strategy, "difference [95 % interval]", "higher", "verdict")
    lines += [_line(head), _line(("", "", "", "", "in", "")), "-" * WIDTH]
    still = (rows["n"] == 0) | ((rows["low"] == 0) & (rows["high"] == 0))
    groups = [who for who in GROUPS if who in set(rows["who"])]
    groups += [who for who in dict.fromkeys(rows["who"]) if who not in groups]
    for who in groups:
        part = rows.loc[(rows["who"] == who) & ~still]
        if part.empty:
            continue
        lines.append(group_title(who, adopters))
        lines += [_line(("  " + (c := cells(row))[0], *c[1:])) for row in rows_of(part)]
    for hidden, why in (
        (still & (rows["n"] > 0), "the same in all worlds"),
        (rows["n"] == 0, "not defined in these worlds"),
    ):
        if hidden.any():
            lines.append(f"({hidden.sum()} outcome{'s' if hidden.sum() > 1 else ''} {why} and left out)")
    if any(line.endswith(DOUBT) for line in lines):
        lines.append(DOUBT_MEANS)
    lines += ["-" * WIDTH, *_wrap(overall(rows, strategy).text)]
    return "\n".join(lines)


def _line(words: tuple[str, ...]) -> str:
    fitted = [_fit(word, width) for word, width in zip(words, WIDTHS, strict=True)]
    aligned = [
        _pad(word, width, right=place in (1, 2, 4))
        for place, (word, width) in enumerate(zip(fitted, WIDTHS, strict=True))
    ]
    return " ".join(aligned).rstrip()


def _cells_wide(text: str) -> int:
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _fit(text: str, width: int) -> str:
    clean = "".join(c if c.isprintable() else " " for c in text)
    if _cells_wide(clean) <= width:
        return clean
    while _cells_wide(clean) > width - 1:
        clean = clean[:-1]
    return clean + "…"


def _pad(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - _cells_wide(text))
    return space + text if right else text + space


def _wrap(text: str) -> list[str]:
    return textwrap.wrap("".join(c if c.isprintable() else " " for c in text), WIDTH) or [""]
