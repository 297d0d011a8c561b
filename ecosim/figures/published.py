"""Published points over what is obtained, on the paper's axes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from ecosim.figures.style import GREY, LINES, MARKERS, colour, new_figure, styled

Series = tuple[str, Iterable[float], Iterable[float]]
"""Label, x and y; of what is obtained, joined by lines, or of what is published, as hollow points."""


@styled
def against(
    obtained: Sequence[Series], published: Sequence[Series] = (), *, x_label: str, y_label: str, title: str = "",
    log: str = "", bars: bool = False, names: Sequence[str] = (),
) -> Figure:  # fmt: skip
    """Return lines of what is obtained with hollow points of what was published; ``log`` names logarithmic axes.

    ``bars``: the obtained series as bars beside each other over whole x; ``names``: what these stand for.
    """
    figure = new_figure(9, 5.6)
    axes: Any = figure.subplots()
    for place, (label, x, y) in enumerate(obtained):
        xs, ys = np.asarray(list(x), float), np.asarray(list(y), float)
        shade = colour(place)
        if bars:
            width = 0.8 / len(obtained)
            axes.bar(xs + (place - (len(obtained) - 1) / 2) * width, ys, width, color=shade, label=label)
        else:
            axes.plot(xs, ys, color=shade, linestyle=LINES[place % len(LINES)], marker=".", label=label)
    for place, (label, x, y) in enumerate(published):
        xs, ys = np.asarray(list(x), float), np.asarray(list(y), float)
        axes.plot(xs, ys, linestyle="none", marker=MARKERS[place % len(MARKERS)], markersize=10, markerfacecolor="none",
                  markeredgewidth=1.8, color=colour(place) if not bars else GREY, label=label)  # fmt: skip
    for name in log:
        getattr(axes, f"set_{name}scale")("log")
        getattr(axes, f"{name}axis").set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        getattr(axes, f"{name}axis").set_minor_formatter(NullFormatter())
    if names:
        axes.set_xticks(range(len(names)), [name.replace("_", " ") for name in names])
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.set_title(title)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=2)
    return figure
