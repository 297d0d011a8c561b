"""Gupta, Lehmann & Stuart 2004: what a customer who stays with a constant probability is worth, and what moves that."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from ecosim.customer_base.retention import cohort_elasticity, cohort_worth, elasticity, luck, multiple
from ecosim.published import Findings, Value, mean_of

CUSTOMERS = 100_000
RETENTIONS, DISCOUNTS = (0.6, 0.7, 0.8, 0.9), (0.10, 0.12, 0.14, 0.16)
RATES, DISCOUNT = (0.70, 0.80, 0.85, 0.90, 0.95), 0.12
COSTS = (0.1, 0.5, 0.9)
"""Costs of acquiring a customer, as shares of what he is worth; assumptions that span the possible ones."""


def ordering(u: np.ndarray) -> pd.DataFrame:
    """Return elasticities of value net of acquisition, one row a retention and cost: those who are worth acquiring."""
    found = []
    for rate, share in product(RATES, COSTS):
        cost = share * multiple(rate, DISCOUNT)
        moved = {key: cohort_elasticity(u, rate, DISCOUNT, key, cost) for key in ("retention", "margin", "cost")}
        found.append({"rate": rate, "cost_share": share, **moved})
    return pd.DataFrame(found)


def run(quick: bool, seed: int) -> Findings:
    """Return multiples and elasticities of a simulated cohort; quick and full runs are the same size."""
    u = luck(CUSTOMERS, seed)
    values, cells = {}, []
    for rate, discount in product(RETENTIONS, DISCOUNTS):
        found = mean_of(cohort_worth(u, rate, discount))
        values[f"multiple_{round(100 * rate)}_{round(100 * discount)}"] = found
        exact = multiple(rate, discount)
        cells.append({"retention": rate, "discount": discount, "simulated": found.value, "exact": exact})
    for rate in RATES:
        moved = cohort_elasticity(u, rate, DISCOUNT, "retention")
        values[f"elasticity_{round(100 * rate)}"] = Value(moved, 0.0, CUSTOMERS)
    values["margin"] = Value(cohort_elasticity(u, 0.8, DISCOUNT, "margin"), 0.0, CUSTOMERS)
    order = ordering(u)
    sizes = order[["retention", "margin", "cost"]].abs().to_numpy()
    values["order"] = Value(float(np.all(np.diff(sizes, axis=1) < 0)))
    curve = pd.DataFrame({"retention": np.arange(0.6, 0.96, 0.01)})
    curve["elasticity"] = [elasticity(rate, DISCOUNT) for rate in curve["retention"]]
    return Findings(values, {"multiples": pd.DataFrame(cells), "order": order, "elasticity": curve})


def draw(findings: Findings, judged: pd.DataFrame) -> Any:
    """Return multiples over retention, one line a rate of discount, with the published table."""
    from ecosim.figures.published import against

    cells = findings.tables["multiples"]
    lines, points = [], []
    for rate, part in cells.groupby("discount"):
        lines.append((f"cohort of 100,000, discount {rate:.0%}", part["retention"], part["simulated"]))
        names = [f"multiple_{round(100 * r)}_{round(100 * rate)}" for r in part["retention"]]
        told = judged.set_index("name")["published"].reindex(names)
        points.append((f"table, discount {rate:.0%}", part["retention"], told))
    return against(lines, points, x_label="retention from year to year", y_label="value of a customer, yearly margins")
