"""The ledger: integer money, every transfer with payer, payee, purpose and week; the total never changes.

Accounts ``0 .. f-1`` belong to firms, the next ones to partners, the last one is `outside` (households' income, media,
staff, suppliers), which may go negative. One currency unit is 10,000 money units.
"""

from __future__ import annotations

import functools

import numpy as np

from ecosim.errors import UserError
from ecosim.jit import pass_kernel

UNIT = 10_000
"""Money units per unit of currency."""

PURPOSES = (
    "sales", "production", "contact", "listening", "tool", "recovery", "experience", "insight", "deployment",
    "organisation", "innovation", "governance", "support", "bidding", "advertising", "supply", "royalties", "risk",
    "acquisition", "endowment",
)  # fmt: skip
"""What a transfer may be for. The last two are no part of profit: they change who owns what."""

OPERATING = PURPOSES[:-2]
"""The purposes that make up profit."""


def to_money(amount: float) -> int:
    """Return an amount of currency as whole money units, rounded half to even."""
    return round(amount * UNIT)


@functools.cache
def rows_of(*purposes: str) -> np.ndarray:
    """Return where flows for these purposes are booked."""
    return np.array([PURPOSES.index(purpose) for purpose in purposes])


@pass_kernel
def enter(rows, amounts, sign, accounts, flows, quarter):
    """Book that firms get ``sign`` times ``amounts`` [row, f] from outside, if none is below 0; return if it was."""
    for k in range(amounts.shape[0]):
        for j in range(amounts.shape[1]):
            if amounts[k, j] < 0:
                return False
    for k in range(amounts.shape[0]):
        for j in range(amounts.shape[1]):
            signed = sign * amounts[k, j]
            flows[rows[k], j] += signed
            quarter[rows[k], j] += signed
            accounts[j] += signed
            accounts[-1] -= signed
    return True


class Ledger:
    """Accounts ``[f + p + 1]`` int64 and this week's flows ``[purpose, f + p]`` int64, both in money units.

    A flow is positive where the account was paid and negative where it paid; ``quarter`` sums flows since the quarter
    began, and ``between[payer, payee]`` what one agent paid another in it, but for what is no part of profit.
    """

    def __init__(self, n_firms: int, n_partners: int = 0) -> None:
        self.n_firms = n_firms
        self.outside = n_firms + n_partners
        self.accounts = np.zeros(self.outside + 1, np.int64)
        self.flows = np.zeros((len(PURPOSES), self.outside), np.int64)
        self.quarter = np.zeros_like(self.flows)
        self.between: dict[tuple[int, int], int] = {}
        self.journal: list[tuple[int, int, int, str, int]] | None = None

    def open_week(self) -> None:
        """Forget last week's flows."""
        self.flows[:] = 0

    def open_quarter(self) -> None:
        """Forget last quarter's flows."""
        self.quarter[:] = 0
        self.between = {}

    def transfer(self, week: int, payer: int, payee: int, purpose: str, amount: int) -> None:
        """Move ``amount`` >= 0 money units from account ``payer`` to account ``payee``."""
        if amount < 0:
            raise ValueError(f"a transfer of {amount} money units: only amounts of at least 0 can be paid")
        row = PURPOSES.index(purpose)
        for account, signed in ((payer, -amount), (payee, amount)):
            self.accounts[account] += signed
            if account != self.outside:
                self.flows[row, account] += signed
                self.quarter[row, account] += signed
        if amount and self.outside not in (payer, payee) and row < len(OPERATING):
            self.between[payer, payee] = self.between.get((payer, payee), 0) + amount
        if self.journal is not None and amount:
            self.journal.append((week, payer, payee, purpose, amount))

    def trade(self, week: int, purpose: str, amounts: np.ndarray, to_firms: bool = False) -> None:
        """Let every firm pay ``amounts`` [f] int64 >= 0 outside, or be paid them from there, for ``purpose``."""
        if not self._enter((purpose,), amounts[np.newaxis], 1 if to_firms else -1):
            for firm, amount in enumerate(amounts.tolist()):
                payer, payee = (self.outside, firm) if to_firms else (firm, self.outside)
                self.transfer(week, payer, payee, purpose, amount)

    def spend(self, week: int, purposes: tuple[str, ...], amounts: np.ndarray) -> None:
        """Let every firm pay outside ``amounts`` [purpose, f] int64 >= 0, as so many trades would."""
        if not self._enter(purposes, amounts, -1):
            for purpose, paid in zip(purposes, amounts, strict=True):
                self.trade(week, purpose, paid)

    def _enter(self, purposes: tuple[str, ...], amounts: np.ndarray, sign: int) -> bool:
        """Book amounts at one go, unless they are wrong or there is a journal to fill; return whether that was done."""
        if self.journal is not None:
            return False
        return bool(enter(rows_of(*purposes), amounts, sign, self.accounts, self.flows, self.quarter))

    def profit(self) -> np.ndarray:
        """Return this week's operating profit per account but `outside`, ``[f + p]`` int64 money units."""
        return self.flows[: len(OPERATING)].sum(axis=0)

    def quarter_profit(self) -> np.ndarray:
        """Return the operating profit since the quarter began, ``[f + p]`` int64 money units."""
        return self.quarter[: len(OPERATING)].sum(axis=0)


def check_bound(customers: int, weeks: int, rate: float, price: float) -> None:
    """Refuse a world whose money could overflow 64-bit integers."""
    if customers * weeks * max(1.0, rate) * max(1.0, price) * UNIT * 16 > 2.0**62:
        raise UserError(
            f"market.customers={customers}: with this price and these weeks the accounts could overflow 64-bit "
            "integers; lower the price, the weeks or the customers"
        )
