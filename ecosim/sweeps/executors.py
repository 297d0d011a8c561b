"""Engines for runs, each an ordinary `concurrent.futures.Executor`: in this process, local processes, Dask, Ray, SLURM.

`engine` opens one as a context; leaving the context ends its workers at once, whatever they are at. Local workers are
spawned, never forked, and end when the process that started them does.
"""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from ecosim.errors import UserError
from ecosim.workers import begin_worker

MODULES = {"dask": "distributed", "ray": "ray", "slurm": "submitit"}
"""The library behind an engine that comes as an extra."""


@dataclass(frozen=True)
class Engine:
    """Where runs go: ``kind`` is one of `KINDS`; ``address`` of a Dask or Ray cluster of the user's own.

    ``workers`` at a time; ``options`` go to the engine's own library (`LocalCluster`, `ray.init`, submitit).
    """

    kind: str = "local"
    workers: int = 1
    address: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse an engine whose library is not there."""
        module = MODULES.get(self.kind)
        if module and importlib.util.find_spec(module) is None:
            raise UserError(f"executor={self.kind}: {module} is not installed; pip install 'ecosim[{self.kind}]'")

    @property
    def window(self) -> int:
        """Return how many tasks to hand over at a time: no more than run, lest a death cost the waiting ones."""
        return {"serial": 1, "local": self.workers, "slurm": sys.maxsize}.get(self.kind, 2 * self.workers)

    def open(self, workers: int = 0) -> contextlib.AbstractContextManager[Executor]:
        """Return the engine's executor as a context, with fewer ``workers`` if wished."""
        return KINDS[self.kind](self, workers or self.workers)


class Serial(Executor):
    """Runs what is submitted at once, in this process."""

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Return a future that is done."""
        future: Future[Any] = Future()
        try:
            future.set_result(work(*arguments, **named))
        except Exception as error:
            future.set_exception(error)
        return future


@contextlib.contextmanager
def _serial(engine: Engine, workers: int) -> Iterator[Executor]:
    yield Serial()


@contextlib.contextmanager
def _local(engine: Engine, workers: int) -> Iterator[Executor]:
    before = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=begin_worker, initargs=(os.getpid(),))
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - before:
            process.kill()
            process.join()


@contextlib.contextmanager
def _dask(engine: Engine, workers: int) -> Iterator[Executor]:
    with contextlib.ExitStack() as stack:
        try:
            client = _dask_client(engine, workers, stack)
        except (OSError, RuntimeError, TypeError, ValueError) as error:
            told = str(error).splitlines()[0] if str(error) else repr(error)
            raise UserError(f"executor=dask: no cluster at address='{engine.address}' ({told})") from None
        yield client.get_executor(pure=False)


def _dask_client(engine: Engine, workers: int, stack: contextlib.ExitStack) -> Any:
    import dask
    from distributed import Client, LocalCluster

    if engine.address:
        return stack.enter_context(Client(engine.address, **engine.options))
    once = {"distributed.scheduler.allowed-failures": 0, "distributed.admin.tick.limit": "1h"}
    stack.enter_context(dask.config.set(once))
    settings = {"processes": True, "threads_per_worker": 1, "dashboard_address": None, **engine.options}
    cluster = stack.enter_context(LocalCluster(n_workers=workers, silence_logs=logging.CRITICAL, **settings))
    return stack.enter_context(Client(cluster))


@contextlib.contextmanager
def _ray(engine: Engine, workers: int) -> Iterator[Executor]:
    from ecosim.sweeps.ray_executor import RayExecutor

    with RayExecutor(workers, engine.address, engine.options) as pool:
        yield pool


@contextlib.contextmanager
def _slurm(engine: Engine, workers: int) -> Iterator[Executor]:
    from ecosim.sweeps.slurm_executor import SlurmExecutor

    with SlurmExecutor(workers, engine.options) as pool:
        yield pool


KINDS = {"serial": _serial, "local": _local, "dask": _dask, "ray": _ray, "slurm": _slurm}
