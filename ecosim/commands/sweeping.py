"""From a sweep's words to its plan: a checked request for every point, and a row for every planned run."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from ecosim import conf
from ecosim.commands.compare import about as story
from ecosim.commands.factors import design_of
from ecosim.commands.given import Given
from ecosim.commands.worlds import identity, job
from ecosim.errors import UserError
from ecosim.keys import MOST_SEED
from ecosim.request import Request, canonical, study_name
from ecosim.sweeps.designs import Design
from ecosim.sweeps.manifest import canonical_json, run_ids

SPREAD = 100_000
"""Seeds set aside for each point, so that more replications or points leave the others' seeds as they are."""


@dataclass(frozen=True)
class Plan:
    """A sweep: its points as requests, and its runs as rows."""

    given: Given
    design: Design
    points: list[Request] = field(repr=False)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Return one row a planned run and strategy, with the number of its point."""
        return pd.DataFrame([row for n, asked in enumerate(self.points) for row in planned(n, asked, self.values[n])])

    @cached_property
    def values(self) -> list[dict[str, Any]]:
        """Return the varied keys and their values, point by point."""
        return values_of(self.design)

    @cached_property
    def where(self) -> dict[str, tuple[int, int]]:
        """Return point and replication of each run id."""
        columns = (self.rows[name] for name in ("run_id", "point", "replication"))
        return {run: (int(p), int(r)) for run, p, r in zip(*columns, strict=True)}

    @property
    def config(self) -> dict[str, Any]:
        """Return all that decides what the sweep runs."""
        return canonical(sweep=self.given.base.config, design=self.design.plain(), common=self.given.keys.common)

    @property
    def study(self) -> str:
        """Return the name of the study folder."""
        base = self.given.base
        return study_name(base.study, f"{base.scenario}-{self.design.kind}", self.config, base.results)

    def about(self) -> dict[str, Any]:
        """Return what the report tells its reader."""
        base = self.given.base
        told = {"kind": "sweep", "design": self.design.plain(), "replications": base.replications}
        return story(base) | told | {"common": self.given.keys.common, "executor": self.given.keys.executor}

    def job(self, run_id: str) -> Any:
        """Return the job of a planned run, on one thread if several run at a time."""
        point, replication = self.where[run_id]
        threads = max(1, self.given.base.threads // self.given.engine.workers)
        return dataclasses.replace(job(self.points[point], replication), threads=threads)


def plan(asked: Given) -> Plan:
    """Return the plan of a sweep; every point is checked before anything runs."""
    design = design_of(asked.keys, conf.every_key(), asked.base.seed)
    taken = [f.key for f in design.factors if f.key in asked.world]
    if taken:
        raise UserError(f"{taken[0]}: it varies, so it cannot be given as well; leave one of the two out")
    if any(f.key == "scenario" for f in design.factors) and "archetypes" not in asked.world:
        raise UserError("vary: scenario: name the strategies, such as archetypes=[crm1,cmr]")
    return Plan(asked, design, [at(asked, n, values) for n, values in enumerate(values_of(design))])


def values_of(design: Design) -> list[dict[str, Any]]:
    """Return the points of a design as plain values by key."""
    return [{str(key): value for key, value in row.items()} for row in design.points().to_dict("records")]


def at(asked: Given, n: int, values: Mapping[str, Any]) -> Request:
    """Return the request of point ``n``: with its own seeds unless they are common, its arms named as in the base."""
    seed = asked.base.seed + (0 if asked.keys.common else n * SPREAD)
    if seed > MOST_SEED - SPREAD:
        raise UserError(f"seed={asked.base.seed}: too large for the seeds of all points; at most 2^62 is safe")
    try:
        found = conf.of("sweep", {**asked.world, **values, "seed": seed})
    except UserError as error:
        told = ", ".join(f"{key}={value}" for key, value in values.items())
        raise UserError(f"point {n} ({told}): {error}") from None
    names = [strategy.name for strategy in asked.base.strategies]
    arms = [dataclasses.replace(s, name=name) for s, name in zip(found.strategies, names, strict=True)]
    return dataclasses.replace(found, strategies=tuple(arms))


def planned(n: int, asked: Request, values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield one row per planned run and strategy of point ``n``."""
    seeds = range(asked.seed, asked.seed + asked.replications)
    told = canonical_json(values)
    for replication, (seed, run_id) in enumerate(zip(seeds, run_ids(identity(asked), seeds), strict=True)):
        for strategy in asked.strategies:
            yield {"run_id": run_id, "scenario": asked.scenario, "strategy": strategy.name, "adopters": asked.adopters,
                   "replication": replication, "seed": seed, "parameters": told, "point": n}  # fmt: skip
