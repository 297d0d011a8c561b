"""A campaign: a study whose missing runs are done by an engine, and which may grow while it goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ecosim.sweeps.execute import FirstFailure, Hooks, StoreTrouble, execute
from ecosim.sweeps.executors import Engine
from ecosim.sweeps.folder import sweep_temporaries
from ecosim.sweeps.progress import Progress
from ecosim.sweeps.runs import Study
from ecosim.sweeps.tasks import Task, Work

PASSES = 3
"""How often runs are done again whose stored parts turn out to be damaged."""

PART_SECONDS = 10.0
SHORT = 100
MOST = 2000
"""Seconds of work a part should hold; the fewest runs worth a common part; and the most."""


def batch_size(seconds: float, runs: int, workers: int) -> int:
    """Return how many runs of this many ``seconds`` each make a part: 1, or 100 and more if they are short and many."""
    share = -(-runs // max(1, workers))
    if share < SHORT or seconds * SHORT > 2 * PART_SECONDS:
        return 1
    return max(SHORT, min(MOST, share, int(PART_SECONDS / max(seconds, 1e-6))))


@dataclass
class Campaign:
    """Does what is missing of ``study`` with ``work`` on ``engine``.

    ``job(run_id)`` makes the job of a planned run; ``seconds`` is what a run is expected to take; ``batch`` the runs a
    part (0: from ``seconds``); ``timeout`` seconds a run may take (0: any); ``fail_fast``: stop at the first failure.
    """

    study: Study
    work: Work
    job: Callable[[str], Any]
    engine: Engine
    seconds: float = 1.0
    batch: int = 0
    timeout: float = 0.0
    fail_fast: bool = False
    progress: str = "auto"

    def run(self) -> Mapping[str, dict[str, Any]]:
        """Do the missing runs; return why runs failed, by run id.

        Raises `StoreTrouble` if the folder cannot be written or read any more, and `NoWorkers`.
        """
        failed: dict[str, dict[str, Any]] = {}
        planned = self.study.run_ids
        told = Progress(len(planned), len(planned) - len(self.study.missing), self.progress)

        def note(run_id: str, record: dict[str, Any]) -> None:
            failed[run_id] = record
            self.study.fail(run_id, record)
            told.add(failed=1)
            if self.fail_fast:
                raise FirstFailure(run_id)

        def stored(run_ids: tuple[str, ...], _: float) -> None:
            self.study.finished |= set(run_ids)
            told.add(done=len(run_ids))

        hooks = Hooks(stored, note, told.beat)
        try:
            for _ in range(PASSES):
                missing = [run_id for run_id in self.study.missing if run_id not in failed]
                if not missing:
                    break
                execute(self.tasks(missing), self.engine, hooks)
                self.study.refresh()
        except FirstFailure:
            self.study.refresh()
        except OSError as error:
            raise StoreTrouble(f"{error.filename or self.study.folder}: {error.strerror or error}") from None
        finally:
            sweep_temporaries(self.study.folder)
            told.close()
        return failed

    def tasks(self, missing: Sequence[str]) -> list[Task]:
        """Return missing runs as tasks."""
        size = self.batch or batch_size(self.seconds, len(missing), self.engine.workers)
        cuts = [missing[at : at + size] for at in range(0, len(missing), size)]
        folder = str(self.study.folder)
        return [Task(folder, self.work, tuple((run, self.job(run)) for run in cut), self.timeout) for cut in cuts]
