"""Tornado: what a quantity is in the lowest and in the highest fifth of each factor, widest first."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ecosim.figures.style import GREY, PALE, PALETTE, empty, label, new_figure, styled

ROW = 0.62
ENDS = (("low", PALETTE[1], "s"), ("high", PALETTE[0], "o"))


@styled
def tornado(table: pd.DataFrame, value: str = "mean") -> Figure:
    """Return the figure of a table from `ecosim.analysis.responses.tornado`; ``value`` names the quantity and its unit.

    Squares are means in the lowest fifth, dots in the highest; a bar whose interval holds no difference is grey.
    """
    figure = new_figure(11, 1.8 + ROW * max(len(table), 2))
    axes = figure.subplots()
    if table.empty:
        empty(axes, "nothing was varied")
        return figure
    for place, row in enumerate(table.to_dict("records")):
        unclear = not (row["swing_low"] > 0 or row["swing_high"] < 0)
        ends = [row["low_mean"], row["high_mean"]]
        axes.plot(ends, [place, place], color=PALE if unclear else PALETTE[5], linewidth=11, solid_capstyle="butt")
        for name, shade, marker in ENDS:
            at, right = row[f"{name}_mean"], row[f"{name}_mean"] >= sum(ends) / 2
            right = name == "high" if ends[0] == ends[1] else right
            axes.plot([at], [place], marker, color=GREY if unclear else shade, markersize=9)
            axes.annotate(label(row[f"{name}_value"], 24), (at, place), (12 if right else -12, 0),
                          textcoords="offset points", va="center", ha="left" if right else "right", color=GREY,
                          fontsize=11, bbox={"facecolor": "white", "pad": 1, "edgecolor": "none"})  # fmt: skip
    axes.set_yticks(range(len(table)), [label(name) for name in table["factor"]])
    axes.set_ylim(max(len(table), 2) - 0.4, -0.6)
    axes.margins(x=0.28)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(label(value, 90))
    low, high = axes.get_xlim()
    if low < 0 < high:
        axes.axvline(0, color=GREY, linewidth=1.2, zorder=0)
    figure.legend(handles=_legend(), loc="outside upper left", ncols=3)
    return figure


def _legend() -> list[Line2D]:
    told = {"low": "mean in the lowest fifth", "high": "in the highest fifth"}
    known = [Line2D([], [], marker=m, linewidth=0, markersize=9, color=c, label=told[n]) for n, c, m in ENDS]
    return [*known, Line2D([], [], linewidth=9, color=PALE, label="grey: no difference that can be told")]
