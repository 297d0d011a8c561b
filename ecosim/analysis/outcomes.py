"""What each outcome is called, in what unit it is told, and which direction is good for whom it concerns."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """How one outcome is told: ``kind`` is money, share (told in %) or number; ``good`` is +1, -1 or 0 (no side)."""

    name: str
    label: str
    kind: str
    good: int
    meaning: str


OUTCOMES = (
    Outcome("profit_plus_equity", "profit + customer equity", "money", 1, "profit and what the customers are worth"),
    Outcome("profit", "profit", "money", 1, "profit after the strategies part"),
    Outcome("customer_equity", "customer equity", "money", 1, "discounted margin still to come from customers"),
    Outcome("roc", "return on customer", "share", 1, "profit plus the change in customer equity, per unit of equity"),
    Outcome("roc_money", "value created", "money", 1, "profit plus the change in customer equity"),
    Outcome("roi", "return on investment", "share", 1, "profit per unit spent"),
    Outcome("roc_less_roi", "return gap", "share", 0, "return on customer less return on investment"),
    Outcome("share", "market share", "share", 1, "share of category purchases"),
    Outcome("penetration", "penetration", "share", 1, "share of customers who buy at least once"),
    Outcome("share_of_requirements", "share of wallet", "share", 1, "part of its buyers' category purchases"),
    Outcome("retention", "retention", "share", 1, "part of a cohort of buyers that buys again"),
    Outcome("trust", "trust", "number", 1, "customers' mean trust"),
    Outcome("satisfaction", "satisfaction", "number", 1, "experience less expectation"),
    Outcome("delighted", "delighted buyers", "share", 1, "purchases well above expectation"),
    Outcome("engagement", "engagement", "number", 0, "stories told and tools used per purchase"),
    Outcome("contact_spend", "contact spending", "money", 0, "what contacts cost the firm"),
    Outcome("contact_yield", "contact yield", "share", 0, "part of the messages sent that is processed"),
    Outcome("cost_per_contact", "cost per contact", "number", 0, "money per message processed"),
    Outcome("talk_ownership", "peer share of talk", "share", 0, "part of processed messages that came from peers"),
    Outcome("earshot", "talk the firm hears", "share", 1, "heard part of what customers say"),
    Outcome("off_touchpoint", "off touchpoint", "share", 0, "part of events of value the firm is no party to"),
    Outcome("customer_surplus", "customer surplus", "money", 1, "money value of what customers get, per week"),
    Outcome("attention_spent", "attention spent", "number", -1, "messages processed per customer and week"),
    Outcome("effort", "effort", "number", -1, "work that customers do themselves"),
    Outcome("missing_paid", "cost of missing parts", "number", -1, "paid to find uncovered components elsewhere"),
    Outcome("privacy_exposure", "privacy exposure", "number", -1, "firms with leave to write, per customer"),
    Outcome("unmet_needs", "unmet needs", "share", -1, "needs that led to no purchase"),
    Outcome(
        "double_jeopardy", "double jeopardy", "number", 0, "rise of purchases per buyer with penetration over firms"
    ),
    Outcome("set_full", "full consideration sets", "share", 0, "customers who consider as many brands as they can"),
)
"""All outcomes that comparisons tell, in the order they are told."""

_BY_NAME = {one.name: one for one in OUTCOMES}
GROUPS = ("adopters", "market", "rivals")
"""Whose outcomes, in the order they are told."""


def outcome(name: str) -> Outcome:
    """Return how to tell outcome ``name``; one that is not listed is told as a plain number under its own name."""
    return _BY_NAME.get(name) or Outcome(name, name.replace("_", " "), "number", 0, "")


def rank(name: str) -> int:
    """Return the position of outcome ``name`` in `OUTCOMES`; unlisted ones come last."""
    return OUTCOMES.index(_BY_NAME[name]) if name in _BY_NAME else len(OUTCOMES)


def number(value: float, digits: int = 4) -> str:
    """Return ``value`` with ``digits`` significant digits, at most four decimals, and k, m or bn for large ones."""
    if not math.isfinite(value):
        return "–"
    size = abs(value)
    for limit, divisor, letter in ((1e9, 1e9, "bn"), (1e6, 1e6, "m"), (1e4, 1e3, "k")):
        if size >= limit * 0.99995:
            return f"{value / divisor:.{digits}g}{letter}" if size < 1e12 else f"{value:.3g}"
    if size >= 0.00005:
        return f"{value:.{min(4, max(0, digits - 1 - math.floor(math.log10(size))))}f}"
    return "0" if value == 0 else f"{value:.1e}"


def level(name: str, value: float) -> str:
    """Return the level of outcome ``name`` as text with its unit: ``12.3 %`` or ``1,234``."""
    if not math.isfinite(value):
        return "–"
    return f"{100 * value:.1f} %" if outcome(name).kind == "share" else number(value)


def change(name: str, value: float, *, sign: bool = True) -> str:
    """Return a difference of outcome ``name`` as text without its unit; shares in percentage points."""
    if not math.isfinite(value):
        return "–"
    share = outcome(name).kind == "share"
    scaled = 100 * value if share else value
    text = f"{scaled:.2f}" if share else number(scaled, 3)
    if sign and scaled > 0:
        text = "+" + text
    return text.replace("-", "−")


def unit(name: str) -> str:
    """Return what follows a difference of outcome ``name``: `` points`` for shares, else nothing."""
    return " points" if outcome(name).kind == "share" else ""
