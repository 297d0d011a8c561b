"""What ``boundary`` and ``calibrate`` share: points asked for in rounds become the runs of one study that grows.

What is stored is told to the search again before anything runs, so the same command goes on where it was cut off: told
the same, a search asks the same. How many points there may be is no part of a study: with more, it goes on.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import numpy as np
import pandas as pd

from ecosim.commands.compare import about as story
from ecosim.commands.given import Given
from ecosim.commands.sweep import confirm, done, name_failed
from ecosim.commands.sweeping import at, planned
from ecosim.commands.text import document
from ecosim.commands.worlds import job, try_out
from ecosim.errors import UserError
from ecosim.keys import EngineKeys, SweepKeys
from ecosim.parameters import param
from ecosim.request import Request, canonical, study_name
from ecosim.sweeps import Study, StudyFolder
from ecosim.sweeps.campaign import Campaign
from ecosim.sweeps.designs import Factor
from ecosim.sweeps.folder import study_path
from ecosim.sweeps.tasks import Work

FEWEST = 2
"""Replications that a standard error needs."""


@dataclass(frozen=True)
class SearchKeys(EngineKeys):
    """Choices about a search over parameters."""

    vary: str = param("", "what varies: {key: [low, high], key: [low, high, log]}")
    points: int = param(60, "most points to simulate", low=1, high=100_000)
    round: int = param(6, "points asked for at a time", low=1, high=10_000)
    common: ClassVar[bool] = False


class Search(Protocol):
    """A search as a study feeds it, such as `ecosim.analysis.boundary.Boundary`."""

    def ask(self, batch: int) -> list[dict[str, Any]]:
        """Return new points, none when finished."""


Tell = Callable[[list[dict[str, Any]], list[pd.DataFrame]], None]
"""Tells a search what points have shown: for each its wide outcomes, a row a replication and strategy."""


def factors_of(asking: Given) -> tuple[Factor, ...]:
    """Return the ranges named in ``vary``, each checked."""
    from ecosim import conf
    from ecosim.commands.factors import design_of

    keys = SweepKeys(vary=asking.keys.vary, design="lhs", n=1, dummy=False)
    factors = design_of(keys, conf.every_key(), 1).factors
    for each in factors:
        if each.key in asking.world:
            raise UserError(f"{each.key}: it varies, so it cannot be given as well; leave one of the two out")
    if asking.base.replications < FEWEST:
        raise UserError(f"replications={asking.base.replications}: at least {FEWEST} a point are needed")
    return factors


@dataclass
class Growing:
    """The study of a search: ``config`` is all that decides its numbers; ``work`` does a run, ``tell`` reports one."""

    verb: str
    words: Sequence[str]
    given: Given
    search: Search
    tell: Tell
    work: Work
    config: Mapping[str, Any]
    flags: set[str]
    points: list[Request] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    waiting: list[dict[str, Any]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Return the name of the study folder."""
        base = self.given.base
        config = canonical(**{self.verb: self.config}, base=base.config)
        return study_name(base.study, f"{base.scenario}-{self.verb}", config, base.results)

    def replay(self) -> None:
        """Tell what is stored, round after round, up to the first round with something missing; writes nothing."""
        folder = study_path(self.name, self.given.base.results)
        stored = pd.DataFrame()
        if (folder / "manifest.json").exists():
            stored = StudyFolder(folder).table()
        while points := self._asked():
            told = self._results(stored, points)
            if told is None:
                self.waiting = points
                return
            self.tell(points, told)

    def study(self) -> Study:
        """Return the study with what is planned so far; it is checked, and nothing is written before it is entered."""
        base = self.given.base
        words = [f"seed={base.seed}" if word == "seed=random" else word for word in self.words]
        config = canonical(**{self.verb: self.config}, base=base.config)
        about = story(base) | {"kind": self.verb, "replications": base.replications} | dict(self.config)
        return Study(self.name, config, pd.DataFrame(self.rows), root=base.results,
                     command=["ecosim", self.verb, *words], about=about)  # fmt: skip

    def run(self) -> tuple[Study, bool]:
        """Simulate until the search has nothing to ask; return the study, and whether it was only a dry run."""
        from ecosim.commands.estimate import estimate

        self.replay()
        study, base = self.study(), self.given.base
        there = len(self.points) - len(self.waiting)
        left = self.given.keys.points - there if self.waiting else 0
        if self.waiting:
            try_out(self.points[-1])
        expected = estimate(_Planned(self.points, self.given), left * base.replications)  # type: ignore[arg-type]
        expected = dataclasses.replace(expected, points=left)
        if "--dry-run" in self.flags:
            if base.format == "json":
                document({"study": str(study.folder), "points_there": there, "points_to_do_at_most": left,
                          "worlds": expected.worlds, "seconds": expected.seconds, "bytes": expected.bytes})  # fmt: skip
            else:
                print(f"{study.folder}: {there} points are there; to do, at most:\n{expected.lines()}")
            return study, True
        if self.waiting:
            confirm(expected, "--yes" in self.flags)
        with study:
            self._simulate(study, expected.seconds_each)
        return study, False

    def _simulate(self, study: Study, seconds: float) -> None:
        keys, points = self.given.keys, self.waiting
        timeout = 0.0 if keys.executor == "serial" else keys.timeout
        stop = "--fail-fast" in self.flags
        while points:
            campaign = Campaign(study, self.work, self._job, self.given.engine, seconds, keys.batch, timeout, stop,
                                keys.progress)  # fmt: skip
            failed = done(campaign, study)
            name_failed(failed)
            if stop and failed:
                raise SystemExit(1)
            told = self._results(study.table(), points, whole=False)
            assert told is not None
            self.tell(points, told)
            points = self._asked()
            if points:
                study.extend(pd.DataFrame(self.rows))

    def _asked(self) -> list[dict[str, Any]]:
        """Ask for a round of points and plan their runs."""
        points = self.search.ask(self.given.keys.round)
        for values in points:
            n = len(self.points)
            self.points.append(at(self.given, n, values))
            self.rows += planned(n, self.points[n], values)
        return points

    def _results(self, table: pd.DataFrame, points: Sequence[Any], whole: bool = True) -> list[pd.DataFrame] | None:
        """Return the outcomes of the last points asked for; None if they must be ``whole`` and something is missing."""
        first = len(self.points) - len(points)
        found = []
        for n in range(first, len(self.points)):
            runs = {row["run_id"] for row in self.rows if row["point"] == n}
            part = table[table["run_id"].isin(runs)] if "run_id" in table else pd.DataFrame()
            if whole and (part.empty or part["run_id"].nunique() < len(runs)):
                return None
            found.append(part)
        return found

    def _job(self, run_id: str) -> Any:
        """Return the job of a planned run, on one thread if several run at a time."""
        row = next(row for row in self.rows if row["run_id"] == run_id)
        threads = max(1, self.given.base.threads // self.given.engine.workers)
        return dataclasses.replace(job(self.points[row["point"]], row["replication"]), threads=threads)


@dataclass(frozen=True)
class _Planned:
    """What an estimate needs to know of a plan."""

    points: Sequence[Request]
    given: Given


def series(table: pd.DataFrame, strategy: str, column: str) -> pd.Series:
    """Return an outcome under a strategy by seed, where it is defined and finite; empty where there is none."""
    if column not in table:
        return pd.Series(dtype=float)
    rows = table[table["strategy"] == strategy]
    values = rows.set_index("seed")[column].astype(float).sort_index()
    return values[np.isfinite(values)]
