"""From a request to jobs: one world per seed, each with its common history and its arms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ecosim.job import Event, Job
from ecosim.mechanisms.base import QUARTER
from ecosim.model import Ecosystem
from ecosim.request import Request
from ecosim.sweeps.manifest import canonical_json, run_id


def job(asked: Request, replication: int = 0) -> Job:
    """Return the job of one replication, which uses seed + replication; the first strategy is also the first arm."""
    alone = len(asked.strategies) == 1
    return Job(
        scenario=asked.scenario,
        setting=asked.setting,
        baseline=asked.strategies[0],
        arms=asked.strategies[1:],
        adopters=asked.adopters,
        seed=asked.seed + replication,
        replication=replication,
        weeks=asked.weeks,
        history=0 if alone and asked.weeks - asked.history < QUARTER else asked.history,
        burn_in=asked.burn_in,
        events=tuple(event(each, asked) for each in asked.events),
        line_up=asked.line_up,
        record=asked.record,
        threads=asked.threads,
    )


def event(given: Mapping[str, Any], asked: Request) -> Event:
    """Return a checked event as the model lets it happen."""
    firms = given.get("firms", "focal")
    return Event(
        week=given["week"],
        changes=tuple(given.get("set", {}).items()),
        why=given["why"],
        levers=tuple(given.get("levers", {}).items()),
        strategy=asked.cast[given["strategy"]] if "strategy" in given else None,
        firms=firms if isinstance(firms, str) else tuple(firms),
        acquire=given.get("acquire"),
        arms=tuple(given.get("arms", ())),
    )


def try_out(asked: Request) -> None:
    """Build the first world and drop it, so that what cannot be built is refused before anything is written."""
    Ecosystem(asked.setting, asked.line_up or asked.strategies[0], asked.seed, asked.threads).close()


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
