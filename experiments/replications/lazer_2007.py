"""Lazer & Friedman 2007: who copies whom decides how long a group goes on exploring."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ecosim.draws import purpose, stream_key
from ecosim.dynamics.process import Process
from ecosim.dynamics.search import copy_best, forms, highest, searchers
from ecosim.mechanisms.landscape import Landscape, landscape
from ecosim.networks import Graph, Network, build_network
from ecosim.published import Findings, Value, mean_of

AGENTS, PERIODS = 100, 250
CONTESTS = {False: (20, 5, 200), True: (15, 5, 60)}
"""Bits, interactions and paired contests; in a full run, in a quick one."""

START = purpose("replication.lazer_2007.start")


def networks() -> dict[str, Graph]:
    """Return who sees whom: a line with two ends, a ring of four neighbours, and everybody."""
    n = np.arange(AGENTS)
    beside = [[j for j in (i - 1, i + 1) if 0 <= j < AGENTS] for i in n]
    starts = np.concatenate([[0], np.cumsum([len(row) for row in beside])])
    rows = np.array([np.delete(n, i) for i in n], np.int32)
    return {
        "line": Graph(AGENTS, starts, np.concatenate(beside).astype(np.int32)),
        "lattice": build_network(Network(kind="ring", mean_degree=4.0), AGENTS, 1),
        "full": Graph(AGENTS, np.arange(AGENTS + 1) * (AGENTS - 1), rows.ravel()),
    }


def contest(graph: Graph, land: Landscape, best: float, seed: int, run: int, order: str) -> np.ndarray:
    """Return mean score and different designs by period, ``[periods + 1, 2]``."""
    x = searchers(AGENTS, land, stream_key(seed, START, 0), run)
    process = Process(copy_best, x, (land.ties, land.table, 1.0, 0.0), order=order, graph=graph, seed=seed, run=run)
    return process.record(lambda x: (((x[:, 1] / best) ** 8).mean(), forms(x)), PERIODS)


def contests(bits: int, k: int, number: int, seed: int, order: str = "synchronous") -> dict[str, np.ndarray]:
    """Return by network ``[contests, periods + 1, 2]``, all on the same landscapes from the same starts."""
    found: dict[str, list[np.ndarray]] = {name: [] for name in networks()}
    for run in range(number):
        land = landscape(seed * 10_000 + run, bits, k)
        best = highest(land.ties, land.table)
        for name, graph in networks().items():
            found[name].append(contest(graph, land, best, seed, run, order))
    return {name: np.array(each) for name, each in found.items()}


def wins(found: dict[str, np.ndarray], one: str, other: str) -> Value:
    """Return the share of contests that ``one`` ends with the higher mean score."""
    return mean_of(found[one][:, -1, 0] > found[other][:, -1, 0] + 1e-9)


def run(quick: bool, seed: int) -> Findings:
    """Return who wins, when the line overtakes, where each ends, and the same without interactions or all at once."""
    bits, k, number = CONTESTS[quick]
    found = contests(bits, k, number, seed)
    values = {f"{a}_{b}": wins(found, a, b) for a in found for b in found if a != b}
    values |= {f"{name}_final": mean_of(each[:, -1, 0]) for name, each in found.items()}
    mean = {name: each.mean(axis=0) for name, each in found.items()}
    behind = np.flatnonzero(mean["line"][:, 0] <= mean["full"][:, 0])
    values["crossover"] = Value(float(behind.max() + 1))
    values["diverse"] = Value(float(mean["line"][16, 1]))
    plain = contests(20, 0, max(10, number // 10), seed)
    end = {name: each.mean(axis=0)[:, 0] for name, each in plain.items()}
    values["smooth_gap"] = Value(float(abs(end["line"][-1] - end["full"][-1])))
    values["smooth_lead"] = Value(float(end["full"][10] - end["line"][10]))
    in_turn = contests(bits, k, max(10, number // 4), seed, "sweep")
    values["in_turn_gain"] = Value(float(in_turn["line"][:, -1, 0].mean() - in_turn["full"][:, -1, 0].mean()))
    rows = [(name, t, *each[t]) for name, each in mean.items() for t in range(PERIODS + 1)]
    return Findings(values, {"scores": pd.DataFrame(rows, columns=["network", "period", "score", "designs"])})


def draw(findings: Findings, judged: pd.DataFrame) -> Any:
    """Return mean scores over time by network, as in the paper's figure 4."""
    from ecosim.figures.published import against

    table = findings.tables["scores"]
    table = table[table["period"] <= 100]
    names = ("line", "lattice", "full")
    lines = [(f"{name}, obtained", range(101), table.loc[table["network"] == name, "score"]) for name in names]
    points = [("line, the paper's figure 4", [100], [0.87]), ("full, the paper's figure 4", [100], [0.57])]
    return against(lines, points, x_label="round", y_label="mean score")
