"""What a worker does: run a few planned runs, store what finished, and tell of what failed; failures are data.

A task notes which run it is at in a small hidden file, so that when its process dies the driver knows the suspect. A
run that takes longer than its time limit ends its process, from a watchdog in C that needs no lock of Python's.
"""

from __future__ import annotations

import faulthandler
import os
import socket
import time
import traceback
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from ecosim.sweeps.saving import Tables, save, unit_name

Work = Callable[[str, Any], Tables]
"""Does the run of this id and job, and returns its tables by name."""


@dataclass(frozen=True)
class Task:
    """A few runs for one worker: ``runs`` are run ids with their jobs; ``timeout`` seconds for each, 0 for none.

    ``tag`` marks the hidden file of this task, so that none left by an earlier or another driver is taken for it.
    """

    folder: str
    work: Work
    runs: tuple[tuple[str, Any], ...]
    timeout: float = 0.0
    tag: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def name(self) -> str:
        """Return the name of the part it fills if every run succeeds."""
        return unit_name([run_id for run_id, _ in self.runs])


@dataclass
class Report:
    """What became of a task; ``trouble`` says why finished runs could not be stored, if so."""

    done: tuple[str, ...] = ()
    failed: dict[str, dict[str, Any]] = field(default_factory=dict)
    trouble: str = ""
    seconds: float = 0.0


def failure(error: BaseException) -> dict[str, Any]:
    """Return why a run failed, as it is kept: error and traceback."""
    return {
        "error": f"{type(error).__name__}: {error}",
        "traceback": "".join(traceback.format_exception(error)),
    }


def perform(task: Task) -> Report:
    """Do the runs of a task one after the other and store those that finish, as one part."""
    folder, report, results, took = Path(task.folder), Report(), {}, {}
    begun = time.monotonic()
    try:
        with Mark(folder, task) as mark:
            for run_id, job in task.runs:
                start = time.monotonic()
                try:
                    with mark.at(run_id):
                        results[run_id] = task.work(run_id, job)
                except (Exception, SystemExit) as error:
                    report.failed[run_id] = failure(error)
                took[run_id] = round(time.monotonic() - start, 4)
            if results:
                save(folder, results, {"seconds": {run: took[run] for run in results}})
            report.done = tuple(results)
    except OSError as error:
        report.trouble = f"{task.folder}: finished runs could not be stored ({error.strerror or error})"
    except RuntimeError as error:
        report.trouble = str(error)
    except (TypeError, ValueError, MemoryError) as error:
        report.trouble = f"finished runs could not be stored ({type(error).__name__}: {error})"
    report.seconds = time.monotonic() - begun
    return report


class Mark:
    """The hidden file that says which run a task is at; it stays behind when the process dies."""

    def __init__(self, folder: Path, task: Task) -> None:
        label = f".{task.name}.{socket.gethostname()}.{os.getpid()}.{task.tag}.tmp"
        self.path, self.timeout = folder / "failures" / label, task.timeout
        self._handle = open(self.path, "w+b", buffering=0)  # noqa: SIM115

    def __enter__(self) -> Mark:
        return self

    def at(self, run_id: str) -> Mark.Watch:
        """Note the run and watch over its time while the returned context is open."""
        self._handle.seek(0)
        self._handle.truncate()
        self._handle.write(run_id.encode() + b"\n")
        return Mark.Watch(self)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Remove the file, unless the process is being ended."""
        self._handle.close()
        self.path.unlink(missing_ok=True)

    class Watch:
        """Ends the process when the run takes too long, its traceback written after the run id."""

        def __init__(self, mark: Mark) -> None:
            self.mark = mark

        def __enter__(self) -> None:
            if self.mark.timeout > 0:
                faulthandler.dump_traceback_later(self.mark.timeout, exit=True, file=self.mark._handle)

        def __exit__(self, *_: object) -> None:
            if self.mark.timeout > 0:
                faulthandler.cancel_dump_traceback_later()


def suspect(task: Task) -> tuple[str, str]:
    """Return the run at which a task's process died, and its last traceback if it was too slow; empty if unknown."""
    for path in Path(task.folder, "failures").glob(f".{task.name}.*.{task.tag}.tmp"):
        run_id, _, rest = path.read_text(encoding="utf-8", errors="replace").partition("\n")
        path.unlink(missing_ok=True)
        if any(run_id == planned for planned, _ in task.runs):
            return run_id, rest
    return "", ""


def split(task: Task, apart: str) -> tuple[Task | None, Task | None]:
    """Return the run ``apart`` as a task of its own, and the rest; None for what is empty."""
    alone = tuple(run for run in task.runs if run[0] == apart)
    rest = tuple(run for run in task.runs if run[0] != apart)
    made = [Task(task.folder, task.work, runs, task.timeout) if runs else None for runs in (alone, rest)]
    return made[0], made[1]


def seconds_of(extra: Mapping[str, Any]) -> dict[str, float]:
    """Return how long each run of a unit took, from the metadata of its seal."""
    seconds = extra.get("seconds")
    return {str(run): float(took) for run, took in seconds.items()} if isinstance(seconds, Mapping) else {}
