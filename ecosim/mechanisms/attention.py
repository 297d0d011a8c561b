"""M1 Attention: what a customer can process is limited, and messages crowd each other out.

    load        W = load * A + sum_f n_f w_f + n_peer w_peer
    E1          P(a message of weight w is processed) = min(1, w A / W)
    weight      w_f = 1 + trust_gain T_f + relevance_gain [1 - (1 - L5)^2] (1 - P_f / P0)   for a provider known,
                1 for one unknown

Background noise has weight 1 and is never simulated message by message. Firm messages come in Poisson numbers (see
`inbox`) at the rates planned by `contact`; peers' reports are last week's mail. All thinning is from the state at the
start of the week; then updates follow in the order of senders, firms before peers.

Source: fractional competition for attention gives a finite epidemic threshold (Feng et al. 2015).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ecosim.columns import Column
from ecosim.draws import agent_key, binomial, purpose, stream, uniform
from ecosim.jit import joined_kernel, rule, world_rule
from ecosim.mechanisms.base import APPROACHED, DATA, REFERRED, first_of
from ecosim.mechanisms.inbox import (
    INVITED,
    PUSH,
    count_bought,
    fill_inbox,
    gives_leave,
    invited_rate,
    is_invited,
    is_pressed,
    is_pushed,
    most_processed,
    pass_over,
    spares,
)
from ecosim.mechanisms.memory import fetch, find, refresh, remind
from ecosim.mechanisms.trust import hear_claim, live_through, trust
from ecosim.parameters import Parameters, param

PROCESS, PEER = purpose("attention.process"), purpose("attention.peer")


@dataclass(frozen=True)
class Attention(Parameters):
    """Limited capacity to process messages."""

    capacity: float = param(5.0, "median messages that can be processed, A", unit="1/week", low=1e-3, high=1e6,
                            build=True)  # fmt: skip
    capacity_sd: float = param(0.5, "spread of capacity, of its logarithm", low=0, high=5, build=True)
    load: float = param(20.0, "noise messages per unit of capacity, nu/A", low=0, high=1e4, sweep=(1, 50))
    peer_weight: float = param(1.0, "weight of a peer's report in the inbox", low=0, high=100, sweep=(0.5, 2))
    trust_gain: float = param(0.5, "attention bought by trust, a_T", low=0, high=10, sweep=(0, 2))
    relevance_gain: float = param(
        0.0, "attention bought by relevance, a_R", low=0, high=10, sweep=(0, 2),
        source="a measured elasticity, not a default: report at 0 and at 0.5",
    )  # fmt: skip


COLUMNS = (
    Column("capacity", "float32", np.nan, "messages that can be processed, A", "1/week", "n", 0),
    Column("approach_week", "int32", -1, "week in which a firm's message was last processed", "week", "n", -1),
)
BATCH = 64
"""Customers looked over before their inboxes are read."""
COUNTS = ("sent", "push_processed", "peer_received", "peer_processed", "invited", "met")


@rule
def weight(r, s, error, personal, ignorance, trust_gain, relevance_gain):
    """Return the weight of a known provider's message: trust and relevance buy attention."""
    return 1.0 + trust_gain * trust(r, s) + relevance_gain * personal * (1.0 - error / ignorance)


@joined_kernel
def attend(lo, hi, w, events, tally):
    """Phase 4: firm messages, last week's reports and noise compete for each customer's attention.

    Only inboxes in which something may be processed are read. A batch of customers is looked over first; meanwhile the
    rows of those to read come in from memory.
    """
    c, mail = w.customers, w.mail
    seed, week = w.clock.seed, w.clock.week
    push, invited = stream(seed, PUSH, week), stream(seed, INVITED, week)
    process, peer = stream(seed, PROCESS, week), stream(seed, PEER, week)
    first = first_of(mail.recipient, lo)
    best, sparing = most_processed(w.rules.attention), spares(w.firms)
    for start in range(lo, hi, BATCH):
        stop, read, n = min(start + BATCH, hi), first, 0
        if sparing:
            for i in range(start, stop):
                count_bought(w, i, 1, events)
        for i in range(start, stop):  # no branches: who will be looked at is hard to foresee
            last = first
            while last < mail.recipient.size and mail.recipient[last] == i:
                last += 1
            found = (last > first) | is_pressed(w, i, best) | is_pushed(w, i, agent_key(push, c.ident[i]))
            events.reader[n], events.reports[n] = i, last - first if found else -1
            n += found | gives_leave(c, i)
            first = last
        seen, n = n, 0
        for k in range(seen):
            i, reports = events.reader[k], events.reports[k]
            if gives_leave(c, i) and is_invited(w, i, agent_key(invited, c.ident[i]), best, tally):
                reports = max(reports, 0)
            if reports >= 0:
                fetch(c, i)
                events.reader[n], events.reports[n] = i, reports
                n += 1
        for k in range(n):
            i = events.reader[k]
            a = c.ident[i]
            pass_over(w, i, sparing, events)
            refresh(w, i)
            writers = fill_inbox(w, i, agent_key(push, a), agent_key(invited, a), best, sparing, events)
            keys = (agent_key(process, a), agent_key(peer, a))
            read_inbox(w, i, keys, writers, read, read + events.reports[k], best, events, tally)
            read += events.reports[k]


@world_rule
def read_inbox(w, i, keys, writers, first, last, best, events, tally):
    """Thin the inbox of customer ``i`` from the state at the start of the week, then apply it in sender order."""
    c, mail, p = w.customers, w.mail, w.rules.attention
    capacity = np.float64(c.capacity[i])
    load = p.load * capacity + p.peer_weight * (last - first)
    for k in range(writers):
        j = events.writers[k]
        load += (events.open[j] + events.lost[j]) * weight_of(w, i, j)
    share = capacity / max(load, 1e-300)
    for k in range(writers):
        j = events.writers[k]
        tally.sent[j] += events.open[j] + events.lost[j]
        chance = min(1.0, share * weight_of(w, i, j) / best)
        events.open[j] = binomial(uniform(keys[0], j), events.open[j], chance)
    if is_pressed(w, i, best):
        react(w, i, share)
    for k in range(writers):
        j = events.writers[k]
        tally.push_processed[j] += events.open[j]
        for _ in range(events.open[j]):
            s = remind(w, i, j, w.rules.consideration.push_gain)
            if s >= 0:
                approach(w, i, s, j)
        events.open[j], events.lost[j] = 0, 0
    for e in range(first, last):
        j = mail.provider[e]
        tally.peer_received[j] += 1
        if uniform(keys[1], c.ident[mail.sender[e]]) < min(1.0, share * p.peer_weight):
            tally.peer_processed[j] += 1
            hear_peer(w, i, e, tally)


@world_rule
def approach(w, i, s, j):
    """A firm's message is taken in: its claim, its closing, and how well it knows one who has not let it."""
    c, f, p = w.customers, w.firms, w.rules.trust
    hear_claim(w, i, s, f.claim[j])
    if f.closing[j] > 0.0:
        if c.approach_week[i] != w.clock.week:
            c.approach_week[i] = w.clock.week
            for other in range(c.provider.shape[1]):
                c.flags[i, other] = c.flags[i, other] & (255 - APPROACHED)
        c.flags[i, s] = c.flags[i, s] | APPROACHED
    if f.personal[j] > 0.0 and c.flags[i, s] & DATA == 0:
        known = f.personal[j] * max(0.0, 1.0 - np.float64(c.error[i, s]) / w.rules.insight.prior_variance)
        c.broken[i, s] = np.float64(c.broken[i, s]) + p.intrusion * known * np.float64(c.concern[i])


@world_rule
def weight_of(w, i, j):
    """Return the weight of firm ``j``'s message in the inbox of customer ``i``."""
    c, p = w.customers, w.rules.attention
    s = find(c, i, j)
    if s < 0:
        return 1.0
    return weight(
        np.float64(c.kept[i, s]), np.float64(c.broken[i, s]), np.float64(c.error[i, s]), w.firms.personal[j],
        w.rules.insight.prior_variance, p.trust_gain, p.relevance_gain,
    )  # fmt: skip


@world_rule
def react(w, i, share):
    """Contacts processed beyond the ideal count against each firm known, in expectation over the week."""
    c, f, p = w.customers, w.firms, w.rules.trust
    ideal = np.float64(c.ideal_contact[i])
    for s in range(c.provider.shape[1]):
        j = c.provider[i, s]
        if j >= 0:
            cadence = f.rate[c.reach[i], j] * f.kept[1 if c.first_week[i, s] > 0 else 0, j]
            contacts = cadence + invited_rate(c, i, s, f.contact_limit[j])
            excess = contacts * min(1.0, share * weight_of(w, i, j)) - ideal
            if excess > 0.0:
                c.broken[i, s] = np.float64(c.broken[i, s]) + p.reactance * excess


@world_rule
def hear_peer(w, i, e, tally):
    """A processed report ``e`` brings its provider to mind, moves expectation and evidence, and may be passed on."""
    c, mail = w.customers, w.mail
    j = mail.provider[e]
    known = find(c, i, j) >= 0
    s = remind(w, i, j, w.rules.consideration.peer_gain)
    if s < 0:
        return
    if not known:
        tally.met[j] += 1
        c.flags[i, s] = c.flags[i, s] | REFERRED
    d = w.rules.trust.peer_weight * np.float64(mail.tie[e])
    live_through(w, i, s, np.float64(mail.value[e]), d, d)
    c.heard_provider[i] = j
    c.heard_depth[i] = mail.depth[e]
