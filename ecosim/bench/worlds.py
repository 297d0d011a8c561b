"""The worlds that are timed: twenty firms in the request's setting, and the same with every mechanism at work."""

from __future__ import annotations

import dataclasses
from typing import Any

from ecosim.bench.clock import median_seconds, peak_memory, reference, seconds
from ecosim.mechanisms.base import QUARTER
from ecosim.parameters import build
from ecosim.setting import Setting
from ecosim.strategies import Levers, Strategy

FIRMS = 20
WARM_UP, QUARTERS = 26, 1_000_000
"""Weeks before, and customer-quarters in each repeat: whole quarters, for some steps are taken once in one."""
PLAIN_CUSTOMERS, PLAIN_WEEKS = 2_000, 10


def twenty_firms(setting: Setting) -> Setting:
    """Return the setting with twenty firms of unequal sizes."""
    shares = tuple(1.0 / rank for rank in range(1, FIRMS + 1))
    return dataclasses.replace(setting, market=dataclasses.replace(setting.market, firms=FIRMS, shares=shares))


def sized(setting: Setting, customers: int) -> Setting:
    """Return the setting with another number of customers."""
    return dataclasses.replace(setting, market=dataclasses.replace(setting.market, customers=customers))


def whole_ecosystem(setting: Setting) -> tuple[Setting, Strategy]:
    """Return the setting with every mechanism at work, and a strategy that uses every lever."""
    market = dataclasses.replace(setting.market, coverage=0.75)
    everything = dataclasses.replace(
        setting, market=market, partners=dataclasses.replace(setting.partners, number=12),
        innovation=dataclasses.replace(setting.innovation, active=True),
        organisation=dataclasses.replace(setting.organisation, active=True),
        intents=dataclasses.replace(setting.intents, answering=0.5),
        choice=dataclasses.replace(setting.choice, price_weight=4.0),
    )  # fmt: skip
    levers = build(
        Levers,
        {
            "contact": {"control": 0.5, "dialogue": 0.9, "influencer_focus": 0.7, "control_buyers": 0.8},
            "insight": {"personalisation": 0.6, "data": 0.3, "profiles": 0.3, "participation": 0.4, "custody": 0.5},
            "offer": {"self_service": "optional", "experience": 0.5, "open_tool": True, "aggregation": 0.5,
                      "extensibility": 0.7},
            "innovation": {"customers": 0.6, "partners": 0.5, "experts": 0.3, "testers": 20, "share": 0.4,
                           "governance": 0.6, "risk_transfer": 0.2},
            "organisation": {"objective": 0.8, "deployment": "platform", "champion": 0.8, "integration": 0.8,
                             "pay": 0.8},
        },
    )  # fmt: skip
    return everything, Strategy("everything", levers)


def measure(setting: Setting, strategy: Strategy, seed: int, threads: int) -> dict[str, float]:
    """Build one world and time its weeks; return the median rate, build time, memory grown and bytes of state."""
    from ecosim.model import Ecosystem

    Ecosystem(sized(setting, 200), strategy, seed, threads).step()
    before, customers, built = peak_memory(), setting.market.customers, []
    build_time = seconds(lambda: built.append(Ecosystem(setting, strategy, seed, threads)))
    (model,) = built
    live(model, WARM_UP)
    weeks = QUARTER * max(1, QUARTERS // customers)
    rate = customers * weeks / median_seconds(lambda: live(model, weeks))
    state = sum(getattr(model.customers, column.name).nbytes for column in model.customers.columns)
    state += model.graph.indices.nbytes + model.graph.indptr.nbytes
    return {"rate": rate, "build": build_time, "grown": float(peak_memory() - before), "state_bytes": float(state)}


def live(model: Any, weeks: int) -> None:
    """Let some weeks pass in a world."""
    for _ in range(weeks):
        model.step()


def plain_mesa(setting: Setting, strategy: Strategy, seed: int) -> float | None:
    """Return the customer-weeks per second of the same rules as plain Mesa agents, or None without them."""
    if (module := reference("plain_mesa")) is None:
        return None
    model = module.PlainMarket(sized(setting, PLAIN_CUSTOMERS), strategy, seed)
    model.step()
    return PLAIN_CUSTOMERS * PLAIN_WEEKS / median_seconds(lambda: live(model, PLAIN_WEEKS))
