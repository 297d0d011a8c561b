"""Boundary map: where in a plane of two parameters one strategy beats the other, with what cannot be told hatched."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from ecosim.figures.style import GREY, empty, label, new_figure, styled

COLOURS = "PuOr_r"
MOST_NUMBERS = 60
"""Largest number of cells that have their numbers written in them."""


@styled
def boundary_map(
    table: pd.DataFrame,
    *,
    x_label: str,
    y_label: str,
    value_label: str,
    title: str = "",
    low_label: str = "",
    high_label: str = "",
) -> Figure:
    """Return the map of ``table``: columns x, y, difference, low, high; one row per grid point, gaps allowed.

    Colour is the mean difference (white = 0), also written in the cells of a small map with its interval; the black
    line is where it changes sign, hatching where the interval from ``low`` to ``high`` includes zero. ``low_label`` and
    ``high_label`` name what wins below and above zero.
    """
    figure = new_figure(9.5, 7)
    axes = figure.subplots()
    x, y = np.unique(table["x"].to_numpy(dtype=float)), np.unique(table["y"].to_numpy(dtype=float))
    if len(x) < 2 or len(y) < 2:
        empty(axes, "a map needs at least two values on each axis")
        return figure
    mean, low, high = (_grid(table, x, y, name) for name in ("difference", "low", "high"))
    reach = float(np.nanmax(np.abs(mean))) if np.isfinite(mean).any() else 1.0
    norm = TwoSlopeNorm(0, -max(reach, 1e-12), max(reach, 1e-12))
    columns, rows = np.arange(len(x)), np.arange(len(y))
    mesh = axes.pcolormesh(columns, rows, np.ma.masked_invalid(mean), cmap=COLOURS, norm=norm, shading="nearest")
    unsure = ~((low > 0) | (high < 0)) & np.isfinite(mean)
    _hatch(axes, unsure)
    if mean.size <= MOST_NUMBERS:
        _numbers(axes, mean, low, high, reach)
    if (mean > 0).any() and (mean < 0).any():
        axes.contour(columns, rows, np.ma.masked_invalid(mean), levels=[0.0], colors="black", linewidths=2.6)
    axes.set_xticks(columns, [f"{value:g}" for value in x])
    axes.set_yticks(rows, [f"{value:g}" for value in y])
    axes.set(xlabel=label(x_label, 80), ylabel=label(y_label, 60))
    axes.set_title(label(title, 80))
    bar = figure.colorbar(mesh, ax=axes, shrink=0.9)
    bar.set_label(label(value_label, 80))
    _ends(bar.ax, low_label, high_label)
    figure.legend(handles=_legend(), loc="outside lower left", ncols=2)
    return figure


def _grid(table: pd.DataFrame, x: np.ndarray, y: np.ndarray, name: str) -> np.ndarray:
    """Return column ``name`` as [len(y), len(x)] float64, NaN where the table has no row."""
    wide = table.pivot(index="y", columns="x", values=name)  # noqa: PD010
    return wide.reindex(index=y, columns=x).to_numpy(dtype=float)


def _hatch(axes: Axes, unsure: np.ndarray) -> None:
    for row, column in np.argwhere(unsure):
        cell = Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor="none", edgecolor=GREY, hatch="///", linewidth=0)
        axes.add_patch(cell)


def _numbers(axes: Axes, mean: np.ndarray, low: np.ndarray, high: np.ndarray, reach: float) -> None:
    """Write mean and interval into each cell, white where the cell is dark."""
    for row, column in np.argwhere(np.isfinite(mean)):
        colour = "white" if abs(mean[row, column]) > 0.55 * reach else "black"
        value, ends = _short(mean[row, column]), f"{_short(low[row, column])} to {_short(high[row, column])}"
        place: dict[str, Any] = {"ha": "center", "color": colour}
        axes.text(column, row + 0.02, value, va="bottom", fontsize=13, **place)
        axes.text(column, row - 0.06, ends, va="top", fontsize=7.5, **place)


def _short(value: float) -> str:
    """Return ``value`` with one decimal and a proper minus, never minus zero."""
    return f"{round(float(value), 1) + 0.0:.1f}".replace("-", "−")


def _ends(axes: Axes, low_label: str, high_label: str) -> None:
    for place, text in ((-0.02, low_label), (1.02, high_label)):
        if text:
            axes.text(
                0.5, place, label(text, 30), transform=axes.transAxes, ha="center", va="top" if place < 0 else "bottom"
            )


def _legend() -> list:
    return [
        Line2D([], [], color="black", linewidth=2.6, label="the mean difference changes sign"),
        Patch(facecolor="white", edgecolor=GREY, hatch="///", label="the 95 % interval includes zero"),
    ]
