"""The firm: a Mesa agent with an offer, levers, a contact budget and an account."""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np

from ecosim.draws import normal, own_key, power, purpose, stream_key, uniform
from ecosim.mechanisms.experience import FORCED, OPTIONAL, ces
from ecosim.strategies import FirmView, Strategy

CONTRIBUTION = purpose("firm.contribution")
TOOLS = {"none": 0, "optional": OPTIONAL, "forced": FORCED}


class Firm(mesa.Agent):
    """A provider: ``row`` is its id. What it wants is its strategy; what it does is its ``levers``."""

    def __init__(self, model: Any, row: int, share: float, largest: float, strategy: Strategy) -> None:
        super().__init__(model)
        market = model.setting.market
        self.row = row
        self.strategy = strategy
        self.levers = strategy.levers
        self.active = True
        self.quarters_in_debt = 0
        self.price, self.unit_cost = market.price, market.unit_cost
        self.service_sd = market.service_sd
        self.position = (row + 0.5) / market.firms
        self.share_start = share
        self.presence = power(share, market.presence_exponent)
        gap = 1.0 - market.availability_floor
        self.availability = market.availability_floor + gap * power(share / largest, market.availability_exponent)
        self.contributions = self._contributions(market, model.seed)
        covered = round(market.coverage * market.components)
        self.scope = np.array([(j - row) % market.components < covered for j in range(market.components)])
        self.contact_budget = 0.0
        self.estimated_equity = 0.0
        self.repeat_rate: float | None = None

    def _contributions(self, market: Any, seed: int) -> np.ndarray:
        """Return the contribution of each component, ``[d]`` in (0, 1]."""
        key = own_key(stream_key(seed, CONTRIBUTION, 0), self.row)
        noise = np.array([normal(uniform(key, j)) for j in range(market.components)])
        return np.clip(market.quality + market.quality_spread * noise, 1e-3, 1.0)

    def offer_value(self, weights: np.ndarray) -> float:
        """Return E10, the value of the covered job to a segment with attribute ``weights`` ``[d]``."""
        p = self.model.setting.experience
        parts = np.where(self.scope, self.contributions, p.generic)
        return ces(weights, parts, p.elasticity) - p.missing_cost * int((~self.scope).sum())

    def show(self, firms: Any, weights: np.ndarray, sizes: np.ndarray) -> None:
        """Write price, offer and organisation into the arrays that customers meet."""
        j, offer = self.row, self.levers.offer
        rest = 1.0 - self.levers.insight.personalisation
        firms.price[j] = self.price
        firms.position[j] = self.position
        firms.service_sd[j] = self.service_sd
        firms.availability[j] = self.availability if self.active else 0.0
        firms.personal[j] = 1.0 - rest * rest
        firms.tool[j] = TOOLS[offer.self_service]
        firms.style[j] = self.model.setting.experience.style * offer.experience
        for g in range(weights.shape[0]):
            firms.value[g, j] = self.offer_value(weights[g])
        firms.claim[j] = sum(firms.value[g, j] * sizes[g] for g in range(sizes.size)) / sizes.sum() + firms.style[j]

    def adopt(self, strategy: Strategy) -> None:
        """Switch to another strategy; its levers hold from now on."""
        self.strategy = strategy
        self.levers = strategy.levers
        self.model.firms_changed()

    def adapt(self) -> None:
        """Ask the strategy, once a quarter, for the levers it wants in the light of what the firm may see."""
        flows = self.model.ledger
        view = FirmView(
            week=self.model.week,
            levers=self.levers,
            profit=float(flows.profit()[self.row]),
            sales=float(flows.flows[0, self.row]),
            cash=float(flows.accounts[self.row]),
            estimated_equity=self.estimated_equity,
        )
        wanted = self.strategy.decide(view)
        if wanted != self.levers:
            self.levers = wanted
            self.model.firms_changed()

    def leave_market(self) -> None:
        """Exit: no presence, no contact, no supply."""
        self.active = False
        self.model.firms_changed()
