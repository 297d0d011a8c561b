"""Bounded confidence and naive learning: Deffuant et al. 2000, Hegselmann & Krause 2002, DeGroot 1974."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ecosim.draws import own_key, purpose, stream_key
from ecosim.dynamics.opinion import average, average_the_near, consensus, groups, meet
from ecosim.dynamics.process import Process, uniforms
from ecosim.networks import Network, build_network
from ecosim.published import Findings, Value, mean_of

PAIRED, TOGETHER, PERIODS = 1000, 625, 300
"""Agents who meet in pairs, agents who all look at all, and periods in which pairs settle."""

PAIR_EPS = ((0.5, 0.4, 0.3, 0.27, 0.25, 0.2, 0.15, 0.1), (0.3, 0.2))
ALL_EPS = ((0.01, 0.05, 0.1, 0.15, 0.2, 0.22, 0.25, 0.3), (0.01, 0.2, 0.25))
RUNS = ((40, 50), (12, 10))
MAJOR = 0.02
START = purpose("replication.deffuant_2000.start")


def first(n: int, seed: int, run: int) -> np.ndarray:
    """Return opinions at the start, uniform on (0, 1)."""
    return uniforms(n, own_key(stream_key(seed, START, n), run))


def pairs(eps: float, runs: int, seed: int) -> np.ndarray:
    """Return the number of groups of at least 2 % of agents, ``[runs]``, where pairs meet."""
    found = []
    for run in range(runs):
        process = Process(meet, first(PAIRED, seed, run), (eps, 0.5), order="random", seed=seed, run=run)
        process.advance(PERIODS)
        found.append((groups(process.x, eps / 2) >= MAJOR * PAIRED).sum())
    return np.array(found)


def together(eps: float, runs: int, seed: int) -> np.ndarray:
    """Return the number of opinions left, ``[runs]``, where everybody looks at all who are near."""
    found = []
    for run in range(runs):
        process = Process(average_the_near, first(TOGETHER, seed, run), (eps,), order="synchronous")
        process.advance(1000, still=True)
        found.append(len(groups(process.x, 1e-6)))
    return np.array(found)


def learning(seed: int) -> float:
    """Return how far naive learning on a random connected graph ends from its closed form."""
    graph = build_network(Network(kind="watts_strogatz", mean_degree=6.0, rewiring=0.3), 200, seed)
    process = Process(average, first(200, seed, 0), (), order="synchronous", graph=graph)
    process.advance(5000, still=True)
    return float(np.abs(process.x - consensus(graph, first(200, seed, 0))).max())


def run(quick: bool, seed: int) -> Findings:
    """Return groups of opinions over the bound of confidence, and the gap of naive learning to its closed form."""
    values, rows = {"degroot": Value(learning(seed))}, []
    for rule, name, bounds, runs in (
        (pairs, "dw", PAIR_EPS, RUNS[quick][0]),
        (together, "hk", ALL_EPS, RUNS[quick][1]),
    ):
        for eps in bounds[quick]:
            found = rule(eps, runs, seed)
            values[f"{name}_{eps:g}"] = mean_of(found)
            for k in (1, 2):
                values[f"{name}_{eps:g}_in_{k}"] = mean_of(found == k)
            rows.append((name, eps, found.mean()))
    return Findings(values, {"groups": pd.DataFrame(rows, columns=["rule", "bound", "groups"])})


def draw(findings: Findings, judged: pd.DataFrame) -> Any:
    """Return the number of groups of opinions over the bound of confidence."""
    from ecosim.figures.published import against

    table, lines, points = findings.tables["groups"], [], []
    for rule, label in (("dw", "pairs, Deffuant et al."), ("hk", "all at once, Hegselmann & Krause")):
        each = table[table["rule"] == rule].sort_values("bound")
        lines.append((f"{label}: obtained", each["bound"], each["groups"]))
        known = judged[judged["name"].str.fullmatch(rf"{rule}_[\d.]+")]
        points.append((f"{label}: recomputed", known["name"].str.split("_").str[1].astype(float), known["published"]))
    return against(lines, points, x_label="bound of confidence", y_label="groups of opinions", log="y")
