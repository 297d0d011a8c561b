"""What a sweep says, in sentences: what matters, which way, where, and how far that can be trusted."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from ecosim.analysis.compare import LEVEL
from ecosim.analysis.findings import NAMED, Findings
from ecosim.sweeps.designs import DUMMY

TOLD = {"total": "total index", "mu_star": "μ*", "index": "PAWN index"}
MUCH_LUCK = 0.1


def sentences(found: Findings, common: bool = False) -> list[str]:
    """Return what a reader should know, most important first. ``common``: the same seeds at every point."""
    return [headline(found), *directions(found), signs(found), *where(found), *_trust(found, common)]


def headline(found: Findings) -> str:
    """Return which factors matter most for the quantity; only those that clear the noise floor are named as such."""
    label = found.quantity.label
    if not found.method:
        return f"What matters for {label} cannot be told: {found.why}."
    table, name = ranked(found), NAMED[found.method]
    clear, rest = table.loc[table["clear"]], list(table.loc[~table["clear"], "factor"])
    if clear.empty:
        return f"For {label}, no factor can be told from noise ({TOLD[name]} of each within what luck reaches)."
    named = [f"{row['factor']} ({TOLD[name] if n == 0 else ''}{' ' if n == 0 else ''}{_ends(row, name)})"
             for n, row in enumerate(clear.to_dict("records"))]  # fmt: skip
    text = f"For {label}, what matters most is {named[0]}"
    text += f", then {', '.join(named[1:])}" if named[1:] else ""
    return f"{text}. {_listed(rest)} cannot be told from noise." if rest else f"{text}. Every factor clears the noise."


def ranked(found: Findings) -> pd.DataFrame:
    """Return the indices of the factors without the dummy, largest first."""
    table = found.indices.loc[found.indices["factor"] != DUMMY]
    return table.sort_values(NAMED[found.method], ascending=False, kind="stable")


def _ends(row: dict, name: str) -> str:
    return f"{number(row[name])} [{number(row[f'{name}_low'])}, {number(row[f'{name}_high'])}]"


def directions(found: Findings, most: int = 3) -> list[str]:
    """Return how the quantity differs between the ends of the factors that matter."""
    if not found.method:
        return []
    names = list(ranked(found).query("clear")["factor"])[:most]
    rows = found.swings.set_index("factor")
    told = []
    for name in names:
        row = rows.loc[name]
        sure = row["swing_low"] > 0 or row["swing_high"] < 0
        ends = [f"{number(row[f'{end}_mean'])} where it is {row[f'{end}_value']}" for end in ("low", "high")]
        tail = "." if sure else "; these do not differ surely: its effect bends, or hangs on other factors."
        told.append(f"{name}: mean {ends[0]}, {ends[1]}{tail}")
    return told


def signs(found: Findings) -> str:
    """Return at how many points the quantity is surely above or below zero, after Holm over the points."""
    points, n = found.points, len(found.points)
    if not found.quantity.baseline:
        return f"Over {n:,} points its mean runs from {number(points['mean'].min())} to {number(points['mean'].max())}."
    above, sure = int((points["mean"] > 0).sum()), points["p_adjusted"] <= LEVEL
    text = f"The mean difference is above zero at {above:,} of {n:,} points"
    if points["p"].isna().all():
        return f"{text}; with one world a point, none can be told by itself."
    high, low = int((sure & (points["mean"] > 0)).sum()), int((sure & (points["mean"] < 0)).sum())
    return f"{text}; surely above at {high:,} and surely below at {low:,} (t tests, Holm over the points)."


def where(found: Findings) -> list[str]:
    """Return the largest box in words, with how it does on points held out."""
    if found.boxes.empty:
        return []
    rows = found.boxes.loc[found.boxes["box"] == found.boxes["box"].iloc[0]].to_dict("records")
    limits = [f"{row['factor']} is {limit(row)}" for row in rows]
    first, share = rows[0], float(found.holds.mean())
    held = f" (held-out points in boxes: {percent(first['held_out'])})" if math.isfinite(first["held_out"]) else ""
    text = (
        f"Where {' and '.join(limits)}, {found.condition} at {percent(first['density'])} of the points{held}, against "
        f"{percent(share)} of all points; that is {percent(first['coverage'])} of all points where it is so."
    )
    if first["held_out"] < share + 0.05:
        text += " On points held out, boxes do hardly better than chance: do not rely on them."
    return [text]


def limit(row: dict) -> str:
    """Return the limits of a box on one factor."""
    if row["values"]:
        return " or ".join(str(row["values"]).split(", "))
    return number(row["low"]) if row["low"] == row["high"] else f"{number(row['low'])} to {number(row['high'])}"


def _trust(found: Findings, common: bool) -> list[str]:
    told = [f"Indices are PAWN's: {found.why}."] if found.method == "pawn" and found.why else []
    if common and found.method in ("sobol", "morris"):
        told.append(
            "All points have the same seeds, so the dummy says nothing of luck: its index is zero by construction."
        )
    if not common and found.luck > MUCH_LUCK:
        told.append(
            f"Of the variance between the points' means {percent(min(found.luck, 1))} is luck of the worlds; more "
            "replications make it less."
        )
    return told


def number(value: float) -> str:
    """Return ``value`` in three significant digits, thousands as k, with a proper minus; – if there is none."""
    if not math.isfinite(value):
        return "–"
    text = f"{value / 1000:.3g}k" if 1e4 <= abs(value) < 1e6 else f"{value:.3g}"
    return text.replace("-", "−")


def percent(share: float) -> str:
    """Return a share in whole per cent."""
    return f"{100 * share:.0f} %"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
