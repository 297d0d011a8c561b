"""The outcomes of a run: what adopters, rivals and customers have to show some time after the treatment."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ecosim.ledger import OPERATING, PURPOSES, UNIT
from ecosim.metrics.innovation import half_life
from ecosim.records import Recorder

AS_THEY_STAND = (
    "surplus_to_firms", "surplus_to_partners", "partner_survival", "supplier_entropy", "providers_per_job",
    "delegated", "concentration", "contribution_gini", "rebates", "intents",
)  # fmt: skip
MARKET = {
    "customer_surplus": "surplus", "effort": "effort", "missing_paid": "missing_paid",
    "attention_spent": "attention_spent", "privacy_exposure": "data_shared", "contact_leave": "consented",
    **{name: name for name in AS_THEY_STAND}, "unmet_needs": "unmet", "set_full": "set_full",
}  # fmt: skip
"""Outcomes of the market, and the columns of its table of which they are means over the quarters after treatment."""

FLOOR = 0.01
"""Least customer equity that a return on customer is reckoned on, as a share of the whole market's."""


def firm_outcomes(record: Recorder, who: np.ndarray, treatment: int) -> dict[str, float]:
    """Return the outcomes of the firms marked in ``who`` [f] over the weeks after ``treatment``."""
    flows = dict(
        zip(PURPOSES, np.sum(record.flows[treatment:], axis=0)[:, : who.size][:, who].sum(axis=1) / UNIT, strict=True)
    )
    sales = flows["sales"]
    profit = sum(flows[name] for name in OPERATING)
    costs = sales - profit
    counts = record.totals(treatment, who=who)
    quarters = [q for q in record.quarters if q["week"] > treatment] or record.quarters[-1:]
    start = [q for q in record.quarters if q["week"] <= treatment][-1:]
    equity_end = quarters[-1]["customer_equity"][who].sum()
    equity_start = start[0]["customer_equity"][who].sum() if start else float("nan")
    floor = FLOOR * start[0]["customer_equity"].sum() if start else float("nan")
    gained = profit + equity_end - equity_start
    roc, roi = ratio(gained, max(equity_start, floor)), ratio(profit, costs)
    touched = counts["push_processed"] + counts["peer_processed"] + counts["answers"]
    return {
        "profit": profit,
        "customer_equity": equity_end,
        "profit_plus_equity": profit + equity_end,
        "roc_money": gained,
        "roc": roc,
        "roi": roi,
        "roc_less_roi": roc - roi,
        **panel_outcomes(quarters[-4:], who),
        **value_outcomes(quarters, who),
        **inside_outcomes(start, quarters, who),
        "trust": weighted(quarters[-1]["trust"], quarters[-1]["considered"], who),
        "satisfaction": ratio(counts["disconfirmation"], counts["purchases"]),
        "delighted": ratio(counts["delighted"], counts["purchases"]),
        "engagement": ratio(counts["talks"] + counts["tool_uses"] + counts["trials"], counts["purchases"]),
        "contact_spend": -flows["contact"],
        "contact_yield": ratio(counts["push_processed"], counts["sent"]),
        "cost_per_contact": ratio(-flows["contact"], counts["push_processed"]),
        "talk_ownership": ratio(counts["peer_processed"] + counts["answers"], touched),
        "earshot": ratio(counts["heard"], counts["talks"] + counts["disappointed"]),
        "off_touchpoint": ratio(
            counts["peer_processed"] + counts["answers"], touched + counts["purchases"] + counts["recovered"]
        ),
    }


def panel_outcomes(quarters: list[dict[str, Any]], who: np.ndarray) -> dict[str, float]:
    """Return the panel's ratios pooled over ``quarters`` and the firms marked in ``who``."""
    panels = [q["panel"] for q in quarters]
    bought = sum(p.purchases[who].sum() for p in panels)
    return {
        "share": ratio(bought, sum(p.purchases.sum() for p in panels)),
        "penetration": float(np.mean([np.mean(q["penetration"][who]) for q in quarters])),
        "share_of_requirements": ratio(bought, sum(p.category[who].sum() for p in panels)),
        "retention": finite_mean([q["retention"][who] for q in quarters]),
    }


def value_outcomes(quarters: list[dict[str, Any]], who: np.ndarray) -> dict[str, float]:
    """Return K5, what customers are worth besides what they buy: worth at the end, and margins since the treatment."""
    end = quarters[-1]
    lifetime, referral = (float(end[name][who].sum()) for name in ("lifetime_value", "referral_value"))
    influence, knowledge = (
        float(sum(q[name][who].sum() for q in quarters)) for name in ("influence_value", "knowledge_value")
    )
    return {
        "lifetime_value": lifetime,
        "referral_value": referral,
        "influence_value": influence,
        "knowledge_value": knowledge,
        "engagement_value": lifetime + referral + influence + knowledge,
        "insight_error": weighted(end["insight_error"], end["considered"], who),
        "misfiled": weighted(end["misfiled"], end["considered"], who),
        "participants": float(end["participants"][who].sum()),
    }


def inside_outcomes(start: list[dict[str, Any]], quarters: list[dict[str, Any]], who: np.ndarray) -> dict[str, float]:
    """Return K7, K9, K10 and K13: what firms believe, how they innovate, who leads, and how far they have changed."""
    end, since = quarters[-1], (start or quarters)[0]
    changes, hits = (float((end[name] - since[name])[who].sum()) for name in ("changes", "taken_up"))
    best = [finite_max(q["lead"][who]) for q in quarters]
    return {
        "belief_error": float(np.mean(end["belief_error"][who])),
        "changes": changes,
        "uptake_by_others": float(sum(q["others_purchases"][who].sum() for q in quarters)),
        "hit_rate": ratio(hits, changes),
        "offer_value": finite_mean([end["offer_value"][who]]),
        "landscape_height": finite_mean([end["landscape_height"][who]]),
        "lead": finite_mean([np.array(best[-4:])]),
        "lead_half_life": half_life(np.array(best)),
        "sets_pace": float(np.mean([value > 0.0 for value in best])),
        "lever_gap": float(np.mean(end["lever_gap"][who])),
        "culture": float(np.mean(end["culture"][who])),
        "change_weeks": finite_mean([end["change_weeks"][who]]),
        "change_failures": float((end["change_failures"] - since["change_failures"])[who].sum()),
        "change_cost": float((end["change_cost"] - since["change_cost"])[who].sum()),
    }


def market_outcomes(record: Recorder, customers: int, treatment: int) -> dict[str, float]:
    """Return the customers' side of the market over the weeks after ``treatment``."""
    rows = record.market(customers, treatment)
    after = [row for row in rows if row["quarter"] > 0] or rows[-1:]
    means = {name: finite_mean([np.array([row[column] for row in after], float)]) for name, column in MARKET.items()}
    return means | {"double_jeopardy": double_jeopardy(record, treatment)}


def double_jeopardy(record: Recorder, treatment: int) -> float:
    """Return by how much purchases per buyer rise with penetration over firms: the slope of the logarithms.

    Taken over the last four quarters after ``treatment``; NaN with fewer than three firms that sell.
    Source: Ehrenberg, Goodhardt & Barwise 1990.
    """
    last = ([q for q in record.quarters if q["week"] > treatment] or record.quarters[-1:])[-4:]
    reach = np.mean([q["penetration"] for q in last], axis=0)
    often = np.mean([q["purchases_per_buyer"] for q in last], axis=0)
    sells = np.isfinite(reach * often) & (reach > 0) & (often > 0)
    x, y = np.log(reach[sells]), np.log(often[sells])
    spread = float(((x - x.mean()) ** 2).sum()) if x.size > 2 else 0.0
    return float(((x - x.mean()) * (y - y.mean())).sum()) / spread if spread > 1e-12 else float("nan")


def outcomes(record: Recorder, adopters: np.ndarray, customers: int, treatment: int) -> dict[str, dict[str, float]]:
    """Return the outcomes of one run by whom they concern and by name; ``adopters`` [f] marks who changes."""
    groups = {"adopters": adopters, "rivals": ~adopters}
    found = {who: firm_outcomes(record, mask, treatment) for who, mask in groups.items() if mask.any()}
    return found | {"market": market_outcomes(record, customers, treatment)}


def long(found: dict[str, dict[str, float]]) -> pd.DataFrame:
    """Return outcomes as a long table ``who, outcome, value``."""
    return pd.DataFrame(
        {
            "who": [who for who, values in found.items() for _ in values],
            "outcome": [name for values in found.values() for name in values],
            "value": [value for values in found.values() for value in values.values()],
        }
    )


def ratio(a: float, b: float) -> float:
    """Return a / b, or NaN where b is not above 0."""
    return float(a / b) if b > 0 else float("nan")


def weighted(values: np.ndarray, weights: np.ndarray, who: np.ndarray) -> float:
    """Return the mean of ``values`` over ``who`` by weight, skipping what is undefined."""
    here = who & np.isfinite(values)
    return ratio(float((values[here] * weights[here]).sum()), float(weights[here].sum()))


def finite_max(values: np.ndarray) -> float:
    """Return the largest finite number of ``values``, NaN if there is none."""
    return float(np.nanmax(values)) if np.isfinite(values).any() else float("nan")


def finite_mean(parts: list[np.ndarray]) -> float:
    """Return the mean of all finite numbers in ``parts``, NaN if there is none."""
    values = parts[0] if len(parts) == 1 else np.concatenate(parts) if parts else np.empty(0)
    values = values[np.isfinite(values)]
    return float(values.sum() / values.size) if values.size else float("nan")
