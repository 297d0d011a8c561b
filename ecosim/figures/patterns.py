"""Published against obtained: one panel per metric, one line per brand, tolerance as a grey bar."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ecosim.figures.style import PALE, PALETTE, empty, label, new_figure, styled

COLUMNS = 2


@styled
def patterns(table: pd.DataFrame) -> Figure:
    """Return the figure of ``table``: columns brand, metric, published, obtained, sd, tolerance; NaN where unknown.

    Diamonds are published, dots obtained (bars: one standard deviation over seeds), grey bars the tolerance around the
    published number. Orange dots lie outside their tolerance.
    """
    metrics = list(dict.fromkeys(table["metric"]))
    if not metrics:
        figure = new_figure(11, 3)
        empty(figure.subplots(), "no patterns were checked")
        return figure
    lines = -(-len(metrics) // COLUMNS)
    most = int(table.groupby("metric").size().max())
    figure = new_figure(11, lines * (0.36 * max(most, 3) + 1.0) + 0.5)
    panels = figure.subplots(lines, min(COLUMNS, len(metrics)), squeeze=False).ravel()
    for axes, metric in zip(panels, metrics, strict=False):
        _panel(axes, table.loc[table["metric"] == metric], label(metric))
    for axes in panels[len(metrics) :]:
        axes.set_axis_off()
    figure.legend(handles=_legend(panels[0]), loc="outside upper left", ncols=4)
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, title: str) -> None:
    for place, row in enumerate(rows.to_dict("records")):
        published, obtained = float(row["published"]), float(row["obtained"])
        tolerance, sd = float(row["tolerance"]), float(row["sd"])
        if math.isfinite(published) and math.isfinite(tolerance):
            axes.barh(place, 2 * tolerance, left=published - tolerance, height=0.62, color=PALE, zorder=1)
        outside = abs(obtained - published) > tolerance
        shade = PALETTE[1] if outside else PALETTE[0]
        axes.errorbar(
            obtained,
            place,
            xerr=sd if math.isfinite(sd) else None,
            fmt="o",
            color=shade,
            markersize=7,
            capsize=3,
            zorder=3,
        )
        axes.plot([published], [place], marker="D", markersize=8, color="black", markerfacecolor="none", zorder=4)
    axes.set_yticks(range(len(rows)), [label(name, 18) for name in rows["brand"]])
    axes.set_ylim(max(len(rows), 3) - 0.4, -0.6)
    ends = rows[["published", "obtained"]].to_numpy(dtype=float)
    if np.isfinite(ends).any() and np.nanmin(ends) >= 0:
        axes.set_xlim(left=max(0.0, axes.get_xlim()[0]))
    axes.set_title(title)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)


def _legend(axes: Axes) -> list:
    return [
        axes.plot([], [], "D", color="black", markerfacecolor="none", label="published")[0],
        axes.plot([], [], "o", color=PALETTE[0], label="obtained, within tolerance")[0],
        axes.plot([], [], "o", color=PALETTE[1], label="obtained, outside")[0],
        axes.plot([], [], color=PALE, linewidth=9, label="tolerance")[0],
    ]
