"""M7 (L16) Deployment: systems set what a firm can hear, mend and observe, at a price; rivals may adopt them.

    capacity   of the system in use multiplies listening, recovery and observation; a new one works after `weeks`
    cost       set-up, once, in quarterly sales; running, in sales; both fall by `decline` a year
    considers  the best better system that somebody else uses, with hazard p + q (share of the others that use it)
    adopts     if its estimate x capacity gained > running cost added + set-up / payback
    estimate   (prior_weight x own prior + sum of what adopters showed) / (prior_weight + adopters seen)
    shown      growth of an adopter's sales over half a year less that of those without it, per capacity gained

A system does the same for all who have it: an advantage may only be lost because others choose to follow. Sales are
public; a firm's prior is its own guess. An adopted system stands above the lever until the lever moves.

Sources: Bass 1969; averages of p and q: Sultan, Farley & Lehmann 1990; no profit effect of such systems on average:
Hendricks, Singhal & Stratman 2007.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ecosim.draws import exp, normal, own_key, power, purpose, stream_key, uniform
from ecosim.parameters import Parameters, param

PRIOR, CONSIDER = purpose("deployment.prior"), purpose("deployment.consider")
SPAN, HALF_YEAR, KEPT = 4, 28, 40
"""Weeks of one entry of the record of sales; weeks after which an adopter's growth shows; entries kept."""


@dataclass(frozen=True)
class Deployment(Parameters):
    """Prices, dates and spread of systems."""

    active: bool = param(True, "false: every firm has the capacities of a custom system, free of charge", build=True)
    setup: float = param(1.0, "factor on set-up costs", low=0, high=100)
    running: float = param(1.0, "factor on running costs", low=0, high=100)
    decline: float = param(0.0, "yearly decline of prices", unit="1/year", low=0, high=1, sweep=(0, 0.3))
    hosted_week: int = param(0, "model week from which rented systems can be had", unit="week", low=0, high=52_000)
    platform_week: int = param(0, "model week from which platforms can be had", unit="week", low=0, high=52_000)
    innovation: float = param(0.03, "yearly hazard of considering a better system unprompted, p", unit="1/year", low=0,
                              high=10)  # fmt: skip
    imitation: float = param(0.38, "yearly hazard of considering it per share of adopters, q", unit="1/year", low=0,
                             high=10)  # fmt: skip
    prior_gain: float = param(0.01, "gain a firm expects of a full capacity, before it sees adopters",
                              unit="of sales", low=-1, high=1)  # fmt: skip
    prior_sd: float = param(0.01, "spread of that expectation over firms", unit="of sales", low=0, high=1)
    prior_weight: float = param(4.0, "adopters whose results weigh as much as that expectation", unit="firms", low=0,
                                high=1000)  # fmt: skip
    payback: float = param(12.0, "quarters within which a set-up must pay", unit="quarters", low=1, high=400)


@dataclass
class Installed:
    """The ``system`` in use since week ``since``, and one that is ``coming`` and will be ``ready`` in a week.

    ``lever`` is the system last wanted, ``adopted`` one taken over from rivals; ``sales`` are the last 4-week sums in
    money units; ``gained`` is the capacity the latest system added, ``shown`` what it did to sales, once that shows.
    """

    system: str
    lever: str
    coming: str = ""
    ready: int = 0
    since: int = 0
    adopted: str = ""
    gained: float = 0.0
    shown: float | None = None
    span: int = 0
    sales: list[int] = field(default_factory=list)


def named(firm, name: str):
    """Return the system of this name."""
    for system in firm.systems:
        if system.name == name:
            return system
    raise KeyError(name)


def offered(p, system, week: int) -> bool:
    """Return whether a system can be had in a week of the model."""
    return not system.since or week >= getattr(p, system.since)


def firm_state(model, firm) -> Installed:
    """Return the system a firm starts with: the one it wants, or the best lesser one there is; set its capacity."""
    p, wanted = model.setting.deployment, named(firm, firm.levers.organisation.deployment)
    if not offered(p, wanted, 0):
        lesser = [each for each in firm.systems if offered(p, each, 0) and each.capacity <= wanted.capacity]
        wanted = max(lesser, key=lambda system: system.capacity)
    firm.capacity = wanted.capacity if p.active else 1.0
    return Installed(wanted.name, firm.levers.organisation.deployment)


def price_level(p, week: int) -> float:
    """Return the price of systems relative to week 0."""
    return power(1.0 - p.decline, week / 52.0)


def install(model) -> None:
    """Phase 2: order what is wanted, pay its set-up, and put it in use when it is ready."""
    p = model.setting.deployment
    if not p.active:
        return
    changed = False
    for firm in model.firms:
        if firm.active:
            order(model, firm)
            changed |= switch_on(model, firm)
    if changed:
        model.firms_changed()


def order(model, firm) -> None:
    """Order the system a firm wants, if it can be had and is not on its way."""
    p, state, week = model.setting.deployment, firm.deployment, model.week
    if firm.target.organisation.deployment != state.lever:
        state.lever, state.adopted = firm.target.organisation.deployment, ""
    name = state.adopted or state.lever
    if name == state.system:
        state.coming = ""
        return
    wanted = named(firm, name)
    if not offered(p, wanted, week):
        state.coming = ""
    elif wanted.name != state.coming:
        state.coming, state.ready = wanted.name, week + wanted.weeks
        cost = round(p.setup * wanted.setup * price_level(p, week) * firm.organisation.sales)
        model.ledger.transfer(week, firm.row, model.ledger.outside, "deployment", cost)


def switch_on(model, firm) -> bool:
    """Put a system that is ready in use; return whether there was one."""
    state = firm.deployment
    if not state.coming or model.week < state.ready:
        return False
    before, system = firm.capacity, named(firm, state.coming)
    state.system, state.coming, state.since = system.name, "", model.week
    firm.capacity = system.capacity
    state.gained, state.shown = system.capacity - before, None
    return True


def pay_for_systems(model) -> None:
    """Phase 11: systems in use cost a part of this week's sales, which are put on record."""
    p = model.setting.deployment
    if not p.active:
        return
    level = p.running * price_level(p, model.week)
    sales, costs = model.ledger.flows[0, : len(model.firms)].tolist(), []
    for firm, sold in zip(model.firms, sales, strict=True):
        state = firm.deployment
        costs.append(round(level * named(firm, state.system).running * sold) if firm.active else 0)
        state.span += sold
        if model.week % SPAN == 0:
            state.sales = [*state.sales[1 - KEPT :], state.span]
            state.span = 0
    model.ledger.trade(model.week, "deployment", np.array(costs))


def show_results(model) -> None:
    """Let what a new system did to its owner's sales be seen by all, half a year later."""
    active = [firm for firm in model.firms if firm.active]
    for firm in active:
        state = firm.deployment
        if state.shown is not None or state.gained <= 0.0 or model.week < state.since + HALF_YEAR:
            continue
        spans = (model.week - state.since) // SPAN
        mine = growth(state.sales, spans)
        others = [
            growth(each.deployment.sales, spans)
            for each in active
            if each is not firm and each.capacity < firm.capacity and each.deployment.since <= state.since
        ]
        known = [each for each in others if each is not None]
        if mine is not None and known:
            state.shown = (mine - sum(known) / len(known)) / state.gained


def growth(sales: list[int], spans: int) -> float | None:
    """Return by what part the last three spans' sales exceed those of the three before the last ``spans``."""
    if len(sales) < spans + 3 or sum(sales[-spans - 3 : -spans]) == 0:
        return None
    return sum(sales[-3:]) / sum(sales[-spans - 3 : -spans]) - 1.0


def estimate(model, firm) -> float:
    """Return the gain a firm expects of a full capacity, as a part of sales."""
    p = model.setting.deployment
    key = own_key(stream_key(model.seed, PRIOR, 0), firm.row)
    prior = p.prior_gain + p.prior_sd * normal(uniform(key, 0))
    seen = [
        each.deployment.shown
        for each in model.firms
        if each is not firm and each.active and each.deployment.shown is not None
    ]
    weight = p.prior_weight + len(seen)
    return (p.prior_weight * prior + sum(seen)) / weight if weight > 0.0 else prior


def worth(model, firm, system) -> float:
    """Return what a firm expects to gain by a system instead of its own, as a part of sales."""
    p, own = model.setting.deployment, named(firm, firm.deployment.system)
    level = price_level(p, model.week)
    cost = p.running * (system.running - own.running) + p.setup * system.setup / p.payback
    return estimate(model, firm) * (system.capacity - own.capacity) - level * cost


def consider(model) -> None:
    """Phase 12: some firms with a lesser system look at the best that others use, and decide on their own estimate."""
    p = model.setting.deployment
    if not p.active:
        return
    show_results(model)
    active = [firm for firm in model.firms if firm.active]
    use = [named(firm, firm.deployment.system) for firm in active]
    there = [system for system in use if offered(p, system, model.week)]
    if not there:
        return
    best = max(there, key=lambda system: system.capacity)
    users = sum(system.capacity >= best.capacity for system in use)
    choices = []
    for firm, own in zip(active, use, strict=True):
        if firm.deployment.coming or best.capacity <= own.capacity:
            continue
        hazard = (p.innovation + p.imitation * users / (len(use) - 1)) * SPAN / 52.0
        u = uniform(own_key(stream_key(model.seed, CONSIDER, model.week), firm.row), 0)
        if u < 1.0 - exp(-hazard) and worth(model, firm, best) > 0.0:
            choices.append((firm, best.name))
    for firm, name in choices:
        firm.deployment.adopted = name
