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
    Outcome("engagement_value", "engagement value", "money", 1, "lifetime, referral, influence and knowledge value"),
    Outcome("lifetime_value", "lifetime value", "money", 1, "equity of buyers who were not referred"),
    Outcome("referral_value", "referral value", "money", 1, "equity of buyers who met the firm through a peer"),
    Outcome("influence_value", "influence value", "money", 1, "margin of purchases after a peer spoke of the firm"),
    Outcome("knowledge_value", "knowledge value", "money", 1, "worth of customers' ideas carried out"),
    Outcome("insight_error", "error about customers", "number", -1, "mean error variance about what customers want"),
    Outcome("misfiled", "misfiled customers", "share", -1, "relationships likely taken for another segment's"),
    Outcome("participants", "participants", "share", 0, "customers who take part, per customer"),
    Outcome("belief_error", "error of beliefs", "number", -1, "error of the attribute weights believed in"),
    Outcome("changes", "changes carried out", "number", 0, "ideas carried out since the treatment"),
    Outcome("hit_rate", "ideas taken up", "share", 1, "part of the changes after which the share of purchases rose"),
    Outcome("uptake_by_others", "uptake by others", "number", 1, "purchases by customers who take no part themselves"),
    Outcome("offer_value", "value of the offer", "number", 1, "job value averaged over customers, style included"),
    Outcome("landscape_height", "height of the design", "share", 1, "design value relative to the best there is"),
    Outcome("lead", "lead over rivals", "number", 1, "offer value less the best rival's, last year"),
    Outcome("lead_half_life", "half-life of the lead", "number", 1, "weeks until the lead fell to half its peak"),
    Outcome("sets_pace", "sets the pace", "share", 1, "quarters in which the offer was the best"),
    Outcome("lever_gap", "gap of levers", "number", 0, "levers wanted less those in force, mean"),
    Outcome("culture", "culture", "number", 0, "culture stock Z at the end"),
    Outcome("change_weeks", "weeks to change", "number", -1, "weeks until the change came about"),
    Outcome("change_failures", "failed changes", "number", -1, "changes that fell back or never came half way"),
    Outcome("change_cost", "cost of change", "money", -1, "what changes of strategy cost since the treatment"),
    Outcome("customer_surplus", "customer surplus", "money", 1, "money value of what customers get, per week"),
    Outcome("attention_spent", "attention spent", "number", -1, "messages processed per customer and week"),
    Outcome("effort", "effort", "number", -1, "work that customers do themselves"),
    Outcome("missing_paid", "cost of missing parts", "number", -1, "paid to find uncovered components elsewhere"),
    Outcome("privacy_exposure", "privacy exposure", "number", -1, "firms with leave to hold data, per customer"),
    Outcome("contact_leave", "leave to write", "number", 0, "firms with leave to write, per customer"),
    Outcome("unmet_needs", "unmet needs", "share", -1, "needs that led to no purchase"),
    Outcome(
        "double_jeopardy", "double jeopardy", "number", 0, "rise of purchases per buyer with penetration over firms"
    ),
    Outcome("rebates", "rebates", "number", 1, "rebates won by telling firms of needs, per customer and week"),
    Outcome("intents", "needs told to firms", "share", 0, "needs that customers told firms of"),
    Outcome("surplus_to_firms", "partners' worth to firms", "number", 0, "firms' part in what partners add, a quarter"),
    Outcome("surplus_to_partners", "partners' earnings", "number", 0, "partners' part in what they add, a quarter"),
    Outcome("partner_survival", "partners still there", "share", 0, "partners still there"),
    Outcome("supplier_entropy", "variety of makers", "number", 0, "entropy of who makes the components sold"),
    Outcome("providers_per_job", "providers per job", "number", -1, "providers a customer deals with for one job"),
    Outcome("delegated", "job delegated", "share", 0, "part of the job left to the provider chosen"),
    Outcome("concentration", "concentration", "number", 0, "Herfindahl index of purchases"),
    Outcome("contribution_gini", "unequal contributions", "number", 0, "Gini index of customers' contributions"),
    Outcome("set_full", "full consideration sets", "share", 0, "customers who consider as many brands as they can"),
)
"""All outcomes that comparisons tell, in the order they are told."""

FAMILIES = {
    "relationship": (
        "trust", "satisfaction", "delighted", "engagement", "contact_spend", "contact_yield", "cost_per_contact",
        "talk_ownership", "earshot", "off_touchpoint", "participants",
    ),
    "engagement": ("engagement_value", "lifetime_value", "referral_value", "influence_value", "knowledge_value"),
    "insight": ("insight_error", "misfiled", "belief_error"),
    "innovation": (
        "changes", "hit_rate", "uptake_by_others", "offer_value", "landscape_height", "lead", "lead_half_life",
        "sets_pace",
    ),
    "organisation": ("lever_gap", "culture", "change_weeks", "change_failures", "change_cost"),
    "ecosystem": (
        "rebates", "intents", "surplus_to_firms", "surplus_to_partners", "partner_survival", "supplier_entropy",
        "providers_per_job", "delegated", "concentration", "contribution_gini",
    ),
}  # fmt: skip
"""Outcomes that answer one question together and are adjusted together; the others are the family ``results``."""

_FAMILY = {name: family for family, names in FAMILIES.items() for name in names}
_BY_NAME = {one.name: one for one in OUTCOMES}
GROUPS = ("adopters", "market", "rivals")
"""Whose outcomes, in the order they are told."""


def outcome(name: str) -> Outcome:
    """Return how to tell outcome ``name``; one that is not listed is told as a plain number under its own name."""
    return _BY_NAME.get(name) or Outcome(name, name.replace("_", " "), "number", 0, "")


def family(name: str) -> str:
    """Return the family of outcome ``name``."""
    return _FAMILY.get(name, "results")


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
