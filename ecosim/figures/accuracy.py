"""How much of a box is put on the wrong side of a known boundary, by the number of points that it took."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ecosim.figures.style import GREY, LINES, MARKERS, colour, label, new_figure, styled


@styled
def accuracy(table: pd.DataFrame) -> Figure:
    """Return one panel a problem; lines are medians over seeds, bands their full range.

    ``table``: columns problem, method, points, seed, wrong (share of the box with the wrong sign).
    """
    problems = list(dict.fromkeys(table["problem"]))
    figure = new_figure(15, 4.6)
    panels = figure.subplots(1, len(problems), squeeze=False)[0]
    for axes, problem in zip(panels, problems, strict=True):
        _panel(axes, table.loc[table["problem"] == problem])
        axes.set_title(label(problem, 30), fontsize=12)
        axes.set_xlabel("points")
    panels[0].set_ylabel("share of the box on the wrong side, %")
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside upper left", ncols=2)
    return figure


def _panel(axes: Axes, table: pd.DataFrame) -> None:
    for place, (method, rows) in enumerate(table.groupby("method", sort=False)):
        over = (100 * rows.set_index("points")["wrong"]).groupby(level=0).agg(["median", "min", "max"])
        look: dict[str, Any] = {
            "color": colour(place),
            "linestyle": LINES[place],
            "marker": MARKERS[place],
            "markersize": 5,
        }
        axes.plot(over.index, over["median"], label=label(method, 60), **look)
        axes.fill_between(over.index, over["min"], over["max"], color=colour(place), alpha=0.18, linewidth=0)
    axes.set_xscale("log")
    axes.set_yscale("log")
    ticks = [10, 30, 100, 300, 1000]
    low, high = table["points"].min(), table["points"].max()
    axes.set_xticks([tick for tick in ticks if low <= tick <= high])
    axes.xaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter("")
    axes.yaxis.set_minor_formatter("")
    axes.grid(visible=True, which="major", color=GREY, alpha=0.25, linewidth=0.6)
