"""How long a sweep will take and how much disk it needs, from a few weeks of one of its worlds."""

from __future__ import annotations

import time
from dataclasses import dataclass

from ecosim.commands.plan import amount
from ecosim.commands.sweeping import Plan
from ecosim.model import Ecosystem
from ecosim.request import Request
from ecosim.sweeps.campaign import batch_size

WARM_UP = 3
WEEKS = 13
SMALL = 100_000
"""Most customers for which the world is built twice, the first time to load the kernels."""

STARTING = 4.0
"""Seconds until workers are at work."""

ROW_BYTES, PART_BYTES = 1_100, 42_000
"""Bytes of a run's row with its outcomes, and of a part's frame around its rows."""


@dataclass(frozen=True)
class Estimate:
    """``worlds`` (one a point and seed), strategies in each, seconds a world on one worker, and in all; bytes."""

    points: int
    worlds: int
    strategies: int
    seconds_each: float
    seconds: float
    bytes: float

    def lines(self) -> str:
        """Return the estimate in words."""
        if not self.worlds:
            return "Nothing: every world is there."
        return (
            f"{self.points:,} points, {self.worlds:,} worlds (each with all {self.strategies} strategies), "
            f"{self.worlds * self.strategies:,} runs.\n"
            f"About {duration(self.seconds)} ({duration(self.seconds_each)} a world), {size(self.bytes)} on disk."
        )


def duration(seconds: float) -> str:
    """Return a time in the unit that suits it."""
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 1.5 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} seconds" if seconds >= 10 else f"{seconds:.2g} seconds"


def size(count: float) -> str:
    """Return a number of bytes in the unit that suits it."""
    for unit, length in (("GB", 1e9), ("MB", 1e6)):
        if count >= length:
            return f"{count / length:.1f} {unit}"
    return f"{count / 1e3:.0f} kB"


def estimate(plan: Plan, missing: int) -> Estimate:
    """Return the estimate for ``missing`` worlds; builds the world with the most customers and lives some weeks."""
    points, workers, arms = plan.points, plan.given.engine.workers, len(plan.given.base.strategies)
    if missing == 0:
        return Estimate(len(points), 0, arms, 0.0, 0.0, 0.0)
    build, week = probe(max(points, key=customers))
    most = max(map(customers, points))
    cost = [(build + week * int(amount(each)["weeks_per_seed"])) * customers(each) / most for each in points]
    seconds = sum(cost) / len(cost)
    parts = -(-missing // batch_size(seconds, missing, workers))
    stored = 2 * missing * arms * ROW_BYTES + parts * PART_BYTES
    return Estimate(
        len(points), missing, arms, seconds, STARTING + seconds * missing / max(1, min(workers, missing)), stored
    )


def customers(asked: Request) -> int:
    """Return the number of customers of a request's world."""
    return asked.setting.market.customers


def probe(asked: Request) -> tuple[float, float]:
    """Return the seconds it takes to build a request's world, and to live a week in it, on one thread."""
    build = week = 0.0
    for _ in range(2 if customers(asked) <= SMALL else 1):
        start = time.perf_counter()
        model = Ecosystem(asked.setting, asked.line_up or asked.strategies[0], asked.seed, 1)
        build = time.perf_counter() - start
        for _ in range(WARM_UP):
            model.step()
        start = time.perf_counter()
        for _ in range(WEEKS):
            model.step()
        week = (time.perf_counter() - start) / WEEKS
        model.close()
    return build, week
