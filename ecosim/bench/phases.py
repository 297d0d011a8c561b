"""Where a week's time goes: nanoseconds a customer in each step of the schedule, on one thread, steps not fused."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator

from ecosim.columns import LINE
from ecosim.mechanisms import SCHEDULE, over_customers
from ecosim.model import Ecosystem
from ecosim.setting import Setting
from ecosim.strategies import Strategy

WARM_UP, WEEKS, SHOWN = 26, 13, 1.0
"""Weeks before, weeks measured (a whole quarter), and the nanoseconds from which a step is shown by itself."""


def measure(setting: Setting, strategy: Strategy, seed: int) -> dict[str, float]:
    """Return nanoseconds per customer-week by step, the slowest first; what takes next to nothing is summed up."""
    model = Timed(setting, strategy, seed, 1)
    model.clear()
    for _ in range(WARM_UP):
        model.step()
    model.clear()
    for _ in range(WEEKS):
        model.step()
    each = {name: seconds / WEEKS / setting.market.customers * 1e9 for name, seconds in model.spent.items()}
    small = sum(value for value in each.values() if value < SHOWN)
    ranked = sorted(each.items(), key=lambda item: -item[1])
    large = {f"nanoseconds a customer-week: {name}": value for name, value in ranked if value >= SHOWN}
    large |= {"nanoseconds a customer-week: the rest": small}
    return large | {"bytes touched a customer-week": touched(model, model.needs / WEEKS, model.read / WEEKS)}


def touched(model: Ecosystem, needs: float, read: float) -> float:
    """Return how many bytes a customer-week reads and writes, from the columns and from what happens in a week.

    Swept columns are read of everybody. A need, and an inbox that is read, bring in a record and write it back; a need
    also a line of the purchases by firm and one of the ties.
    """
    view, n = model.customers.view, len(model.customers)
    swept = sum(getattr(view, c.name).nbytes for c in model.customers.columns if c.swept) / n
    return float(swept + (needs + read) / n * 2 * view.salience.strides[0] + needs / n * 3 * LINE)


class Timed(Ecosystem):
    """A world that times each step of its weeks, kernels one by one, and counts needs and the readers of inboxes."""

    def clear(self) -> None:
        """Forget what was timed and counted."""
        self.spent: dict[str, float] = defaultdict(float)
        self.needs = self.read = 0

    def turns(self) -> Iterator[Callable[[Ecosystem], None]]:
        """Yield the steps of the week, and time what is done between one and the next."""
        for step in SCHEDULE:
            if step.name == "arise":
                self.read += sum(int(e.read.sum()) for e in self.events)
            start = time.perf_counter()
            if step.act is None:
                yield over_customers(step)
            elif self.week % step.every == 0:
                yield step.act
            self.spent[f"{step.name} ({step.mechanism})"] += time.perf_counter() - start
        self.needs += sum(e.customer.size for e in self.events)
