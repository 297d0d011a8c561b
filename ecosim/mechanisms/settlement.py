"""M8 (the part without partners) Settlement: sales come in from households, costs go out; in whole money units.

    profit = sales - production - contact - listening - tool - recovery - experience

Every amount is a count times a whole price, so no money is made or lost by rounding. Cash below zero at the end of
`patience` quarters in a row is bankruptcy: the firm leaves the market.
"""

from __future__ import annotations

from ecosim.ledger import to_money


def settle(model) -> None:
    """Phase 11: add up what was counted this week, and pay for it."""
    model.close_counts()
    setting, ledger, counts, week = model.setting, model.ledger, model.counts, model.week
    recovery, talk, experience = setting.recovery, setting.talk, setting.experience
    ledger.open_week()
    for firm in model.firms:
        j, sold = firm.row, int(counts["purchases"][firm.row])
        ledger.transfer(week, ledger.outside, j, "sales", sold * to_money(firm.price))
        for purpose, number, price in (
            ("production", sold, firm.unit_cost),
            ("contact", counts["sent"][j], setting.contact.cost),
            ("listening", counts["heard"][j], talk.listening_cost),
            ("tool", counts["tool_uses"][j], experience.tool_cost),
            ("recovery", counts["recovered"][j], recovery.cost),
            ("experience", sold, experience.style_cost * firm.levers.offer.experience),
        ):
            ledger.transfer(week, j, ledger.outside, purpose, int(number) * to_money(price))


def close_books(model) -> None:
    """Phase 13: count quarters in debt and let the bankrupt leave."""
    for firm in model.firms:
        if not firm.active:
            continue
        firm.quarters_in_debt = firm.quarters_in_debt + 1 if model.ledger.accounts[firm.row] < 0 else 0
        if firm.quarters_in_debt >= model.setting.market.patience:
            firm.leave_market()
