"""Centola & Macy 2007: long ties speed up simple contagion and stop complex contagion."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ecosim.draws import own_key, purpose, stream_key, uniform
from ecosim.dynamics.adoption import spread
from ecosim.dynamics.swaps import swapped
from ecosim.networks import Network, build_network
from ecosim.published import Findings, Value, mean_of

NODES, DEGREE = 10_000, 8
SHARES = ((0, 0.001, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 1), (0, 0.01, 0.1, 0.5))
THRESHOLDS = (1, 2, 3)
RUNS = (40, 20)
START = purpose("replication.centola_2007.start")


def contagion(share: float, runs: int, seed: int) -> np.ndarray:
    """Return share reached and time to 99 % (NaN if never), ``[thresholds, runs, 2]``, one graph a run."""
    ring = build_network(Network(kind="ring", mean_degree=DEGREE), NODES, seed)
    level, count, queue = (np.empty(NODES, np.int32) for _ in range(3))
    found = np.empty((len(THRESHOLDS), runs, 2))
    for run in range(runs):
        graph = swapped(ring, share, seed, run)
        first = int(uniform(own_key(stream_key(seed, START, run), 0), 0) * NODES)
        seeds = np.append(graph.indices[graph.indptr[first] : graph.indptr[first + 1]], first)
        for k, theta in enumerate(THRESHOLDS):
            size = spread(graph.indptr, graph.indices, np.full(NODES, theta, np.int32), seeds, level, count, queue)
            times = np.sort(level[level >= 0])
            found[k, run] = size / NODES, times[int(0.99 * NODES) - 1] if size >= 0.99 * NODES else np.nan
    return found


def run(quick: bool, seed: int) -> Findings:
    """Return how many runs reach 90 % and how long 99 % take, over the share of long ties, by threshold."""
    rows, values = [], {}
    for share in SHARES[quick]:
        found = contagion(share, RUNS[quick], seed)
        for theta, each in zip(THRESHOLDS, found, strict=True):
            reached, time = mean_of(each[:, 0] >= 0.9), each[~np.isnan(each[:, 1]), 1]
            rows.append((theta, share, reached.value, time.mean() if time.size else np.nan))
            values[f"reached_{theta}_{share:g}"] = reached
            if time.size:
                values[f"time_{theta}_{share:g}"] = mean_of(time)
    values["faster"] = Value(values["time_1_0"].value / values["time_1_0.1"].value)
    table = pd.DataFrame(rows, columns=["threshold", "share", "reached", "time"])
    spreading = table[table["reached"] >= 0.9].groupby("threshold")["share"].max()
    values["critical"] = Value(float(spreading[1] >= spreading[2] > spreading[3]))
    return Findings(values, {"rewiring": table})


def draw(findings: Findings, judged: pd.DataFrame) -> Any:
    """Return the share of runs that reach 90 % over the share of ties rewired, by threshold."""
    from ecosim.figures.published import against

    table, floor = findings.tables["rewiring"], 3e-4
    lines, points = [], []
    for theta, each in table.groupby("threshold"):
        lines.append((f"threshold {theta}, obtained", np.maximum(each["share"], floor), each["reached"]))
        known = judged[judged["name"].str.startswith(f"reached_{theta}_") & judged["published"].notna()]
        shares = known["name"].str.split("_").str[2].astype(float)
        points.append((f"threshold {theta}, recomputed", np.maximum(shares, floor), known["published"]))
    return against(
        lines, points, x_label="share of ties rewired (0 at the left edge)", y_label="share of runs that reach 90 %",
        log="x",
    )  # fmt: skip
