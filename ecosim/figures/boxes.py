"""Parallel coordinates: every point a line across the factors, and the boxes in which a condition tends to hold."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from ecosim.figures.style import GREY, PALETTE, empty, label, new_figure, styled
from ecosim.sweeps.designs import Factor

MOST = 600
"""Lines drawn of each kind; of more points, every so manieth."""

WIDTH = 0.09
SHADES = (PALETTE[1], PALETTE[2], PALETTE[3], PALETTE[6])


@styled
def boxes(
    factors: Sequence[Factor], points: pd.DataFrame, holds: np.ndarray, found: pd.DataFrame, condition: str = ""
) -> Figure:
    """Return the figure of a table from `ecosim.analysis.discovery.discover` over the points that it was found in.

    ``holds`` [points] bool: where the ``condition``, told in words, is met; these lines are blue. Bars are the limits
    of the boxes; on a factor without a bar a box has none.
    """
    figure = new_figure(max(11, 2.6 * len(factors)), 5.6)
    axes = figure.subplots()
    if points.empty or not factors:
        empty(axes, "no finished points")
        return figure
    lines = np.column_stack([factor.place(list(points[factor.key])) for factor in factors])
    if len(factors) == 1:
        lines = np.column_stack([lines, lines])
    holds = np.asarray(holds, bool)
    rare = holds.mean() <= 0.5
    for wanted, shade, above in ((~holds, "#9a9a9a", not rare), (holds, PALETTE[0], rare)):
        _lines(axes, lines[wanted], shade, 2 if above else 1)
    for n, factor in enumerate(factors):
        axes.axvline(n, color=GREY, linewidth=1.2, zorder=3)
        for at, text in _ticks(factor):
            axes.text(n - 0.06, at, label(text, 16), ha="right", va="center", fontsize=11, zorder=6,
                      bbox={"facecolor": "white", "alpha": 0.8, "pad": 1, "edgecolor": "none"})  # fmt: skip
    for row in found.to_dict("records"):
        _band(axes, [factor.key for factor in factors].index(row["factor"]), factors, row)
    axes.set_xlim(-0.45, max(len(factors) - 1, 1) + 0.45)
    axes.set_ylim(-0.04, 1.04)
    axes.set_xticks(range(len(factors)), [label(factor.key, 28) for factor in factors])
    axes.set_yticks([])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="x", length=0)
    figure.legend(handles=_legend(found, condition), loc="outside upper left", ncols=2)
    return figure


def _lines(axes: Axes, lines: np.ndarray, shade: str, order: int) -> None:
    kept = lines[:: max(1, -(-len(lines) // MOST))]
    where = np.arange(lines.shape[1], dtype=float)
    paths = [np.column_stack([where, line]) for line in kept]
    axes.add_collection(LineCollection(paths, colors=shade, alpha=0.4, linewidths=1.1, zorder=order))


def _ticks(factor: Factor) -> list[tuple[float, str]]:
    """Return where an axis is told, and what: every listed value, or the ends and the middle of a range."""
    if factor.values:  # noqa: PD011
        return [(float(at), str(v)) for at, v in zip(factor.place(factor.values), factor.values, strict=True)]
    return [(at, f"{value:.3g}") for at, value in zip((0.0, 0.5, 1.0), factor.at(np.array([0, 0.5, 1])), strict=True)]


def _band(axes: Axes, n: int, factors: Sequence[Factor], row: Mapping[Hashable, object]) -> None:
    """Draw the limits of one box on one factor, boxes beside each other."""
    factor, box = factors[n], int(str(row["box"]))
    if factor.values:  # noqa: PD011
        kept, step = str(row["values"]).split(", "), 1 / len(factor.values)
        spans = [(at * step, (at + 1) * step) for at, value in enumerate(factor.values) if str(value) in kept]
    else:
        ends = factor.place([row["low"], row["high"]])
        half = 0.5 / (factor.high - factor.low + 1) if factor.kind == "whole" else 0.0
        spans = [(float(ends[0]) - half, float(ends[1]) + half)]
    for low, high in spans:
        axes.add_patch(Rectangle((n + 0.02 + (box - 1) * WIDTH, low), WIDTH * 0.8, high - low, zorder=5, alpha=0.85,
                                 facecolor=SHADES[(box - 1) % len(SHADES)]))  # fmt: skip


def _legend(found: pd.DataFrame, condition: str) -> list[Line2D | Patch]:
    known: list[Line2D | Patch] = [
        Line2D([], [], color=PALETTE[0], label=label(condition, 60) if condition else "the condition holds"),
        Line2D([], [], color="#9a9a9a", label="it does not"),
    ]
    for row in found.drop_duplicates("box").to_dict("records"):
        told = f"box {row['box']}: holds at {row['density']:.0%} of its points, {row['coverage']:.0%} of all that hold"
        known.append(Patch(color=SHADES[(row["box"] - 1) % len(SHADES)], label=told.replace("%", " %")))
    return known
