"""A customer base: how often people bought again, and cumulative repeat purchases, observed and expected."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ecosim.figures.style import GREY, LINES, PALE, colour, label, new_figure, styled

MODELS = {"bg_nbd": "BG/NBD", "pareto_nbd": "Pareto/NBD"}


@styled
def customer_base(
    frequencies: pd.DataFrame, tracking: pd.DataFrame, *, time_label: str, end: float | None = None, end_label: str = ""
) -> Figure:
    """Return two panels: customers by repeats (observed and a bar a model), and cumulative repeats over time.

    ``end`` is the end of calibration on the axis of ``tracking["time"]``; None where nothing is held out.
    """
    figure = new_figure(13, 5.2)
    left, right = figure.subplots(1, 2)
    _bars(left, frequencies)
    _lines(right, tracking, time_label, end, end_label)
    figure.legend(*left.get_legend_handles_labels(), loc="outside upper left", ncols=3)
    return figure


def _bars(axes: Any, table: pd.DataFrame) -> None:
    names = [name for name in MODELS if name in table]
    width = 0.8 / (len(names) + 1)
    x = table["repeats"].to_numpy(float)
    axes.bar(x - 0.4 + width / 2, table["observed"], width, color=GREY, label="observed")
    for place, name in enumerate(names):
        at = x - 0.4 + (place + 1.5) * width
        axes.bar(at, table[name], width, color=colour(place), label=MODELS[name])
    axes.set_xticks(x, [*(f"{n:g}" for n in x[:-1]), f"{x[-1]:g}+"])
    axes.set_xlabel("repeat purchases in calibration")
    axes.set_ylabel("customers")


def _lines(axes: Any, table: pd.DataFrame, time_label: str, end: float | None, end_label: str) -> None:
    axes.plot(table["time"], table["observed"], color=GREY, linewidth=4, alpha=0.7)
    for place, name in enumerate(name for name in MODELS if name in table):
        axes.plot(table["time"], table[name], color=colour(place), linestyle=LINES[place % len(LINES)])
    if end is not None:
        axes.axvspan(end, float(np.max(table["time"])), color=PALE, alpha=0.5, linewidth=0)
        axes.text(end, axes.get_ylim()[1], " " + label(end_label), va="top", color=GREY)
    axes.set_xlabel(time_label)
    axes.set_ylabel("cumulative repeat purchases")
