"""How long a sweep will take and how much disk it needs, from a few weeks of one of its worlds."""

from __future__ import annotations

import time
from dataclasses import dataclass

from ecosim.commands.plan import amount
from ecosim.commands.sweeping import Plan
from ecosim.model import Ecosystem
from ecosim.sweeps.campaign import batch_size

WARM_UP = 3
WEEKS = 13
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
    largest = max(plan.points, key=lambda asked: asked.setting.market.customers)
    start = time.perf_counter()
    model = Ecosystem(largest.setting, largest.line_up or largest.strategies[0], largest.seed, 1)
    build = time.perf_counter() - start
    for _ in range(WARM_UP):
        model.step()
    start = time.perf_counter()
    for _ in range(WEEKS):
        model.step()
    week = (time.perf_counter() - start) / WEEKS
    model.close()
    most = largest.setting.market.customers
    sizes = [asked.setting.market.customers / most for asked in plan.points]
    weeks = [int(amount(asked)["weeks_per_seed"]) for asked in plan.points]
    each = sum((build + week * long) * part for part, long in zip(sizes, weeks, strict=True)) / len(plan.points)
    workers, arms = plan.given.engine.workers, len(plan.given.base.strategies)
    parts = -(-missing // batch_size(each, max(1, missing), workers))
    stored = missing * arms * ROW_BYTES
    return Estimate(
        len(plan.points), missing, arms, each, STARTING + each * missing / max(1, min(workers, missing)),
        2 * stored + parts * PART_BYTES,
    )  # fmt: skip
