"""Are the worlds enough? The mean of a quantity after each replication, with its interval."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ecosim.figures.style import GREY, PALETTE, empty, new_figure, styled, wrapped


@styled
def running(table: pd.DataFrame, value: str = "mean") -> Figure:
    """Return the figure of a table from `ecosim.analysis.replications.running`; ``value`` names quantity and unit."""
    figure = new_figure(9, 5)
    axes = figure.subplots()
    if table.empty:
        empty(axes, "fewer than two replications")
        return figure
    axes.fill_between(table["n"], table["low"], table["high"], color=PALETTE[0], alpha=0.18, linewidth=0,
                      label="95 % interval")  # fmt: skip
    axes.plot(table["n"], table["mean"], color=PALETTE[0], marker="o", markersize=6, label="mean so far")
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    low, high = axes.get_ylim()
    if low < 0 < high:
        axes.axhline(0, color=GREY, linewidth=1.2, zorder=0)
    axes.set_xlabel("replications")
    axes.set_ylabel(wrapped(value))
    figure.legend(loc="outside upper left", ncols=2)
    return figure
