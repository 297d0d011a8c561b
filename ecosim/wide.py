"""A run's outcomes as a sweep keeps them: one row a strategy, one column an outcome, named ``WHO.OUTCOME``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from ecosim.job import Job, adopting, lived, run
from ecosim.outcomes import outcomes
from ecosim.sweeps.saving import Row, Tables

IDS = ("run_id", "scenario", "strategy", "adopters", "seed")


def wide_run(run_id: str, job: Job) -> Tables:
    """Do a run and return its tables with run ids: ``outcomes`` wide, and what else ``job.record`` asks for."""
    if job.record == "none":
        return {"outcomes": list(wide_rows(run_id, job))}
    tables = run(job)
    others = {name: table for name, table in tables.items() if name != "outcomes"}
    for table in others.values():
        table.insert(0, "run_id", run_id)
    return {"outcomes": wide(run_id, tables["outcomes"]), **others}


def wide_rows(run_id: str, job: Job) -> Iterator[Row]:
    """Do a run; yield the rows of its wide outcomes, which for a short run is sooner done than to make tables."""
    adopters, customers = adopting(job), job.setting.market.customers
    for strategy, record, _ in lived(job):
        found = outcomes(record, adopters, customers, job.history)
        values = {f"{who}.{name}": float(value) for who, each in found.items() for name, value in each.items()}
        ids = dict(zip(IDS, (run_id, job.scenario, strategy, job.adopters, job.seed), strict=True))
        yield {**ids, **{name: values[name] for name in sorted(values)}}


def wide(run_id: str, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return the long table of one run's outcomes as one row a strategy, outcomes in order of their names."""
    rows: dict[str, dict[str, Any]] = {}
    columns = (outcomes[name] for name in ("scenario", "strategy", "adopters", "seed", "who", "outcome", "value"))
    for scenario, strategy, adopters, seed, who, outcome, value in zip(*columns, strict=True):
        ids = dict(zip(IDS, (run_id, scenario, strategy, adopters, seed), strict=True))
        rows.setdefault(strategy, ids)[f"{who}.{outcome}"] = value
    table = pd.DataFrame(list(rows.values()))
    return table[[*IDS, *sorted(set(table.columns) - set(IDS))]]
