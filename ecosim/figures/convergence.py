"""Have the indices settled? Each factor's index over the size of the design it is taken from."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from ecosim.figures.style import GREY, LINES, MARKERS, PALETTE, colour, empty, label, new_figure, styled
from ecosim.sweeps.designs import DUMMY

NAMED = ("total", "mu_star", "index")
AXIS = {"total": "total index T (1)", "mu_star": "mu*", "index": "PAWN index (1)"}


@styled
def convergence(table: pd.DataFrame) -> Figure:
    """Return the figure of a table from `ecosim.analysis.sensitivity.convergence`: lines with 95 % bands.

    The dummy is black and dotted; factors that the whole design cannot tell from it are grey.
    """
    figure = new_figure(11, 5.5)
    axes = figure.subplots()
    name = next((name for name in NAMED if name in table), "")
    if table.empty or not name:
        empty(axes, "no indices")
        return figure
    last = table.loc[table["n"] == table["n"].max()].sort_values(name, ascending=False, kind="stable")
    drawn = 0
    for place, (factor, clear) in enumerate(zip(last["factor"], last["clear"], strict=True)):
        rows = table.loc[table["factor"] == factor].sort_values("n")
        shade, line = (colour(drawn % 6), LINES[drawn // 6 % 4]) if clear else (GREY, LINES[place % 4])
        marker = MARKERS[place % 7]
        if factor == DUMMY:
            shade, line, marker = PALETTE[6], ":", "x"
        drawn += bool(clear)
        axes.fill_between(rows["n"], rows[f"{name}_low"], rows[f"{name}_high"], color=shade, alpha=0.13, linewidth=0)
        told = "dummy (changes nothing)" if factor == DUMMY else label(factor)
        axes.plot(rows["n"], rows[name], color=shade, linestyle=line, marker=marker, markersize=7, label=told)
    sizes = sorted(set(table["n"]))
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, [f"{n:,}" for n in sizes])
    axes.minorticks_off()
    axes.axhline(0, color=GREY, linewidth=1.2)
    axes.set_xlabel("n of the design: base points or trajectories")
    axes.set_ylabel(AXIS[name])
    figure.legend(loc="outside right center")
    return figure
