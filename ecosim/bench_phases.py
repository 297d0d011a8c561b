"""Where a week's time goes: nanoseconds a customer in each step of the schedule, on one thread, steps not fused."""

from __future__ import annotations

import time
from collections import defaultdict
from functools import partial

from ecosim.columns import LINE
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
    rows = {"needs": 0, "read": 0}
    for week in range(WEEKS + 1):
        timed_week(model, spent, rows)
        if week == 0:
            spent.clear()  # what was compiled on the way
            rows = dict.fromkeys(rows, 0)
    each = {name: seconds / WEEKS / setting.market.customers * 1e9 for name, seconds in spent.items()}
    small = sum(value for value in each.values() if value < SHOWN)
    ranked = sorted(each.items(), key=lambda item: -item[1])
    large = {f"nanoseconds a customer-week: {name}": value for name, value in ranked if value >= SHOWN}
    large |= {"nanoseconds a customer-week: the rest": small}
    return large | {"bytes touched a customer-week": touched(model, rows["needs"] / WEEKS, rows["read"] / WEEKS)}


def touched(model: Ecosystem, needs: float, read: float) -> float:
    """Return how many bytes a customer-week reads and writes, from the columns and from what happens in a week.

    Swept columns are read of everybody. A need, and an inbox that is read, bring in a record and write it back; a need
    also a line of the purchases by firm and one of the ties.
    """
    view, n = model.customers.view, len(model.customers)
    swept = sum(getattr(view, c.name).nbytes for c in model.customers.columns if c.swept) / n
    return float(swept + (needs + read) / n * 2 * view.salience.strides[0] + needs / n * 3 * LINE)


def timed_week(model: Ecosystem, spent: dict[str, float], rows: dict[str, int]) -> None:
    """Live one week as `Ecosystem.step` does, kernel by kernel; add up the time of each step, needs and readers."""
    model._begin_week()
    for step in SCHEDULE:
        if step.name == "arise":
            rows["read"] += sum(int(e.read.sum()) for e in model.events)
        start = time.perf_counter()
        if step.kernel is not None:
            model.each_chunk(partial(model._run_kernels, in_turn((step.kernel,))))
        elif step.act is not None and model.week % step.every == 0:
            step.act(model)
        spent[f"{step.name} ({step.mechanism})"] += time.perf_counter() - start
    rows["needs"] += sum(e.customer.size for e in model.events)
    if model.week % QUARTER == 0:
        model.ledger.open_quarter()
        model.counted_quarter[:] = 0
