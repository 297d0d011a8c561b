"""March 1991: slow learners keep an organisation exploring; how much its code comes to know."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ecosim.dynamics.organisation import knowledge, organisation, settled, socialise
from ecosim.dynamics.process import Process
from ecosim.published import Findings, Value, mean_of

PEOPLE, DIMENSIONS = 50, 30
SOCIALISATION, LEARNING = (0.1, 0.2, 0.3, 0.5, 0.7, 0.9), (0.1, 0.5, 0.9)
QUICK = ((0.1, 0.1), (0.1, 0.5), (0.1, 0.9), (0.5, 0.5), (0.9, 0.9))
RUNS, TURBULENT = {False: 1000, True: 500}, {False: 1000, True: 400}
TEXT = {False: ((0.1, 0.5), (0.9, 0.9)), True: ()}
"""Cells of the variant as printed that are looked at too."""

LONG = 400


def learnt(p1: float, p2: float, runs: int, seed: int, program: bool = True) -> np.ndarray:
    """Return what the code knows in equilibrium, ``[runs]``."""
    found = []
    for run in range(runs):
        process = Process(socialise, organisation(PEOPLE, DIMENSIONS, seed, run), (p1, p2, 0.0, 0.0, program),
                          order="synchronous", seed=seed, run=run)  # fmt: skip
        process.until(settled, every=25, limit=LONG)
        found.append(knowledge(process.x))
    return np.array(found)


def turbulent(p3: float, runs: int, seed: int) -> np.ndarray:
    """Return what the code knows by period, ``[runs, 101]``, where reality changes and people come and go."""
    found = []
    for run in range(runs):
        process = Process(socialise, organisation(PEOPLE, DIMENSIONS, seed, run), (0.5, 0.5, p3, 0.02, True),
                          order="synchronous", seed=seed, run=run)  # fmt: skip
        found.append(process.record(knowledge, 100))
    return np.array(found)


def run(quick: bool, seed: int) -> Findings:
    """Return knowledge by rates of socialisation and learning, and over time in a turbulent world."""
    cells = QUICK if quick else [(p1, p2) for p2 in LEARNING for p1 in SOCIALISATION]
    found = {cell: mean_of(learnt(*cell, RUNS[quick], seed)) for cell in cells}
    values = {f"program_{p1:g}_{p2:g}": value for (p1, p2), value in found.items()}
    for p1, p2 in TEXT[quick]:
        values[f"text_{p1:g}_{p2:g}"] = mean_of(learnt(p1, p2, RUNS[quick], seed, False))
    if not quick:
        low, high = (np.array([found[p1, p2].value for p1 in SOCIALISATION]) for p2 in (0.1, 0.5))
        gap = high - low
        cross = int(np.flatnonzero(gap < 0)[0])
        share = gap[cross - 1] / (gap[cross - 1] - gap[cross])
        values["crossing"] = Value(float(np.interp(share, [0, 1], SOCIALISATION[cross - 1 : cross + 1])))
    stay, turn = (turbulent(p3, TURBULENT[quick], seed) for p3 in (0.0, 0.1))
    values["late_gain"], values["early_gain"] = mean_of((turn - stay)[:, 100]), mean_of((turn - stay)[:, 10])
    rows = [(p1, p2, value.value, value.se) for (p1, p2), value in found.items()]
    over_time = pd.DataFrame(
        {"period": np.arange(101), "no_turnover": stay.mean(axis=0), "turnover": turn.mean(axis=0)}
    )
    cells_table = pd.DataFrame(rows, columns=["socialisation", "learning", "knowledge", "se"])
    return Findings(values, {"knowledge": cells_table, "turbulence": over_time})


def draw(findings: Findings, judged: pd.DataFrame) -> Any:
    """Return knowledge over the rate of socialisation by the rate of learning, as in the paper's figure 1."""
    from ecosim.figures.published import against

    lines, points = [], []
    known = judged[judged["name"].str.startswith("program")]
    rates = known["name"].str.split("_", expand=True)
    for p2, each in findings.tables["knowledge"].groupby("learning"):
        lines.append((f"learning {p2:g}, obtained", each["socialisation"], each["knowledge"]))
        here = rates[2] == f"{p2:g}"
        points.append((f"learning {p2:g}, recomputed", rates.loc[here, 1].astype(float), known.loc[here, "published"]))
    return against(lines, points, x_label="rate of socialisation p1", y_label="mean knowledge in equilibrium")
