"""Armstrong 2006: two platforms between two groups, each of which gains from the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ecosim.dynamics.pricing import equilibrium, two_sided_shares
from ecosim.published import Findings, Value

CASES = {
    "plain": ((1.0, 1.0), (0.6, 0.2)),
    "subsidy": ((1.0, 1.0), (1.2, 0.2)),
    "hotelling": ((1.0, 1.0), (0.0, 0.0)),
    "more": ((1.0, 1.0), (0.8, 0.2)),
}
"""Transport costs of both sides, and what each gains from the other."""

AGENTS = 20_000


def platforms(case: str, agents: int, exact: float, look: float) -> tuple[np.ndarray, float]:
    """Return the mean prices of both sides, ``[2]``, and profit of a platform, at no cost."""
    transport, gain = (np.array(part) for part in CASES[case])

    def profit(j: int, prices: np.ndarray) -> float:
        share = two_sided_shares(prices, transport, gain, agents)
        return float(prices[j] @ (share if j == 0 else 1 - share))

    prices = equilibrium(profit, np.full((2, 2), 0.5), order="alternating", bounds=(-2.0, 3.0), exact=exact, look=look,
                         rounds=60)  # fmt: skip
    return prices.mean(axis=0), (profit(0, prices) + profit(1, prices)) / 2


def run(quick: bool, seed: int) -> Findings:
    """Return prices and profits of platforms, in closed form demand and with agents, and whether a market tips."""
    values, rows = {}, []
    for case in CASES:
        prices, profit = platforms(case, 0, 1e-8, 1e-9)
        values |= {f"{case}_p1": Value(prices[0]), f"{case}_p2": Value(prices[1]), f"{case}_profit": Value(profit)}
        rows.append((case, *prices, profit))
    for case in ("plain", "subsidy"):
        prices, _ = platforms(case, AGENTS, 0.002, 1e-4)
        values |= {f"{case}_agents_p1": Value(prices[0]), f"{case}_agents_p2": Value(prices[1])}
    values["falls"] = Value(values["more_profit"].value - values["plain_profit"].value)
    share = two_sided_shares(np.zeros((2, 2)), np.ones(2), np.full(2, 1.2), AGENTS, 0.501)
    values["tips"] = Value(float(share.min()))
    return Findings(values, {"platforms": pd.DataFrame(rows, columns=["case", "price_1", "price_2", "profit"])})


def draw(findings: Findings, judged: pd.DataFrame) -> Any:
    """Return prices of both sides and profit by case, with the closed form over them."""
    from ecosim.figures.published import against

    table, places = findings.tables["platforms"], np.arange(len(CASES))
    labels = {"price_1": "price of side 1", "price_2": "price of side 2", "profit": "profit"}
    transport, gain = (np.array([case[k] for case in CASES.values()]) for k in range(2))
    theory = [*(transport - gain[:, ::-1]).T, (transport.sum(axis=1) - gain.sum(axis=1)) / 2]
    middle = np.concatenate([places + 0.8 / 3 * (k - 1) for k in range(3)])
    names = [f"gains {a:g} and {b:g}" for _, (a, b) in CASES.values()]
    return against(
        [(label, places, table[name]) for name, label in labels.items()],
        [("closed form", middle, np.concatenate(theory))],
        x_label="what each side gains from the other", y_label="price or profit", bars=True, names=names,
    )  # fmt: skip
