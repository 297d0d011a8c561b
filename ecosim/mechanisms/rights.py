"""M8 (E25) Rights: whoever contributed a change gets his share of what it brings, for as long as was agreed.

    royalty   L8 x worth of the gain per sale,   worth = gain value_weight / price_weight, at most what the sale leaves

A right names the components changed, the contributor's account (customers and experts have theirs outside), the share,
its end, and whether the idea was given to this firm alone.

Source: joint ownership of innovation: Aghion & Tirole 1994.
"""

from __future__ import annotations

from dataclasses import dataclass

from ecosim.ledger import UNIT, to_money


@dataclass
class Right:
    """One entry of a firm's ledger of rights; ``amount`` is money units per sale."""

    components: tuple[int, ...]
    payee: int
    share: float
    amount: int
    expires: int
    exclusive: bool


def firm_state(model, firm) -> list[Right]:
    """Return an empty ledger."""
    return []


def record_right(model, firm, components: tuple[int, ...], payee: int, gain: float) -> None:
    """Enter a contributor's share in a change that the firm thinks worth ``gain`` in value per sale."""
    lever, choice = firm.levers.innovation, model.setting.choice
    if lever.share <= 0.0 or lever.term <= 0 or gain <= 0.0:
        return
    worth = gain * choice.value_weight / (choice.price_weight or 1.0)
    left = to_money(firm.price - firm.production_cost) - sum(claim.amount for claim in firm.claims)
    amount = min(to_money(lever.share * worth), max(0, left))
    ends = model.week + lever.term
    firm.rights.append(Right(components, payee, lever.share, amount, ends, lever.exclusive))
    claim(firm)


def claim(firm) -> None:
    """Bring what the firm owes on each sale up to date with its ledger of rights."""
    amounts: dict[int, int] = {}
    for right in firm.rights:
        amounts[right.payee] = amounts.get(right.payee, 0) + right.amount
    firm.owe("royalties", amounts)


def expire(model) -> None:
    """Phase 12: rights that have run out end."""
    for firm in model.firms:
        alive = [right for right in firm.rights if right.expires > model.week]
        if len(alive) < len(firm.rights):
            firm.rights = alive
            claim(firm)


def royalties(firm) -> float:
    """Return what contributors get of each sale, in currency."""
    return sum(right.amount for right in firm.rights) / UNIT


def exclusive_part(firm) -> float:
    """Return the part of the firm's rights under which contributors give to it alone, in [0, 1]."""
    return sum(right.exclusive for right in firm.rights) / len(firm.rights) if firm.rights else 0.0
