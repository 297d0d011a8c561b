"""Arthur 1989: two technologies, two kinds of adopters, increasing returns, and lock-in by small early events."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ecosim.dynamics.arrivals import shelf, take_technology, try_and_buy
from ecosim.dynamics.process import Process
from ecosim.published import Findings, Value, mean_of

CASES = {
    "even": ((20, 10, 1), (10, 20, 1)),
    "soft_s": ((20, 10, 1), (10, 15, 1)),
    "keen_r": ((30, 10, 1), (10, 20, 1)),
    "constant": ((20, 10, 0), (10, 20, 0)),
    "diminishing": ((20, 10, -1), (10, 20, -1)),
}
"""Payoffs in tenths, so that ties are exact: a, b and returns of type R, then of type S."""

ARRIVALS, RUNS, URNS = 10_000, (4000, 4000), (4000, 1500)


def market(case: str, run: int, seed: int) -> tuple[int, float]:
    """Return the number of arrivals before lock-in (or all), and the share of A among users by then."""
    payoffs = np.array(CASES[case], np.int64)
    process = Process(take_technology, np.zeros(2, np.int64), (payoffs,), order="sweep", agents=1, seed=seed, run=run,
                      name=f"arthur.{case}")  # fmt: skip
    played = process.advance(ARRIVALS, still=True)
    return played - 1, float(process.x[0] > process.x[1])


def urn(run: int, seed: int) -> float:
    """Return the share of the first colour in Polya's urn after many draws."""
    one = np.ones(2)
    process = Process(try_and_buy, shelf(one, one, 1.0), (one, one, one, 1.0), order="sweep", agents=2000, seed=seed,
                      run=run, name="arthur.urn")  # fmt: skip
    process.advance()
    return float(process.x[0, 0] / process.x[:, 0].sum())


def run(quick: bool, seed: int) -> Findings:
    """Return who wins and after how many arrivals, the urn's variance, and shares where returns do not increase."""
    values = {}
    for case in ("even", "soft_s", "keen_r"):
        found = np.array([market(case, k, seed) for k in range(RUNS[quick])])
        values[f"{case}_wins"] = mean_of(found[:, 1])
        values[f"{case}_time"] = mean_of(found[:, 0])
    for case in ("constant", "diminishing"):
        process = Process(take_technology, np.zeros(2, np.int64), (np.array(CASES[case]),), order="sweep", agents=1,
                          seed=seed, name=f"arthur.{case}")  # fmt: skip
        process.advance(ARRIVALS)
        values[f"{case}_share"] = Value(float(process.x[0] / process.x.sum()))
    shares = np.array([urn(k, seed) for k in range(URNS[quick])])
    middle = (shares - shares.mean()) ** 2
    values["urn_variance"] = mean_of(middle)
    return Findings(values, {"paths": paths(seed)})


def paths(seed: int) -> pd.DataFrame:
    """Return the lead of A over B by arrival in a few markets with increasing returns."""
    rows = []
    for k in range(6):
        process = Process(take_technology, np.zeros(2, np.int64), (np.array(CASES["even"]),), order="sweep", agents=1,
                          seed=seed, run=k, name="arthur.even")  # fmt: skip
        lead = process.record(lambda x: int(x[0] - x[1]), 250)
        rows += [(k, t, value) for t, value in enumerate(lead)]
    return pd.DataFrame(rows, columns=["market", "arrival", "lead"])


def draw(findings: Findings, judged: pd.DataFrame) -> Any:
    """Return the lead of A over B in a few markets, with the barriers behind which one is locked in."""
    from ecosim.figures.published import against

    lines = [
        (f"market {k + 1}", each["arrival"], each["lead"]) for k, each in findings.tables["paths"].groupby("market")
    ]
    barrier = np.arange(0, 251, 25)
    points = [("barriers: 11 users ahead", np.tile(barrier, 2), np.repeat([11, -11], barrier.size))]
    return against(lines, points, x_label="arrivals", y_label="users of A less users of B")
