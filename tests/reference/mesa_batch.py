"""The plain model under Mesa's own `batch_run`: how long a sweep takes that is made of nothing but Mesa.

``python tests/reference/mesa_batch.py [customers weeks runs processes]`` prints the seconds of a run under `batch_run`,
those of `ecosim.job.run` in one process, and how many times as long the first takes when both have as many processes.
"""

from __future__ import annotations

import dataclasses
import functools
import sys
import time
from pathlib import Path

import mesa

sys.path.insert(0, str(Path(__file__).parent))

from plain_mesa import PlainMarket


@functools.cache
def default_world(customers):
    """Return setting and strategy of the default scenario at this size."""
    from ecosim.conf import request

    asked = request("run", [f"customers={customers}"])
    return asked.setting, asked.strategies[0]


class PlainWorld(PlainMarket):
    """The plain model as `batch_run` wants it: parameters one by one, a data collector, and an end.

    The seed is called ``world_seed``, for `batch_run` of Mesa 3.5 sets ``seed`` or ``rng`` itself; ``rng`` is not used.
    """

    def __init__(self, setting, strategy, weeks, world_seed, rng=None):
        super().__init__(setting, strategy, world_seed)
        self.weeks = weeks
        self.datacollector = mesa.DataCollector(model_reporters={"purchases": lambda m: sum(m.counts["purchases"])})
        self.datacollector.collect(self)

    def step(self):
        """Live one week, and stop after the last."""
        super().step()
        self.datacollector.collect(self)
        self.running = self.week < self.weeks


def batch(customers, weeks, runs, processes):
    """Return what `batch_run` finds in worlds of seeds 1 to ``runs``, one dictionary each."""
    from mesa.batchrunner import batch_run  # makes every later process of this one a spawned one

    setting, strategy = default_world(customers)
    parameters = {"setting": setting, "strategy": strategy, "weeks": weeks, "world_seed": range(1, runs + 1)}
    return batch_run(PlainWorld, parameters, number_processes=processes, max_steps=weeks, display_progress=False)


def batch_seconds_per_run(customers, weeks, runs, processes):
    """Return the wall time of a sweep under `batch_run` by its number of runs, the start of its processes included."""
    default_world(customers)
    begin = time.perf_counter()
    found = batch(customers, weeks, runs, processes)
    assert len(found) == runs
    return (time.perf_counter() - begin) / runs


def seconds_per_run(customers, weeks, runs):
    """Return the wall time by run of these worlds in ecosim, one after the other in this process, on one thread.

    Its firms also change within, innovate and buy systems, which those of the plain model do not.
    """
    from ecosim.job import Job, run

    setting, strategy = default_world(customers)

    def live(seed):
        job = Job("default", setting, strategy, seed=seed, weeks=weeks, history=0, burn_in=0)
        return run(dataclasses.replace(job, record="none", threads=1))

    live(0)  # loads the kernels
    begin = time.perf_counter()
    for seed in range(1, runs + 1):
        live(seed)
    return (time.perf_counter() - begin) / runs


if __name__ == "__main__":
    size, span, number, hands = (int(word) for word in sys.argv[1:] or ("1000", "50", "8", "2"))
    ours, theirs = seconds_per_run(size, span, 10 * number), batch_seconds_per_run(size, span, number, hands)
    print(f"batch_run, {hands} processes: {theirs:.3f} s a run; ecosim, one process: {ours:.4f} s a run")
    print(f"a whole sweep with {hands} processes each: {theirs / (ours / hands):.1f} times as long")
