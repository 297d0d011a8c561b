"""Entry: firms that come late, some of them hollow, some of them free and paid by advertisers.

The last `firms` of the market take no part until week `week`. Then each has `presence` times the shelf presence of all
who are there, availability to match, a contact budget and an endowment of its size, its own price, cost, quality and
coverage; nobody considers it yet. With probability `hollow` it lacks `hollow_loss` of quality. Advertisers pay it for
each of its contacts that is processed: an entrant that charges nothing lives on that or leaves.

Sources: Markides & Geroski 2004 (late entrants); Rochet & Tirole 2003 (one side pays for the other).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ecosim.draws import own_key, power, purpose, stream_key, uniform
from ecosim.ledger import to_money
from ecosim.mechanisms.organisation import expected_sales
from ecosim.parameters import Parameters, param

HOLLOW = purpose("entry.hollow")


@dataclass(frozen=True)
class Entry(Parameters):
    """The last firms of the market may enter it later, with an offer of their own."""

    firms: int = param(0, "how many of the firms, the last ones, enter later", unit="agents", low=0, high=100,
                       build=True)  # fmt: skip
    week: int = param(260, "model week in which they enter, burn-in included", unit="week", low=1, high=52_000,
                      build=True)  # fmt: skip
    price: float = param(1.0, "their price", unit="money", low=0, high=1e6, build=True)
    unit_cost: float = param(0.5, "their cost of production of a purchase", unit="money", low=0, high=1e6, build=True)
    quality: float = param(0.0, "their components' quality above the others'", unit="value", low=-1, high=1, build=True)
    coverage: float = param(1.0, "share of the components they cover", low=0, high=1, build=True)
    presence: float = param(0.1, "their presence relative to all others'", low=0, high=10, build=True)
    hollow: float = param(0.0, "probability that an entrant has nothing to offer", low=0, high=1, build=True)
    hollow_loss: float = param(0.3, "quality that a hollow entrant lacks", unit="value", low=0, high=1, build=True)
    advertising: float = param(0.0, "advertisers' payment per processed contact with an entrant", unit="money", low=0,
                               high=100)  # fmt: skip


def comes_late(setting, row: int) -> bool:
    """Return whether a firm is not there at the start."""
    return bool(row >= setting.market.firms - setting.entry.firms)


def opening_sizes(setting) -> list[float]:
    """Return the sizes of the firms at the start, 0 for those that come late."""
    sizes = setting.market.shares or (1.0,) * setting.market.firms
    return [0.0 if comes_late(setting, row) else size for row, size in enumerate(sizes)]


def is_hollow(setting, seed: int, row: int) -> bool:
    """Return whether an entrant has nothing to offer."""
    return bool(uniform(own_key(stream_key(seed, HOLLOW, 0), row), 0) < setting.entry.hollow)


def arrive(model) -> None:
    """Phase 1: let the late firms enter in their week."""
    setting = model.setting
    if model.week != setting.entry.week or not setting.entry.firms:
        return
    there = [firm for firm in model.firms if firm.active]
    for firm in model.firms:
        if comes_late(setting, firm.row):
            enter(model, firm, there)
    model.firms_changed()


def enter(model, firm, there) -> None:
    """Give an entrant its offer, its place on the shelf, a contact budget and money, among those who are ``there``."""
    setting, p, market = model.setting, model.setting.entry, model.setting.market
    total, largest = sum(each.presence for each in there), max((each.presence for each in there), default=1.0)
    firm.active = True
    firm.price, firm.unit_cost = p.price, p.unit_cost
    firm.edge = p.quality - (p.hollow_loss if is_hollow(setting, model.seed, firm.row) else 0.0)
    covered = round(p.coverage * market.components)
    firm.scope = np.array([(j - firm.row) % market.components < covered for j in range(market.components)])
    firm.presence = p.presence * (total if total > 0.0 else 1.0)
    relative = min(1.0, firm.presence / largest) if largest > 0.0 else 1.0
    gap = 1.0 - market.availability_floor
    firm.availability = market.availability_floor + gap * power(relative, market.availability_exponent)
    share = p.presence / (1.0 + p.presence)
    sales = market.customers * setting.needs.rate * market.price
    exponent = setting.contact.budget_exponent
    weights = sum(power(each.share_start, exponent) for each in there)
    weight = power(share, exponent) / weights if weights > 0.0 else 1.0
    firm.contact_budget = setting.contact.budget * sales * weight
    firm.insight_budget = setting.insight.budget * sales * share
    firm.organisation.sales = expected_sales(setting, share)
    cash = to_money(market.cash * 13 * sales * share)
    model.ledger.transfer(model.week, model.ledger.outside, firm.row, "endowment", cash)


def advertise(model) -> None:
    """Phase 11: advertisers pay entrants for each of their contacts that was processed."""
    p = model.setting.entry
    if not p.firms or p.advertising <= 0.0:
        return
    for firm in model.firms:
        if firm.active and comes_late(model.setting, firm.row):
            amount = int(model.counts["push_processed"][firm.row]) * to_money(p.advertising)
            model.ledger.transfer(model.week, model.ledger.outside, firm.row, "advertising", amount)
