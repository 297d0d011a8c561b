"""Abbass, Greenwood & Petraki 2016: a few who cannot be trusted drive out all who invest, unless groups are local."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.integrate import solve_ivp

from ecosim.draws import purpose, stream_key
from ecosim.dynamics.process import Process, some_of
from ecosim.dynamics.trust import imitate, imitate_near, replicator
from ecosim.networks import Network, build_network
from ecosim.published import Findings, Value, mean_of

FIRST, SECOND, SCALE = 6.0, 8.0, 20.0
PEOPLE, RUNS = 1000, (20, 6)
STARTS = {
    "none": (0.6, 0.4, 0.0), "tenth": (0.6, 0.3, 0.1), "thirds": (1 / 3, 1 / 3, 1 / 3), "trace": (0.6, 0.399, 0.001),
    "most": (0.2, 0.2, 0.6),
}  # fmt: skip
NETWORKS = {
    "lattice": Network(kind="grid"),
    "small_world": Network(kind="watts_strogatz", mean_degree=4.0, rewiring=0.1),
}
LONG, SHORT = 20_000, 400
"""Most periods, in which everybody looks once on the mean, until no investor is left; and where some stay."""

SHUFFLE = purpose("replication.abbass_2016.start")


def equations(start: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return times and shares ``[3, times]`` by the replicator equations."""
    found = solve_ivp(
        lambda t, y: replicator(y, FIRST, SECOND), (0, 3000), np.array(start), method="LSODA", rtol=1e-10, atol=1e-13
    )
    return found.t, found.y


def kinds(start: tuple[float, ...], n: int, seed: int, run: int) -> np.ndarray:
    """Return kinds of ``n`` people in these shares, placed at random, ``[n] int64``."""
    counts = np.rint(np.array(start) * n).astype(int)
    counts[0] = n - counts[1:].sum()
    return np.repeat(np.arange(3), counts)[some_of(n, n, stream_key(seed, SHUFFLE, run))]


def together(start: tuple[float, ...], runs: int, seed: int) -> np.ndarray:
    """Return final shares ``[runs, 3]`` of agents who all play together."""
    found = []
    for run in range(runs):
        x = kinds(start, PEOPLE, seed, run)
        x = np.concatenate([x, np.bincount(x, minlength=3)])
        process = Process(imitate, x, (FIRST, SECOND, SCALE), order="random", agents=PEOPLE, seed=seed, run=run)
        process.until(lambda x: x[-3] == 0, every=100, limit=LONG if start[2] > 0 else SHORT)
        found.append(process.x[-3:] / PEOPLE)
    return np.array(found)


def in_groups(name: str, runs: int, seed: int) -> np.ndarray:
    """Return the final share of investors ``[runs]`` where each plays with its neighbours, a tenth untrustworthy."""
    found = []
    n = 961 if name == "lattice" else PEOPLE
    for run in range(runs):
        graph = build_network(NETWORKS[name], n, seed + run)
        process = Process(imitate_near, kinds(STARTS["tenth"], n, seed, run), (FIRST, SECOND, SCALE), order="random",
                          graph=graph, seed=seed, run=run)  # fmt: skip
        process.advance(SHORT)
        found.append((process.x == 0).mean())
    return np.array(found)


def run(quick: bool, seed: int) -> Findings:
    """Return where shares end by the equations and among agents, all together and in local groups."""
    values, tables = {}, {}
    for name, start in STARTS.items():
        t, y = equations(start)
        values |= {f"ode_{name}_{k + 1}": Value(float(y[k, -1])) for k in range(3)}
        if name == "tenth":
            near = t <= 40
            tables["shares"] = pd.DataFrame({"time": t[near], "investors": y[0, near], "trustworthy": y[1, near],
                                             "untrustworthy": y[2, near]})  # fmt: skip
    gone = together(STARTS["tenth"], RUNS[quick], seed)
    values["extinct"], values["honest_left"] = mean_of(gone[:, 0] < 0.02), mean_of(gone[:, 1])
    values["investors_left"] = mean_of(together(STARTS["none"], RUNS[quick], seed)[:, 0])
    for name in NETWORKS:
        local = in_groups(name, RUNS[quick], seed)
        values[f"{name}_investors"] = mean_of(local)
        values[f"{name}_gain"] = mean_of(local - gone[:, 0].mean())
    rows = [(name, values[f"{name}_investors"].value) for name in NETWORKS]
    tables["networks"] = pd.DataFrame([("all together", gone[:, 0].mean()), *rows], columns=["groups", "investors"])
    return Findings(values, tables)


def draw(findings: Findings, judged: pd.DataFrame) -> Any:
    """Return shares over time from six tenths of investors and one tenth of untrustworthy trustees."""
    from ecosim.figures.published import against

    table = findings.tables["shares"]
    lines = [(name, table["time"], table[name]) for name in ("investors", "trustworthy", "untrustworthy")]
    ends = [("end, recomputed from the rule", [40, 40, 40], [0, 0.1304, 0.8696])]
    return against(lines, ends, x_label="time", y_label="share of players", log="")
