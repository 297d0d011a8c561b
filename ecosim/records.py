"""What a run leaves behind: weekly counts and money per firm, quarterly panels, and outcomes after the treatment.

A `Recorder` is an observer: it looks at the model after each week and writes nothing into it.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pandas as pd

from ecosim.ledger import OPERATING, PURPOSES, UNIT
from ecosim.mechanisms import COUNTS
from ecosim.mechanisms.base import FIXED, QUARTER
from ecosim.metrics import equity, innovation, organisation, panel
from ecosim.metrics.ecosystem import ecosystem
from ecosim.metrics.participation import contribution, participation

SCALES = {
    **dict.fromkeys(("invited", "effort", "disconfirmation", "trial_effort", "tau_saved"), FIXED),
    "rebates": UNIT,
}
"""Units of the counts that are sums of real numbers, kept in fixed point, or of money."""

_UNITS = np.array([[float(SCALES.get(name, 1))] for name in COUNTS])


PER_RELATION = {"trust": "trust", "insight_error": "error", "misfiled": "misfiled"}
PER_CUSTOMER = {
    "considered": "considered", "consented": "consented", "data_shared": "shared", "participants": "participants",
    "platform_owners": "owners", "tool_users": "users",
}  # fmt: skip
WORTH = {"customer_equity": "value", "lifetime_value": "bought_value", "referral_value": "referred_value"}
"""Columns of the quarterly table and the sums over customers behind them: per relationship, per customer, in money."""


EVERYBODY = slice(None)

FIRM_METRICS = (innovation.look, organisation.look)
"""Measures of firms, each ``(model) -> {name: [f]}``, taken every quarter."""


class Recorder:
    """Keeps what happened from the week it is attached, in arrays; `tables` turns them into data frames.

    ``origin`` is the model week that counts as week 0.
    """

    def __init__(self, origin: int = 0) -> None:
        self.origin = origin
        self.counts: list[np.ndarray] = []
        self.flows: list[np.ndarray] = []
        self.cash: list[np.ndarray] = []
        self.quarters: list[dict[str, Any]] = []
        self.years: list[dict[str, Any]] = []
        self.pi: list[np.ndarray] = []
        self.buyers_before: np.ndarray | None = None

    def __call__(self, model: Any) -> None:
        """Look at the model at the end of a week."""
        self.counts.append(model.counted[:, :-1])
        self.flows.append(model.ledger.flows.copy())
        self.cash.append(model.ledger.accounts[: len(model.firms)].copy())
        if model.week % QUARTER == 0:
            self.quarters.append(self._quarter(model))
            if model.week % (4 * QUARTER) == 0:
                found = panel.year(model)
                self.years.append({"week": model.week - self.origin, **panel.shares(found, len(model.customers))})

    def copy(self) -> Recorder:
        """Return a copy that shares the past and goes its own way from here."""
        twin = copy.copy(self)
        for name in ("counts", "flows", "cash", "quarters", "years", "pi"):
            setattr(twin, name, list(getattr(self, name)))
        return twin

    def _quarter(self, model: Any) -> dict[str, Any]:
        found = panel.quarter(model)
        sums, market = equity.look(model)
        customers = len(model.customers)
        by_name = dict(zip(equity.SUMS, sums, strict=True))
        self.pi.append(by_name["pi"])
        eta = equity.defection(self.pi)
        quarter = self.sum_counts(-QUARTER)
        p, margin = model.setting.equity, margins(model, quarter)
        worth = equity.customer_equity(1.0, margin, eta, p.discount, p.damping)
        row = {
            "week": model.week - self.origin,
            **panel.shares(found, customers),
            "retention": self._retention(found),
            **{name: per_relation(by_name, key) for name, key in PER_RELATION.items()},
            **{name: by_name[key] / customers for name, key in PER_CUSTOMER.items()},
            **{name: worth * by_name[key] for name, key in WORTH.items()},
            "others_purchases": found.purchases - by_name["insiders"],
            "influence_value": margin * quarter["influenced"],
            "margin": margin,
            "estimated_equity": np.array([firm.estimated_equity for firm in model.firms]),
            "defection": eta,
            "panel": found,
            "duplication": duplication_of(found, customers),
            "missing_cost": np.array([firm.missing_cost for firm in model.firms]),
            "market": {
                **dict(zip(equity.MARKET_SUMS, market / customers, strict=True)),
                **participation(model.customers.stories, model.week),
                **contribution(model.customers.contributed),
                **ecosystem(model),
            },
        }
        for measure in FIRM_METRICS:
            row |= measure(model)
        self.buyers_before = found.buyers
        return row

    def _retention(self, found: panel.Panel) -> np.ndarray:
        before = self.buyers_before
        if before is None:
            return np.full(len(found.buyers), np.nan)
        return np.divide(found.repeaters, before, out=np.full(len(before), np.nan), where=before > 0)

    def sum_counts(self, start: int, stop: int | None = None) -> dict[str, np.ndarray]:
        """Return the counts of weeks ``start .. stop-1`` summed, by name, each ``[f] float64``."""
        return dict(zip(COUNTS, self._summed(start, stop), strict=True))

    def totals(self, start: int, stop: int | None = None, who: slice | np.ndarray = EVERYBODY) -> dict[str, float]:
        """Return the counts of weeks ``start .. stop-1`` summed over the firms marked in ``who`` [f], by name."""
        table = np.ascontiguousarray(self._summed(start, stop)[:, who])
        return dict(zip(COUNTS, table.sum(axis=1).tolist(), strict=True))

    def _summed(self, start: int, stop: int | None) -> np.ndarray:
        return np.sum(self.counts[start:stop], axis=0) / _UNITS

    # -- tables --------------------------------------------------------------------------------------------------

    def weekly(self) -> pd.DataFrame:
        """Return one row per week and firm: counts, and money in currency."""
        counts, flows = np.array(self.counts), np.array(self.flows) / UNIT
        weeks, _, firms = counts.shape
        flows = flows[:, :, :firms]
        table: dict[str, Any] = {
            "week": np.repeat(np.arange(1, weeks + 1), firms),
            "firm": np.tile(np.arange(firms), weeks),
        }
        for k, name in enumerate(COUNTS):
            table[name] = (counts[:, k] / SCALES[name] if name in SCALES else counts[:, k]).ravel()
        for k, purpose in enumerate(PURPOSES):
            table[purpose] = flows[:, k].ravel()
        table["profit"] = self._weekly_profit().ravel()
        table["cash"] = (np.array(self.cash) / UNIT).ravel()
        return pd.DataFrame(table)

    def quarterly(self, adopters: np.ndarray, treatment: int) -> pd.DataFrame:
        """Return one row per quarter and firm; quarter 0 ends at week ``treatment``."""
        if not self.quarters:
            return pd.DataFrame()
        profit, firms = self._weekly_profit(), adopters.size
        week = np.array([q["week"] for q in self.quarters])
        names = [name for name, value in self.quarters[0].items() if isinstance(value, np.ndarray)]
        return pd.DataFrame(
            {
                "quarter": np.repeat((week - treatment) // QUARTER, firms),
                "week": np.repeat(week, firms),
                "firm": np.tile(np.arange(firms), week.size),
                "adopter": np.tile(adopters, week.size),
                **{name: np.concatenate([q[name] for q in self.quarters]) for name in names},
                "profit": np.concatenate([profit[max(0, w - QUARTER) : w].sum(axis=0) for w in week.tolist()]),
            }
        )

    def yearly(self) -> pd.DataFrame:
        """Return one row per year and firm: the panel's ratios over the year that ends in ``week``."""
        if not self.years:
            return pd.DataFrame(columns=["week", "firm"])
        names = [name for name in self.years[0] if name != "week"]
        firms = len(self.years[0][names[0]])
        return pd.DataFrame(
            {
                "week": np.repeat([found["week"] for found in self.years], firms),
                "firm": np.tile(np.arange(firms), len(self.years)),
                **{name: np.concatenate([found[name] for found in self.years]) for name in names},
            }
        )

    def market(self, customers: int, treatment: int) -> list[dict[str, Any]]:
        """Return one row per quarter about the whole market, per customer and week where not a share."""
        rows = []
        for q in self.quarters:
            week = q["week"]
            start = max(0, week - QUARTER)
            bought, s = self.sum_counts(start, week)["purchases"], self.totals(start, week)
            weeks = customers * (week - start)
            rows.append(
                {
                    "quarter": (week - treatment) // QUARTER,
                    "week": week,
                    **q["market"],
                    **category(q["panel"], customers),
                    "effort": (s["effort"] + s["trial_effort"]) / weeks,
                    "missing_paid": (float((bought * q["missing_cost"]).sum()) - s["tau_saved"]) / weeks,
                    "rebates": s["rebates"] / weeks,
                    "intents": s["intents"] / max(1.0, s["unmet"] + s["purchases"]),
                    "attention_spent": (s["push_processed"] + s["peer_processed"]) / weeks,
                    "sent": s["sent"] / weeks,
                    "consented": q["consented"].sum(),
                    "data_shared": q["data_shared"].sum(),
                    "unmet": s["unmet"] / max(1.0, s["unmet"] + s["purchases"]),
                    "talk_positive": s["praise"] / weeks,
                    "talk_negative": (s["talks"] - s["praise"]) / weeks,
                    "cascade_size": s["talks"] / max(1.0, s["talks"] - s["passed_on"]),
                    "cascade_depth": s["talk_depth"] / max(1.0, s["talks"]),
                }
            )
        return rows

    def _weekly_profit(self) -> np.ndarray:
        firms = self.cash[0].size if self.cash else 0
        return np.array(self.flows)[:, : len(OPERATING), :firms].sum(axis=1) / UNIT


def margins(model: Any, quarter: dict[str, np.ndarray]) -> np.ndarray:
    """Return what a purchase leaves per firm after rebates and all costs of a sale and its service, ``[f]``.

    ``quarter`` are the counts of the last quarter by name, each [f].
    """
    bought = np.maximum(quarter["purchases"], 1)
    p = model.setting
    used = (quarter["tool_uses"] + quarter["trials"]) / bought * p.experience.tool_cost
    served = (quarter["recovered"] * p.recovery.cost + quarter["heard"] * p.talk.listening_cost) / bought
    style = np.array([firm.levers.offer.experience for firm in model.firms]) * p.experience.style_cost
    owed = [firm.owed for firm in model.firms]
    price = np.array([firm.price - firm.production_cost for firm in model.firms]) - owed - quarter["rebates"] / bought
    active = np.array([firm.active for firm in model.firms])
    return np.where(active, price - used - served - style, 0.0)


def per_relation(sums: dict[str, np.ndarray], key: str) -> np.ndarray:
    """Return the mean of a sum over considered relationships, ``[f]``; NaN where a firm is considered by nobody."""
    known = sums["considered"]
    return np.divide(sums[key], known, out=np.full(len(known), np.nan), where=known > 0)


def duplication_of(found: panel.Panel, customers: int) -> np.ndarray:
    """Return each firm's mean duplication with the others, ``[f]``; NaN where nobody bought."""
    table = panel.duplication(found, customers)
    known = np.isfinite(table)
    return np.divide(np.where(known, table, 0).sum(axis=1), known.sum(axis=1),
                     out=np.full(len(table), np.nan), where=known.any(axis=1))  # fmt: skip


def category(found: panel.Panel, customers: int) -> dict[str, float]:
    """Return the category's penetration and mean purchases per customer in a quarter."""
    return {
        "category_penetration": 1.0 - found.frequency[0] / customers,
        "category_purchases": found.purchases.sum() / customers,
    }
