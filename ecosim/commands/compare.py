"""``ecosim compare``: strategies in the same worlds, kept in a study folder, told in a table and a report."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ecosim.commands.text import document
from ecosim.request import Request

if TYPE_CHECKING:
    import pandas as pd

    from ecosim.commands.given import Given
    from ecosim.job import Job
    from ecosim.sweeps import Study

MOST_SEEDS = 10_000
"""Beyond this many a comparison does not add seeds of its own accord."""


def main(words: Sequence[str]) -> int:
    """Run what is missing of the study, then tell; 1 if some runs failed."""
    from ecosim.commands.given import given
    from ecosim.commands.worlds import try_out
    from ecosim.conf import named
    from ecosim.keys import CompareKeys

    flags = {word for word in words if word.startswith("--")}
    words = [word for word in words if word not in flags]
    asking = given("compare", words, CompareKeys)
    asked = named(asking.base)
    study = planned(asked, words)
    try_out(asked)
    with study:
        done_before = len(study.finished)
        simulate(study, asking, "--fail-fast" in flags)
        while asking.keys.precision and (more := wanted(study, asked, asking.keys.precision)):
            asking = replace(asking, base=replace(asking.base, replications=more))
            study.extend(frame(asking.base))
            simulate(study, asking, "--fail-fast" in flags)
    return tell(study, asked, done_before)


def wanted(study: Study, asked: Request, precision: float) -> int:
    """Return how many seeds the decisive differences need to be known to ``precision``; 0 if there are enough."""
    from ecosim.analysis.compare import PRIMARY, differences
    from ecosim.analysis.replications import enough, needed

    have, more = len(study.run_ids), 0
    if study.missing or have >= MOST_SEEDS:
        return 0
    for _, values, base in differences(study.table(), asked.strategies[0].name, PRIMARY):
        target = precision * abs(base)
        if target > 0 and enough(values, target) is None:
            more = max(more, needed(values, target))
    return min(max(more, have + 1), 2 * have, MOST_SEEDS) if more else 0


def planned(asked: Request, words: Sequence[str]) -> Study:
    """Return the study of a request; nothing is written before it is entered."""
    from ecosim.sweeps import Study

    command = ["ecosim", "compare", *(f"seed={asked.seed}" if word == "seed=random" else word for word in words)]
    return Study(asked.study, asked.config, frame(asked), root=asked.results, command=command, about=about(asked))


def frame(asked: Request) -> pd.DataFrame:
    """Return the planned runs of a comparison."""
    import pandas as pd

    from ecosim.commands.worlds import design

    return pd.DataFrame(list(design(asked)))


def about(asked: Request) -> dict[str, Any]:
    """Return what the report tells its reader about a study."""
    from ecosim.parameters import walk
    from ecosim.strategies.levers import Levers

    return {
        "scenario": asked.scenario,
        "question": asked.question,
        "why": asked.why,
        "answer": list(asked.answer),
        "baseline": asked.strategies[0].name,
        "strategies": {s.name: {key: look(s.levers, key) for key, _ in walk(Levers)} for s in asked.strategies},
        "setting_changes": changes(asked),
        "events": list(asked.events),
        "adopters": asked.adopters,
        "customers": asked.setting.market.customers,
        "firms": asked.setting.market.firms,
        "weeks": asked.weeks,
        "history": asked.history,
    }


def look(instance: Any, key: str) -> Any:
    """Return the value of a dotted key of a nested parameter dataclass."""
    for name in key.split("."):
        instance = getattr(instance, name)
    return instance


def changes(asked: Request) -> dict[str, Any]:
    """Return the parameters of the world that differ from their defaults, by dotted key."""
    from ecosim.parameters import walk

    found = {key: (look(asked.setting, key), field.default) for key, field in walk(type(asked.setting))}
    return {key: value for key, (value, default) in found.items() if value != default}


def simulate(study: Study, asking: Given, fail_fast: bool) -> None:
    """Do the missing worlds; one that fails is recorded and the others go on."""
    from tqdm import tqdm

    from ecosim.commands.sweep import done, name_failed
    from ecosim.commands.worlds import job
    from ecosim.job import run, total_weeks
    from ecosim.sweeps.campaign import Campaign

    asked, keys = asking.base, asking.keys
    replications = dict(zip(study.design["run_id"], (int(n) for n in study.design["replication"]), strict=True))
    threads = max(1, asked.threads // asking.engine.workers)

    def made(run_id: str) -> Job:
        return replace(job(asked, replications[run_id]), threads=threads)

    if keys.executor != "serial":
        campaign = Campaign(study, whole_run, made, asking.engine, 1.0, 1, keys.timeout, fail_fast, keys.progress)
        name_failed(done(campaign, study))
        return
    missing, each = study.missing, total_weeks(job(asked))
    seconds = 0.2 if sys.stderr.isatty() else 10.0
    with tqdm(total=len(missing) * each, unit="week", mininterval=seconds, disable=not missing) as bar:

        def lived(run_id: str, job: Job) -> Mapping[str, Any]:
            bar.set_description(f"world {int(bar.n // each) + 1} of {len(missing)}")
            return run(job, progress=partial(shown, bar))

        failed = done(Campaign(study, lived, made, asking.engine, 1.0, 1, 0.0, fail_fast, "none"), study)
    name_failed(failed)


def shown(bar: Any, weeks: int) -> None:
    """Move the progress bar on."""
    bar.update(weeks)


def whole_run(run_id: str, job: Job) -> Mapping[str, Any]:
    """Do a run and return all its tables."""
    from ecosim.job import run

    return run(job)


def tell(study: Study, asked: Request, done_before: int) -> int:
    """Print the verdict and where the report is; return the exit code."""
    outcomes = study.table()
    failed = len(study.run_ids) - len(study.finished)
    if outcomes.empty:
        print(f"ecosim: no world could be finished; the reasons are in {study.folder / 'failures'}", file=sys.stderr)
        return 1
    from ecosim.analysis import answer, compare, records
    from ecosim.report import terminal_table, write_report

    comparison = compare(outcomes, asked.strategies[0].name)
    line = answer(asked.answer, comparison, outcomes)
    page = write_report(study.folder)
    if asked.format == "json":
        told = {"question": asked.question, "answer": line, "report": str(page), "failed": failed}
        document(_summary(study, asked, comparison, records(comparison)) | told)
    else:
        print(terminal_table(comparison))
        if line:
            print(f"\n{asked.question}\nAnswer: {line}")
        if done_before:
            print(f"\n{done_before} of {len(study.run_ids)} worlds were already there.")
        print(f"\nReport: {page}")
    if failed:
        print(
            f"ecosim: {failed} of {len(study.run_ids)} worlds failed; see {study.folder / 'failures'}", file=sys.stderr
        )
    return 1 if failed else 0


def _summary(study: Study, asked: Request, comparison: Any, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    from ecosim.analysis import overall

    return {
        "study": str(study.folder),
        "scenario": asked.scenario,
        "baseline": asked.strategies[0].name,
        "adopters": asked.adopters,
        "seeds": sorted({int(seed) for seed in study.design["seed"]}),
        "verdicts": [asdict(overall(comparison, strategy.name)) for strategy in asked.strategies[1:]],
        "comparison": list(rows),
        "config": dict(asked.config),
    }
