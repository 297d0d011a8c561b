"""``ecosim plan``: the week's schedule, and how much a command would run; nothing is run or written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ecosim.commands.text import document, table
from ecosim.request import Request

COLUMNS = ("order", "phase", "mechanism", "step", "reads", "writes", "source")


def schedule() -> list[dict[str, Any]]:
    """Return the week as rows: order, phase, mechanism, step, reads, writes, source, every (weeks)."""
    from ecosim.mechanisms import SCHEDULE

    return [
        {
            "order": n,
            "phase": step.phase,
            "mechanism": step.mechanism,
            "step": step.name + (f" (every {step.every} weeks)" if step.every > 1 else ""),
            "reads": step.reads,
            "writes": step.writes,
            "source": ", ".join(step.source) or "-",
            "every": step.every,
        }
        for n, step in enumerate(SCHEDULE, 1)
    ]


def amount(asked: Request) -> dict[str, Any]:
    """Return how much `ecosim compare` would simulate: worlds, arms, weeks, customer-weeks."""
    arms = len(asked.strategies)
    common = asked.burn_in + asked.history
    weeks = common + arms * (asked.weeks - asked.history) if arms > 1 else asked.burn_in + asked.weeks
    return {
        "scenario": asked.scenario,
        "strategies": [strategy.name for strategy in asked.strategies],
        "adopters": asked.adopters,
        "seeds": asked.replications,
        "weeks_per_seed": weeks,
        "weeks": weeks * asked.replications,
        "customers": asked.setting.market.customers,
        "customer_weeks": weeks * asked.replications * asked.setting.market.customers,
    }


def main(words: Sequence[str]) -> int:
    """Print the schedule and the amount."""
    from ecosim.conf import request

    asked = request("plan", words)
    rows, total = schedule(), amount(asked)
    if asked.format == "json":
        document({"schedule": rows, "amount": total})
        return 0
    print(table(rows, COLUMNS))
    print(
        f"\nScenario {asked.scenario}: {asked.question}\n"
        f"{total['seeds']} seeds from {asked.seed}; {asked.burn_in} weeks of burn-in and {asked.history} of common "
        f"history, then {asked.weeks - asked.history} weeks each of: {', '.join(total['strategies'])} "
        f"(adopters: {asked.adopters}).\n"
        f"{total['weeks']:,} weeks of {total['customers']:,} customers: {total['customer_weeks']:,} customer-weeks."
    )
    return 0
