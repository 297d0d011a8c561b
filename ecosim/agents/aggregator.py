"""Aggregators: firms that assemble an offer from partners' components, within a listing policy, and may buy suppliers.

Which firms are of this kind is a matter of the world (`market.aggregators`), how much they assemble one of their lever
L10. Another firm replaces what it makes itself only by something better; these do where it pays, as long as the
component meets the least quality that they list.
"""

from __future__ import annotations

from typing import Any

from ecosim.agents.firm import Firm


class AssemblingFirm(Firm):
    """A firm whose components are sourced; shares the id space of providers."""

    assembles = True

    def start_coverage(self, market: Any) -> float:
        """Return which part of the job it makes itself at the start."""
        return market.coverage if market.aggregator_coverage < 0.0 else market.aggregator_coverage

    def lists(self, quality: float) -> bool:
        """Return whether a component is good enough to be listed."""
        return quality >= self.model.setting.partners.listing

    def prefers(self, theirs: float, own: float) -> bool:
        """Return whether a partner's component may stand in for its own: wherever it pays."""
        return True
