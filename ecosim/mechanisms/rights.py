"""M8 (E25) Rights: whoever contributed a change gets his share of what it brings, for as long as was agreed.

    royalty   L8 x margin x value_weight x gain, per sale, for L9's term; at most what the sale leaves

To the first order, a gain in value lifts sales by value_weight x gain (a small firm under the logit), and each of them
leaves the margin. A right names the components changed, the contributor's account (customers and experts have theirs
outside), the share, its end, and whether the idea was given to this firm alone.

Sources: joint ownership of innovation: Aghion & Tirole 1994; sales under the logit: McFadden 1974.
"""

from __future__ import annotations

from dataclasses import dataclass

from ecosim.ledger import to_money


@dataclass
class Right:
    """One entry of a firm's ledger of rights; ``amount`` is money units per sale, paid up to week ``expires``."""

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
    lever = firm.levers.innovation
    margin = to_money(firm.price - firm.production_cost)
    left = margin - sum(claim.amount for claim in firm.claims)
    wanted = round(lever.share * max(0, margin) * model.setting.choice.value_weight * gain)
    amount = min(wanted, left)
    if amount > 0 and lever.term > 0:
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
    """Phase 2: rights that have run out end."""
    for firm in [firm for firm in model.firms if firm.rights]:
        alive = [right for right in firm.rights if right.expires >= model.week]
        if len(alive) < len(firm.rights):
            firm.rights = alive
            claim(firm)


def exclusive_part(firm) -> float:
    """Return the part of the firm's rights under which contributors give to it alone, in [0, 1]."""
    return sum(right.exclusive for right in firm.rights) / len(firm.rights) if firm.rights else 0.0
