"""Strategies: named sources of levers. A static one always wants the same; an adaptive one looks and decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ecosim.strategies.levers import Contact, Insight, Levers, Offer

__all__ = ["Contact", "FirmView", "Insight", "Levers", "Offer", "Strategy"]


class FirmView(NamedTuple):
    """What a firm may see when it decides: its own books and its own estimates, never a customer's true taste."""

    week: int
    levers: Levers
    profit: float
    sales: float
    cash: float
    estimated_equity: float


@dataclass(frozen=True)
class Strategy:
    """A named strategy with fixed levers; subclasses override `decide` to change them in the light of a view."""

    name: str
    levers: Levers = field(default_factory=Levers)

    def decide(self, view: FirmView) -> Levers:
        """Return the levers wanted from now on; called once a quarter."""
        return self.levers

    def describe(self) -> dict[str, Any]:
        """Return the lever values as a nested plain dictionary."""
        from dataclasses import asdict

        return asdict(self.levers)
