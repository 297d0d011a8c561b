"""M7 (E21) Ideas: who proposes to change which bits of a firm's design, and what he has in mind.

    staff      one random bit (local search)
    partner    the bits of the components he can make that serve his own goal best (discovery against divergence)
    customer   a bit that is worth more at the weights of his own segment, if he has the skill to think of it
    expert     every other time a long jump to random bits, else some of the bits in which the largest firm differs
    copied     a bit in which a rival seen to be better differs (see `imitation`)

Numbers are Poisson by the month. A customer comes from the segments in proportion to who takes part.

Sources: Levinthal 1997; Almirall & Casadesus-Masanell 2010; von Hippel 1986; Rivkin 2000.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ecosim.draws import own_key, poisson, purpose, stream_key, uniform
from ecosim.mechanisms.landscape import MOST_ENUMERATED, all_designs, contributions, fit, landscape

SOURCES = ("staff", "partner", "customer", "expert", "copied")
STAFF, PARTNER, CUSTOMER, EXPERT, COPIED = range(5)
MONTHS = 4.0 / 13.0
COUNT, CONTENT = purpose("ideas.count"), purpose("ideas.content")
JUMP = 3
"""Bits changed by a long jump."""


class Idea(NamedTuple):
    """Bits of a design to be set: ``components`` and their ``values``; ``payee`` is the contributor's account."""

    source: int
    components: tuple[int, ...]
    values: tuple[int, ...]
    payee: int


class Luck(NamedTuple):
    """Keyed luck of one firm's ideas from one source in one month."""

    key: np.uint64

    def below(self, n: int, index: int) -> int:
        """Return a number of 0 .. n-1."""
        return int(uniform(self.key, index) * n)

    def some(self, items: np.ndarray, size: int, index: int) -> np.ndarray:
        """Return up to ``size`` of ``items``, at random."""
        order = np.argsort([uniform(self.key, index + k) for k in range(len(items))], kind="stable")
        return np.sort(np.asarray(items)[order[:size]])


def luck(model, firm, what: np.uint64, source: int, who: int = 0) -> Luck:
    """Return the luck of a source, and of one of those who are that source."""
    key = own_key(stream_key(model.seed, what, model.week), firm.row)
    return Luck(own_key(own_key(key, source), who))


def number(model, firm, source: int, rate: float, who: int = 0) -> int:
    """Return how many ideas come this month at ``rate`` a quarter."""
    return int(poisson(uniform(luck(model, firm, COUNT, source, who).key, 0), min(100.0, rate * MONTHS)))


def ideas_of(model, firm, designs: list[np.ndarray]) -> list[Idea]:
    """Return this month's ideas for a firm; ``designs`` are all firms' at the start of the month."""
    p, new = model.setting.innovation, firm.levers.innovation
    inside = p.staff_ideas * (1.0 + p.collaboration_gain * firm.levers.organisation.integration)
    makers = (
        (STAFF, inside, from_staff),
        (CUSTOMER, p.customer_ideas * new.customers, from_customer),
        (EXPERT, p.expert_ideas * new.experts * (1 + sum(q.kind == "expert" for q in model.partners)), from_expert),
    )
    ideas: list[Idea | None] = []
    for source, rate, make in makers:
        chance = luck(model, firm, CONTENT, source)
        ideas += [make(model, firm, designs, chance, 1000 * n) for n in range(number(model, firm, source, rate))]
    rate = p.partner_ideas * (new.partners + firm.levers.offer.extensibility)
    for partner in model.partners:
        if firm.row in partner.firms and number(model, firm, PARTNER, rate, partner.row):
            ideas.append(from_partner(model, firm, designs, partner))
    return [idea for idea in ideas if idea is not None]


def flipped(design: np.ndarray, components: np.ndarray) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return these components and the opposite of their bits."""
    return tuple(int(j) for j in components), tuple(int(1 - design[j]) for j in components)


def from_staff(model, firm, designs, chance: Luck, index: int) -> Idea:
    """Staff propose to change one random bit."""
    design = firm.innovation.bits
    return Idea(STAFF, *flipped(design, np.array([chance.below(design.size, index)])), model.ledger.outside)


def from_customer(model, firm, designs, chance: Luck, index: int) -> Idea | None:
    """One who takes part proposes a bit worth more to him, if he can think of one."""
    people, skill = model.census["participants"][firm.row], model.census["skill"][firm.row]
    if people.sum() <= 0:
        return None
    g = int(np.searchsorted(np.cumsum(people), uniform(chance.key, index) * people.sum(), side="right"))
    if uniform(chance.key, index + 1) >= skill[g] / people[g]:
        return None
    p, lab = model.setting.innovation, firm.innovation
    land = landscape(model.seed, lab.bits.size, p.interactions)
    nearby = lab.bits ^ np.eye(lab.bits.size, dtype=np.int8)
    worth = contributions(land, nearby, lab.quality, p.amplitude) @ model.segment_weights[g]
    now = contributions(land, lab.bits, lab.quality, p.amplitude) @ model.segment_weights[g]
    better = np.flatnonzero(worth > now)
    if not better.size:
        return None
    bit = better[chance.below(better.size, index + 2)]
    return Idea(CUSTOMER, *flipped(lab.bits, np.array([bit])), model.ledger.outside)


def from_expert(model, firm, designs, chance: Luck, index: int) -> Idea | None:
    """An expert proposes a long jump, or some of what the largest firm does differently."""
    design, sold = firm.innovation.bits, model.counts["purchases"][:-1]
    admired = designs[int(np.argmax(sold))]
    apart = np.flatnonzero(admired != design)
    jump = uniform(chance.key, index) < 0.5 or not apart.size
    bits = chance.some(np.arange(design.size) if jump else apart, JUMP, index + 2)
    experts = [partner.row for partner in model.partners if partner.kind == "expert"]
    payee = experts[chance.below(len(experts), index + 1)] if experts else model.ledger.outside
    return Idea(EXPERT, *flipped(design, bits), payee)


def from_partner(model, firm, designs, partner) -> Idea | None:
    """A partner proposes the bits of his components that serve his own goal best, given the rest of the design."""
    p, lab, own = model.setting.innovation, firm.innovation, np.asarray(partner.components)
    own = np.sort(np.roll(own, -model.week)[:MOST_ENUMERATED])
    if not own.size:
        return None
    land = landscape(model.seed, lab.bits.size, p.interactions)
    options = all_designs(own.size)
    designs_open = np.repeat(lab.bits[None, :], len(options), axis=0)
    designs_open[:, own] = options
    best = options[int(np.argmax(fit(land, designs_open) @ partner.goal))]
    changed = np.flatnonzero(best != lab.bits[own])
    if not changed.size:
        return None
    return Idea(PARTNER, *flipped(lab.bits, own[changed]), partner.row)


def from_rival(model, firm, design: np.ndarray, chance: Luck) -> Idea | None:
    """A firm proposes to copy one bit in which a rival differs."""
    apart = np.flatnonzero(design != firm.innovation.bits)
    if not apart.size:
        return None
    bit = apart[chance.below(apart.size, 0)]
    return Idea(COPIED, *flipped(firm.innovation.bits, np.array([bit])), model.ledger.outside)
