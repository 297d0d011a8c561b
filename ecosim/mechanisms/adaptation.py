"""M9 (the seam of E30) Adaptation: each quarter a firm values its customers from its own books, and decides.

    repeat    <- repeat + smoothing (repeat sales a week this quarter - repeat)
    estimate  (price - unit cost - shares of others) repeat / (d + max(0, 1 - repeat / repeat before) / 13)

A firm sees its own sales, profit, cash and this estimate, never a customer's true taste or choice probability; a
static strategy wants the same levers whatever it sees.

Source: estimates of customer equity from published accounts (Gupta, Lehmann & Stuart 2004).
"""

from __future__ import annotations

from ecosim.ledger import UNIT


def estimate(model) -> None:
    """Phase 13: let each firm estimate its customer equity from its own records."""
    p = model.setting.equity
    for firm in model.firms:
        repeat = float(model.quarter["repeat"][firm.row]) / 13.0
        before = firm.repeat_rate
        firm.repeat_rate = repeat if before is None else before + p.smoothing * (repeat - before)
        loss = max(0.0, 1.0 - firm.repeat_rate / before) / 13.0 if before else 0.0
        margin = firm.price - firm.production_cost - sum(claim.amount for claim in firm.claims) / UNIT
        firm.estimated_equity = margin * firm.repeat_rate / (p.discount + loss)


def decide(model) -> None:
    """Phase 13: let each firm's strategy look at the firm's books and set its levers."""
    for firm in model.firms:
        if firm.active:
            firm.adapt()
