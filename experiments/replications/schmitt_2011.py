"""Schmitt, Skiera & Van den Bulte 2011: referred customers, by matching; only the pattern of signs is tested.

The gap in margin is one of information and shrinks as the others are learnt; the gap in retention is one of match and
stays. The sign of the margin gap is put in and not found: a second market has it the other way round.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ecosim.customer_base.referral import Matching, cohorts
from ecosim.published import Findings, Value

WEEKS, YEAR = 143, 52
CUSTOMERS, QUICK = 400_000, 150_000
"""Referred customers, and as many others: enough to tell yearly churn of one group from the other's."""

MARKETS = {"bank": Matching(), "telecoms": Matching(use=-1.0)}
TARGETS = {"margin of others, a day": 0.30, "raw gap, a day": 0.045}
"""What the bank's customers had over 33 months (abstract and secondary sources); the mechanism is set to these."""


def churn(stayed: np.ndarray, start: int) -> tuple[float, float]:
    """Return which share of those there at week ``start`` is gone a year later, and its standard error."""
    gone = 1 - stayed[start + YEAR] / stayed[start]
    return gone, float(np.sqrt(gone * (1 - gone) / stayed[start]))


def gap(found: Any, late: bool) -> tuple[float, float, float]:
    """Return the gaps of the first or last year: margin, yearly churn (others less referred), and the latter's se."""
    start = WEEKS - YEAR - 1 if late else 0
    (margin, stayed), (margin_referred, stayed_referred) = found["others"], found["referred"]
    (a, se_a), (b, se_b) = churn(stayed, start), churn(stayed_referred, start)
    weeks = slice(start, start + YEAR)
    return float((margin_referred - margin)[weeks].mean()), a - b, float(np.hypot(se_a, se_b))


def mean_margin(group: tuple[np.ndarray, np.ndarray]) -> float:
    """Return the mean margin a day over the weeks of all customers while they are there."""
    return float(np.average(group[0], weights=group[1]))


def run(quick: bool, seed: int) -> Findings:
    """Return how the gaps move from the first year to the last in both markets, and the weeks behind them."""
    n = QUICK if quick else CUSTOMERS
    values, weeks, levels = {}, [], []
    for name, market in MARKETS.items():
        found = cohorts(market, n, WEEKS, seed)
        (margin, stay, se), (margin_late, stay_late, se_late) = gap(found, False), gap(found, True)
        ratio = stay_late / stay
        values[f"margin_{name}"] = Value(margin_late / margin, 0.0, n)
        values[f"retention_{name}"] = Value(ratio, float(abs(ratio) * np.hypot(se / stay, se_late / stay_late)), n)
        values[f"stays_{name}"] = Value(float(min(stay / se, stay_late / se_late) > 3))
        others, referred = mean_margin(found["others"]), mean_margin(found["referred"])
        obtained = dict(zip(TARGETS, (others, referred - others), strict=True))
        levels += [{"market": name, "what": what, "target": TARGETS[what] if name == "bank" else np.nan, "obtained": v}
                   for what, v in obtained.items()]  # fmt: skip
        weeks.append(pd.DataFrame({
            "market": name, "week": range(WEEKS), "others": found["others"][0], "referred": found["referred"][0],
            "others_there": found["others"][1] / n, "referred_there": found["referred"][1] / n,
        }))  # fmt: skip
    return Findings(values, {"weeks": pd.concat(weeks), "levels": pd.DataFrame(levels)})


def draw(findings: Findings, judged: pd.DataFrame) -> Any:
    """Return the margin gaps over the weeks of the relationship, and how much longer the referred stay."""
    from ecosim.figures.published import against

    table = findings.tables["weeks"]
    parts = {name: table[table["market"] == name] for name in MARKETS}
    lines = [
        (f"margin, {words}", parts[name]["week"], 100 * (parts[name]["referred"] - parts[name]["others"]))
        for name, words in (("bank", "information serves the firm"), ("telecoms", "information serves the customer"))
    ]
    bank = parts["bank"]
    lines.append(("retention, in both", bank["week"], 100 * (bank["referred_there"] - bank["others_there"])))
    return against(lines, x_label="weeks since the first purchase",
                   y_label="referred less others: cents a day; per cent still there")  # fmt: skip
