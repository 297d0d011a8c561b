"""M8 Settlement: sales come in from households, costs and others' shares go out; in whole money units.

    profit = sales - production - contact - listening - tool - recovery - experience - insight - shares of others

and what other mechanisms book in their own turn. Every amount is a count times a whole price, so no money is made or
lost by rounding. Cash below zero at the end of `patience` quarters in a row is bankruptcy: the firm leaves the market.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ecosim.ledger import to_money

ITEMS = (
    ("production", "purchases"), ("contact", "sent"), ("listening", "heard"), ("tool", "tool_uses"), ("tool", "trials"),
    ("recovery", "recovered"), ("experience", "purchases"), ("insight", "profiles_read"), ("insight", "interviews"),
)  # fmt: skip
"""What firms pay for outside: for which purpose, and so much for each of what is counted."""

SPENT = tuple(dict.fromkeys(purpose for purpose, _ in ITEMS))
STARTS = [[purpose for purpose, _ in ITEMS].index(each) for each in SPENT]


class Tariff(NamedTuple):
    """What a sale brings, costs and costs in style, ``[f]`` each, and the ``amounts`` due for `ITEMS` ``[item, f]``.

    All are whole money units; ``counts`` [item] says in which row of the week's counts each item stands.
    """

    price: np.ndarray
    cost: np.ndarray
    style: np.ndarray
    amounts: np.ndarray
    counts: np.ndarray


def tariff(model) -> Tariff:
    """Return what sales and services bring and cost, by the setting and by the firms' prices and levers of now."""
    s, firms, names = model.setting, model.firms, list(model.counts)
    price = np.array([to_money(firm.price) for firm in firms])
    cost = np.array([to_money(firm.production_cost) for firm in firms])
    style = np.array([to_money(s.experience.style_cost * firm.levers.offer.experience) for firm in firms])
    own = {"production": cost, "experience": style}
    each = {
        "sent": s.contact.cost, "heard": s.talk.listening_cost, "tool_uses": s.experience.tool_cost,
        "trials": s.experience.tool_cost, "recovered": s.recovery.cost, "profiles_read": s.insight.profile_cost,
        "interviews": s.insight.interview_cost,
    }  # fmt: skip
    amounts = np.empty((len(ITEMS), len(firms)), np.int64)
    for k, (purpose, count) in enumerate(ITEMS):
        amounts[k] = own[purpose] if purpose in own else to_money(each[count])
    return Tariff(price, cost, style, amounts, np.array([names.index(count) for _, count in ITEMS]))


def settle(model) -> None:
    """Phase 11: add up what was counted this week, and pay for it."""
    model.close_counts()
    ledger, week, due = model.ledger, model.week, model.per_sale
    purchases = model.counts["purchases"][:-1]
    ledger.trade(week, "sales", purchases * due.price - model.counts["rebates"][:-1], to_firms=True)
    ledger.spend(week, SPENT, np.add.reduceat(model.counted[due.counts, :-1] * due.amounts, STARTS, axis=0))
    for firm in model.firms:
        for claim in firm.claims:
            amount = int(purchases[firm.row]) * claim.amount
            ledger.transfer(week, firm.row, claim.payee, claim.purpose, amount)


def close_books(model) -> None:
    """Phase 13: count quarters in debt and let the bankrupt leave."""
    for firm in model.firms:
        if not firm.active:
            continue
        firm.quarters_in_debt = firm.quarters_in_debt + 1 if model.ledger.accounts[firm.row] < 0 else 0
        if firm.quarters_in_debt >= model.setting.market.patience:
            firm.leave_market()
