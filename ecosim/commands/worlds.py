"""From a request to jobs: one world per seed, each with its common history and its arms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ecosim.job import Job
from ecosim.request import Request
from ecosim.sweeps.manifest import canonical_json, run_id


def job(asked: Request, replication: int = 0) -> Job:
    """Return the job of one replication; it uses seed + replication. A single run has one arm, the last strategy."""
    return Job(
        scenario=asked.scenario,
        setting=asked.setting,
        baseline=asked.strategies[0],
        arms=asked.strategies[-1:] if asked.verb == "run" else asked.strategies,
        adopters=asked.adopters,
        seed=asked.seed + replication,
        replication=replication,
        weeks=asked.weeks,
        history=min(asked.history, asked.weeks),
        burn_in=asked.burn_in,
        events=asked.events,
        record=asked.record,
        threads=asked.threads,
    )


def weeks(asked: Request) -> int:
    """Return how many weeks the job of one seed simulates, all arms and the burn-in included."""
    history = min(asked.history, asked.weeks)
    arms = 1 if asked.verb == "run" else len(asked.strategies)
    return asked.burn_in + history + arms * (asked.weeks - history)


def identity(asked: Request) -> Mapping[str, Any]:
    """Return what decides the numbers of one run, besides its seed."""
    return {key: value for key, value in asked.config.items() if key not in ("seed", "replications")}


def design(asked: Request) -> Iterator[dict[str, Any]]:
    """Yield one row per planned run and strategy, as a study folder keeps it."""
    name = canonical_json(asked.config["setting"])
    for replication in range(asked.replications):
        seed = asked.seed + replication
        for strategy in asked.strategies:
            yield {
                "run_id": run_id(identity(asked), seed),
                "scenario": asked.scenario,
                "strategy": strategy.name,
                "adopters": asked.adopters,
                "replication": replication,
                "seed": seed,
                "parameters": name,
            }
