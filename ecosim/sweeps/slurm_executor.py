"""SLURM as an ordinary executor, through submitit: what waits goes out as one job array, watched by ``squeue``.

submitit itself asks ``sacct`` whether a job ended, and waits for ever where there is none. Here a job is over when its
result is there, or when it has left the queue and no result came within `GRACE` seconds.
"""

from __future__ import annotations

import contextlib
import getpass
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecosim.errors import UserError

ELEMENTS = 4
MOST_ELEMENTS = 1000
"""Elements of an array for each worker, and SLURM's usual limit (MaxArraySize) for one array."""

BEAT, POLL, GRACE = 0.3, 2.0, 15.0
"""Seconds: between two looks at what waits, between two questions to SLURM, and until a late result counts as lost."""

DEFAULTS = {"name": "ecosim", "timeout_min": 60, "stderr_to_stdout": True}
"""Settings of a job, those of submitit; the user's options win."""


class Lost(Exception):
    """A job ended without a result: killed, out of memory, or out of time."""


class TimeUp(BaseException):
    """SLURM asks a job to end: its time is nearly up, or another job needs its place."""


def time_up(number: int, frame: object) -> None:
    """Stop the work at once; it is no failure of the run."""
    raise TimeUp


@dataclass
class Calls:
    """Some calls, done one after the other by one element of a job array; those that fitted into its time return."""

    calls: list[tuple[Callable[..., Any], tuple[Any, ...]]]

    def __call__(self) -> list[tuple[bool, Any]]:
        """Return for each call whether it returned, and what, or the error as text."""
        signal.signal(signal.SIGUSR2, time_up)
        found: list[tuple[bool, Any]] = []
        with contextlib.suppress(TimeUp):
            for work, arguments in self.calls:
                try:
                    found.append((True, work(*arguments)))
                except Exception as error:
                    found.append((False, f"{type(error).__name__}: {error}"))
        return found


@dataclass
class Element:
    """A job under way and the futures of its calls; ``missed``: when it was first seen to have left the queue."""

    job: Any
    futures: list[Future[Any]]
    missed: float = 0.0

    def settle(self, found: list[tuple[bool, Any]]) -> None:
        """Give the futures what was found; calls for which there was no time are lost."""
        none = (False, "the job's time was up before this call was done")
        for future, (good, value) in zip(self.futures, [*found, *[none] * len(self.futures)], strict=False):
            if good:
                future.set_result(value)
            else:
                future.set_exception(Lost(value))


class SlurmExecutor(Executor):
    """Hands calls to SLURM; the first argument of a call has a ``folder`` that all nodes see, such as a study's.

    ``workers`` elements of an array at a time; ``options`` go to submitit's `update_parameters`, such as
    ``timeout_min`` (of one element, minutes) or ``slurm_partition``, and ``cluster: local`` does without SLURM.
    """

    def __init__(self, workers: int, options: Mapping[str, Any] | None = None) -> None:
        self.workers, self.options = workers, {**DEFAULTS, **dict(options or {})}
        self.cluster = str(self.options.pop("cluster", "slurm"))
        self.folder: Path | None = None
        self._pool: Any = None
        self._waiting: list[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = []
        self._elements: list[Element] = []
        self._last = 0.0
        self._lost = False
        self._lock = threading.Lock()
        self._leave = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True, name="ecosim-slurm")

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Return a future of the call, which goes out with others that follow at once."""
        if self._pool is None:
            self._open(Path(arguments[0].folder) / ".slurm")
        future: Future[Any] = Future()
        with self._lock:
            self._waiting.append((future, work, arguments))
            self._last = time.monotonic()
        return future

    def _open(self, folder: Path) -> None:
        import submitit

        self.folder = folder
        own = {"slurm_array_parallelism": self.workers} if self.cluster == "slurm" else {}
        try:
            self._pool = submitit.AutoExecutor(folder=folder, cluster=self.cluster)
            self._pool.update_parameters(**{**own, **self.options})
        except (NameError, ValueError, AssertionError, RuntimeError, TypeError) as error:
            raise UserError(f"executor=slurm: {' '.join(str(error).split())[:300]}") from None
        self._watcher.start()

    def _watch(self) -> None:
        asked = 0.0
        while not self._leave.wait(BEAT):
            now = time.monotonic()
            with self._lock:
                ready = self._waiting if now - self._last > BEAT else []
                if ready:
                    self._waiting = []
            if ready:
                self._hand_over(ready)
            if self._elements and now - asked > POLL:
                asked = now
                self._look()

    def _hand_over(self, ready: list[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]]) -> None:
        """Send what waits as one array, a few calls an element so that each lasts a while."""
        most = self.workers * (ELEMENTS if self.cluster == "slurm" else 1)
        size = -(-len(ready) // min(MOST_ELEMENTS, most))
        cuts = [ready[at : at + size] for at in range(0, len(ready), size)]
        try:
            with self._pool.batch():
                jobs = [self._pool.submit(Calls([(work, words) for _, work, words in cut])) for cut in cuts]
        except Exception as error:
            for future, _, _ in ready:
                future.set_exception(error)
            return
        self._elements += [Element(job, [future for future, _, _ in cut]) for job, cut in zip(jobs, cuts, strict=True)]

    def _look(self) -> None:
        """Settle every element whose result is there, or that is gone without one."""
        queued = self._queued()
        assert self.folder is not None
        there = {path.name for path in self.folder.iterdir()}
        now, left = time.monotonic(), []
        for element in self._elements:
            if element.job.paths.result_pickle.name in there:
                self._take(element)
            elif queued is None or element.job.job_id in queued:
                element.missed = 0.0
                left.append(element)
            elif element.missed and now - element.missed > (GRACE if self.cluster == "slurm" else 0):
                self._give_up(element, f"job {element.job.job_id} left the queue without a result")
            else:
                element.missed = element.missed or now
                left.append(element)
        self._elements = left

    def _queued(self) -> set[str] | None:
        """Return the ids of jobs in the queue, or None if SLURM does not answer now."""
        if self.cluster != "slurm":
            return {each.job.job_id for each in self._elements if not each.job.done()}
        command = ["squeue", "-h", "-r", "-o", "%i", "-u", getpass.getuser()]
        try:
            return set(subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.split())
        except (OSError, subprocess.SubprocessError):
            return None

    def _take(self, element: Element) -> None:
        try:
            element.settle(element.job.result())
        except Exception as error:
            self._give_up(element, f"job {element.job.job_id}: {error}")

    def _give_up(self, element: Element, why: str) -> None:
        self._lost = True
        for future in element.futures:
            future.set_exception(Lost(why))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Cancel what is under way; submitit's files go, its logs stay if a job was lost."""
        self._leave.set()
        if self._watcher.ident is not None:
            self._watcher.join()
        if self.cluster != "slurm":
            for element in self._elements:
                element.job.cancel()
        elif self._elements:
            jobs = sorted({element.job.job_id.partition("_")[0] for element in self._elements})
            with contextlib.suppress(OSError):
                subprocess.run(["scancel", *jobs], capture_output=True, check=False)
        if self.folder is not None and not self._lost:
            shutil.rmtree(self.folder, ignore_errors=True)
        elif self.folder is not None:
            for path in self.folder.glob("*.pkl"):
                path.unlink(missing_ok=True)
