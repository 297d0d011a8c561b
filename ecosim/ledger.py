"""The ledger: integer money, every transfer with payer, payee, purpose and week; the total never changes.

Accounts ``0 .. f-1`` belong to firms, the last one is `outside` (households' income, media, staff, suppliers), which
may go negative. One currency unit is 10,000 money units.
"""

from __future__ import annotations

import numpy as np

from ecosim.errors import UserError

UNIT = 10_000
"""Money units per unit of currency."""

PURPOSES = ("sales", "production", "contact", "listening", "tool", "recovery", "experience", "endowment")
"""What a transfer may be for; costs are what a firm pays outside."""

COSTS = PURPOSES[1:7]


def to_money(amount: float) -> int:
    """Return an amount of currency as whole money units, rounded half to even."""
    return round(amount * UNIT)


class Ledger:
    """Accounts ``[f + 1]`` int64 and this week's flows ``[purpose, f]`` int64, both in money units."""

    def __init__(self, n_firms: int) -> None:
        self.outside = n_firms
        self.accounts = np.zeros(n_firms + 1, np.int64)
        self.flows = np.zeros((len(PURPOSES), n_firms), np.int64)
        self.journal: list[tuple[int, int, int, str, int]] | None = None

    def open_week(self) -> None:
        """Forget last week's flows."""
        self.flows[:] = 0

    def transfer(self, week: int, payer: int, payee: int, purpose: str, amount: int) -> None:
        """Move ``amount`` >= 0 money units from ``payer`` to ``payee``; one of them is the outside account."""
        if amount < 0:
            raise ValueError(f"a transfer of {amount} money units: only amounts of at least 0 can be paid")
        firm = payee if payer == self.outside else payer
        self.flows[PURPOSES.index(purpose), firm] += amount
        self.accounts[payer] -= amount
        self.accounts[payee] += amount
        if self.journal is not None and amount:
            self.journal.append((week, payer, payee, purpose, amount))

    def trade(self, week: int, purpose: str, amounts: np.ndarray, to_firms: bool = False) -> None:
        """Let every firm pay ``amounts`` [f] int64 >= 0 outside, or be paid them from there, for ``purpose``."""
        if self.journal is not None or amounts.min(initial=0) < 0:
            for firm, amount in enumerate(amounts.tolist()):
                payer, payee = (self.outside, firm) if to_firms else (firm, self.outside)
                self.transfer(week, payer, payee, purpose, amount)
            return
        signed = amounts if to_firms else -amounts
        self.flows[PURPOSES.index(purpose)] += amounts
        self.accounts[:-1] += signed
        self.accounts[-1] -= signed.sum()

    def profit(self) -> np.ndarray:
        """Return this week's sales minus costs per firm, ``[f]`` int64 money units."""
        return self.flows[0] - self.flows[1:7].sum(axis=0)


def check_bound(customers: int, weeks: int, rate: float, price: float) -> None:
    """Refuse a world whose money could overflow 64-bit integers."""
    if customers * weeks * max(1.0, rate) * max(1.0, price) * UNIT * 16 > 2.0**62:
        raise UserError(
            f"market.customers={customers}: with this price and these weeks the accounts could overflow 64-bit "
            "integers; lower the price, the weeks or the customers"
        )
