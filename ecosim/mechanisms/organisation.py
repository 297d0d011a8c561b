"""M9 (E27, E28) Organisation: what it takes to become what one has decided to be, and what people are paid for.

    levers    Z wanted + (1 - Z) before;  at a switch Z starts at `start`; what needs only money moves in `money_weeks`
    dZ        [(training (1 + champion) + contagion integration Z^2)(1 - Z) - relapse misalign Z] / drag
    drag      1 + size_drag ln(size),   size: last quarter's sales in units of the mean firm's starting sales
    misalign  (|L18 - l| + |L15 - l|) / 2,   l the mean of L1 (to strangers and buyers), L2 and L7 as wanted
    friction  friction Z (1 - Z) of sales;  a switch to another school costs `switch_cost` of a quarter's sales, once
    closing   logistic((1 - 2 L18) / pay_temperature) is the effort on deals, the rest goes to relationships

Colleagues reinforce each other (Z^2), so there may be two ends to the same start, and a change can fail. Effort on
deals lifts this week's utility through a processed contact, and over-claim; effort on relationships lifts listening and
recovery. Champion and integration (L17) count as decided, for they are appointments.

Sources: Holmstrom & Milgrom 1991 (multitask pay); Granovetter 1978, Kotter 1995 (why change stalls).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ecosim.draws import log, logistic
from ecosim.ledger import to_money
from ecosim.mechanisms.innovation import openness
from ecosim.parameters import Parameters, param


@dataclass(frozen=True)
class Organisation(Parameters):
    """Change of culture, pay, and the processes a firm adopts."""

    active: bool = param(True, "false: levers switch at once and pay has no effect", build=True)
    training: float = param(0.001, "weekly gain of culture by training, p_train", unit="1/week", low=0, high=1)
    contagion: float = param(0.2, "weekly gain by colleagues reinforcing each other, q_int", unit="1/week", low=0,
                             high=10, sweep=(0.02, 0.5))  # fmt: skip
    relapse: float = param(0.1, "weekly loss of culture per unit of misalignment", unit="1/week", low=0, high=10,
                           sweep=(0.05, 0.35))  # fmt: skip
    start: float = param(0.1, "culture at a switch, Z0", low=0, high=1)
    size_drag: float = param(0.2, "how much slower larger firms change, c_s", low=0, high=10)
    friction: float = param(0.05, "cost of a firm between two cultures, c_tr", unit="of sales", low=0, high=1)
    money_weeks: int = param(8, "weeks in which levers that need only money move", unit="week", low=1, high=520)
    switch_cost: float = param(0.1, "cost of switching archetype", unit="of quarterly sales", low=0, high=10)
    champion_cost: float = param(0.005, "salary of a full champion", unit="of sales", low=0, high=1)
    bottleneck: float = param(0.5, "part of the proposals that wait for a full champion", low=0, high=1)
    integration_cost: float = param(0.01, "cost of full integration and internal collaboration", unit="of sales", low=0,
                                    high=1)  # fmt: skip
    pay_temperature: float = param(1 / 3, "softness with which effort follows pay", low=1e-3, high=100)
    closing_boost: float = param(0.3, "utility that full effort on closing adds through a contact", low=0, high=10)
    most_over_claim: float = param(0.3, "over-claim at full effort on closing, as a part of the value", low=0, high=10)
    processes: float = param(1.0, "new processes a firm meets", unit="1/quarter", low=0, high=100)
    saving_sd: float = param(0.01, "spread of the saving of a process", unit="of unit cost", low=0, high=1)
    impact_sd: float = param(0.01, "spread of the impact of a process on service", unit="value", low=0, high=1)
    correlation: float = param(0.0, "correlation of saving and impact, rho_eff", low=-1, high=1, sweep=(-0.8, 0.8))
    aspiration: float = param(0.4, "weight of the newest quarter in the aspiration", low=0, high=1)
    search_step: float = param(0.2, "how far an adaptive firm moves a lever when it searches", low=0, high=1)


SLOWEST = 0.25
"""Least drag: however small, a firm takes some time."""

SETTLED = 0.002
"""Least move of the culture that customers can notice."""

COMPLETE, HALF, PATIENCE = 0.8, 0.5, 104
"""A change has come about above the first; it has failed if it never passes the second within this many weeks."""


@dataclass
class Change:
    """A firm's latest change and what changes cost it; money in whole units.

    ``weeks`` is how long the latest change took to come about (-1: not yet), ``shown`` and ``bought`` are the culture
    and the part of what must be bought that customers meet, ``sales`` those of the last quarter.
    """

    sales: int
    under_way: bool = False
    since: int = 0
    start: float = 1.0
    best: float = 1.0
    shown: float = 1.0
    bought: float = 1.0
    weeks: int = -1
    switches: int = 0
    failures: int = 0
    owed: int = 0
    cost: int = 0


class Wish(NamedTuple):
    """What of the levers wanted bears on the change of culture."""

    misalign: float
    champion: float
    integration: float


def firm_state(model, firm) -> Change:
    """Return what is kept of a firm that has changed nothing yet."""
    return Change(sales=expected_sales(model.setting, firm.share_start))


def expected_sales(setting, share: float) -> int:
    """Return the sales a quarter of a firm with this share of purchases, in money units."""
    market = setting.market
    return to_money(13 * market.customers * setting.needs.rate * market.price * share)


def wish(levers) -> Wish:
    """Return misalignment, champion and integration of the levers wanted."""
    contact, own = levers.contact, levers.organisation
    to_buyers = contact.control_buyers if contact.control_buyers >= 0.0 else contact.control
    centre = ((contact.control + to_buyers) / 2.0 + contact.dialogue + openness(levers)) / 3.0
    return Wish((abs(own.pay - centre) + abs(own.objective - centre)) / 2.0, own.champion, own.integration)


def gain(p, z: float, wanted: Wish, size: float) -> float:
    """Return dZ, the weekly change of the culture stock ``z`` of a firm of this ``size``."""
    learn = p.training * (1.0 + wanted.champion) + p.contagion * wanted.integration * z * z
    drag = max(SLOWEST, 1.0 + p.size_drag * log(max(size, 1e-9)))
    return (learn * (1.0 - z) - p.relapse * wanted.misalign * z) / drag


@functools.lru_cache(maxsize=1024)
def on_deals(pay: float, temperature: float) -> float:
    """Return the part of the effort that goes into deals."""
    return float(logistic((1.0 - 2.0 * pay) / temperature))


def effort(p, pay: float) -> tuple[float, float, float]:
    """Return E28: the utility a contact closes with, the over-claim, and what relationships get (1 if equal)."""
    if not p.active:
        return 0.0, 0.0, 1.0
    closing = on_deals(pay, p.pay_temperature)
    return p.closing_boost * closing, p.most_over_claim * closing, 0.5 + (1.0 - closing)


def begin_change(model, firm, switch: bool) -> None:
    """Start a change of culture; a ``switch`` to another school is owed for at once."""
    p, state = model.setting.organisation, firm.organisation
    firm.culture = state.start = state.best = p.start
    state.under_way, state.since, state.weeks = True, model.week, -1
    state.shown = state.bought = -1.0
    state.switches += 1
    if switch:
        state.owed += round(p.switch_cost * state.sales)


def bought_part(model, firm) -> float:
    """Return the part of what must be bought that has been, from 0 to 1."""
    return min(1.0, (model.week - firm.changed_week) / model.setting.organisation.money_weeks)


def change(model) -> None:
    """Phase 2: let cultures move, and put in force what has moved."""
    if not model.setting.organisation.active:
        return
    mean = expected_sales(model.setting, 1.0) / (len(model.firms) - model.setting.entry.firms)
    moved = [move(model, firm, mean) for firm in model.firms if firm.active]
    if any(moved):
        model.firms_changed()


def move(model, firm, mean: float) -> bool:
    """Live one week of a firm's change; return whether customers could notice."""
    p, state = model.setting.organisation, firm.organisation
    if state.owed:
        model.ledger.transfer(model.week, firm.row, model.ledger.outside, "organisation", state.owed)
        state.cost += state.owed
        state.owed = 0
    if firm.changing:
        z = firm.culture + gain(p, firm.culture, wish(firm.target), state.sales / max(1.0, mean))
        firm.culture = 1.0 if z > 0.999 else max(0.0, z)
        judge(state, firm.culture, model.week)
        bought = bought_part(model, firm)
        if abs(firm.culture - state.shown) > SETTLED or bought != state.bought:
            state.shown, state.bought = firm.culture, bought
            firm.become(firm.blended(firm.culture, bought))
            return True
    if (firm.closing, firm.over_claim, firm.attentive) != effort(p, firm.levers.organisation.pay):
        firm.become(firm.levers)
        return True
    return False


def judge(state: Change, culture: float, week: int) -> None:
    """Note whether a change under way has come about, or failed."""
    if not state.under_way:
        return
    age = week - state.since
    state.best = max(state.best, culture)
    if culture > COMPLETE:
        state.weeks, state.under_way = age, False
    elif culture < state.start or age >= PATIENCE:
        state.failures += culture < state.start or state.best <= HALF
        state.under_way = False


def pay_for_change(model) -> None:
    """Phase 11: friction between two cultures, champion and integration cost a part of this week's sales."""
    p = model.setting.organisation
    if not p.active:
        return
    sales = model.ledger.flows[0, : len(model.firms)].tolist()
    costs = [cost(p, firm, sold) if firm.active else 0 for firm, sold in zip(model.firms, sales, strict=True)]
    if any(costs):
        model.ledger.trade(model.week, "organisation", np.array(costs))


def cost(p, firm, sales: int) -> int:
    """Return what change and those who drive it cost a firm with these ``sales``; note what is due to friction."""
    own, z = firm.target.organisation, firm.culture if firm.changing else 1.0
    friction = round(p.friction * z * (1.0 - z) * sales)
    firm.organisation.cost += friction
    return friction + round((p.champion_cost * own.champion + p.integration_cost * own.integration) * sales)


def close_quarter(model) -> None:
    """Phase 13: remember the quarter's sales, by which size and switching costs are measured."""
    for firm in model.firms:
        if firm.active:
            firm.organisation.sales = int(model.ledger.quarter[0, firm.row])
