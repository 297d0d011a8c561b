"""M7 (E22, E23) Innovation: ideas from inside and outside, judged by what the firm believes, proved by uptake.

    judgement   V(w_hat, C') - V(w_hat, C) + N(0, noise^2 / (1 + b)) > hurdle,  b beta testers;  w_hat is as the market
                is thought to be, but for the part b / (1 + b) x lead_testers, which is as those are who take part
    costs       screening each idea, testers, bits / (1 + collaboration_gain integration), contracts L9 by openness;
                costs in parts of quarterly sales are of the last 13 weeks
    waiting     with probability bottleneck x champion an idea waits a month for the one who decides; an outside idea
                accepted waits `delay` L9 weeks for its contracts
    uptake      a change is an innovation only if the firm's share of purchases in the 13 weeks after it is higher
                than in the 13 weeks before; where a partner's was not, he bears L11 of its cost
    fairness    customers whose idea is used for a share below fair_share feel exploited: 1 - L8 / fair_share

Every four weeks a firm studies who showed up (see `belief`), gathers ideas (see `ideas`), decides, and carries out.

Sources: Levinthal 1997 (local search, long jumps); Almirall & Casadesus-Masanell 2010 (discovery and divergence);
von Hippel 1986 (lead users); Franke, Keinz & Klausberger 2013 (fairness).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from ecosim.draws import normal, own_key, purpose, stream_key, uniform
from ecosim.ledger import to_money
from ecosim.mechanisms.base import QUARTER
from ecosim.mechanisms.belief import Belief, first_belief, study
from ecosim.mechanisms.experience import ces
from ecosim.mechanisms.ideas import COPIED, CUSTOMER, PARTNER, SOURCES, STAFF, Idea, after, ideas_of, parts_of
from ecosim.mechanisms.landscape import first_design, fit, land_of
from ecosim.mechanisms.rights import record_right
from ecosim.parameters import Parameters, param

NOISE, WAIT = purpose("innovation.noise"), purpose("innovation.wait")
EVENTS = ("proposed", "accepted", "carried_out", "taken_up")
PROPOSED, ACCEPTED, CARRIED_OUT, TAKEN_UP = range(4)
LATER = 1000
"""What the place of an idea grows by with each month it has waited."""


@dataclass(frozen=True)
class Innovation(Parameters):
    """The landscape, the ideas, their evaluation, and their imitation."""

    active: bool = param(True, "false: designs never change", build=True)
    interactions: int = param(3, "components on which each contribution depends, K", low=0, high=15, sweep=(0, 7),
                              build=True)  # fmt: skip
    adjacent: bool = param(False, "whether a component depends on the K that follow it, in a circle, and not on any K",
                           unit="true or false", build=True)  # fmt: skip
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
    belief_bias: float = param(0.0, "how far a firm's first belief leans to what it is good at, in mean weights",
                               low=-1, high=1, sweep=(-0.3, 0.3), build=True)  # fmt: skip
    belief_noise: float = param(1.0, "relative noise variance of what one interview tells of weights", low=1e-6,
                                high=1e6)  # fmt: skip
    record_weight: float = param(0.01, "what a purchase tells of weights, relative to an interview", low=0, high=1)
    belief_drift: float = param(0.001, "relative variance that weights gain in a month, as firms reckon", low=0, high=1)
    fair_share: float = param(0.2, "share of the margin below which contributors feel exploited", low=0, high=1)


class Change(NamedTuple):
    """A change accepted in week ``since``: what is to be done when, and what the firm thinks it is worth."""

    idea: Idea
    since: int
    due: int
    gain: float


class Trial(NamedTuple):
    """A change carried out, judged in week ``due`` against the share of purchases ``before``.

    If it fails, account ``payee`` bears ``borne`` of its ``cost``, both in money units.
    """

    source: int
    due: int
    before: float
    cost: int
    payee: int
    borne: int


@dataclass
class Lab:
    """A firm's design ``bits`` [d] int8, its belief, its ideas and changes under way, and its record.

    ``record`` [source, event] int64 counts ideas by `SOURCES` and `EVENTS`; by source, ``spent`` is in money units,
    ``worth`` sums the gains thought to be carried out, ``weeks`` those from acceptance to carrying out; ``lift`` and
    ``lift_squared`` sum the changes in the share of purchases after trials. ``sold``, ``market`` and ``taken`` are
    the firm's purchases, all purchases and its sales of the last 13 weeks.
    """

    bits: np.ndarray
    belief: Belief
    waiting: list[Idea] = field(default_factory=list)
    queue: list[Change] = field(default_factory=list)
    trials: list[Trial] = field(default_factory=list)
    record: np.ndarray = field(default_factory=lambda: np.zeros((len(SOURCES), len(EVENTS)), np.int64))
    spent: np.ndarray = field(default_factory=lambda: np.zeros(len(SOURCES), np.int64))
    worth: np.ndarray = field(default_factory=lambda: np.zeros(len(SOURCES)))
    weeks: np.ndarray = field(default_factory=lambda: np.zeros(len(SOURCES), np.int64))
    lift: np.ndarray = field(default_factory=lambda: np.zeros(len(SOURCES)))
    lift_squared: np.ndarray = field(default_factory=lambda: np.zeros(len(SOURCES)))
    sold: list[int] = field(default_factory=list)
    market: list[int] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    grievance: float = 0.0

    @property
    def weights(self) -> np.ndarray:
        """The attribute weights the firm believes in, ``[g, d]``."""
        return self.belief.weights

    @property
    def share(self) -> float:
        """The firm's share of the purchases of the last 13 weeks."""
        return sum(self.sold) / max(1, sum(self.market))

    @property
    def quarterly_sales(self) -> float:
        """Sales of the last 13 weeks in money units; of fewer, at their rate."""
        return QUARTER * sum(self.taken) / max(1, len(self.taken))


def firm_state(model, firm) -> Lab:
    """Return a lab at the design all firms start with, and give the firm what that design adds to its components."""
    bits = first_design(model.seed, firm.contributions.size)
    if model.setting.innovation.active:
        firm.fit = fit_of(model, bits)
    return Lab(bits, first_belief(model, firm))


def fit_of(model, bits: np.ndarray) -> np.ndarray:
    """Return what a design adds to each component, ``[d]``."""
    return model.setting.innovation.amplitude * (fit(land_of(model), bits) - 0.5)


def openness(levers) -> float:
    """Return the mean openness to customers, partners and experts (L7)."""
    new = levers.innovation
    return (new.customers + new.partners + new.experts) / 3.0


# -- every week ------------------------------------------------------------------------------------------------------


def keep_books(model) -> None:
    """Phase 11: note what was sold, pay for contracts (lever L9), and see what has become of changes."""
    p = model.setting.innovation
    if not p.active:
        return
    purchases = model.counts["purchases"]
    everybody = int(purchases.sum())
    for firm in model.firms:
        lab, sales = firm.innovation, int(model.ledger.flows[0, firm.row])
        for record, value in ((lab.sold, int(purchases[firm.row])), (lab.market, everybody), (lab.taken, sales)):
            record.append(value)
            del record[:-QUARTER]
        part = p.governance_cost * firm.levers.innovation.governance * openness(firm.levers)
        model.ledger.transfer(model.week, firm.row, model.ledger.outside, "governance", round(part * sales))
        conclude(model, firm)


def conclude(model, firm) -> None:
    """See which changes of 13 weeks ago were taken up; a partner bears his part of the cost of what was not."""
    lab = firm.innovation
    for trial in [trial for trial in lab.trials if trial.due <= model.week]:
        lift = lab.share - trial.before
        lab.lift[trial.source] += lift
        lab.lift_squared[trial.source] += lift * lift
        if lift > 0.0:
            lab.record[trial.source, TAKEN_UP] += 1
        else:
            model.ledger.transfer(model.week, trial.payee, firm.row, "risk", trial.borne)
    lab.trials = [trial for trial in lab.trials if trial.due > model.week]


# -- every four weeks ------------------------------------------------------------------------------------------------


def innovate(model) -> None:
    """Phase 12: firms learn what is wanted, look at ideas old and new, and carry out what is due."""
    if not model.setting.innovation.active:
        return
    designs = [firm.innovation.bits.copy() for firm in model.firms]
    changed = False
    for firm in model.firms:
        if firm.active:
            study(model, firm)
            late, firm.innovation.waiting = firm.innovation.waiting, []
            for idea in late:
                decide(model, firm, idea)
            for idea in ideas_of(model, firm, designs):
                propose(model, firm, idea)
            changed |= carry_out(model, firm)
    if changed:
        model.firms_changed()


def pay(model, firm, source: int, amount: int) -> None:
    """Book what innovation costs the firm."""
    model.ledger.transfer(model.week, firm.row, model.ledger.outside, "innovation", amount)
    firm.innovation.spent[source] += amount


def propose(model, firm, idea: Idea) -> None:
    """Screen an idea; if something can be made of it, it goes to whoever decides."""
    lab, p = firm.innovation, model.setting.innovation
    lab.record[idea.source, PROPOSED] += 1
    pay(model, firm, idea.source, round(p.screening_cost * lab.quarterly_sales))
    if idea.feasible:
        decide(model, firm, idea)


def decide(model, firm, idea: Idea) -> None:
    """Test an idea and accept it or not, unless it has to wait."""
    p, new, lab = model.setting.innovation, firm.levers.innovation, firm.innovation
    if uniform(own_key(stream_key(model.seed, WAIT, model.week), firm.row), idea.place) < bottleneck(model, firm):
        lab.waiting.append(idea._replace(place=idea.place + LATER))
        return
    pay(model, firm, idea.source, new.testers * to_money(p.tester_cost))
    gain = estimate(model, firm, idea)
    if gain <= p.hurdle:
        return
    lab.record[idea.source, ACCEPTED] += 1
    outside = idea.source not in (STAFF, COPIED)
    wait = round(p.delay * new.governance) if outside else 0
    lab.queue.append(Change(idea, model.week, model.week + wait, gain))


def bottleneck(model, firm) -> float:
    """Return the part of ideas that wait for one powerful person."""
    p = model.setting.organisation
    return p.bottleneck * firm.levers.organisation.champion if p.active else 0.0


def estimate(model, firm, idea: Idea) -> float:
    """Return E22, what the firm thinks an idea would add to the value of its offer."""
    lab, new = firm.innovation, firm.levers.innovation
    weights = lab.belief.judged_by(new.lead_testers * new.testers / (1.0 + new.testers))
    luck = normal(uniform(own_key(stream_key(model.seed, NOISE, model.week), firm.row), idea.place))
    noise = model.setting.innovation.noise * luck / float(np.sqrt(1.0 + new.testers))
    rho = model.setting.experience.elasticity
    return ces(weights, parts_of(model, firm, after(lab.bits, idea)), rho) - ces(weights, firm.parts(), rho) + noise


def carry_out(model, firm) -> bool:
    """Carry out what is due: pay, change the design, share what it brings. Return whether the design has changed."""
    lab = firm.innovation
    due = [change for change in lab.queue if change.due <= model.week]
    lab.queue = [change for change in lab.queue if change.due > model.week]
    changed = False
    for change in due:
        design = after(lab.bits, change.idea)
        if (design != lab.bits).any():
            lab.bits, changed = design, True
            account_for(model, firm, change)
    if changed:
        firm.fit = fit_of(model, lab.bits)
    return changed


def account_for(model, firm, change: Change) -> None:
    """Pay for a change, put it on trial, and do right by who contributed it, or not."""
    lab, p, levers = firm.innovation, model.setting.innovation, firm.levers
    idea = change.idea
    cheaper = 1.0 + p.collaboration_gain * levers.organisation.integration
    cost = round(p.bit_cost * len(idea.components) * lab.quarterly_sales / cheaper)
    pay(model, firm, idea.source, cost)
    lab.record[idea.source, CARRIED_OUT] += 1
    lab.worth[idea.source] += change.gain
    lab.weeks[idea.source] += model.week - change.since
    borne = round(levers.innovation.risk_transfer * cost) if idea.source == PARTNER else 0
    lab.trials.append(Trial(idea.source, model.week + QUARTER, lab.share, cost, idea.payee, borne))
    if idea.source not in (STAFF, COPIED):
        record_right(model, firm, idea.components, idea.payee, change.gain)
    if idea.source == CUSTOMER and levers.innovation.share < p.fair_share:
        lab.grievance = max(lab.grievance, 1.0 - levers.innovation.share / p.fair_share)
