"""What it is worth to take a step early or late: a line a step over its place in the order."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from ecosim.figures.style import GREY, LINES, MARKERS, colour, empty, new_figure, styled


@styled
def places(table: pd.DataFrame) -> Figure:
    """Return the figure of a table with ``step``, ``place`` and ``difference``, the mean over orders in per cent."""
    figure = new_figure(9, 5)
    axes = figure.subplots()
    if table.empty:
        empty(axes, "no order was tried")
        return figure
    axes.axhline(0, color=GREY, linewidth=1.2)
    for n, (step, part) in enumerate(table.groupby("step", sort=True)):
        look: dict[str, Any] = {
            "color": colour(n),
            "marker": MARKERS[n % len(MARKERS)],
            "linestyle": LINES[n % len(LINES)],
        }
        axes.plot(part["place"], part["difference"], label=f"step {step}", **look)
    axes.set_xticks(sorted(set(table["place"])))
    axes.set_xlabel("place of the step in the order")
    axes.set_ylabel("mean difference from taking no step, %")
    figure.legend(loc="outside upper left", ncols=5)
    return figure
