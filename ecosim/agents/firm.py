"""The firm: a Mesa agent with an offer, levers, a contact budget and an account."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any, NamedTuple

import mesa
import numpy as np

from ecosim.draws import own_key, power, purpose, stream_key, uniform
from ecosim.ledger import UNIT
from ecosim.mechanisms.belief import normals
from ecosim.mechanisms.contact import aim
from ecosim.mechanisms.entry import comes_late
from ecosim.mechanisms.experience import FORCED, OPTIONAL, ces
from ecosim.mechanisms.organisation import begin_change, bought_part, effort
from ecosim.strategies import STEP, SWITCH, FirmView, Levers, RivalView, Strategy
from ecosim.strategies.blend import blend
from ecosim.strategies.levers import SYSTEMS

CONTRIBUTION, LUCK = purpose("firm.contribution"), purpose("firm.luck")
TOOLS = {"none": 0, "optional": OPTIONAL, "forced": FORCED}
OWN = -1


class Claim(NamedTuple):
    """What a firm owes on each sale: ``amount`` money units to account ``payee`` for ``purpose``."""

    payee: int
    purpose: str
    amount: int


class Firm(mesa.Agent):
    """A provider: ``row`` is its id. What it wants is its ``target``; what it does is its ``levers``.

    ``contributions`` [d] are those of its own components, ``edge`` what its quality adds to each, ``supplier`` [d] the
    partner that supplies each (-1: itself) and ``supplied`` [d] the quality of that partner's; ``fit`` [d] is what the
    design adds to each. ``service_mean`` is the value its processes add, ``capacity`` what its system can hear, mend
    and observe, ``attentive`` what staff put into relationships, ``closing`` what they put into deals, ``over_claim``
    by how much they promise too much; ``claims`` are what others get of each sale. ``systems`` are those that can be
    deployed.
    """

    systems = SYSTEMS

    def __init__(self, model: Any, row: int, share: float, largest: float, strategy: Strategy) -> None:
        super().__init__(model)
        market = model.setting.market
        self.row = row
        self.strategy = strategy
        self.levers = self.previous = self.target = strategy.levers
        self.memory: dict[str, Any] = {}
        self.culture, self.changed_week = 1.0, 0
        self.active = not comes_late(model.setting, row)
        self.quarters_in_debt = 0
        self.price, self.unit_cost = market.price, market.unit_cost
        self.service_sd, self.service_mean = market.service_sd, 0.0
        self.position = (row + 0.5) / market.firms
        self.share_start = share
        self.presence = power(share, market.presence_exponent) if self.active else 0.0
        gap = 1.0 - market.availability_floor
        self.availability = market.availability_floor + gap * power(share / largest, market.availability_exponent)
        self.contributions = self._contributions(market, model.seed)
        self.fit = np.zeros(market.components)
        covered = round(self.start_coverage(market) * market.components)
        self.scope = np.array([(j - row) % market.components < covered for j in range(market.components)])
        self.edge = 0.0
        self.supplier = np.full(market.components, OWN)
        self.supplied = np.zeros(market.components)
        self.claims: list[Claim] = []
        self.capacity = 1.0
        self.become(self.levers)
        self.contact_budget = self.insight_budget = 0.0
        self.estimated_equity = 0.0
        self.repeat_rate: float | None = None

    def _contributions(self, market: Any, seed: int) -> np.ndarray:
        """Return the contribution of each component, ``[d]`` in (0, 1]."""
        key = own_key(stream_key(seed, CONTRIBUTION, 0), self.row)
        noise = normals(key, (market.components,))
        return np.clip(market.quality + market.quality_spread * noise, 1e-3, 1.0)

    assembles = False
    """Whether it assembles an offer from what partners list, and may buy them."""

    def start_coverage(self, market: Any) -> float:
        """Return which part of the job it makes itself at the start."""
        return market.coverage

    def lists(self, quality: float) -> bool:
        """Return whether it would offer a partner's component of this quality."""
        return True

    def prefers(self, theirs: float, own: float) -> bool:
        """Return whether a partner's component may stand in for its own: only a better one."""
        return theirs > own

    @property
    def production_cost(self) -> float:
        """What making a sale costs the firm itself, in currency: its unit cost but for what partners supply."""
        return self.unit_cost * (np.count_nonzero(self.supplier == OWN) / self.supplier.size)

    def owe(self, purpose: str, amounts: dict[int, int]) -> None:
        """Replace what others get of each sale for ``purpose`` by ``amounts``, money units by account."""
        kept = [claim for claim in self.claims if claim.purpose != purpose]
        self.claims = kept + [Claim(payee, purpose, amount) for payee, amount in amounts.items()]

    @property
    def owed(self) -> float:
        """What others get of each sale, in currency."""
        return sum(claim.amount for claim in self.claims) / UNIT

    @property
    def missing_cost(self) -> float:
        """What the components that customers do not get here cost them elsewhere, in value."""
        return self.model.setting.experience.missing_cost * (self.scope.size - int(np.count_nonzero(self.covered)))

    @property
    def covered(self) -> np.ndarray:
        """Which components a customer gets here, ``[d] bool``: the firm's own and those partners supply."""
        return self.scope | (self.supplier != OWN)

    def fitted(self, quality: np.ndarray, fit: np.ndarray | None = None) -> np.ndarray:
        """Return what components of this ``quality`` [d] contribute in a design that adds ``fit`` [..., d] to each."""
        return np.minimum(np.maximum(quality + (self.fit if fit is None else fit), 1e-3), 1.0)

    def own_parts(self, fit: np.ndarray | None = None) -> np.ndarray:
        """Return the contribution of each component without partners, ``[..., d]``; generic where it makes none."""
        mine = self.fitted(self.contributions + self.edge, fit)
        return np.where(self.scope, mine, self.model.setting.experience.generic)

    def parts(self, fit: np.ndarray | None = None) -> np.ndarray:
        """Return the contribution of each component as customers meet it, ``[..., d]``; generic where not covered.

        ``fit`` [..., d] is what a design adds to each; that of the firm's own design if not given.
        """
        return np.where(self.supplier == OWN, self.own_parts(fit), self.fitted(self.supplied, fit))

    def offer_value(self, weights: np.ndarray) -> float:
        """Return E10, the value of the covered job to a segment with attribute ``weights`` ``[d]``."""
        return self.offer_values(weights[np.newaxis])[0]

    def offer_values(self, weights: np.ndarray) -> list[float]:
        """Return E10 for segments with attribute ``weights`` [g, d]."""
        elasticity, parts, missing = self.model.setting.experience.elasticity, self.parts(), self.missing_cost
        return [ces(each, parts, elasticity) - missing + self.service_mean for each in weights]

    def show(self, firms: Any, weights: np.ndarray, sizes: np.ndarray) -> None:
        """Write price, offer and organisation into the arrays that customers meet."""
        j, offer = self.row, self.levers.offer
        rest = 1.0 - self.levers.insight.personalisation
        aim(firms, j, self.levers.contact, self.model.degrees, self.model.degree_counts)
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
        firms.missing[j] = self.missing_cost
        firms.extensible[j] = offer.extensibility
        firms.closing[j] = self.closing
        firms.style[j] = self.model.setting.experience.style * offer.experience
        values = self.offer_values(weights)
        firms.value[:, j] = values
        mean = sum(value * size for value, size in zip(values, sizes, strict=True)) / sizes.sum() + firms.style[j]
        firms.claim[j] = mean * (1.0 + self.over_claim)

    @property
    def changing(self) -> bool:
        """Whether it wants other levers than it came from; once culture and money are there it is what it wants."""
        return self.previous is not self.target and self.previous != self.target

    def become(self, levers: Levers) -> None:
        """Put levers in force, and with them what staff do with their time; call `firms_changed` after."""
        self.levers = levers
        self.closing, self.over_claim, self.attentive = effort(self.model.setting.organisation, levers.organisation.pay)

    def blended(self, culture: float, money: float) -> Levers:
        """Return the levers at this ``culture`` with a part ``money`` of what must be bought, both in [0, 1]."""
        return blend(self.previous, self.target, culture, money)

    def adopt(self, strategy: Strategy) -> None:
        """Switch to another strategy, which costs what switching costs."""
        self.strategy, self.memory = strategy, {}
        self.want(strategy.levers, switch=True)

    def shift(self, levers: Levers) -> None:
        """Keep the strategy's name and make it want other levers (a dated event)."""
        self.strategy = replace(self.strategy, levers=levers)
        self.want(levers)

    def want(self, levers: Levers, switch: bool = False) -> None:
        """Decide on other levers; how soon they are what the firm does is a matter of its organisation."""
        if levers == self.target:
            return
        self.previous, self.target, self.changed_week = self.levers, levers, self.model.week
        if self.model.setting.organisation.active and self.active:
            begin_change(self.model, self, switch)
        else:
            self.culture = 1.0
            self.become(levers)
            self.model.firms_changed()

    def step_to(self, levers: Levers) -> None:
        """Move levers a little within the practice there is: the culture stays, and so does what it has come from."""
        if levers == self.target:
            return
        self.target = levers
        self.become(self.blended(self.culture, bought_part(self.model, self)))
        self.model.firms_changed()

    def adapt(self, view: FirmView | None) -> None:
        """Ask the strategy, once a quarter, for the levers it wants in the light of a view, if it looks at one."""
        if view is None:
            self.want(self.strategy.levers)
            return
        decision = self.strategy.review(view)
        self.memory = dict(decision.memory)
        if decision.kind == STEP:
            self.step_to(decision.levers)
        else:
            self.want(decision.levers, switch=decision.kind == SWITCH)

    def view(self) -> FirmView:
        """Return what the firm may see at the end of a quarter."""
        model, row = self.model, self.row
        ledger, sold = model.ledger, model.quarter["purchases"][:-1]
        shares = sold / max(1, int(sold.sum()))
        rivals = [firm for firm in model.firms if firm.active and firm is not self]
        return FirmView(
            week=model.week,
            levers=self.target,
            profit=float(ledger.quarter_profit()[row]),
            sales=float(ledger.quarter[0, row]),
            cash=float(ledger.accounts[row]),
            estimated_equity=self.estimated_equity,
            equity_change=self.adaptation.equity_change,
            performance=self.adaptation.performance,
            aspiration=self.adaptation.aspiration,
            realised=self.levers,
            share=float(shares[row]),
            rivals=tuple(RivalView(f.row, float(shares[f.row]), f.levers.contact, f.levers.offer) for f in rivals),
            heard=int(model.quarter["heard"][row]),
            sold=int(sold[row]),
            calm=not self.organisation.under_way,
            search_step=model.setting.organisation.search_step,
            memory=copy.deepcopy(self.memory),
            luck=self._luck,
        )

    def _luck(self, index: int) -> float:
        key = own_key(stream_key(self.model.seed, LUCK, self.model.week), self.row)
        return float(uniform(key, index))

    def leave_market(self) -> None:
        """Exit: no presence, no contact, no supply."""
        self.active = False
        self.model.firms_changed()
