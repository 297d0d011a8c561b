"""M8 Settlement: sales come in from households, costs and others' shares go out; in whole money units.

    profit = sales - production - contact - listening - tool - recovery - experience - insight - shares of others

and what other mechanisms book in their own turn. Every amount is a count times a whole price, so no money is made or
lost by rounding. Cash below zero at the end of `patience` quarters in a row is bankruptcy: the firm leaves the market.
"""

from __future__ import annotations

from ecosim.ledger import to_money


def settle(model) -> None:
    """Phase 11: add up what was counted this week, and pay for it."""
    model.close_counts()
    setting, ledger, week = model.setting, model.ledger, model.week
    recovery, talk, experience = setting.recovery, setting.talk, setting.experience
    counts = {name: count[:-1] for name, count in model.counts.items()}
    prices, costs, style = model.per_sale
    purchases, insight = counts["purchases"], setting.insight
    read, asked = to_money(insight.profile_cost), to_money(insight.interview_cost)
    ledger.trade(week, "sales", purchases * prices - counts["rebates"], to_firms=True)
    ledger.spend(
        week,
        {
            "production": purchases * costs,
            "contact": counts["sent"] * to_money(setting.contact.cost),
            "listening": counts["heard"] * to_money(talk.listening_cost),
            "tool": (counts["tool_uses"] + counts["trials"]) * to_money(experience.tool_cost),
            "recovery": counts["recovered"] * to_money(recovery.cost),
            "experience": purchases * style,
            "insight": counts["profiles_read"] * read + counts["interviews"] * asked,
        },
    )
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
