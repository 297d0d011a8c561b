"""Rahmandad & Sterman 2008: an epidemic among agents on five networks, and the differential equations beside it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.integrate import solve_ivp

from ecosim.draws import own_key, purpose, stream_key
from ecosim.dynamics.contagion import fall_ill, spread_states
from ecosim.dynamics.process import some_of
from ecosim.networks import Network, build_network
from ecosim.published import Findings, Value, mean_of

PEOPLE, DEGREE, DT, DAYS = 200, 10.0, 0.125, 500
FROM_E, FROM_I, STAY = 4 * 0.05, 1.25 * 0.06, 15.0
"""Infections a day by one exposed and one infectious person among the susceptible only; mean stay in each, days."""

NETWORKS = {
    "connected": Network(kind="complete"),
    "random": Network(kind="erdos_renyi", mean_degree=DEGREE),
    "small_world": Network(kind="watts_strogatz", mean_degree=DEGREE, rewiring=0.05),
    "scale_free": Network(kind="barabasi_albert", mean_degree=DEGREE),
    "lattice": Network(kind="ring", mean_degree=DEGREE),
}
START = purpose("replication.rahmandad_2008.start")
RUNS = (1000, 100)


def flows(t: float, x: np.ndarray) -> list[float]:
    """Return the rates of change of susceptible, exposed, infectious and removed people."""
    s, e, i, _ = x
    caught = s / PEOPLE * (FROM_E * e + FROM_I * i)
    return [-caught, caught - e / STAY, (e - i) / STAY, i / STAY]


def equations() -> tuple[np.ndarray, np.ndarray]:
    """Return days and states [4, days] of the differential equations."""
    found = solve_ivp(flows, (0, 1000), [PEOPLE - 2.0, 2, 0, 0], rtol=1e-9, atol=1e-9, max_step=1.0)
    return found.t, found.y / PEOPLE


def epidemics(name: str, runs: int, seed: int) -> np.ndarray:
    """Return share ever infected, peak share infectious and its day, ``[runs, 3]``, on a network a run."""
    found = []
    key = stream_key(seed, START, 0)
    for run in range(runs):
        start = np.zeros(PEOPLE, np.int8)
        start[some_of(PEOPLE, 2, own_key(key, run))] = 1
        graph = build_network(NETWORKS[name], PEOPLE, seed * 100_000 + run)
        degree = PEOPLE - 1 if graph.complete else DEGREE
        p = (FROM_E / degree, FROM_I / degree, 1 / STAY, 1 / STAY, DT)
        tally = spread_states(
            fall_ill, graph, start, p, states=4, settled=[3], moving=[1, 2], periods=round(DAYS / DT), seed=seed,
            run=run,
        ).tally  # fmt: skip
        peak = int(tally[:, 2].argmax())
        found.append((1 - tally[-1, 0] / PEOPLE, tally[peak, 2] / PEOPLE, peak * DT))
    return np.array(found)


def run(quick: bool, seed: int) -> Findings:
    """Return the equations' epidemic, and on each network how often it takes off and how far it goes."""
    t, x = equations()
    peak = int(x[2].argmax())
    values = {"ode_final": Value(1 - x[0, -1]), "ode_peak": Value(x[2, peak]), "ode_day": Value(t[peak])}
    rows = []
    for name in NETWORKS:
        found = epidemics(name, RUNS[quick], seed)
        large = found[found[:, 0] > 0.1]
        values[f"{name}_takes_off"] = mean_of(found[:, 0] > 0.1)
        values |= {f"{name}_{what}": mean_of(large[:, k]) for k, what in enumerate(("final", "peak", "day"))}
        values[f"{name}_all"] = mean_of(found[:, 0])
        rows.append((name, *(values[f"{name}_{key}"].value for key in ("takes_off", "final", "peak", "day", "all"))))
    final = {name: values[f"{name}_final"].value for name in NETWORKS}
    middle = (final["random"] + final["small_world"]) / 2
    ordered = final["connected"] > middle > final["scale_free"] > final["lattice"]
    values["ordering"] = Value(float(ordered and abs(final["random"] - final["small_world"]) < 0.03))
    for name in ("small_world", "lattice"):
        values[f"{name}_later"] = Value(values[f"{name}_day"].value / values["random_day"].value)
    return Findings(values, {"networks": pd.DataFrame(rows, columns=["network", "takes_off", "final", "peak", "day",
                                                                     "all_runs"])})  # fmt: skip


def draw(findings: Findings, judged: pd.DataFrame) -> Any:
    """Return the mean share ever infected by network, all runs, with the recomputed numbers over it."""
    from ecosim.figures.published import against

    table = findings.tables["networks"]
    places = np.arange(len(table))
    published = judged[judged["name"].str.endswith("_all")]
    return against(
        [("obtained, all runs", places, table["all_runs"])],
        [("recomputed from the rule", places[: len(published)], published["published"])],
        x_label="network", y_label="share ever infected", bars=True, names=list(table["network"]),
    )  # fmt: skip
