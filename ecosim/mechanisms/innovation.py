"""M7 (E21-E23) Innovation: ideas from inside and outside, judged by what the firm believes, proved by uptake.

    ideas       Poisson, a quarter: staff (1 + collaboration_gain integration), one random bit; partners L7 + L14, the
                bits of their components that serve their own goal; customers L7, a bit that is worth more to one who
                takes part, feasible with his skill; experts L7, a long jump or some bits of an admired firm
    judgement   w_hat dC + N(0, noise^2 / (1 + testers)) > hurdle;  testers who lead weigh like those who take part
    costs       screening each idea, testers, bits / (1 + collaboration_gain integration), contracts L9 by openness
    delay       an outside idea waits `delay` L9 weeks for its contracts
    uptake      a change is an innovation only if the firm's share of purchases is higher a quarter later; where a
                partner's was not, he bears L11 of its cost

Sources: Levinthal 1997 (local search, long jumps); Almirall & Casadesus-Masanell 2010 (discovery and divergence);
von Hippel 1986 (lead users); Franke, Keinz & Klausberger 2013 (fairness).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from ecosim.draws import normal, own_key, purpose, stream_key, uniform
from ecosim.ledger import to_money
from ecosim.mechanisms.belief import Belief, first_belief, learn
from ecosim.mechanisms.ideas import COPIED, CUSTOMER, EXPERT, PARTNER, SOURCES, STAFF, Idea, ideas_of
from ecosim.mechanisms.landscape import contributions, first_design, landscape
from ecosim.mechanisms.rights import record_right
from ecosim.parameters import Parameters, param

NOISE, WAIT, NEWS = purpose("innovation.noise"), purpose("innovation.wait"), purpose("innovation.news")
QUARTER, MONTH = 13, 4
EVENTS = ("proposed", "accepted", "carried_out", "taken_up")
PROPOSED, ACCEPTED, CARRIED_OUT, TAKEN_UP = range(4)


@dataclass(frozen=True)
class Innovation(Parameters):
    """The landscape, the ideas, their evaluation, and their imitation."""

    active: bool = param(True, "false: designs never change", build=True)
    interactions: int = param(3, "components on which each contribution depends, K", low=0, high=15, sweep=(0, 7),
                              build=True)  # fmt: skip
    amplitude: float = param(0.4, "spread of contributions over designs", low=0, high=1, build=True)
    staff_ideas: float = param(1.0, "ideas of the staff", unit="1/quarter", low=0, high=100)
    collaboration_gain: float = param(1.0, "more staff ideas, and cheaper bits, at full integration", low=0, high=10)
    partner_ideas: float = param(1.0, "ideas of a partner at full openness", unit="1/quarter", low=0, high=100)
    customer_ideas: float = param(1.0, "customers' ideas taken up at full openness", unit="1/quarter", low=0, high=100)
    expert_ideas: float = param(0.5, "ideas of experts or copied from admired firms at full openness",
                                unit="1/quarter", low=0, high=100)  # fmt: skip
    noise: float = param(0.05, "noise of an evaluation without testers", unit="value", low=0, high=10, sweep=(0, 0.2))
    hurdle: float = param(0.0, "estimated gain above which an idea is accepted", unit="value", low=-1, high=1)
    bit_cost: float = param(0.01, "cost of changing a bit", unit="of quarterly sales", low=0, high=10)
    screening_cost: float = param(0.001, "cost of looking at an idea", unit="of quarterly sales", low=0, high=10)
    tester_cost: float = param(0.02, "cost of a tester", unit="money", low=0, high=1000)
    delay: float = param(8.0, "weeks that full contracts delay an outside idea", unit="week", low=0, high=520)
    governance_cost: float = param(0.005, "cost of full contracts at full openness", unit="of sales", low=0, high=1)
    protection: float = param(0.7, "part of imitation that full contracts prevent", low=0, high=1)
    copying: float = param(0.02, "weekly hazard of imitation of a visible advantage", unit="1/week", low=0, high=10,
                           sweep=(0, 0.1))  # fmt: skip
    belief_sd: float = param(0.05, "error of a firm's first belief about customers' weights", low=0, high=1, build=True)
    belief_bias: float = param(0.0, "size of a firm's own fancy in its first belief", low=-1, high=1,
                               sweep=(-0.3, 0.3), build=True)  # fmt: skip
    belief_noise: float = param(1.0, "relative noise variance of what one interview tells of weights", low=1e-6,
                                high=1e6)  # fmt: skip
    record_weight: float = param(0.01, "what a purchase tells of weights, relative to an interview", low=0, high=1)
    belief_drift: float = param(0.001, "relative variance that weights gain in a month, as firms reckon", low=0, high=1)
    fair_share: float = param(0.2, "share of the margin below which contributors feel exploited", low=0, high=1)


class Change(NamedTuple):
    """A change accepted: what is to be done when, at what cost, and what the firm thinks it is worth."""

    idea: Idea
    due: int
    gain: float
    cost: int


class Trial(NamedTuple):
    """A change carried out, to be judged by uptake in week ``due`` against the share of purchases ``before``."""

    source: int
    payee: int
    cost: int
    before: float
    due: int


@dataclass
class Lab:
    """A firm's design ``bits`` [d] on components of ``quality`` [d], its belief, its changes, and its record.

    ``record`` [source, event] int64 counts ideas by `SOURCES` and `EVENTS`; ``spent`` [source] is in money units;
    ``worth`` [source] sums the gains thought carried out; ``share`` is the share of purchases, smoothed by the month.
    """

    bits: np.ndarray
    quality: np.ndarray
    belief: Belief
    share: float
    queue: list[Change] = field(default_factory=list)
    trials: list[Trial] = field(default_factory=list)
    record: np.ndarray = field(default_factory=lambda: np.zeros((len(SOURCES), len(EVENTS)), np.int64))
    spent: np.ndarray = field(default_factory=lambda: np.zeros(len(SOURCES), np.int64))
    worth: np.ndarray = field(default_factory=lambda: np.zeros(len(SOURCES)))
    grievance: float = 0.0


def firm_state(model, firm) -> Lab:
    """Return a lab at the design all firms start with; contributions follow from it where innovation is on."""
    p, d = model.setting.innovation, firm.contributions.size
    belief = first_belief(p, model.seed, firm.row, model.segment_weights, model.segment_sizes)
    lab = Lab(first_design(model.seed, d), firm.contributions.copy(), belief, firm.share_start)
    if p.active:
        firm.contributions = contributions(land_of(model), lab.bits, lab.quality, p.amplitude)
    return lab


def land_of(model):
    """Return the market's landscape."""
    return landscape(model.seed, model.setting.market.components, model.setting.innovation.interactions)


def openness(levers) -> float:
    """Return the mean openness to customers, partners and experts (L7)."""
    new = levers.innovation
    return (new.customers + new.partners + new.experts) / 3.0


def innovate(model) -> None:
    """Phase 12: firms learn what is wanted, judge what they did, carry out what is due, and look at new ideas."""
    if not model.setting.innovation.active:
        return
    sold = model.counts["purchases"]
    designs = [firm.innovation.bits.copy() for firm in model.firms]
    for firm in model.firms:
        if firm.active:
            firm.innovation.share += 0.5 * (int(sold[firm.row]) / max(1, int(sold.sum())) - firm.innovation.share)
            study(model, firm)
            judge(model, firm)
            for n, idea in enumerate(ideas_of(model, firm, designs)):
                consider(model, firm, idea, n)
            carry_out(model, firm)
    if any((firm.innovation.bits != before).any() for firm, before in zip(model.firms, designs, strict=True)):
        model.firms_changed()


def study(model, firm) -> None:
    """Let the firm learn what is wanted from those who bought and those who took part this month."""
    month = MONTH / max(MONTH, (model.week - 1) % QUARTER + 1)
    bought, people = (model.census[name][firm.row] for name in ("buyers", "participants"))
    told = people * (int(model.quarter["interviews"][firm.row]) / max(1.0, people.sum()))
    key = own_key(stream_key(model.seed, NEWS, model.week), firm.row)
    used, heard = month * bought * firm.levers.insight.data * firm.capacity, firm.levers.innovation.customers
    learn(model.setting.innovation, firm.innovation.belief, key, model.segment_weights, used, month * told, heard)


def judge(model, firm) -> None:
    """See which changes of a quarter ago were taken up; a partner bears part of the cost of his that was not."""
    lab, ledger = firm.innovation, model.ledger
    for trial in [trial for trial in lab.trials if trial.due <= model.week]:
        if lab.share > trial.before:
            lab.record[trial.source, TAKEN_UP] += 1
        elif trial.source == PARTNER and trial.payee != ledger.outside:
            borne = round(firm.levers.innovation.risk_transfer * trial.cost)
            ledger.transfer(model.week, trial.payee, firm.row, "risk", borne)
    lab.trials = [trial for trial in lab.trials if trial.due > model.week]


def gain_of(model, firm, idea: Idea, weights: np.ndarray) -> float:
    """Return what an idea adds to the value of the firm's offer at ``weights`` [d], without noise."""
    lab, p, land = firm.innovation, model.setting.innovation, land_of(model)
    changed = lab.bits.copy()
    changed[list(idea.components)] = idea.values
    gain = contributions(land, changed, lab.quality, p.amplitude) - firm.contributions
    return float((gain * weights)[firm.covered].sum())


def pay(model, firm, source: int, amount: int, why: str = "innovation") -> None:
    """Book what innovation costs the firm."""
    model.ledger.transfer(model.week, firm.row, model.ledger.outside, why, amount)
    firm.innovation.spent[source] += amount


def quarterly_sales(model, firm) -> int:
    """Return this week's sales of a firm as of a quarter, in money units."""
    return QUARTER * int(model.ledger.flows[0, firm.row])


def consider(model, firm, idea: Idea, n: int) -> None:
    """Screen and test the n-th idea of this month; where it seems worth it, decide on it."""
    p, new, lab = model.setting.innovation, firm.levers.innovation, firm.innovation
    sales, own = quarterly_sales(model, firm), firm.levers.organisation
    lab.record[idea.source, PROPOSED] += 1
    pay(model, firm, idea.source, round(p.screening_cost * sales))
    if uniform(own_key(stream_key(model.seed, WAIT, model.week), firm.row), n) < bottleneck(model, own):
        return
    pay(model, firm, idea.source, new.testers * to_money(p.tester_cost))
    lead = new.lead_testers if new.testers > 0 else 0.0
    weights = (1.0 - lead) * lab.belief.typical() + lead * lab.belief.of_leads()
    luck = normal(uniform(own_key(stream_key(model.seed, NOISE, model.week), firm.row), n))
    gain = gain_of(model, firm, idea, weights) + p.noise * luck / float(np.sqrt(1.0 + new.testers))
    if gain <= p.hurdle:
        return
    lab.record[idea.source, ACCEPTED] += 1
    cost = round(p.bit_cost * len(idea.components) * sales / (1.0 + p.collaboration_gain * own.integration))
    outside = idea.source != STAFF and idea.source != COPIED
    wait = round(p.delay * new.governance) if outside else 0
    lab.queue.append(Change(idea, model.week + wait, gain, cost))


def bottleneck(model, own) -> float:
    """Return the part of ideas that one powerful person never gets to."""
    p = model.setting.organisation
    return p.bottleneck * own.champion if p.active else 0.0


def carry_out(model, firm) -> None:
    """Carry out what is due: pay, change the design, share what it brings, and wait for uptake."""
    lab, p = firm.innovation, model.setting.innovation
    due = [change for change in lab.queue if change.due <= model.week]
    lab.queue = [change for change in lab.queue if change.due > model.week]
    for idea, _, gain, cost in due:
        pay(model, firm, idea.source, cost)
        lab.bits[list(idea.components)] = idea.values
        lab.record[idea.source, CARRIED_OUT] += 1
        lab.worth[idea.source] += max(0.0, gain)
        lab.trials.append(Trial(idea.source, idea.payee, cost, lab.share, model.week + QUARTER))
        if idea.source in (PARTNER, CUSTOMER, EXPERT):
            record_right(model, firm, idea.components, idea.payee, gain)
        if idea.source == CUSTOMER:
            short = max(0.0, p.fair_share - firm.levers.innovation.share)
            lab.grievance = max(lab.grievance, short / p.fair_share if p.fair_share > 0 else 0.0)
    if due:
        firm.contributions = contributions(land_of(model), lab.bits, lab.quality, p.amplitude)


def govern(model) -> None:
    """Phase 11: contracts with those the firm is open to cost a part of this week's sales (lever L9)."""
    p = model.setting.innovation
    if not p.active:
        return
    for firm in model.firms:
        part = p.governance_cost * firm.levers.innovation.governance * openness(firm.levers)
        amount = round(part * int(model.ledger.flows[0, firm.row]))
        model.ledger.transfer(model.week, firm.row, model.ledger.outside, "governance", amount)
