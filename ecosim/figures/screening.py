"""Morris' plane: how large the effects of a factor's steps are, and how much they differ from place to place."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ecosim.figures.style import GREY, PALE, PALETTE, empty, label, new_figure, styled
from ecosim.sweeps.designs import DUMMY

ROW = 0.3


@styled
def screening(table: pd.DataFrame, value: str = "") -> Figure:
    """Return mu* against sigma of a table from `ecosim.analysis.sensitivity.morris`; ``value`` names the quantity.

    Names stand in a column of their own, in the order of sigma, with a line to their points, so that none overlap.
    """
    figure = new_figure(11, max(6, 2 + ROW * len(table)))
    axes = figure.subplots()
    if table.empty:
        empty(axes, "no indices")
        return figure
    table = table.sort_values("sigma", kind="stable", ignore_index=True)
    floor = table.loc[table["factor"] == DUMMY, "mu_star_high"]
    if len(floor):
        axes.axvspan(0, max(0.0, float(floor.iloc[0])), color=PALE, alpha=0.6, linewidth=0, zorder=0)
    reach = float(np.nanmax(table[["mu_star_high", "sigma"]].to_numpy())) or 1.0
    axes.plot([0, reach], [0, reach], ":", color=GREY, linewidth=1.6, zorder=1)
    top = 1.08 * max(float(table["sigma"].max()), 1e-12)
    for row, height in zip(table.to_dict("records"), _apart(table["sigma"].to_numpy(float) / top), strict=True):
        shade = PALETTE[0] if row["clear"] else GREY
        axes.plot([row["mu_star_low"], row["mu_star_high"]], [row["sigma"]] * 2, color=shade, linewidth=2.2)
        axes.plot([row["mu_star"]], [row["sigma"]], "o", color=shade, markersize=9)
        name = "dummy (changes nothing)" if row["factor"] == DUMMY else label(row["factor"])
        axes.annotate(name, (row["mu_star"], row["sigma"]), (1.04, height), va="center",
                      textcoords="axes fraction", color="black" if row["clear"] else GREY,
                      arrowprops={"arrowstyle": "-", "color": shade, "linewidth": 0.8, "alpha": 0.6,
                                  "relpos": (0, 0.5)})  # fmt: skip
    axes.set_xlim(min(0.0, float(table["mu_star_low"].min())), None)
    axes.set_ylim(0, top)
    axes.set_xlabel(
        "mu*: mean size of the effect of a factor's whole range" + (f"\n{label(value, 90)}" if value else "")
    )
    axes.set_ylabel("sigma: spread of the effect")
    figure.legend(handles=_legend(len(floor) > 0), loc="outside upper left", ncols=2)
    return figure


def _apart(heights: np.ndarray) -> np.ndarray:
    """Return rising ``heights`` in [0, 1] moved as little as it takes to be a line of text apart."""
    gap, placed = min(0.06, 1 / len(heights)), heights.copy()
    for n in range(1, len(placed)):
        placed[n] = max(placed[n], placed[n - 1] + gap)
    placed[-1] = min(placed[-1], 1.0)
    for n in range(len(placed) - 2, -1, -1):
        placed[n] = min(placed[n], placed[n + 1] - gap)
    return placed


def _legend(floor: bool) -> list[Line2D | Patch]:
    dots = {"matters": PALETTE[0], "cannot be told from noise": GREY}
    known = [Line2D([], [], marker="o", linewidth=2.2, markersize=9, color=c, label=name) for name, c in dots.items()]
    even = Line2D([], [], linestyle=":", color=GREY, label="sigma = mu*: above it, it depends on the other factors")
    return [
        *known,
        even,
        *([Patch(color=PALE, alpha=0.6, label="noise: up to the dummy's upper end")] if floor else []),
    ]
