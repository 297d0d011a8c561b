"""``ecosim sweep``: a design over parameters, run on any engine, never lost, kept in one folder."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ecosim.commands.text import document
from ecosim.errors import UserError

if TYPE_CHECKING:
    from ecosim.commands.estimate import Estimate
    from ecosim.commands.sweeping import Plan
    from ecosim.sweeps import Study

FLAGS = ("--yes", "--dry-run", "--fail-fast")
MOST_WORLDS, MOST_SECONDS, MOST_BYTES = 10_000, 3600.0, 1e9
"""Above any of these a sweep asks before it starts."""


def main(words: Sequence[str]) -> int:
    """Plan, ask if it is large, do what is missing, tell; 1 if some worlds failed."""
    from ecosim.commands.estimate import estimate
    from ecosim.commands.given import given
    from ecosim.commands.sweeping import plan
    from ecosim.keys import SweepKeys

    flags = {word for word in words if word.startswith("--")}
    words = [word for word in words if word not in flags]
    planned = plan(given("sweep", words, SweepKeys, record="none"))
    study = study_of(planned, words)
    missing = study.refresh()
    expected = estimate(planned, len(missing))
    if "--dry-run" in flags:
        return told_before(planned, study, expected)
    if missing:
        confirm(expected, "--yes" in flags)
    with study:
        campaign = campaign_of(planned, study, expected.seconds_each, "--fail-fast" in flags)
        before = len(study.finished)
        failed = done(campaign, study)
    return tell(planned, study, before, failed)


def study_of(planned: Plan, words: Sequence[str]) -> Study:
    """Return the study of a sweep; nothing is written before it is entered."""
    from ecosim.sweeps import Study

    base = planned.given.base
    command = ["ecosim", "sweep", *(f"seed={base.seed}" if word == "seed=random" else word for word in words)]
    return Study(planned.study, planned.config, planned.rows, root=base.results, command=command, about=planned.about())


def campaign_of(planned: Plan, study: Study, seconds: float, fail_fast: bool = False) -> Any:
    """Return what does the missing runs of a sweep."""
    from ecosim.sweeps.campaign import Campaign
    from ecosim.wide import wide_run

    keys = planned.given.keys
    return Campaign(study, wide_run, planned.job, planned.given.engine, seconds, keys.batch,
                    0.0 if keys.executor == "serial" else keys.timeout, fail_fast, keys.progress)  # fmt: skip


def told_before(planned: Plan, study: Study, expected: Estimate) -> int:
    """Print what the sweep would do."""
    asked = planned.given.base
    if asked.format == "json":
        document({"study": str(study.folder), "points": expected.points, "worlds": len(study.run_ids),
                  "missing": expected.worlds, "runs": expected.worlds * expected.strategies,
                  "seconds": expected.seconds, "bytes": expected.bytes})  # fmt: skip
        return 0
    there = len(study.run_ids) - expected.worlds
    print(f"{study.folder}: {len(study.run_ids):,} worlds planned, {there:,} already there; to do:\n{expected.lines()}")
    return 0


def confirm(expected: Estimate, yes: bool) -> None:
    """Let the user decide about a large sweep; without a terminal it needs ``--yes``."""
    large = (expected.worlds > MOST_WORLDS, expected.seconds > MOST_SECONDS, expected.bytes > MOST_BYTES)
    if yes or not any(large):
        return
    print(expected.lines(), file=sys.stderr)
    if sys.stdin is None or not sys.stdin.isatty():
        raise UserError("this is a large sweep; add --yes to start it, or look at it with --dry-run")
    print("Start it? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise UserError("not started; nothing was written")


def done(campaign: Any, study: Study) -> dict[str, dict[str, Any]]:
    """Do the missing runs; say how to go on if that is cut short."""
    from ecosim.sweeps.execute import NoWorkers, StoreTrouble

    try:
        return dict(campaign.run())
    except KeyboardInterrupt:
        print(f"ecosim: stopped; {len(study.finished)} of {len(study.run_ids)} worlds are stored; "
              f"go on with: ecosim resume {study.folder}", file=sys.stderr)  # fmt: skip
        raise
    except (StoreTrouble, NoWorkers) as error:
        print(f"ecosim: {error}; finished worlds are kept; mend it and go on with: ecosim resume {study.folder}",
              file=sys.stderr)  # fmt: skip
        raise SystemExit(1) from None


def tell(planned: Plan, study: Study, before: int, failed: dict[str, dict[str, Any]]) -> int:
    """Print where the results are and which worlds failed, and why; return the exit code."""
    left = len(study.missing)
    where = f"{study.folder}"
    if planned.given.base.format == "json":
        document({"study": where, "worlds": len(study.run_ids), "finished": len(study.finished), "failed": failed,
                  "content_sha256": study.manifest.get("summary_sha256")})  # fmt: skip
    else:
        print(f"{len(study.finished)} of {len(study.run_ids)} worlds are stored in {where}"
              + (f" ({before} were already there)." if before else "."))  # fmt: skip
        for line in page_of(study):
            print(line)
        print(f"Look at them with: ecosim results {where}")
    name_failed(failed)
    if left:
        print(f"ecosim: {left} worlds are missing; reasons are in {study.folder / 'failures'}; "
              f"try them again with: ecosim resume {where}", file=sys.stderr)  # fmt: skip
    return 1 if left else 0


def page_of(study: Study) -> list[str]:
    """Write the page of a sweep; return what it says in words, or why there is none."""
    from ecosim.report import sweep_report

    try:
        page, lines = sweep_report(study.folder)
        return ["", *lines, "", f"Report: {page}"]
    except UserError as error:
        return [f"No report: {error}"]


def name_failed(failed: Mapping[str, Mapping[str, Any]]) -> None:
    """Name the worlds that failed, each with its reason."""
    for run_id, record in failed.items():
        print(f"ecosim: world {run_id} failed: {record['error']}", file=sys.stderr)
