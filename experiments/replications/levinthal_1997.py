"""Levinthal 1997: how many forms of organisation remain when all search locally on a rugged landscape."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ecosim.draws import purpose, stream_key
from ecosim.dynamics.process import Process
from ecosim.dynamics.search import climb, forms, searchers
from ecosim.mechanisms.landscape import heights, landscape, peaks
from ecosim.published import Findings, Value, mean_of

BITS, FIRMS, PERIODS = 10, 100, 48
LANDSCAPES = (100, 100)
START = purpose("replication.levinthal_1997.start")


def diversity(k: int, landscapes: int, seed: int, together: bool = False) -> np.ndarray:
    """Return the number of different forms, ``[landscapes, periods + 1]``.

    ``together``: all start with one form and jump far where no single change is better.
    """
    found = []
    for number in range(landscapes):
        land = landscape(seed * 10_000 + number, BITS, k, True)
        x = searchers(FIRMS, land, stream_key(seed, START, k), number)
        if together:
            x[:] = x[0]
        process = Process(climb, x, (land.ties, land.table, together), order="synchronous", seed=seed, run=number)
        found.append(process.record(forms, PERIODS))
    return np.array(found)


def optima(k: int, landscapes: int, seed: int, adjacent: bool) -> np.ndarray:
    """Return the number of local optima of each landscape."""
    return np.array([
        peaks(heights(landscape(seed * 10_000 + number, BITS, k, adjacent))).sum() for number in range(landscapes)
    ])  # fmt: skip


def run(quick: bool, seed: int) -> Findings:
    """Return forms over time by interactions K, from different starts and from one, and numbers of optima."""
    values, rows = {}, []
    for k in (0, 1, 5):
        found = diversity(k, LANDSCAPES[quick], seed)
        values[f"start_{k}"] = mean_of(found[:, 0])
        values[f"plateau_{k}"] = mean_of(found[:, -1])
        if k == 0:
            values["single"] = Value(float(np.mean(found[:, -1] == 1)))
        rows += [("different starts", k, t, forms) for t, forms in enumerate(found.mean(axis=0))]
    for k in (1, 5) if not quick else ():
        found = diversity(k, LANDSCAPES[quick], seed, together=True).mean(axis=0)
        values |= {f"jump_peak_{k}": Value(found.max()), f"jump_end_{k}": Value(found[-1])}
        rows += [("one start, long jumps", k, t, forms) for t, forms in enumerate(found)]
    for k in (1, 5, 9):
        values[f"optima_{k}"] = mean_of(optima(k, 4 * LANDSCAPES[quick], seed, False))
    best = [heights(landscape(seed * 10_000 + number, BITS, 0)).max() for number in range(4 * LANDSCAPES[quick])]
    values["best_0"] = mean_of(best)
    return Findings(values, {"forms": pd.DataFrame(rows, columns=["start", "k", "period", "forms"])})


def draw(findings: Findings, judged: pd.DataFrame) -> Any:
    """Return the number of forms over time by K, with the reference over it."""
    from ecosim.figures.published import against

    table = findings.tables["forms"]
    table = table[table["start"] == "different starts"]
    lines = [(f"K = {k}, obtained", each["period"], each["forms"]) for k, each in table.groupby("k")]
    times = [0, 3, 6, 9, 12, 48]
    known = {0: (95.3, 64.4, 13.1, 1.09, 1, 1), 1: (95.4, 63.5, 17.9, 5.15, 3.81, 3.78),
             5: (95.3, 64.6, 34.9, 29.2, 28.8, 28.7)}  # fmt: skip
    points = [(f"K = {k}, recomputed", times, forms) for k, forms in known.items()]
    return against(lines, points, x_label="period", y_label="different forms among 100 organisations")
