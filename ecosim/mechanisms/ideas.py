"""M7 (E21) Ideas: who proposes to change which bits of a firm's design, and what he has in mind.

    staff      staff_ideas (1 + collaboration_gain integration): one random bit (local search)
    customer   customer_ideas L7: a bit that is worth more at the weights of his own segment, if he has the skill to
               think of something that can be done; a participant has at most one idea a month
    expert     expert_ideas L7, from each of them: every other time a long jump to random bits, else some of the bits
               in which the largest firm differs; an expert that is a partner proposes the better of two jumps by his
               own goal
    partner    partner_ideas (L7 + L14): the bits of the components he can make that serve his own goal best
               (discovery against divergence)
    copied     a bit in which a rival seen to be better differs (see `imitation`)

Rates are per quarter; numbers are Poisson by the month. A customer comes from the segments in proportion to who takes
part, and what he cannot do is proposed all the same.

Sources: Levinthal 1997; Almirall & Casadesus-Masanell 2010; von Hippel 1986; Rivkin 2000.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from ecosim.draws import PAIR, own_key, poisson, purpose, stream_key, uniform
from ecosim.mechanisms.belief import census
from ecosim.mechanisms.experience import ces
from ecosim.mechanisms.landscape import all_designs, fit, land_of

SOURCES = ("staff", "partner", "customer", "expert", "copied")
STAFF, PARTNER, CUSTOMER, EXPERT, COPIED = range(5)
MONTHS = 4.0 / 13.0
COUNT, CONTENT = purpose("ideas.count"), purpose("ideas.content")
JUMP = 3
"""Bits changed by a long jump."""
MOST_TRIED = 10
"""Most components whose combinations a partner tries out; of more he takes so many at random."""
APART = 1000
"""Distance of the draws of two ideas of one source in one month."""


class Idea(NamedTuple):
    """Bits of a design to be set: ``components`` and their ``values``.

    ``place`` keys its luck, ``payee`` is the contributor's account; what is not ``feasible`` cannot be carried out.
    """

    source: int
    place: int
    components: tuple[int, ...]
    values: tuple[int, ...]
    payee: int
    feasible: bool = True


class Luck(NamedTuple):
    """Keyed luck of one idea: draws under ``key`` from ``start`` on."""

    key: np.uint64
    start: int = 0

    def draw(self, index: int) -> float:
        """Return a uniform number."""
        return float(uniform(self.key, self.start + index))

    def below(self, n: int, index: int) -> int:
        """Return a number of 0 .. n-1."""
        return int(self.draw(index) * n)

    def some(self, items: np.ndarray, size: int, index: int) -> np.ndarray:
        """Return up to ``size`` of ``items``, at random, in their order."""
        order = np.argsort([self.draw(index + k) for k in range(len(items))], kind="stable")
        return np.asarray(items)[np.sort(order[:size])]


def luck(model, firm, what: np.uint64, source: int, who: int = 0, number: int = 0) -> Luck:
    """Return the luck of the ``number``-th idea of a source, or of account ``who`` among those who are that source."""
    key = own_key(stream_key(model.seed, what, model.week), firm.row)
    return Luck(own_key(own_key(key, source), who), number * APART)


def ideas_of(model, firm, designs: list[np.ndarray]) -> list[Idea]:
    """Return this month's ideas for a firm; ``designs`` are all firms' at the start of the month."""
    p, new = model.setting.innovation, firm.levers.innovation
    inside = p.staff_ideas * (1.0 + p.collaboration_gain * firm.levers.organisation.integration)
    ideas = [from_staff(model, firm, chance, place) for place, chance in arrivals(model, firm, STAFF, inside)]
    rate = p.partner_ideas * (new.partners + firm.levers.offer.extensibility)
    for partner in partners(model):
        if firm.row in partner.firms:
            for place, chance in arrivals(model, firm, PARTNER, rate, partner.row):
                ideas += from_partner(model, firm, chance, place, partner)
    most = int(census(model)["participants"][firm.row].sum())
    for place, chance in list(arrivals(model, firm, CUSTOMER, p.customer_ideas * new.customers))[:most]:
        ideas += from_customer(model, firm, chance, place)
    rate = p.expert_ideas * new.experts
    for place, chance in arrivals(model, firm, EXPERT, rate):
        ideas.append(from_expert(model, firm, chance, place, designs))
    for partner in partners(model):
        if partner.kind == "expert":
            for place, chance in arrivals(model, firm, EXPERT, rate, partner.row):
                ideas.append(from_expert_partner(model, firm, chance, place, partner))
    return ideas


def partners(model) -> list:
    """Return the partners who are still there."""
    return [partner for partner in model.partners if partner.active]


def arrivals(model, firm, source: int, rate: float, who: int = 0) -> Iterable[tuple[int, Luck]]:
    """Yield place and luck of the ideas that come this month at ``rate`` a quarter."""
    count = poisson(luck(model, firm, COUNT, source, who).draw(0), min(100.0, rate * MONTHS))
    for n in range(int(count)):
        yield (source * PAIR + who) * PAIR + n, luck(model, firm, CONTENT, source, who, n)


# -- what they have in mind ------------------------------------------------------------------------------------------


def parts_of(model, firm, designs: np.ndarray) -> np.ndarray:
    """Return the contributions customers would meet, ``[..., d]``, of ``designs`` [..., d] of bits."""
    return firm.parts(model.setting.innovation.amplitude * (fit(land_of(model), designs) - 0.5))


def flip(firm, source: int, place: int, components: Iterable[int], payee: int, feasible: bool = True) -> Idea:
    """Return the idea of changing these components to the opposite of their bits."""
    changed = tuple(int(j) for j in components)
    values = tuple(int(1 - firm.innovation.bits[j]) for j in changed)
    return Idea(source, place, changed, values, payee, feasible)


def from_staff(model, firm, chance: Luck, place: int) -> Idea:
    """Staff propose to change one random bit."""
    return flip(firm, STAFF, place, [chance.below(firm.innovation.bits.size, 0)], model.ledger.outside)


def from_customer(model, firm, chance: Luck, place: int) -> list[Idea]:
    """One who takes part proposes a bit worth more to him, if there is one."""
    found = census(model)
    people, skill = found["participants"][firm.row], found["skill"][firm.row]
    g = min(int(np.searchsorted(np.cumsum(people), chance.draw(0) * people.sum(), side="right")), people.size - 1)
    bits, weights = firm.innovation.bits, model.segment_weights[g]
    rho = model.setting.experience.elasticity
    now = ces(weights, parts_of(model, firm, bits), rho)
    nearby = parts_of(model, firm, bits ^ np.eye(bits.size, dtype=np.int8))
    better = [j for j in range(bits.size) if ces(weights, nearby[j], rho) > now]
    if not better:
        return []
    feasible = chance.draw(1) * people[g] < skill[g]
    return [flip(firm, CUSTOMER, place, [better[chance.below(len(better), 2)]], model.ledger.outside, feasible)]


def from_expert(model, firm, chance: Luck, place: int, designs: list[np.ndarray]) -> Idea:
    """An expert proposes a long jump, or some of what the largest firm does differently."""
    bits = firm.innovation.bits
    admired = designs[int(np.argmax(model.quarter["purchases"][:-1]))]
    apart = np.flatnonzero(admired != bits)
    jump = chance.draw(0) < 0.5 or not apart.size
    changed = chance.some(np.arange(bits.size) if jump else apart, JUMP, 1)
    return flip(firm, EXPERT, place, changed, model.ledger.outside)


def from_expert_partner(model, firm, chance: Luck, place: int, partner) -> Idea:
    """An expert that is a partner proposes the one of two long jumps that serves his own goal better."""
    size = firm.innovation.bits.size
    jumps = [chance.some(np.arange(size), JUMP, size * k) for k in range(2)]
    ideas = [flip(firm, EXPERT, place, jump, partner.row) for jump in jumps]
    designs = np.array([after(firm.innovation.bits, idea) for idea in ideas])
    return ideas[int(np.argmax(by_goal(model, firm, partner, designs)))]


def from_partner(model, firm, chance: Luck, place: int, partner) -> list[Idea]:
    """A partner proposes the bits of his components that serve his own goal best, given the rest of the design."""
    bits = firm.innovation.bits
    own = chance.some(np.asarray(partner.components, np.int64), MOST_TRIED, 0)
    options = np.repeat(bits[None, :], 1 << own.size, axis=0)
    options[:, own] = all_designs(own.size)
    value = by_goal(model, firm, partner, options)
    best = int(np.argmax(value))
    changed = np.flatnonzero(options[best] != bits)
    if not changed.size or value[best] <= by_goal(model, firm, partner, bits):
        return []
    return [flip(firm, PARTNER, place, changed, partner.row)]


def by_goal(model, firm, partner, designs: np.ndarray) -> np.ndarray:
    """Return what ``designs`` [..., d] are worth by a partner's own goal, ``[...]``."""
    return (parts_of(model, firm, designs) * partner.goal).sum(axis=-1)


def after(bits: np.ndarray, idea: Idea) -> np.ndarray:
    """Return the design that an idea makes of ``bits`` [d]."""
    changed = bits.copy()
    changed[list(idea.components)] = idea.values
    return changed
