"""Quarterly series: the adopters' metrics under each strategy, with the band over seeds and the line of treatment."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ecosim.analysis.outcomes import number, outcome
from ecosim.figures.style import GREY, LINES, colour, empty, label, new_figure, styled

COLUMNS = 2


@styled
def series(bands: pd.DataFrame) -> Figure:
    """Return one panel per metric of a table from `ecosim.analysis.bands` of one scenario and group of adopters.

    Lines are means over seeds, bands run from ``low`` to ``high``; the dotted line marks the end of the common history.
    """
    metrics = list(dict.fromkeys(bands["metric"]))
    if not metrics:
        figure = new_figure(11, 3)
        empty(figure.subplots(), "no quarterly values")
        return figure
    lines = -(-len(metrics) // COLUMNS)
    figure = new_figure(11, 3.1 * lines + 0.6)
    panels = figure.subplots(lines, min(COLUMNS, len(metrics)), sharex=True, squeeze=False).ravel()
    strategies = list(dict.fromkeys(bands["strategy"]))
    for axes, metric in zip(panels, metrics, strict=False):
        _panel(axes, bands.loc[bands["metric"] == metric], metric, strategies)
    for axes in panels[len(metrics) :]:
        axes.set_axis_off()
    for axes in panels[max(0, len(metrics) - COLUMNS) : len(metrics)]:
        axes.set_xlabel("quarters after the change")
        axes.tick_params(labelbottom=True)
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside upper left", ncols=min(4, len(names)))
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, metric: str, strategies: list[str]) -> None:
    for place, name in enumerate(strategies):
        part = rows.loc[rows["strategy"] == name].sort_values("quarter")
        shade = colour(place)
        axes.fill_between(part["quarter"], part["low"], part["high"], color=shade, alpha=0.18, linewidth=0)
        axes.plot(
            part["quarter"], part["mean"], color=shade, linestyle=LINES[place % len(LINES)], label=label(name, 24)
        )
    axes.axvline(0, color=GREY, linestyle=":", linewidth=1.6)
    axes.set_title(_title(metric))
    axes.yaxis.set_major_formatter(FuncFormatter(_percent if outcome(metric).kind == "share" else _plain))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=7, integer=True))
    axes.margins(x=0.01)


def _title(metric: str) -> str:
    text = outcome(metric).label
    return text[0].upper() + text[1:] + (" per quarter" if metric == "profit" else "")


def _percent(value: float, _place: int | None = None) -> str:
    return f"{100 * value:.3g} %".replace("-", "−")


def _plain(value: float, _place: int | None = None) -> str:
    text = number(value) if abs(value) >= 1e4 else f"{value:.4g}"
    return text.replace("-", "−")
