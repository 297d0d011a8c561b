"""Price competition: logit substitutes (Anderson, de Palma & Thisse 1992) and Cournot's complements."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ecosim.corners import LogitMarket
from ecosim.dynamics.pricing import equilibrium, logit_shares
from ecosim.published import Findings, Value

COVERED = (2, 3, 5, 10)
OPEN = ((2, 0), (2, 2), (3, 0), (3, 2), (5, 2), (1, 2))
"""Firms and value less cost, where not to buy is worth 0."""

COMPONENTS = (2, 3, 5)
AGENTS = {False: (50_000, (2, 3, 5), 6), True: (10_000, (2,), 5)}
"""Customers, numbers of firms, and rounds of best responses in the agents' market; full run, quick run."""


def logit(value: np.ndarray, outside: float, order: str = "alternating") -> tuple[np.ndarray, np.ndarray]:
    """Return equilibrium prices and shares at no cost."""

    def profit(j: int, prices: np.ndarray) -> float:
        return float(prices[j] * logit_shares(prices, value, 1.0, outside)[j])

    prices = equilibrium(profit, np.full(len(value), 0.5), order=order, bounds=(0.0, 10.0))
    return prices, logit_shares(prices, value, 1.0, outside)


def agents(customers: int, firms: int, rounds: int, seed: int) -> float:
    """Return the mean price of firms that answer to the demand of agents with fixed luck."""
    market = LogitMarket(customers, firms, seed)

    def profit(j: int, prices: np.ndarray) -> float:
        return float(prices[j] * market.shares(prices)[j])

    prices, found = np.ones(firms), []
    for _ in range(rounds):
        prices = equilibrium(profit, prices, order="alternating", bounds=(0.2, 4.0), rounds=1, look=0.004)
        found.append(prices.mean())
    return float(np.mean(found[rounds // 2 :]))


def complements(n: int) -> float:
    """Return the total price of ``n`` separate sellers of components that are needed together."""

    def profit(j: int, prices: np.ndarray) -> float:
        return float(prices[j] * (1 - prices.sum()))

    return float(equilibrium(profit, np.full(n, 0.1), order="alternating", bounds=(0.0, 1.0)).sum())


def run(quick: bool, seed: int) -> Findings:
    """Return prices and shares of substitutes, prices and profits of complements, and what agents pay."""
    values, rows = {}, []
    for n in COVERED:
        one, other = (logit(np.zeros(n), 0.0, order)[0] for order in ("alternating", "together"))
        values[f"covered_{n}"] = Value(float(one.mean()))
        values[f"orders_{n}"] = Value(float(np.abs(one - other).max()))
    for n, worth in OPEN:
        prices, shares = logit(np.full(n, float(worth)), 1.0)
        values |= {f"open_{n}_{worth}_markup": Value(prices[0]), f"open_{n}_{worth}_share": Value(shares[0])}
        values[f"open_{n}_{worth}_outside"] = Value(1 - shares.sum())
    prices, shares = logit(np.array([2.0, 1.0]), 1.0)
    values |= {f"duopoly_{k}": Value(x) for k, x in zip(("p1", "p2", "s1", "s2"), [*prices, *shares], strict=True)}
    for n in COMPONENTS:
        total = complements(n)
        values[f"complements_{n}"] = Value(total)
        values[f"cheaper_{n}"] = Value(100 * (1 - 0.5 / total))
        values[f"richer_{n}"] = Value(100 * (0.25 / (total * (1 - total)) - 1))
    customers, numbers, rounds = AGENTS[quick]
    for n in numbers:
        price = agents(customers, n, rounds, seed)
        values[f"agents_{n}"] = Value(price)
        rows.append((n, price))
    curve = pd.DataFrame([(n, values[f"covered_{n}"].value) for n in COVERED], columns=["firms", "price"])
    return Findings(values, {"expected_demand": curve, "agents": pd.DataFrame(rows, columns=["firms", "price"])})


def draw(findings: Findings, judged: pd.DataFrame) -> Any:
    """Return equilibrium prices over the number of firms: expected demand, agents, and the formula."""
    from ecosim.figures.published import against

    lines = [
        (label, findings.tables[name]["firms"], findings.tables[name]["price"])
        for label, name in (("best response to expected demand", "expected_demand"), ("to agents' demand", "agents"))
    ]
    firms = np.arange(2, 11)
    return against(
        lines, [("closed form n / (n - 1)", firms, firms / (firms - 1))], x_label="firms", y_label="price less cost"
    )
