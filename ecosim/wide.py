"""A run's outcomes as a sweep keeps them: one row a strategy, one column an outcome, named ``WHO.OUTCOME``."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ecosim.job import Job, run

IDS = ("run_id", "scenario", "strategy", "adopters", "seed")


def wide_run(run_id: str, job: Job) -> dict[str, pd.DataFrame]:
    """Do a run and return its tables with run ids: ``outcomes`` wide, and what else ``job.record`` asks for."""
    tables = run(job)
    others = {name: table for name, table in tables.items() if name != "outcomes" and job.record != "none"}
    for table in others.values():
        table.insert(0, "run_id", run_id)
    return {"outcomes": wide(run_id, tables["outcomes"]), **others}


def wide(run_id: str, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return the long table of one run's outcomes as one row a strategy, outcomes in order of their names."""
    rows: dict[str, dict[str, Any]] = {}
    columns = (outcomes[name] for name in ("scenario", "strategy", "adopters", "seed", "who", "outcome", "value"))
    for scenario, strategy, adopters, seed, who, outcome, value in zip(*columns, strict=True):
        ids = dict(zip(IDS, (run_id, scenario, strategy, adopters, seed), strict=True))
        rows.setdefault(strategy, ids)[f"{who}.{outcome}"] = value
    table = pd.DataFrame(list(rows.values()))
    return table[[*IDS, *sorted(set(table.columns) - set(IDS))]]
