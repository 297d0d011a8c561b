"""What a machine does: customer-weeks per second over the size of the market, and what memory alone would allow."""

from __future__ import annotations

import re
from collections.abc import Mapping

from matplotlib.figure import Figure

from ecosim.figures.style import GREY, LINES, MARKERS, colour, new_figure, styled

RATE = re.compile(r"^(everything on: )?(customer-weeks per second|the same on one thread), ([\d,]+) customers$")


@styled
def speed(found: Mapping[str, float]) -> Figure:
    """Return rates by market size on one thread and on all, under the roofs that memory sets."""
    threads = round(found["threads"])
    names = {"customer-weeks per second": f"{threads} threads", "the same on one thread": "one thread"}
    points: dict[str, list[tuple[int, float]]] = {}
    for name, value in found.items():
        if match := RATE.match(name):
            label = names[match[2]] + (", every mechanism at work" if match[1] else "")
            points.setdefault(label, []).append((int(match[3].replace(",", "")), value / 1e6))
    figure = new_figure(9, 5.6)
    axes = figure.subplots()
    for place, (label, each) in enumerate(points.items()):
        axes.plot(
            *zip(*each, strict=True), color=colour(place), linestyle=LINES[place], marker=MARKERS[place], label=label
        )
    roofs = {"bytes touched a customer-week": "bytes touched", "state, bytes per customer": "whole state"}
    for (name, label), line in zip(roofs.items(), ("--", ":"), strict=True):
        roof = found["copy bandwidth, GB/s"] * 1e3 / found[name]
        axes.axhline(roof, color=GREY, linestyle=line, label=f"if only memory counted: {label}")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.yaxis.set_minor_formatter(lambda value, _: f"{value:g}" if f"{value:g}"[0] in "2358" else "")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.set_xlabel("customers")
    axes.set_ylabel("million customer-weeks per second")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=2)
    return figure
