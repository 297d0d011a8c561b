"""The partner: a Mesa agent with components to supply, a goal of its own, contracts with firms and an account."""

from __future__ import annotations

import math
from typing import Any

import mesa
import numpy as np

from ecosim.draws import normal, own_key, purpose, stream_key, uniform
from ecosim.ledger import to_money
from ecosim.mechanisms.base import QUARTER
from ecosim.mechanisms.partners import Contract, SubPartner

QUALITY, GOAL = purpose("partner.quality"), purpose("partner.goal")

PARTNER_STATE = ("active", "quarters_in_debt", "quality", "contracts", "memory", "subs")
"""What changes of a partner in time; the model copies and digests it."""


class Partner(mesa.Agent):
    """A supplier, complementor, expert or orchestrator: ``row`` is its account in the ledger.

    ``components`` are the ids it can supply and ``quality`` [d] how good they are (0 where it supplies none);
    ``goal`` [d] is how it weighs components itself. ``contracts`` are by firm; ``memory`` holds, by firm it has left,
    how far it fell short of what it had offered and by how much it varied. An orchestrator offers as one what its
    ``subs`` make: of each component the best; they have accounts but are no agents.
    """

    def __init__(self, model: Any, row: int, kind: str, quality: np.ndarray, goal: np.ndarray) -> None:
        super().__init__(model)
        self.row, self.kind = row, kind
        self.quality, self.goal = quality, goal
        self.active = True
        self.quarters_in_debt = 0
        self.contracts: dict[int, Contract] = {}
        self.memory: dict[int, tuple[float, float]] = {}
        self.subs: list[SubPartner] = []

    @property
    def account(self) -> int:
        """Its account in the ledger."""
        return self.row

    @property
    def components(self) -> np.ndarray:
        """Ids of the components it can supply, ``[b] int64``."""
        return np.flatnonzero(self.quality > 0.0)

    @property
    def firms(self) -> list[int]:
        """Ids of the firms it has a contract with."""
        return sorted(self.contracts)

    @property
    def cost(self) -> float:
        """Its cost of making one component, per sale, in currency."""
        setting = self.model.setting
        return setting.market.unit_cost * setting.partners.cost_factor / setting.market.components

    @property
    def risk_aversion(self) -> float:
        """Its aversion to variance."""
        return self.model.setting.partners.risk_aversion

    @property
    def reservation(self) -> float:
        """The profit for which it stays, as a part of its share of sales."""
        return self.model.setting.partners.reservation

    def gather(self) -> None:
        """Offer of each component the best that those sub-partners make who are still there."""
        if self.subs:
            made = [sub.quality for sub in self.subs if sub.active]
            self.quality = np.max(made, axis=0) if made else np.zeros(self.quality.size)

    def maker(self, component: int) -> int:
        """Return the account of who makes a component: its own, or that of its best sub-partner for it."""
        if not self.subs:
            return self.row
        able = [sub for sub in self.subs if sub.active]
        return max(able, key=lambda sub: (sub.quality[component], -sub.row)).row


def make_partners(model: Any) -> list[Partner]:
    """Return the partners of a new model: suppliers first, then complementors, orchestrators and experts."""
    p, firms = model.setting.partners, model.setting.market.firms
    counts = {"complementor": p.complementors, "orchestrator": p.orchestrators, "expert": p.experts}
    kinds = ["supplier"] * (p.number - sum(counts.values()))
    kinds += [kind for kind, count in counts.items() for _ in range(count)]
    mean = [float(sum(column)) / model.segment_weights.shape[0] for column in model.segment_weights.T]
    partners, place = [], dict.fromkeys(("supplier", *counts), 0)
    next_sub = firms + p.number
    for n, kind in enumerate(kinds):
        row, size = firms + n, len(mean)
        goal = diverging(mean, p.divergence, own_key(stream_key(model.seed, GOAL, 0), row))
        makes = kind in ("supplier", "complementor")
        quality = qualities(model, row, place[kind]) if makes else np.zeros(size)
        partner = Partner(model, row, kind, quality, goal)
        if kind == "orchestrator":
            rows = range(next_sub, next_sub + p.sub_partners)
            partner.subs = [SubPartner(sub, qualities(model, sub, k).tolist()) for k, sub in enumerate(rows)]
            next_sub += p.sub_partners
            partner.gather()
        place[kind] += 1
        partners.append(partner)
    return partners


def count_accounts(partners: list[Partner]) -> int:
    """Return how many accounts partners and their sub-partners need."""
    return len(partners) + sum(len(partner.subs) for partner in partners)


def endow(model: Any) -> None:
    """Give partners and sub-partners their starting cash."""
    setting, ledger = model.setting, model.ledger
    market = setting.market
    sales = market.customers * setting.needs.rate * market.price * QUARTER / market.firms
    for partner in model.partners:
        for each in (partner, *partner.subs):
            made = max(1, int(np.count_nonzero(each.quality)))
            cash = to_money(setting.partners.cash * sales * made / market.components)
            ledger.transfer(0, ledger.outside, each.row, "endowment", cash)


def qualities(model: Any, row: int, place: int) -> np.ndarray:
    """Return the quality of what the ``place``-th of its kind makes, ``[d]``: a block of components, 0 elsewhere."""
    market, p = model.setting.market, model.setting.partners
    key = own_key(stream_key(model.seed, QUALITY, 0), row)
    found = np.zeros(market.components)
    for j in range(min(p.block, market.components)):
        d = (place * p.block + j) % market.components
        found[d] = market.quality + p.bonus + market.quality_spread * normal(uniform(key, d))
        found[d] = min(1.0, max(1e-3, found[d]))
    return found


def diverging(weights: list[float], degrees: float, key: np.uint64) -> np.ndarray:
    """Return a vector as long as ``weights`` at this angle to it, in a random direction, ``[d]``."""
    length = math.sqrt(math.fsum(w * w for w in weights))
    raw = [normal(uniform(key, j)) for j in range(len(weights))]
    along = math.fsum(r * w for r, w in zip(raw, weights, strict=True)) / (length * length)
    across = [r - along * w for r, w in zip(raw, weights, strict=True)]
    width = math.sqrt(math.fsum(a * a for a in across))
    if width < 1e-9:
        return np.array(weights)
    cosine, sine = turn(degrees)
    return np.array([cosine * w + sine * a * length / width for w, a in zip(weights, across, strict=True)])


def turn(degrees: float) -> tuple[float, float]:
    """Return cosine and sine of an angle of 0 to 90 degrees by their series, alike on every machine."""
    x = degrees / 180.0 * math.pi
    terms = [1.0]
    for n in range(1, 26):
        terms.append(terms[-1] * x / n)
    return math.fsum(terms[0::4]) - math.fsum(terms[2::4]), math.fsum(terms[1::4]) - math.fsum(terms[3::4])
