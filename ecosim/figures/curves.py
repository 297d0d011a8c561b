"""Response curves: the mean of a quantity over the values of each factor, a panel a factor."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ecosim.figures.style import GREY, PALETTE, empty, label, new_figure, styled, wrapped

COLUMNS = 3


@styled
def curves(table: pd.DataFrame, value: str = "mean", log: Collection[str] = ()) -> Figure:
    """Return small multiples of a table from `ecosim.analysis.responses.curves`, in the order of its factors.

    ``value`` names the quantity and its unit; factors in ``log`` get a logarithmic axis. Words are points with 95 %
    intervals, numbers are lines with 95 % bands.
    """
    factors = list(dict.fromkeys(table["factor"]))
    if not factors:
        figure = new_figure(11, 3)
        empty(figure.subplots(), "nothing was varied")
        return figure
    lines, columns = -(-len(factors) // COLUMNS), min(COLUMNS, len(factors))
    figure = new_figure(11 if columns > 1 else 7, 3.2 * lines + 0.6)
    panels = figure.subplots(lines, columns, sharey=True, squeeze=False).ravel()
    for axes, factor in zip(panels, factors, strict=False):
        _panel(axes, table.loc[table["factor"] == factor].sort_values("at"), factor in log)
        axes.set_xlabel(label(factor, 34))
    for axes in panels[len(factors) :]:
        axes.set_axis_off()
    low, high = _scale(panels[0], table)
    panels[0].set_ylim(low, high)
    for axes in panels[: len(factors)]:
        if low < 0 < high:
            axes.axhline(0, color=GREY, linewidth=1.2, zorder=0)
    figure.supylabel(wrapped(value, 34 * lines), fontsize=12)
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, log: bool) -> None:
    if rows["label"].astype(bool).any():
        place = range(len(rows))
        half = (rows["high"] - rows["mean"]).fillna(0)
        axes.errorbar(
            place, rows["mean"], yerr=half, fmt="o", color=PALETTE[0], markersize=9, capsize=4, elinewidth=2.2
        )
        slanted: dict[str, Any] = {"rotation": 30, "ha": "right"} if rows["label"].str.len().sum() > 24 else {}
        axes.set_xticks(place, [label(name, 16) for name in rows["label"]], **slanted)
        axes.set_xlim(-0.5, len(rows) - 0.5)
        return
    axes.fill_between(rows["at"], rows["low"], rows["high"], color=PALETTE[0], alpha=0.18, linewidth=0)
    axes.plot(rows["at"], rows["mean"], color=PALETTE[0], marker="o", markersize=5)
    if log:
        _decades(axes, rows["at"])
    else:
        axes.xaxis.set_major_locator(MaxNLocator(5))


def _decades(axes: Axes, at: pd.Series) -> None:
    """Make an axis logarithmic, with at most five plain numbers."""
    axes.set_xscale("log")
    low, high = 0.8 * at.min(), 1.25 * at.max()
    ticks = [m * 10.0**n for n in range(-12, 13) for m in (1, 2, 5) if low <= m * 10.0**n <= high]
    ticks = ticks[:: max(1, -(-len(ticks) // 5))]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()


def _scale(axes: Axes, table: pd.DataFrame) -> tuple[float, float]:
    """Return the ends of the common scale: all means, and intervals unless they are very wide."""
    low, high = axes.get_ylim()
    least, most = float(table["mean"].min()), float(table["mean"].max())
    room = 0.75 * (most - least)
    return (max(low, least - room), min(high, most + room)) if room > 0 else (low, high)
