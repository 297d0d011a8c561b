r"""M8 (L10, L14, E25) Sourcing: which components come from partners, and on what terms.

    wanted     round(L10 D) components: first those the firm does not cover, then those a partner makes better
               round(L14 D) more that it does not cover, from complementors, who build on its platform
    E25  v(S)  = (price - unit cost) value_weight max(0, dV(S)) + (unit cost / D - partner's cost - coordination) |S|
    paid       partner's cost + its share of k v by the rule `split`, per sale;  k = min(1, margin / v(all))

What a better offer adds per sale at a given price is the margin of the sales it wins, which in a logit are
value_weight dV of those there are; what advertisers pay per sale counts as price. dV is the job value (E10) gained
with the components of S, in the firm's design and as it believes customers weigh them: how well a component fits
depends on the design, whoever makes it, and its quality on who does. Unit cost / D is what it no longer spends on
each. What cannot be paid cannot be shared: k keeps the whole within the margin that a sale leaves after partners'
costs; where it does not cover these, partners are paid in proportion. A component is sourced only if its own v is
above 0. Partners accept if the profit offered, corrected by what they remember of the firm, meets E26; who may not
multi-home serves the firm that pays best.

Sources: Shapley 1953; exclusive dealing and multi-homing in two-sided markets (Armstrong 2006); assembling against
making: Baldwin & Clark 2000.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ecosim.ledger import PURPOSES, UNIT, to_money
from ecosim.mechanisms import splits
from ecosim.mechanisms.experience import ces
from ecosim.mechanisms.partners import OWN, SUPPLY, Contract, coordination, share_of_sales, stays, threshold

ADVERTISING = PURPOSES.index("advertising")

Picks = dict[int, int]
"""Component id -> account of the partner that supplies it."""


@dataclass
class Sourcing:
    """What a firm's partners add per sale: ``surplus`` = v(N) and the part of it ``given`` to them, in currency."""

    surplus: float = 0.0
    given: float = 0.0


class Terms(NamedTuple):
    """What is offered to one partner: components, money units per sale, and what making them costs of it."""

    components: list[int]
    amount: int
    cost: int


def partner_of(model, row: int):
    """Return the partner of account ``row``."""
    return model.partners[row - len(model.firms)]


def advertising(model, firm) -> float:
    """Return what advertisers paid the firm per sale this quarter, in currency; 0 if it sold nothing."""
    sold = int(model.quarter["purchases"][firm.row])
    return int(model.ledger.quarter[ADVERTISING, firm.row]) / UNIT / sold if sold else 0.0


def valuer(model, firm) -> Callable[[dict[int, float]], float]:
    """Return the function v of E25: from components and what they contribute to what they add per sale, in currency."""
    setting, belief = model.setting, firm.innovation.belief
    p, rho, own = setting.partners, setting.experience.elasticity, firm.own_parts()
    before = [ces(w, own, rho) for w in belief.weights]
    worth = max(0.0, firm.price + advertising(model, firm) - firm.unit_cost) * setting.choice.value_weight
    saved = (firm.unit_cost - setting.market.unit_cost * p.cost_factor) / own.size - p.coordination

    def value(parts: dict[int, float]) -> float:
        """Return what components that contribute ``parts`` add per sale, in currency."""
        with_them = own.copy()
        gain = 0.0
        for d, contribution in parts.items():
            with_them[d] = contribution
            gain += 0.0 if firm.scope[d] else setting.experience.missing_cost
        for part, w, b in zip(belief.mix, belief.weights, before, strict=True):
            gain += float(part) * (ces(w, with_them, rho) - b)
        return max(0.0, gain) * worth + saved * len(parts)

    return value


# -- what a firm wants -----------------------------------------------------------------------------------------------


def pick(model, firm, banned: set[tuple[int, int]]) -> Picks:
    """Return which components the firm would source from whom, leaving out ``banned`` (firm, partner) pairs."""
    size, offer = model.setting.market.components, firm.levers.offer
    willing = [q for q in model.partners if q.active and (firm.row, q.row) not in banned]
    value = valuer(model, firm)
    chosen: Picks = {}
    take(model, firm, [q for q in willing if q.kind != "expert"], round(offer.aggregation * size), value, chosen)
    builders = [q for q in willing if q.kind == "complementor"]
    take(model, firm, builders, round(offer.extensibility * size), value, chosen)
    return chosen


def take(model, firm, partners, wanted: int, value, chosen: Picks) -> None:
    """Add up to ``wanted`` components of ``partners`` to ``chosen``: uncovered ones first, then by what they add."""
    if not wanted or not partners:
        return
    found, own = [], firm.own_parts()
    made = {q.row: firm.fitted(q.quality) for q in partners}
    for d in range(firm.scope.size):
        best = best_for(firm, own[d], d, partners, made) if d not in chosen else None
        if best is not None:
            adds = value({d: float(made[best][d])})
            if adds > 0.0:
                found.append((bool(firm.scope[d]), -adds, d, best))
    for _, _, d, row in sorted(found)[:wanted]:
        chosen[d] = row


def best_for(firm, own: float, d: int, partners, made: dict[int, np.ndarray]) -> int | None:
    """Return whose component d a firm likes best that has its ``own``, or None; those it works with win ties."""
    best = None
    for q in partners:
        if q.quality[d] <= 0.0 or not firm.lists(q.quality[d]):
            continue
        if firm.scope[d] and (q.kind == "complementor" or not firm.prefers(made[q.row][d], own)):
            continue
        rank = (q.quality[d], firm.row in q.contracts, -q.row)
        if best is None or rank > best:
            best = rank
    return None if best is None else -best[2]


# -- on what terms ---------------------------------------------------------------------------------------------------


def terms_for(model, firm, picks: Picks) -> tuple[dict[int, Terms], Sourcing]:
    """Return what the firm offers each partner it has picked, and what they add together."""
    if not picks:
        return {}, Sourcing()
    p, size = model.setting.partners, model.setting.market.components
    groups: dict[int, list[int]] = {}
    for d in sorted(picks):
        groups.setdefault(picks[d], []).append(d)
    rows = sorted(groups)
    each = to_money(model.setting.market.unit_cost * p.cost_factor / size)
    costs = [each * len(groups[row]) for row in rows]
    limit = margin_left(model, firm, len(picks))
    shares, whole = divide(model, firm, [groups[row] for row in rows], rows, max(0, limit - sum(costs)) / UNIT)
    amounts = [cost + to_money(share) for cost, share in zip(costs, shares, strict=True)]
    total = sum(amounts)
    if total > limit:
        amounts = [amount * limit // total for amount in amounts]
    given = sum(amounts) - sum(costs)
    offers = {row: Terms(groups[row], a, c) for row, a, c in zip(rows, amounts, costs, strict=True)}
    return offers, Sourcing(whole, given / UNIT)


def margin_left(model, firm, sourced: int) -> int:
    """Return what a sale leaves for partners with so many components sourced, in money units, at least 0."""
    p, size = model.setting.partners, model.setting.market.components
    made = to_money(firm.unit_cost * (1.0 - sourced / size))
    others = sum(claim.amount for claim in firm.claims if claim.purpose != SUPPLY)
    return max(0, to_money(firm.price + advertising(model, firm)) - made - others - sourced * to_money(p.coordination))


def divide(model, firm, groups: list[list[int]], rows: list[int], most: float) -> tuple[list[float], float]:
    """Return each partner's share of what all add, and that whole, scaled to at most ``most``, in currency per sale."""
    p, size = model.setting.partners, model.setting.market.components
    value = valuer(model, firm)
    made = [firm.fitted(partner_of(model, row).quality) for row in rows]
    parts = [{d: float(m[d]) for d in g} for g, m in zip(groups, made, strict=True)]

    def worth(members) -> float:
        together: dict[int, float] = {}
        for n in members:
            together.update(parts[n])
        return scale * max(0.0, value(together)) if together else 0.0

    everyone, scale = range(len(rows)), 1.0
    whole = worth(everyone)
    if whole > most:
        scale, whole = most / whole, most
    if p.split == "equal":
        return splits.equal(whole, len(rows)), whole
    if p.split == "shapley":
        return splits.shapley_in_blocs(worth, [len(g) for g in groups]), whole
    added = [whole - worth([m for m in everyone if m != n]) for n in everyone]
    if p.split == "nash":
        reserves = [p.reservation * firm.price * len(g) / size for g in groups]
        return splits.nash(whole, added, reserves), whole
    return splits.commission(whole, added, p.commission), whole


# -- who agrees ------------------------------------------------------------------------------------------------------


def source(model) -> None:
    """Phase 13: firms offer, partners accept or refuse, until nobody objects; then contracts are signed."""
    if not model.partners:
        return
    banned: set[tuple[int, int]] = set()
    offers: dict[int, tuple[dict[int, Terms], Sourcing]] = {}
    asking = {firm.row for firm in model.firms if firm.active}
    while asking:
        for row in sorted(asking):
            firm = model.firms[row]
            offers[row] = terms_for(model, firm, pick(model, firm, banned))
        refused = refusals(model, offers)
        asking = {row for row, _ in refused}
        banned |= refused
    changed = False
    for row, (terms, found) in sorted(offers.items()):
        changed |= sign(model, model.firms[row], terms, found)
    if changed:
        model.firms_changed()


def refusals(model, offers) -> set[tuple[int, int]]:
    """Return the (firm, partner) pairs that partners refuse: not worth it, or a firm that pays better is in the way."""
    refused: set[tuple[int, int]] = set()
    asked: dict[int, list[int]] = {}
    for row, (terms, _) in offers.items():
        for partner, offer in terms.items():
            if not accepts(model, model.firms[row], partner_of(model, partner), offer):
                refused.add((row, partner))
            else:
                asked.setdefault(partner, []).append(row)
    for partner, rows in asked.items():
        refused |= {(row, partner) for row in set(rows) - served(model, partner, rows, offers)}
    return refused


def offered_profit(model, firm, offer: Terms) -> float:
    """Return the profit of an offer as a part of the partner's share of sales."""
    price = to_money(firm.price) or to_money(model.setting.market.price) or UNIT
    return (offer.amount - offer.cost) * model.setting.market.components / (price * len(offer.components))


def accepts(model, firm, partner, offer: Terms) -> bool:
    """Return whether a partner takes an offer; one that stays has decided by what it lived through."""
    if firm.row in partner.contracts:
        return True
    gap, risk = partner.memory.get(firm.row, (0.0, 0.0))
    averse = model.setting.partners.risk_aversion
    return stays(offered_profit(model, firm, offer) + gap, risk, averse, threshold(model, firm))


def served(model, partner: int, rows: list[int], offers) -> set[int]:
    """Return which of the firms that want a partner it serves: all that let it, or the one that pays best."""
    rows = sorted(rows)
    closed = [row for row in rows if model.firms[row].levers.innovation.exclusive]
    if not model.setting.partners.multi_homing:
        closed = rows
    options = [[row] for row in closed] + [[row for row in rows if row not in closed]]
    return set(max(options, key=lambda option: sum(pay(model, row, offers[row][0][partner]) for row in option)))


def pay(model, row: int, offer: Terms) -> int:
    """Return the profit an offer promises at this quarter's purchases, plus 1: any firm is better than none."""
    return (offer.amount - offer.cost) * int(model.quarter["purchases"][row]) + 1


def sign(model, firm, offers: dict[int, Terms], found: Sourcing) -> bool:
    """Put a firm's contracts into force; return whether anything about its offer or its costs has changed."""
    before = (firm.supplier.copy(), firm.supplied.copy(), list(firm.claims))
    for partner in model.partners:
        if firm.row in partner.contracts and partner.row not in offers:
            del partner.contracts[firm.row]
    firm.supplier[:] = OWN
    firm.supplied[:] = 0.0
    for row, offer in offers.items():
        partner = partner_of(model, row)
        renew(model, firm, partner, offer)
        firm.supplier[offer.components] = row
        firm.supplied[offer.components] = partner.quality[offer.components]
    firm.owe(SUPPLY, {row: offer.amount for row, offer in offers.items()} | coordination(model, firm))
    firm.sourcing = found
    same = (firm.supplier == before[0]).all() and (firm.supplied == before[1]).all() and firm.claims == before[2]
    return not same


def renew(model, firm, partner, offer: Terms) -> None:
    """Make or renew the contract of a partner with a firm."""
    profit = offered_profit(model, firm, offer)
    makers = [partner.maker(d) for d in offer.components]
    old = partner.contracts.get(firm.row)
    if old is None:
        gap, risk = partner.memory.pop(firm.row, (0.0, 0.0))
        sales = share_of_sales(model, firm, len(offer.components))
        new = Contract(offer.components, makers, offer.amount, offer.cost, profit, profit + gap, risk, sales)
        partner.contracts[firm.row] = new
        return
    old.sales *= len(offer.components) / len(old.components)
    old.components, old.makers = offer.components, makers
    old.amount, old.cost, old.offered = offer.amount, offer.cost, profit
