"""Where a week's time goes: nanoseconds a customer in each step of the schedule, on one thread, steps not fused."""

from __future__ import annotations

import time
from collections import defaultdict
from functools import partial

from ecosim.jit import in_turn
from ecosim.mechanisms import SCHEDULE
from ecosim.model import QUARTER, Ecosystem
from ecosim.setting import Setting
from ecosim.strategies import Strategy

WARM_UP, WEEKS, SHOWN = 26, 13, 1.0
"""Weeks before, weeks measured (a whole quarter), and the nanoseconds from which a step is shown by itself."""


def measure(setting: Setting, strategy: Strategy, seed: int) -> dict[str, float]:
    """Return nanoseconds per customer-week by step, the slowest first; what takes next to nothing is summed up."""
    model = Ecosystem(setting, strategy, seed, 1)
    for _ in range(WARM_UP):
        model.step()
    spent: dict[str, float] = defaultdict(float)
    for week in range(WEEKS + 1):
        timed_week(model, spent)
        if week == 0:
            spent.clear()  # what was compiled on the way
    each = {name: seconds / WEEKS / setting.market.customers * 1e9 for name, seconds in spent.items()}
    small = sum(value for value in each.values() if value < SHOWN)
    ranked = sorted(each.items(), key=lambda item: -item[1])
    large = {f"nanoseconds a customer-week: {name}": value for name, value in ranked if value >= SHOWN}
    return large | {"nanoseconds a customer-week: the rest": small}


def timed_week(model: Ecosystem, spent: dict[str, float]) -> None:
    """Live one week as `Ecosystem.step` does, kernel by kernel, and add up the time of each step."""
    model._begin_week()
    for step in SCHEDULE:
        start = time.perf_counter()
        if step.kernel is not None:
            model.each_chunk(partial(model._run_kernels, in_turn((step.kernel,))))
        elif step.act is not None and model.week % step.every == 0:
            step.act(model)
        spent[f"{step.name} ({step.mechanism})"] += time.perf_counter() - start
    if model.week % QUARTER == 0:
        model.ledger.open_quarter()
        model.counted_quarter[:] = 0
