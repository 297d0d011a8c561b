"""The firm: a Mesa agent with an offer, levers, a contact budget and an account."""

from __future__ import annotations

from typing import Any, NamedTuple

import mesa
import numpy as np

from ecosim.draws import normal, own_key, power, purpose, stream_key, uniform
from ecosim.mechanisms.experience import FORCED, OPTIONAL, ces
from ecosim.strategies import FirmView, Levers, Strategy

CONTRIBUTION = purpose("firm.contribution")
TOOLS = {"none": 0, "optional": OPTIONAL, "forced": FORCED}
OWN = -1


class Claim(NamedTuple):
    """What a firm owes on each sale: ``amount`` money units to account ``payee`` for ``purpose``."""

    payee: int
    purpose: str
    amount: int


class Firm(mesa.Agent):
    """A provider: ``row`` is its id. What it wants is its ``target``; what it does is its ``levers``.

    ``contributions`` [d] are those of its own components, ``supplier`` [d] the partner that supplies each (-1: itself)
    and ``supplied`` [d] that partner's contribution; ``fit`` [d] is what the design adds to each. ``service_mean`` is
    the value its processes add, ``capacity`` what its system can hear, mend and observe, ``attentive`` what staff put
    into relationships, ``closing`` what they put into deals, ``over_claim`` by how much they promise too much;
    ``claims`` are what others get of each sale.
    """

    def __init__(self, model: Any, row: int, share: float, largest: float, strategy: Strategy) -> None:
        super().__init__(model)
        market = model.setting.market
        self.row = row
        self.strategy = strategy
        self.levers = self.previous = self.target = strategy.levers
        self.culture, self.changed_week = 1.0, 0
        self.active = True
        self.quarters_in_debt = 0
        self.price, self.unit_cost = market.price, market.unit_cost
        self.service_sd, self.service_mean = market.service_sd, 0.0
        self.position = (row + 0.5) / market.firms
        self.share_start = share
        self.presence = power(share, market.presence_exponent)
        gap = 1.0 - market.availability_floor
        self.availability = market.availability_floor + gap * power(share / largest, market.availability_exponent)
        self.contributions = self._contributions(market, model.seed)
        self.fit = np.zeros(market.components)
        covered = round(market.coverage * market.components)
        self.scope = np.array([(j - row) % market.components < covered for j in range(market.components)])
        self.supplier = np.full(market.components, OWN)
        self.supplied = np.zeros(market.components)
        self.claims: list[Claim] = []
        self.closing, self.over_claim, self.attentive, self.capacity = 0.0, 0.0, 1.0, 1.0
        self.contact_budget = self.insight_budget = 0.0
        self.estimated_equity = 0.0
        self.repeat_rate: float | None = None

    def _contributions(self, market: Any, seed: int) -> np.ndarray:
        """Return the contribution of each component, ``[d]`` in (0, 1]."""
        key = own_key(stream_key(seed, CONTRIBUTION, 0), self.row)
        noise = np.array([normal(uniform(key, j)) for j in range(market.components)])
        return np.clip(market.quality + market.quality_spread * noise, 1e-3, 1.0)

    def owe(self, purpose: str, amounts: dict[int, int]) -> None:
        """Replace what others get of each sale for ``purpose`` by ``amounts``, money units by account."""
        kept = [claim for claim in self.claims if claim.purpose != purpose]
        self.claims = kept + [Claim(payee, purpose, amount) for payee, amount in amounts.items()]

    @property
    def covered(self) -> np.ndarray:
        """Which components a customer gets here, ``[d] bool``: the firm's own and those partners supply."""
        return self.scope | (self.supplier != OWN)

    def parts(self, fit: np.ndarray | None = None) -> np.ndarray:
        """Return the contribution of each component as customers meet it, ``[d]``; generic where not covered.

        ``fit`` [..., d] is what a design adds to each; that of the firm's own design if not given.
        """
        adds = self.fit if fit is None else fit
        own = np.where(self.scope, np.clip(self.contributions + adds, 1e-3, 1.0), self.model.setting.experience.generic)
        return np.where(self.supplier == OWN, own, np.clip(self.supplied + adds, 1e-3, 1.0))

    def offer_value(self, weights: np.ndarray) -> float:
        """Return E10, the value of the covered job to a segment with attribute ``weights`` ``[d]``."""
        p = self.model.setting.experience
        missing = p.missing_cost * int((~self.covered).sum())
        return ces(weights, self.parts(), p.elasticity) - missing + self.service_mean

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
        firms.custody[j] = self.levers.insight.custody
        firms.pay[j] = self.levers.innovation.share
        firms.contracts[j] = self.levers.innovation.governance
        firms.open_tool[j] = float(offer.open_tool and offer.self_service != "none" and self.active)
        firms.missing[j] = self.model.setting.experience.missing_cost * int((~self.covered).sum())
        firms.extensible[j] = offer.extensibility
        firms.closing[j] = self.closing
        firms.style[j] = self.model.setting.experience.style * offer.experience
        for g in range(weights.shape[0]):
            firms.value[g, j] = self.offer_value(weights[g])
        mean = sum(firms.value[g, j] * sizes[g] for g in range(sizes.size)) / sizes.sum() + firms.style[j]
        firms.claim[j] = mean * (1.0 + self.over_claim)

    def adopt(self, strategy: Strategy) -> None:
        """Switch to another strategy."""
        self.strategy = strategy
        self.want(strategy.levers)

    def want(self, levers: Levers) -> None:
        """Decide on other levers; how soon they are what the firm does is a matter of its organisation."""
        if levers == self.target:
            return
        self.previous, self.target, self.changed_week = self.levers, levers, self.model.week
        if self.model.setting.organisation.active:
            self.culture = self.model.setting.organisation.start
        else:
            self.levers = levers
            self.model.firms_changed()

    def adapt(self) -> None:
        """Ask the strategy, once a quarter, for the levers it wants in the light of what the firm may see."""
        ledger = self.model.ledger
        view = FirmView(
            week=self.model.week,
            levers=self.target,
            profit=float(ledger.quarter_profit()[self.row]),
            sales=float(ledger.quarter[0, self.row]),
            cash=float(ledger.accounts[self.row]),
            estimated_equity=self.estimated_equity,
        )
        self.want(self.strategy.decide(view))

    def leave_market(self) -> None:
        """Exit: no presence, no contact, no supply."""
        self.active = False
        self.model.firms_changed()
