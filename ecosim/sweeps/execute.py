"""The loop over missing runs: hand them out until none is missing, or what is left has failed and is named.

A worker that dies takes its pool with it on some engines. What was under way is then suspect: the run each lost task
was at is tried again alone, three times at most, and the rest goes back into the queue. Nothing is lost, because every
run is stored by the worker that did it, whole or not at all, and what is stored is not done again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass, field
from typing import Any

from ecosim.sweeps.executors import Engine
from ecosim.sweeps.tasks import Report, Task, perform, split, suspect

TRIES = 3
"""How often a run may end its worker, alone, before it counts as failed."""

BEAT = 0.5
"""Seconds between looks at the clock while runs are under way."""


class StoreTrouble(Exception):
    """Finished runs cannot be stored, or contradict what is stored: going on would waste them."""


class FirstFailure(Exception):
    """A run failed and the sweep was to stop there."""


class NoWorkers(Exception):
    """The engine has no workers that stay."""


@dataclass
class Hooks:
    """What the loop tells: ``done(ids, seconds)`` of stored runs, ``failed(run id, record)``, and ``beat()``."""

    done: Callable[[tuple[str, ...], float], None]
    failed: Callable[[str, dict[str, Any]], None]
    beat: Callable[[], None] = field(default=lambda: None)


def execute(tasks: Iterable[Task], engine: Engine, hooks: Hooks) -> None:
    """Do all tasks on an engine; return when every run of theirs is stored or has failed.

    Raises `StoreTrouble`, `FirstFailure` from a hook, and `NoWorkers` when workers end before they begin a run.
    """
    queue = deque(tasks)
    suspects: deque[Task] = deque()
    idle = 0
    while queue:
        left = sum(len(task.runs) for task in queue)
        with engine.open() as pool:
            lost = _drive(pool, queue, engine.window, hooks)
        for task, _ in lost:
            _sort_out(task, queue, suspects, hooks)
        _one_by_one(engine, suspects, hooks)
        idle = idle + 1 if sum(len(task.runs) for task in queue) == left else 0
        if idle == TRIES:
            raise NoWorkers(
                f"executor={engine.kind}: workers end before they begin a run ({lost[-1][1] if lost else ''})"
            )


def _drive(pool: Executor, queue: deque[Task], window: int, hooks: Hooks) -> list[tuple[Task, BaseException]]:
    """Hand out tasks until all are done or the pool is broken; return those that came to nothing, with the error."""
    flying: dict[Future[Report], Task] = {}
    lost: list[tuple[Task, BaseException]] = []
    broken = False
    while flying or (queue and not broken):
        while queue and len(flying) < window and not broken:
            try:
                flying[pool.submit(perform, queue[0])] = queue[0]
                queue.popleft()
            except (BrokenExecutor, RuntimeError):
                broken = True
        ready, _ = wait(flying, timeout=BEAT, return_when=FIRST_COMPLETED)
        for future in ready:
            task = flying.pop(future)
            try:
                report = future.result()
            except Exception as error:
                lost.append((task, error))
                broken |= isinstance(error, BrokenExecutor)
            else:
                _tell(report, hooks)
        hooks.beat()
    return lost


def _tell(report: Report, hooks: Hooks) -> None:
    if report.done:
        hooks.done(report.done, report.seconds)
    for run_id, record in report.failed.items():
        hooks.failed(run_id, record)
    if report.trouble:
        raise StoreTrouble(report.trouble)


def _sort_out(task: Task, queue: deque[Task], suspects: deque[Task], hooks: Hooks) -> None:
    """Put the run at which a lost task's worker died among the suspects, and its other runs back into the queue."""
    run_id, trace = suspect(task)
    alone, rest = split(task, run_id)
    if rest is not None:
        queue.append(rest)
    if trace and alone is not None:
        hooks.failed(run_id, too_slow(task, trace))
    elif alone is not None:
        suspects.append(alone)


def _one_by_one(engine: Engine, suspects: deque[Task], hooks: Hooks) -> None:
    """Try suspects alone; one that ends its worker `TRIES` times, or is too slow, has failed."""
    tries: dict[str, int] = {}
    while suspects:
        with engine.open(workers=1) as pool:
            broken = False
            while suspects and not broken:
                lost = _drive(pool, suspects, 1, hooks)
                broken = not lost or any(isinstance(error, BrokenExecutor) for _, error in lost)
                for task, error in lost:
                    _try_again(task, error, tries, suspects, hooks)


def _try_again(task: Task, error: BaseException, tries: dict[str, int], suspects: deque[Task], hooks: Hooks) -> None:
    """Put a run whose worker died back among the suspects, or count it as failed."""
    _, trace = suspect(task)
    name = task.runs[0][0]
    tries[name] = tries.get(name, 0) + 1
    if trace:
        hooks.failed(name, too_slow(task, trace))
    elif tries[name] >= TRIES:
        hooks.failed(name, deadly(tries[name], error))
    else:
        suspects.append(task)


def too_slow(task: Task, trace: str) -> dict[str, Any]:
    """Return the record of a run that was stopped at its time limit."""
    return {"error": f"TimeoutError: stopped after {task.timeout:g} seconds (timeout=)", "traceback": trace}


def deadly(tries: int, error: BaseException) -> dict[str, Any]:
    """Return the record of a run that ended its worker every time."""
    told = f"its worker died {tries} times while doing this run alone (a crash, or out of memory: killed)"
    return {"error": f"WorkerDied: {told}", "traceback": f"{type(error).__name__}: {error}"}
