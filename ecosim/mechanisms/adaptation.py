"""M9 (E30) Adaptation: each quarter a firm values its customers from its own books, and its strategy decides.

    repeat       <- repeat + smoothing (repeat sales a week this quarter - repeat)
    estimate     (price - production - shares of others) repeat / (d + max(0, 1 - repeat / repeat before) / 13)
    performance  (1 - theta) profit + theta (profit + change of the estimate),   theta is L15
    aspiration   <- aspiration + w (performance - aspiration), after the strategy has looked

A firm sees its own sales, profit, cash and this estimate, the public panel, and how rivals write and what they offer,
never a customer's true taste or choice probability. A static strategy wants the same levers whatever it sees; what an
adaptive one does is its own affair.

Sources: estimates of customer equity from published accounts (Gupta, Lehmann & Stuart 2004); search below aspiration
(Cyert & March 1963; Levinthal & March 1981).
"""

from __future__ import annotations

from dataclasses import dataclass

from ecosim.ledger import UNIT


@dataclass
class Books:
    """What a firm compares itself with; ``performance`` and ``aspiration`` in money units, equity in currency."""

    quarters: int = 0
    equity_before: float = 0.0
    equity_change: float = 0.0
    performance: float = 0.0
    aspiration: float = 0.0


def firm_state(model, firm) -> Books:
    """Return the books of a firm that has seen no quarter yet."""
    return Books()


def estimate(model) -> None:
    """Phase 13: let each firm estimate its customer equity from its own records."""
    p = model.setting.equity
    for firm in model.firms:
        repeat = float(model.quarter["repeat"][firm.row]) / 13.0
        before = firm.repeat_rate
        firm.repeat_rate = repeat if before is None else before + p.smoothing * (repeat - before)
        loss = max(0.0, 1.0 - firm.repeat_rate / before) / 13.0 if before else 0.0
        margin = firm.price - firm.production_cost - firm.owed
        firm.estimated_equity = margin * firm.repeat_rate / (p.discount + loss)


def perform(firm, profit: float) -> None:
    """Enter the quarter that ends in a firm's books; the first one sets what it aspires to."""
    books, theta = firm.adaptation, firm.levers.organisation.objective
    books.equity_change = firm.estimated_equity - books.equity_before if books.quarters else 0.0
    books.equity_before = firm.estimated_equity
    books.performance = (1.0 - theta) * profit + theta * (profit + UNIT * books.equity_change)
    if books.quarters == 0:
        books.aspiration = books.performance
    books.quarters += 1


def decide(model) -> None:
    """Phase 13: let each firm's strategy look at what it may see, and set the levers it wants."""
    profit, weight = model.ledger.quarter_profit(), model.setting.organisation.aspiration
    for firm in model.firms:
        if firm.active:
            perform(firm, float(profit[firm.row]))
    views = [(firm, firm.view() if firm.strategy.looks else None) for firm in model.firms if firm.active]
    for firm, view in views:
        firm.adapt(view)
        firm.adaptation.aspiration += weight * (firm.adaptation.performance - firm.adaptation.aspiration)
