"""How far conclusions about strategies depend on the values of their levers, a row a strategy, a panel an outcome."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ecosim.analysis.outcomes import outcome
from ecosim.figures.style import GREY, PALE, PALETTE, empty, label, new_figure, styled

ROW = 0.5
SHADES = {"higher": PALETTE[0], "lower": PALETTE[1]}


@styled
def sensitivity(table: pd.DataFrame) -> Figure:
    """Return the figure of a sensitivity pass.

    ``table`` has one row per outcome, strategy and variant, with ``lever`` (empty for the strategy itself),
    ``difference``, ``low`` and ``high`` in per cent of the baseline, ``verdict``, and ``changed`` (whether the verdict
    is not the strategy's own). Small dots are variants, the line the interval of the strategy itself.
    """
    outcomes = list(dict.fromkeys(table["outcome"]))
    names = list(dict.fromkeys(table["strategy"]))
    figure = new_figure(11, 2.2 + ROW * len(names))
    if not names:
        empty(figure.subplots(), "nothing was varied")
        return figure
    panels = figure.subplots(1, len(outcomes), sharey=True, squeeze=False)[0]
    for axes, name in zip(panels, outcomes, strict=True):
        _panel(axes, table.loc[table["outcome"] == name], names)
        axes.set_title(outcome(name).label)
        axes.set_xlabel("difference from the baseline, %")
    panels[0].set_yticks(range(len(names)), [label(name) for name in names])
    panels[0].set_ylim(len(names) - 0.4, -0.6)
    figure.legend(handles=_legend(), loc="outside upper left", ncols=4)
    return figure


def _panel(axes: Axes, table: pd.DataFrame, names: list[str]) -> None:
    axes.axvline(0, color=GREY, linewidth=1.2, zorder=1)
    axes.tick_params(axis="y", length=0)
    for place, name in enumerate(names):
        rows = table.loc[table["strategy"] == name]
        axes.axhline(place, color=PALE, linewidth=0.6, zorder=0)
        for row in rows.to_dict("records"):
            shade = SHADES.get(row["verdict"], GREY)
            if row["lever"]:
                marker = "X" if row["changed"] else "o"
                axes.plot([row["difference"]], [place + 0.18], marker, color=shade, markersize=5, zorder=2)
            else:
                axes.plot([row["low"], row["high"]], [place - 0.12] * 2, color=shade, linewidth=3, zorder=3)
                axes.plot([row["difference"]], [place - 0.12], "o", color=shade, markersize=9, zorder=4)


def _legend() -> list[Line2D]:
    told = {"higher": PALETTE[0], "lower": PALETTE[1], "no difference, or cannot tell": GREY}
    known = [Line2D([], [], marker="o", linewidth=3, markersize=9, color=c, label=name) for name, c in told.items()]
    crossed = Line2D([], [], marker="X", linewidth=0, markersize=7, color=GREY, label="verdict changed by one lever")
    return [*known, crossed]
