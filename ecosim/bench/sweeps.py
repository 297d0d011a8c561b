"""Measure sweeps of small worlds: against Mesa's `batch_run` on the same rules, and what the running of runs costs.

Each time is wall time by run of a whole sweep, the start of its processes included.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from statistics import median
from typing import Any

import pandas as pd

from ecosim.bench.clock import REPEATS, reference
from ecosim.job import Job
from ecosim.setting import Setting
from ecosim.strategies import Strategy
from ecosim.sweeps.campaign import Campaign
from ecosim.sweeps.executors import Engine
from ecosim.sweeps.runs import Study
from ecosim.sweeps.saving import Tables
from ecosim.sweeps.tasks import Work
from ecosim.wide import wide_run

RUNS, CUSTOMERS, WEEKS, WORKERS = 2_000, 1_000, 50, 2
MESA_RUNS = 12
OUTCOMES = 110


def nothing(run_id: str, job: Any) -> Tables:
    """Do a run that takes no time, with as many outcomes as a real one."""
    names = {f"adopters.outcome_{n}": float(n) for n in range(OUTCOMES)}
    return {"outcomes": [{"run_id": run_id, "strategy": "none", **names}]}


def seconds_per_run(work: Work, job: Callable[[int], Any], seconds: float) -> float:
    """Return the wall time by run of a sweep on local processes, planned at ``seconds`` each."""
    ids = [f"{n:020x}" for n in range(RUNS)]
    rows = {"run_id": ids, "seed": range(RUNS), "point": 0, "scenario": "bench", "strategy": "none",
            "adopters": "focal", "replication": range(RUNS), "parameters": "{}"}  # fmt: skip
    with tempfile.TemporaryDirectory() as root:
        start = time.perf_counter()
        with Study("bench", {"bench": RUNS}, pd.DataFrame(rows), root=root) as study:
            campaign = Campaign(study, work, lambda run: job(int(run, 16)), Engine("local", WORKERS), seconds,
                                progress="none")  # fmt: skip
            if campaign.run() or study.missing:
                raise RuntimeError("a run of the benchmark failed")
        return (time.perf_counter() - start) / RUNS


def small_world(setting: Setting, strategy: Strategy, seed: int) -> Job:
    """Return the job of one small world, of which only the outcomes are kept."""
    return Job("bench", setting, strategy, seed=seed + 1, weeks=WEEKS, history=0, burn_in=0, record="none", threads=1)


def measure(setting: Setting, strategy: Strategy) -> dict[str, float]:
    """Return the measurements, those of Mesa only where a checkout is there.

    Sweeps here and under `batch_run` take turns, and their ratio is the median of those of neighbours in time.
    """
    setting = replace(setting, market=replace(setting.market, customers=CUSTOMERS))
    size = f"{CUSTOMERS:,} customers x {WEEKS} weeks"
    mesa, small, plain = reference("mesa_batch"), [], []
    for _ in range(REPEATS):
        small.append(seconds_per_run(wide_run, partial(small_world, setting, strategy), 0.04))
        if mesa is not None:
            plain.append(mesa.batch_seconds_per_run(CUSTOMERS, WEEKS, MESA_RUNS, WORKERS))
    idle = median(seconds_per_run(nothing, lambda n: None, 0.005) for _ in range(REPEATS))
    found = {
        f"sweep of {RUNS:,} worlds of {size}, runs per second": 1 / median(small),
        "orchestration, milliseconds a run": 1000 * idle,
    }
    if plain:
        found["the default scenario as plain Mesa under batch_run, runs per second"] = 1 / median(plain)
        found["times batch_run"] = median(theirs / ours for theirs, ours in zip(plain, small, strict=True))
    return found
