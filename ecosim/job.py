"""A job: one seed of a comparison. All arms share a burn-in and a history, then branch and go their own ways."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ecosim.errors import UserError
from ecosim.metrics.innovation import sources
from ecosim.model import Ecosystem
from ecosim.outcomes import long, outcomes
from ecosim.parameters import Info, build, walk
from ecosim.records import Recorder
from ecosim.setting import Setting
from ecosim.strategies import Strategy
from ecosim.strategies.adaptive import moved

ADOPTERS = ("focal", "half", "all")


@dataclass(frozen=True)
class Event:
    """A dated event in week ``week`` (of the history and after), in all ``arms`` or in those named.

    The keys of ``changes`` change the world; ``firms`` (focal, all or ids) move the dotted ``levers``, adopt
    ``strategy``, or ``acquire`` a component from the partner that supplies it.
    """

    week: int
    changes: tuple[tuple[str, Any], ...] = ()
    why: str = ""
    levers: tuple[tuple[str, Any], ...] = ()
    strategy: Strategy | None = None
    firms: str | tuple[int, ...] = "focal"
    acquire: int | None = None
    arms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Job:
    """Setting x strategies x one seed; weeks are counted from the end of the burn-in.

    Until the treatment every firm has the baseline, or its own of ``line_up``; with arms, the adopters then take the
    strategy of their arm, in the baseline's world too if they had another.
    """

    scenario: str
    setting: Setting
    baseline: Strategy
    arms: tuple[Strategy, ...] = ()
    adopters: str = "focal"
    seed: int = 1
    replication: int = 0
    weeks: int = 260
    history: int = 104
    burn_in: int = 156
    events: tuple[Event, ...] = ()
    line_up: tuple[Strategy, ...] = ()
    record: str = "quarterly"
    threads: int = 2


def adopting(job: Job) -> np.ndarray:
    """Return which firms change strategy, ``[f] bool``: the focal one, every second one, or all."""
    market = job.setting.market
    ids = np.arange(market.firms)
    if job.adopters == "focal":
        return ids == market.focal
    return (ids - market.focal) % 2 == 0 if job.adopters == "half" else np.ones(market.firms, bool)


def changed(setting: Setting, changes: Mapping[str, Any]) -> Setting:
    """Return ``setting`` with dotted keys changed; refuse unknown keys and those used only to build the world."""
    fields = dict(walk(Setting))
    for key, value in changes.items():
        if key in fields:
            info: Info = fields[key].metadata["info"]
            if info.build:
                raise UserError(f"{key}: it is used only when the world is built, so a dated event cannot change it")
        group, _, name = key.partition(".")
        if not name:
            raise UserError(f"{key}: an event changes keys such as attention.load")
        kept = {f.name: getattr(setting, f.name) for f in dataclasses.fields(Setting)}
        build(Setting, {group: {name: value}})
        kept[group] = dataclasses.replace(kept[group], **{name: value})
        setting = Setting(**kept)
    return setting


def advance(
    model: Ecosystem, job: Job, weeks: int, progress: Callable[[int], None] | None, arm: str | None = None
) -> None:
    """Step ``weeks`` weeks, letting dated events happen on their day; ``arm`` is None in the common history."""
    for _ in range(weeks):
        for event in job.events:
            if event.week == model.week + 1 - job.burn_in and (not event.arms or arm in event.arms):
                happen(model, event)
        model.step()
        if progress is not None:
            progress(1)


def happen(model: Ecosystem, event: Event) -> None:
    """Let an event happen before the coming week."""
    if event.changes:
        model.change_setting(changed(model.setting, dict(event.changes)))
    for firm in concerned(model, event.firms):
        if event.strategy is not None:
            firm.adopt(event.strategy)
        if event.levers:
            levers = firm.target
            for key, value in event.levers:
                levers = moved(levers, key, value)
            firm.shift(levers)
        if event.acquire is not None:
            from ecosim.mechanisms.acquisition import acquire

            acquire(model, firm, event.acquire)


def concerned(model: Ecosystem, firms: str | tuple[int, ...]) -> list[Any]:
    """Return the firms an event concerns: the focal one, all, or those with these ids."""
    if firms == "all":
        return list(model.firms)
    rows = (model.setting.market.focal,) if isinstance(firms, str) else firms
    return [model.firms[row] for row in rows]


def total_weeks(job: Job) -> int:
    """Return how many weeks `run` will step."""
    return job.burn_in + job.history + (job.weeks - job.history) * (1 + len(job.arms))


def run(
    job: Job,
    progress: Callable[[int], None] | None = None,
    observe: Callable[[str, Ecosystem], None] | None = None,
) -> dict[str, pd.DataFrame]:
    """Run every arm of ``job``; return its tables by name, each with one part an arm and the ids of the run in front.

    There are ``outcomes``; unless ``record`` is none ``quarterly``, ``yearly``, ``market`` and ``ideas``; and
    ``weekly`` if it is weekly. ``progress(n)`` is called after every n weeks; ``observe(strategy, model)`` after each.
    """
    adopters = adopting(job)
    parts: dict[str, list[tuple[str, pd.DataFrame]]] = {}
    for arm, record, model in lived(job, progress, observe):
        for name, table in arm_tables(job, record, adopters, model).items():
            parts.setdefault(name, []).append((arm, table))
    return {name: stamp(each, job) for name, each in parts.items()}


def lived(
    job: Job,
    progress: Callable[[int], None] | None = None,
    observe: Callable[[str, Ecosystem], None] | None = None,
) -> Iterator[tuple[str, Recorder, Ecosystem]]:
    """Live every arm of ``job``, as `run` does; yield each one's name, record and model when it has come to its end."""
    model = Ecosystem(job.setting, job.line_up or job.baseline, job.seed, job.threads)
    advance(model, job, job.burn_in, progress)
    record = Recorder(origin=job.burn_in)
    watch(model, record, job.baseline.name, observe)
    advance(model, job, job.history, progress)
    adopters = adopting(job)
    arms = (job.baseline, *job.arms)
    for arm in arms:
        last = arm is arms[-1]
        twin, notes = (model, record) if last else (model.branch(), record.copy())
        watch(twin, notes, arm.name, observe)
        for firm in twin.firms if job.arms else ():
            if adopters[firm.row] and firm.strategy.name != arm.name:
                firm.adopt(arm)
        advance(twin, job, job.weeks - job.history, progress, arm.name)
        yield arm.name, notes, twin
        twin.close()


def watch(model: Ecosystem, record: Recorder, name: str, observe: Callable[[str, Ecosystem], None] | None) -> None:
    """Attach the recorder, and the caller's observer if there is one, in place of any others."""
    model.observers = [record] if observe is None else [record, lambda m: observe(name, m)]


def arm_tables(job: Job, record: Recorder, adopters: np.ndarray, model: Ecosystem) -> dict[str, pd.DataFrame]:
    """Return the tables of one arm, whose ``model`` has come to its end."""
    customers = job.setting.market.customers
    tables = {"outcomes": long(outcomes(record, adopters, customers, job.history))}
    if job.record != "none":
        tables |= {
            "quarterly": record.quarterly(adopters, job.history),
            "yearly": record.yearly(),
            "market": pd.DataFrame(record.market(customers, job.history)),
            "ideas": sources(model),
        }
    return tables | {"weekly": record.weekly()} if job.record == "weekly" else tables


def stamp(parts: Sequence[tuple[str, pd.DataFrame]], job: Job) -> pd.DataFrame:
    """Put the tables of strategies, each with its name, below each other and the ids of the run in front."""
    table = pd.concat([part for _, part in parts], ignore_index=True)
    ids: dict[str, Any] = {
        "scenario": [job.scenario] * len(table),
        "strategy": [name for name, part in parts for _ in range(len(part))],
        "adopters": [job.adopters] * len(table),
        "replication": np.full(len(table), job.replication),
        "seed": np.full(len(table), job.seed),
    }
    return pd.DataFrame(ids | {str(name): column for name, column in table.items()})
