"""M4/M2 Evaluation: satisfaction is disconfirmation; complaints heard may be made good; consent is given or withdrawn.

    E15  satisfaction  x - e
    E14  if x < e and the firm hears of it, after `delay` weeks the customer lives through x + s (e - x) as one more
         experience, at a cost to the firm; s = min(1, share * staff's effort on relationships * capacity of the system)
    leave to write:       T (P0 - P) fit_weight > concern * consent_risk
    leave to hold data:   T (P0 - P after one more observation) fit_weight > concern * data_risk (1 - relief L13)

Both are asked at every purchase, search and use. Who withdraws his data leaves the firm only what it holds itself:
P <- P0 - (1 - L13) (P0 - P).

What a firm hears is limited by earshot and by its listening capacity (see `talk`).

Sources: Oliver 1980; service recovery: Smith, Bolton & Wagner 1999; permission: Godin 1999, Tucker 2014.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ecosim.columns import Column
from ecosim.draws import PAIR, agent_key, purpose, stream, uniform
from ecosim.jit import joined_kernel, pass_kernel, world_rule
from ecosim.mechanisms.base import DATA, FIXED, first_of
from ecosim.mechanisms.insight import observe
from ecosim.mechanisms.memory import AHEAD, fetch, find, refresh
from ecosim.mechanisms.trust import live_through, trust
from ecosim.parameters import Parameters, param

COMPLAINT = purpose("evaluation.complaint")


@dataclass(frozen=True)
class Recovery(Parameters):
    """Making good, and asking leave."""

    share: float = param(0.5, "part of the gap that is restored", low=0, high=1)
    cost: float = param(0.1, "firm's cost of one recovery", unit="money", low=0, high=1000)
    delay: int = param(1, "weeks until a recovery takes effect", unit="week", low=0, high=52)
    consent_risk: float = param(0.1, "risk seen in letting a firm write, per unit of concern", low=0, high=100)
    data_risk: float = param(0.1, "risk seen in letting a firm hold data, per unit of concern, where the firm has "
                             "custody of it", low=0, high=100)  # fmt: skip
    custody_relief: float = param(0.7, "part of that risk which having custody oneself takes away", low=0, high=1)
    concern_a: float = param(2.0, "first beta parameter of privacy and control concern", low=0.05, high=100, build=True)
    concern_b: float = param(3.0, "second beta parameter of privacy and control concern", low=0.05, high=100,
                             build=True)  # fmt: skip


COLUMNS = (
    Column("concern", "float32", np.nan, "privacy and control concern", "1", "n", 0, 1),
    Column("consent", "uint8", 0, "1 if the provider may write", "bit", "nk", 0, 1, swept=True),
    Column("first_week", "uint16", 0, "week of the first purchase, 0 if none", "week", "nk", 0, swept=True),
    Column("bought", "uint16", 0, "purchases this quarter", "events", "nf", 0),
    Column("bought_year", "uint16", 0, "purchases in the earlier quarters of this year", "events", "nf", 0),
    Column("bought_before", "uint8", 0, "1 if bought last quarter", "bit", "nf", 0, 1),
    Column("last_provider", "int16", -1, "provider last bought from, as others know since last week", "id", "n", -1),
    Column("last_value", "float32", 0.0, "experience there", "value", "n"),
)
COUNTS = ("repeat", "disconfirmation", "delighted", "disappointed", "voiced", "heard", "recovered")


@world_rule
def ask_consent(w, i, s):
    """Let customer ``i`` decide anew whether the provider in slot ``s`` may write, and hold his data."""
    c, p, ignorance = w.customers, w.rules.recovery, w.rules.insight.prior_variance
    custody, error, concern = w.firms.custody[c.provider[i, s]], np.float64(c.error[i, s]), np.float64(c.concern[i])
    worth = trust(np.float64(c.kept[i, s]), np.float64(c.broken[i, s])) * w.rules.experience.fit_weight
    c.consent[i, s] = worth * (ignorance - error) > concern * p.consent_risk
    useful = ignorance - observe(error, w.rules.insight.data_noise)
    if worth * useful > concern * p.data_risk * (1.0 - p.custody_relief * custody):
        c.flags[i, s] = c.flags[i, s] | DATA
    elif c.flags[i, s] & DATA:
        c.flags[i, s] = c.flags[i, s] & (255 - DATA)
        c.error[i, s] = ignorance - (1.0 - custody) * (ignorance - error)


@joined_kernel
def evaluate(lo, hi, w, events, tally):
    """Phase 8: compare with expectation, gather evidence, complain, and decide on consent."""
    c, f = w.customers, w.firms
    key = stream(w.clock.seed, COMPLAINT, w.clock.week)
    earshot, scale = w.rules.talk.earshot, w.rules.trust.scale
    for e in range(first_of(events.customer, lo), first_of(events.customer, hi)):
        j = events.provider[e]
        if j < 0:
            continue
        i, x = events.customer[e], np.float64(events.experience[e])
        c.bought[i, j] += 1
        s = find(c, i, j)
        if s < 0:
            continue
        expected = np.float64(c.expected[i, s])
        tally.disconfirmation[j] += np.int64(np.floor((x - expected) * FIXED))
        tally.delighted[j] += x - expected > scale
        if x < expected:
            tally.disappointed[j] += 1
            u = uniform(agent_key(key, c.ident[i]), np.int64(events.occasion[e]) * PAIR + j)
            tally.voiced[j] += u < earshot
            if u < earshot * f.listening[j]:
                tally.heard[j] += 1
                events.gap[e] = expected - x
        live_through(w, i, s, x, 1.0, 1.0)
        if c.first_week[i, s] > 0:
            tally.repeat[j] += 1
        else:
            c.first_week[i, s] = min(w.clock.week, 65535)
        ask_consent(w, i, s)


@pass_kernel
def make_good(w, customers, providers, values, tally):
    """Let each customer live through his recovered experience, if he still considers the provider."""
    for e in range(customers.size):
        i = customers[e]
        if e + AHEAD < customers.size:
            fetch(w.customers, customers[e + AHEAD])
        refresh(w, i)
        s = find(w.customers, i, providers[e])
        tally.recovered[providers[e]] += 1
        if s >= 0:
            live_through(w, i, s, np.float64(values[e]), 1.0, 1.0)


@pass_kernel
def promise(events, share, customers, providers, values):
    """Write customers, providers and recovered experiences of the complaints heard; return how many they are.

    Of the gap between expectation and experience ``share`` [f] is restored.
    """
    n = 0
    for e in range(events.customer.size):
        if events.gap[e] > 0:
            customers[n], providers[n] = events.customer[e], events.provider[e]
            values[n] = np.float64(events.experience[e]) + share[events.provider[e]] * np.float64(events.gap[e])
            n += 1
    return n


def recover(model) -> None:
    """Phase 10: complaints heard now are queued; those due this week are made good."""
    share = np.array([min(1.0, model.setting.recovery.share * firm.attentive * firm.capacity) for firm in model.firms])
    made: list[tuple[np.ndarray, ...]] = [()] * len(model.chunks)
    model.promises.setdefault(model.week + model.setting.recovery.delay, []).append(made)
    due = model.promises.pop(model.week, [])

    def keep(n: int, lo: int, hi: int) -> None:
        size = model.events[n].customer.size
        room = np.empty(size, np.int32), np.empty(size, np.int16), np.empty(size)
        heard = model.call(promise, model.events[n], share, *room)
        made[n] = tuple(part[:heard].copy() for part in room)
        for promised in due:
            model.call(make_good, model.world, *promised[n], model.tallies[n])

    model.each_chunk(keep)
