"""Forest plot: paired differences with their intervals, in per cent of the baseline, a panel per group."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ecosim.analysis.outcomes import GROUPS, change, outcome, unit
from ecosim.figures.style import GREY, PALE, PALETTE, empty, label, new_figure, styled

TITLES = {"adopters": "Adopter", "market": "Customers and market", "rivals": "Rivals"}
PROVEN = ("higher", "lower")
COLOURS = {1: PALETTE[0], -1: PALETTE[1], 0: "#000000"}
ROW = 0.34


@styled
def differences(comparison: pd.DataFrame, strategy: str | None = None) -> Figure:
    """Return the forest plot of one strategy's rows of a comparison (`ecosim.analysis.compare`).

    Points are mean paired differences in per cent of the baseline mean, bars their 95 % intervals. Coloured: the
    interval excludes zero; blue is good and orange bad for those concerned, black has no side; grey cannot be told.
    Filled: also certain once all outcomes of the group are looked at together. The number at the right is in the
    outcome's own unit. Values off the scale are arrows at the edge.
    """
    if strategy is not None:
        comparison = comparison.loc[comparison["strategy"] == strategy]
    rows = comparison.loc[np.isfinite(comparison["relative"].astype(float))]
    groups = [(who, rows.loc[rows["who"] == who]) for who in GROUPS if (rows["who"] == who).any()]
    heights = [max(2, len(part)) for _, part in groups] or [3]
    figure = new_figure(11, ROW * sum(heights) + 0.75 * len(heights) + 1.6)
    if not groups:
        empty(figure.subplots(), "no outcome can be told in per cent of the baseline")
        return figure
    panels = figure.subplots(len(groups), 1, sharex=True, squeeze=False, height_ratios=[h + 0.6 for h in heights])[:, 0]
    reach = _reach(rows)
    for axes, (who, part) in zip(panels, groups, strict=True):
        _panel(axes, part, TITLES.get(who, who), reach)
    name, base = label(rows["strategy"].iloc[0]), label(rows["baseline"].iloc[0])
    figure.legend(handles=_legend(), loc="outside upper left", ncols=5)
    panels[-1].set_xlabel(f"difference, {name} less {base}, in % of {base}")
    return figure


def _reach(rows: pd.DataFrame) -> float:
    """Return the half-width of the scale in per cent: wide enough for most rows, not stretched by the few largest."""
    size = 100 * rows["relative"].abs().to_numpy(dtype=float)
    ends = 100 * (rows[["low", "high"]].abs().max(axis=1) / rows["baseline_mean"].abs()).to_numpy(dtype=float)
    ends = np.fmax(ends, size)
    typical = float(np.quantile(ends, 0.7))
    return 1.1 * max(float(ends[ends <= 6 * typical].max(initial=0.0)), 0.1)


def _panel(axes: Axes, rows: pd.DataFrame, title: str, reach: float) -> None:
    axes.axvline(0, color=GREY, linewidth=1.2, zorder=1)
    for place, row in enumerate(rows.to_dict("records")):
        scale = 100 / abs(row["baseline_mean"])
        side = outcome(row["outcome"]).good * (1 if row["difference"] > 0 else -1)
        proven = row["verdict"] in PROVEN
        shade = COLOURS[side] if proven else GREY
        low, high = (
            scale * row[end] if math.isfinite(row[end]) else scale * row["difference"] for end in ("low", "high")
        )
        axes.plot(np.clip([low, high], -reach, reach), [place, place], color=shade, linewidth=3, zorder=2)
        _point(axes, scale * row["difference"], place, reach, shade, proven and row["p_holm"] <= 0.05)
        text = change(row["outcome"], row["difference"]) + unit(row["outcome"]).replace(" points", " pts")
        axes.text(1.01, place, text, transform=axes.get_yaxis_transform(), va="center", ha="left", color=shade)
        axes.axhline(place, color=PALE, linewidth=0.6, zorder=0)
    axes.set_yticks(range(len(rows)), [outcome(name).label for name in rows["outcome"]])
    axes.set_ylim(max(len(rows), 2) - 0.4, -0.6)
    axes.set_xlim(-reach, reach)
    axes.set_title(title)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)


def _point(axes: Axes, value: float, place: int, reach: float, shade: str, proven: bool) -> None:
    off = abs(value) > reach
    marker = (">" if value > 0 else "<") if off else "o"
    at = math.copysign(reach, value) * 0.985 if off else value
    fill = shade if proven else "white"
    axes.plot(
        [at], [place], marker=marker, markersize=9, color=shade, markerfacecolor=fill, markeredgewidth=2, zorder=3
    )


def _legend() -> list[Line2D]:
    looks = {"better": PALETTE[0], "worse": PALETTE[1], "changed": "#000000"}
    known = [Line2D([], [], marker="o", linewidth=3, markersize=9, color=c, label=name) for name, c in looks.items()]
    hollow: dict[str, Any] = {
        "markerfacecolor": "white",
        "markeredgewidth": 2,
        "marker": "o",
        "linewidth": 3,
        "markersize": 9,
    }
    doubtful = Line2D([], [], color=PALETTE[0], label="coloured and hollow: not certain", **hollow)
    return [*known, doubtful, Line2D([], [], color=GREY, label="no difference, or cannot tell", **hollow)]
