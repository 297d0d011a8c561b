"""Where a difference changes sign, with the band of doubt: a curve over one parameter, a map over two, slices of 3."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import LogLocator

from ecosim.figures.boundary_map import COLOURS
from ecosim.figures.style import GREY, PALE, PALETTE, empty, label, new_figure, styled

LEVEL = 1.96
NEAR = 1 / 6
"""Points of a 3-parameter search within this share of the range of a slice are drawn on it."""


@styled
def curve(table: pd.DataFrame, told: pd.DataFrame, *, x: str, value_label: str, log: bool = False) -> Figure:
    """Return mean and 95 % band over the parameter ``x``, the points told, and a grey bar where the sign is in doubt.

    ``table``: columns ``x``, mean, sd, in rising order of ``x``. ``told``: columns ``x``, mean, se.
    """
    figure = new_figure(10, 6)
    axes = figure.subplots()
    at, mean, sd = (table[name].to_numpy(float) for name in (x, "mean", "sd"))
    axes.fill_between(at, mean - LEVEL * sd, mean + LEVEL * sd, color=PALETTE[0], alpha=0.2, linewidth=0,
                      label="95 % band")  # fmt: skip
    axes.plot(at, mean, color=PALETTE[0], label="fitted mean difference")
    bars: dict[str, Any] = {"capsize": 3, "color": "black", "markersize": 6, "linewidth": 1.3}
    axes.errorbar(
        told[x], told["mean"], yerr=LEVEL * told["se"], fmt="o", label="simulated, with its 95 % interval", **bars
    )
    axes.axhline(0, color=GREY, linewidth=1.2)
    doubt = np.abs(mean) <= LEVEL * sd
    if doubt.any():
        bottom = axes.get_ylim()[0]
        axes.fill_between(at, 0, 1, where=doubt, color=PALE, alpha=0.6, linewidth=0, zorder=0,
                          transform=axes.get_xaxis_transform(), label="sign in doubt")  # fmt: skip
        axes.set_ylim(bottom=bottom)
    if log:
        _logarithmic(axes, "x")
    axes.set(xlabel=label(x, 80), ylabel=label(value_label, 70))
    axes.margins(x=0.02)
    figure.legend(loc="outside upper left", ncols=2)
    return figure


@styled
def plane(
    table: pd.DataFrame,
    told: pd.DataFrame,
    *,
    x: str,
    y: str,
    value_label: str,
    log: Sequence[bool] = (False, False),
    title: str = "",
) -> Figure:
    """Return the map over ``x`` and ``y``: colour is the fitted difference, the line is zero, hatching is doubt.

    ``table``: a full grid with columns ``x``, ``y``, mean, sd. ``told``: ``x``, ``y``, mean (NaN = not defined), se.
    """
    figure = new_figure(9.5, 7.2)
    axes = figure.subplots()
    if table[x].nunique() < 2 or table[y].nunique() < 2:
        empty(axes, "a map needs at least two values on each axis")
        return figure
    norm = _norm(table)
    mesh = _fill(axes, table, x, y, norm)
    _points(axes, told, x, y)
    _axes(axes, x, y, log)
    axes.set_title(label(title, 80))
    figure.colorbar(mesh, ax=axes, shrink=0.9).set_label(label(value_label, 70))
    figure.legend(handles=_legend(), loc="outside lower left", ncols=2)
    return figure


@styled
def slices(
    tables: Sequence[tuple[Any, pd.DataFrame]],
    told: pd.DataFrame,
    *,
    x: str,
    y: str,
    z: str,
    value_label: str,
    log: Sequence[bool] = (False, False),
    near: Sequence[np.ndarray] = (),
) -> Figure:
    """Return one map over ``x`` and ``y`` for each value of ``z``: ``tables`` holds (value, table as for `plane`).

    ``near``: for each slice, [told] bool, which points to draw on it.
    """
    figure = new_figure(4.6 * len(tables) + 1, 6.2)
    panels = figure.subplots(1, len(tables), sharey=True, squeeze=False)[0]
    norm = _norm(pd.concat([table for _, table in tables]))
    for n, (axes, (value, table)) in enumerate(zip(panels, tables, strict=True)):
        mesh = _fill(axes, table, x, y, norm)
        _points(axes, told.loc[near[n]] if len(near) else told.head(0), x, y)
        _axes(axes, x, y if n == 0 else "", log)
        axes.set_title(label(f"{z} = {value:.4g}" if isinstance(value, float) else f"{z} = {value}", 44))
    figure.colorbar(mesh, ax=list(panels), shrink=0.9).set_label(label(value_label, 60))
    figure.legend(handles=_legend(), loc="outside lower left", ncols=4)
    return figure


def _norm(table: pd.DataFrame) -> TwoSlopeNorm:
    reach = max(float(table["mean"].abs().max()), 1e-12)
    return TwoSlopeNorm(0, -reach, reach)


def _fill(axes: Axes, table: pd.DataFrame, x: str, y: str, norm: TwoSlopeNorm) -> Any:
    """Draw colour, the line at zero and the band of doubt."""
    wide = {name: table.pivot_table(index=y, columns=x, values=name) for name in ("mean", "sd")}
    at, up = wide["mean"].columns.to_numpy(float), wide["mean"].index.to_numpy(float)
    mean, sd = wide["mean"].to_numpy(float), wide["sd"].to_numpy(float)
    mesh = axes.pcolormesh(at, up, mean, cmap=COLOURS, norm=norm, shading="gouraud", rasterized=True)
    margin = np.abs(mean) - LEVEL * sd
    if (margin <= 0).any():
        ends = [min(float(margin.min()), 0.0) - 1.0, 0.0]
        bands = axes.contourf(at, up, margin, levels=ends, colors="none", hatches=["///"])
        bands.set(edgecolor=GREY, linewidth=0)
    if (mean > 0).any() and (mean < 0).any():
        axes.contour(at, up, mean, levels=[0.0], colors="black", linewidths=2.6)
    return mesh


def _points(axes: Axes, told: pd.DataFrame, x: str, y: str) -> None:
    known = told["mean"].notna()
    axes.scatter(told.loc[known, x], told.loc[known, y], s=26, c="white", edgecolors="black", linewidths=1.0, zorder=3)
    axes.scatter(told.loc[~known, x], told.loc[~known, y], s=40, c="black", marker="x", zorder=3)


def _axes(axes: Axes, x: str, y: str, log: Sequence[bool]) -> None:
    for name, chosen in zip("xy", log, strict=True):
        if chosen:
            _logarithmic(axes, name)
    axes.set(xlabel=label(x, 60), ylabel=label(y, 60))


def _logarithmic(axes: Axes, name: str) -> None:
    """Make an axis logarithmic, its numbers written out; a range within a few decades has them at 2 and 5 as well."""
    axes.set(**{f"{name}scale": "log"})
    axis = axes.xaxis if name == "x" else axes.yaxis
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=8))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter("")


def _legend() -> list:
    return [
        Line2D([], [], color="black", linewidth=2.6, label="the fitted difference changes sign"),
        Patch(facecolor="white", edgecolor=GREY, hatch="///", label="sign in doubt (95 %)"),
        Line2D([], [], marker="o", linestyle="", markerfacecolor="white", color="black", label="simulated"),
        Line2D([], [], marker="x", linestyle="", color="black", label="not defined there"),
    ]
