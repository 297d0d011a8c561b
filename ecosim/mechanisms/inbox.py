"""M1 Inbox: which messages reach a customer in a week, and which of them he might process.

    push       Poisson at the rate planned for the customer's degree (see `contact`), kept in part by some
    invited    Poisson at min(ideal contacts, the firm's limit) from each provider with leave to write

However he weighs them, he processes a message at most with probability b = min(1, (1 + a_T + a_R) / load). So each
stream parts into two of independent numbers: open messages, Poisson at b times the rate, of which each is processed
with probability (w A / W) / b, and lost ones, Poisson at 1 - b times the rate, which only take up room. Most inboxes
hold no open message. They are not read, and their lost messages are counted firm by firm in one draw for all.

Sources: permission: Godin 1999; parts and sums of Poisson numbers: Kingman 1993.
"""

from __future__ import annotations

import numpy as np

from ecosim.draws import (
    PAIR,
    agent_key,
    binomial,
    exp,
    poisson,
    poisson_given,
    poisson_many,
    purpose,
    stream,
    stream_key,
    uniform,
)
from ecosim.jit import pass_kernel, rule, world_rule
from ecosim.lanes import WIDTH, lane, load, lowest, marked, numbers, take, where
from ecosim.mechanisms.base import FIXED
from ecosim.mechanisms.memory import find

PUSH, INVITED = purpose("attention.push"), purpose("attention.invited")
SPARE, LOST = purpose("attention.spare"), purpose("attention.lost")


@rule
def most_processed(p):
    """Return the probability b above which no message is ever processed, from the parameters of attention."""
    return min(1.0, (1.0 + p.trust_gain + p.relevance_gain) / max(p.load, 1e-300))


@world_rule
def is_pushed(w, i, key):
    """Return whether customer ``i`` gets an open message that no leave was needed for."""
    f, found = w.firms, np.int64(0)
    for first in range(0, f.quiet.shape[1], WIDTH):
        found |= marked(uniform(key, first + numbers()) > load(f.quiet, w.customers.reach[i], first))
    return found > 0


@world_rule
def gives_leave(c, i):
    """Return whether any provider may write to customer ``i``."""
    found = np.int64(0)
    for first in range(0, c.consent.shape[1], WIDTH):
        found |= marked(load(c.consent, i, first) > 0)
    return found > 0


@world_rule
def is_invited(w, i, key, best, tally):
    """Count what customer ``i`` invites; return whether he may get an open message for it."""
    c, f = w.customers, w.firms
    ideal, found = np.float64(c.ideal_contact[i]), False
    for first in range(0, c.provider.shape[1], WIDTH):
        leave = marked(load(c.consent, i, first) > 0)
        j = load(c.provider, i, first)
        j = where(j < 0, 0, j)
        limit = take(f.contact_limit, j)
        rate = where(limit < ideal, limit, ideal)
        u = uniform(key, j)
        if leave & marked(u > 1.0 - best * rate):
            found = found or (leave & marked(u > exp(-best * rate))) > 0
        while leave:
            s = lowest(leave)
            tally.invited[lane(j, s)] += np.int64(lane(rate, s) * FIXED)
            leave &= leave - 1
    return found


@world_rule
def count_bought(w, i, sign, events):
    """Add the rates towards customer ``i`` of the firms he has bought from, or take them off."""
    c = w.customers
    for first in range(0, c.provider.shape[1], WIDTH):
        known = marked(load(c.first_week, i, first) > 0)
        while known:
            j = c.provider[i, first + lowest(known)]
            events.bought[j] += sign * np.int64(w.firms.rate[c.reach[i], j] * FIXED)
            known &= known - 1


@world_rule
def fill_inbox(w, i, push_key, invited_key, best, sparing, events):
    """Draw the messages to customer ``i``; return how many firms write, and list them in ``events.writers`` in order.

    ``events.open`` and ``events.lost`` have the numbers of messages by firm, 0 for those who do not write.
    """
    c, f = w.customers, w.firms
    n, reach = 0, c.reach[i]
    for first in range(0, f.quiet.shape[1], WIDTH):
        u, v = uniform(push_key, first + numbers()), uniform(push_key, PAIR + first + numbers())
        some = marked((u > load(f.quiet, reach, first)) | (v > load(f.clear, reach, first)))
        while some:
            j = first + lowest(some)
            some &= some - 1
            rate = f.rate[reach, j]
            events.open[j] = poisson_given(uniform(push_key, j), best * rate, f.quiet[reach, j])
            events.lost[j] = poisson_given(uniform(push_key, PAIR + j), (1.0 - best) * rate, f.clear[reach, j])
            if sparing:
                spare(w, i, j, events)
            n = note(events, j, 0, 0, n)
    for s in range(c.provider.shape[1]):
        if c.consent[i, s]:
            j = np.int64(c.provider[i, s])
            rate = invited_rate(c, i, s, f.contact_limit[j])
            n = note(
                events, j, poisson(uniform(invited_key, j), best * rate),
                poisson(uniform(invited_key, PAIR + j), (1.0 - best) * rate), n,
            )  # fmt: skip
    return n


@world_rule
def note(events, j, more_open, more_lost, n):
    """Add messages of firm ``j``; return the number of writers, ``n`` so far, kept in the order of their ids."""
    events.open[j] += more_open
    events.lost[j] += more_lost
    if events.open[j] + events.lost[j] == 0:
        return n
    at = n
    while at > 0 and events.writers[at - 1] > j:
        at -= 1
    if at > 0 and events.writers[at - 1] == j:
        return n
    for k in range(n, at, -1):
        events.writers[k] = events.writers[k - 1]
    events.writers[at] = j
    return n + 1


@world_rule
def spare(w, i, j, events):
    """Thin what firm ``j`` writes, if it spares customers such as ``i``."""
    kept = w.firms.kept[is_buyer(w.customers, i, j), j]
    if kept < 1.0:
        key = agent_key(stream(w.clock.seed, SPARE, w.clock.week), w.customers.ident[i])
        events.open[j] = binomial(uniform(key, j), events.open[j], kept)
        events.lost[j] = binomial(uniform(key, PAIR + j), events.lost[j], kept)


@world_rule
def pass_over(w, i, sparing, events):
    """Leave customer ``i``, who is read, out of those whose lost messages are counted in sum."""
    c, f = w.customers, w.firms
    events.read[c.reach[i]] += 1
    for s in range(c.provider.shape[1]):
        j = c.provider[i, s]
        if j >= 0:
            events.answered[j] += np.int64(invited_rate(c, i, s, f.contact_limit[j]) * FIXED)
    if sparing:
        count_bought(w, i, -1, events)


@rule
def spares(f):
    """Return whether some firm keeps less than its whole cadence for strangers or for buyers."""
    found = False
    for j in range(f.price.size):
        found = found or f.kept[0, j] < 1.0 or f.kept[1, j] < 1.0
    return found


@world_rule
def invited_rate(c, i, s, limit):
    """Return the weekly rate at which the provider in slot ``s`` may write because it was asked to."""
    return min(np.float64(c.ideal_contact[i]), limit) if c.consent[i, s] else 0.0


@world_rule
def is_buyer(c, i, j):
    """Return 1 if customer ``i`` has bought from firm ``j`` since he last met it, else 0."""
    s = find(c, i, j)
    return 1 if s >= 0 and c.first_week[i, s] > 0 else 0


@world_rule
def is_pressed(w, i, best):
    """Return whether some firm might get more messages processed by customer ``i`` than he thinks ideal."""
    return w.firms.loudest[w.customers.reach[i]] * best > w.customers.ideal_contact[i]


@pass_kernel
def draw_lost(f, unread, asked, bought, best, key, sent):
    """Add to ``sent`` [f] the messages lost on customers who are not read.

    ``unread`` [classes] counts these by degree; ``asked`` and ``bought`` [f], in fixed point, are the sums of their
    invited rates, and of the rates towards those of them who bought from the firm.
    """
    for j in range(asked.size):
        rate = 0.0
        for k in range(unread.size):
            rate += unread[k] * f.rate[k, j]
        buyers = bought[j] / FIXED
        rate = f.kept[0, j] * (rate - buyers) + f.kept[1, j] * buyers + asked[j] / FIXED
        sent[j] += poisson_many(uniform(agent_key(key, j), 0), max(0.0, (1.0 - best) * rate))


def count_lost(model) -> None:
    """Phase 4: draw how many messages were lost on customers who were not read, firm by firm."""
    read, bought = sum(e.read for e in model.events), sum(e.bought for e in model.events)
    asked = sum(t.invited[:-1] - e.answered for t, e in zip(model.tallies, model.events, strict=True))
    best, key = most_processed(model.world.rules.attention), stream_key(model.seed, LOST, model.week)
    model.call(
        draw_lost, model.world.firms, model.degree_counts - read, asked, bought, best, key, model.tallies[0].sent
    )
