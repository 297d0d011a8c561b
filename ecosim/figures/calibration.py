"""Calibration in two figures: targets beside what is obtained; and which parameter the targets can tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ecosim.figures.style import GREY, PALE, PALETTE, empty, label, new_figure, styled

LEVEL = 1.96
ROW = 0.42
REACH = 6.0
"""Farthest misfit drawn at its place, in tolerances; beyond it a point sits on the edge as a triangle."""


@styled
def targets(table: pd.DataFrame) -> Figure:
    """Return obtained less target in units of tolerance, a row a target, with the 95 % interval of what is obtained.

    ``table``: columns statistic, target, tolerance, obtained, se, misfit.
    """
    figure = new_figure(11, 1.9 + ROW * max(len(table), 1))
    axes = figure.subplots()
    if table.empty:
        empty(axes, "no targets")
        return figure
    rows = np.arange(len(table))
    misfit = table["misfit"].to_numpy(float)
    width = LEVEL * (table["se"] / table["tolerance"]).fillna(0.0).to_numpy(float)
    near = np.abs(misfit) <= 1
    reach = min(REACH, max(2.0, float(np.abs(misfit).max()) + 0.5))
    beyond = ~near & (np.abs(misfit) < reach)
    axes.axvspan(-1, 1, color=PALE, alpha=0.6, linewidth=0)
    axes.axvline(0, color=GREY, linewidth=1.2)
    for chosen, shade, name in ((near, PALETTE[0], "within its tolerance"), (beyond, PALETTE[1], "beyond it")):
        axes.errorbar(
            misfit[chosen], rows[chosen], xerr=width[chosen], fmt="o", color=shade, capsize=3, markersize=8, label=name
        )
    for n in np.flatnonzero(np.abs(misfit) >= reach):
        axes.plot([np.sign(misfit[n]) * reach], [n], ">" if misfit[n] > 0 else "<", color=PALETTE[1], markersize=13)
    axes.set_xlim(-reach * 1.05, reach * 1.05)
    names = [f"{label(row.statistic, 60)}   {row.obtained:.4g} for {row.target:.4g}" for row in table.itertuples()]
    axes.set_yticks(rows, names)
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.set_xlabel("obtained less target, in tolerances; bars: 95 % interval of the obtained mean")
    figure.legend(loc="outside upper left", ncols=2)
    return figure


@styled
def identifiable(sensitivity: pd.DataFrame, correlation: pd.DataFrame, parameters: pd.DataFrame) -> Figure:
    """Return sensitivities of targets to parameters, and correlations of the parameters' errors.

    ``sensitivity``: index statistics, columns keys; change in tolerances over the whole range. ``correlation``: keys by
    keys, NaN where nothing is known. ``parameters``: columns key, se (share of the range), identified.
    """
    k, t = len(parameters), len(sensitivity)
    figure = new_figure(6 + 2.6 * k, 2.6 + 0.5 * max(t, k + 1))
    left, right = figure.subplots(1, 2)
    reach = max(float(np.nanmax(np.abs(sensitivity.to_numpy(float)), initial=0.0)), 1e-12)
    _matrix(left, sensitivity, reach, "{:.2g}")
    left.set_title("change over the range, in tolerances")
    _matrix(right, correlation, 1.0, "{:.2f}")
    right.set_title("correlation of errors")
    told = [
        f"{_key(key)}\n{f'± {100 * se:.2g} %' if np.isfinite(se) else 'nothing known'}"
        + ("" if identified else "\nNOT IDENTIFIED")
        for key, se, identified in zip(*(parameters[name] for name in ("key", "se", "identified")), strict=True)
    ]
    right.set_xticks(range(k), told)
    return figure


def _key(text: object) -> str:
    """Return a parameter's key for a narrow column: its group on a line of its own."""
    return label(text, 40).replace(".", ".\n", 1)


def _matrix(axes: Axes, table: pd.DataFrame, reach: float, form: str) -> None:
    values = table.to_numpy(float)
    axes.imshow(np.ma.masked_invalid(values), cmap="PuOr_r", vmin=-reach, vmax=reach, aspect="auto")
    axes.set_facecolor(PALE)
    for (row, column), value in np.ndenumerate(values):
        text = form.format(value).replace("-", "−") if np.isfinite(value) else "–"
        colour = "white" if np.isfinite(value) and abs(value) > 0.6 * reach else "black"
        axes.text(column, row, text, ha="center", va="center", color=colour)
    axes.set_xticks(range(table.shape[1]), [_key(name) for name in table.columns])
    axes.set_yticks(range(table.shape[0]), [label(name, 44) for name in table.index])
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)
