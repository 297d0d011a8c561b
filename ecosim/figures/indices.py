"""Bars of sensitivity indices, Sobol', Morris or PAWN, with intervals, over what noise alone would give."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from ecosim.figures.style import GREY, PALE, PALETTE, empty, label, new_figure, styled
from ecosim.sweeps.designs import DUMMY

MEASURES = {
    "first": ("S: by itself", PALETTE[5]),
    "total": ("T: with all its interactions", PALETTE[0]),
    "mu_star": ("mu*: mean size of its steps' effects", PALETTE[0]),
    "index": ("PAWN index", PALETTE[0]),
}
AXIS = {"total": "share of the variance (1)", "mu_star": "mu*", "index": "Kolmogorov-Smirnov distance (1)"}
ROW = 0.4


@styled
def indices(table: pd.DataFrame, value: str = "") -> Figure:
    """Return the bars of a table from `ecosim.analysis.sensitivity` (`sobol`, `morris` or `pawn`), largest first.

    ``value`` names the quantity and its unit. The shade is what the dummy, which changes nothing, reaches at most;
    factors that cannot be told from it are grey.
    """
    measures = [name for name in MEASURES if name in table]
    if table.empty:
        figure = new_figure(11, 3)
        empty(figure.subplots(), "no indices")
        return figure
    last = measures[-1]
    table = table.assign(_dummy=table["factor"] == DUMMY)
    table = table.sort_values(["_dummy", last], ascending=[True, False], kind="stable", ignore_index=True)
    figure = new_figure(11, 2 + ROW * max(len(measures), 1.4) * max(len(table), 2))
    axes = figure.subplots()
    floor = table.loc[table["_dummy"], f"{last}_high"]
    if len(floor) and np.isfinite(floor.iloc[0]):
        axes.axvspan(0, max(0.0, float(floor.iloc[0])), color=PALE, alpha=0.6, linewidth=0, zorder=0)
    for n, name in enumerate(measures):
        _bars(axes, table, name, (n - (len(measures) - 1) / 2) * 0.36, 0.34 if len(measures) > 1 else 0.5)
    axes.axvline(0, color=GREY, linewidth=1.2)
    axes.set_yticks(range(len(table)), [_name(key) for key in table["factor"]])
    for text, clear in zip(axes.get_yticklabels(), table["clear"], strict=True):
        text.set_color("black" if clear else GREY)
    axes.set_ylim(max(len(table), 2) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(AXIS[last] + (f": {label(value, 80)}" if value else ""))
    figure.legend(handles=_legend(measures, len(floor) > 0), loc="outside upper left", ncols=2)
    return figure


def _bars(axes: Axes, table: pd.DataFrame, name: str, shift: float, height: float) -> None:
    place = np.arange(len(table)) + shift
    shades = [MEASURES[name][1] if clear else "#b5b5b5" for clear in table["clear"]]
    axes.barh(place, table[name], height, color=shades, zorder=2)
    ends = np.abs(table[[f"{name}_low", f"{name}_high"]].to_numpy(float) - table[[name]].to_numpy(float)).T
    axes.errorbar(table[name], place, xerr=ends, fmt="none", ecolor="black", elinewidth=1.6, capsize=3, zorder=3)


def _name(key: str) -> str:
    return "dummy (changes nothing)" if key == DUMMY else label(key)


def _legend(measures: list[str], floor: bool) -> list[Patch]:
    known = [Patch(color=MEASURES[name][1], label=MEASURES[name][0]) for name in measures]
    known.append(Patch(color="#b5b5b5", label="cannot be told from noise"))
    return [*known, *([Patch(color=PALE, alpha=0.6, label="noise: up to the dummy's upper end")] if floor else [])]
