"""M1 Inbox: how many messages reach a customer in a week, and whether any of them may be processed.

    push       Poisson at the rate planned for the customer's degree (see `contact`), kept in part by some
    invited    Poisson at min(ideal contacts, the firm's limit) from each provider with leave to write

Most inboxes hold nothing that will be processed, and are only counted. Messages of all firms are drawn at once.

Source: permission: Godin 1999; independent senders add up to Poisson numbers (Kingman 1993).
"""

from __future__ import annotations

import numpy as np

from ecosim.draws import agent_key, binomial, bits, poisson, poisson_given, purpose, stream, uniform, unit
from ecosim.jit import rule, world_rule
from ecosim.mechanisms.base import FIXED
from ecosim.mechanisms.memory import find

SPARE = purpose("attention.spare")
ABREAST = 16
"""Firms whose messages are drawn at once."""


@rule
def spares(f):
    """Return whether some firm keeps less than its whole cadence for strangers or for buyers."""
    found = False
    for j in range(f.price.size):
        found = found or f.kept[0, j] < 1.0 or f.kept[1, j] < 1.0
    return found


@world_rule
def count_inbox(w, i, keys, sent, total, sparing, tally):
    """Fill ``sent`` with this week's messages to customer ``i``, add them to ``total``; return if he must be read.

    ``sparing``: whether some firm writes less to its buyers, or to strangers, than its plan says.
    """
    c, f, p = w.customers, w.firms, w.rules.attention
    ident = c.ident[i]
    push_key, process_key = agent_key(keys[0], ident), agent_key(keys[2], ident)
    best = (1.0 + p.trust_gain + p.relevance_gain) / max(p.load, 1e-300)
    must, many = count_abreast(f, np.uint32(c.reach[i]), push_key, process_key, best, sent)
    if many or sparing:
        must = count_with_care(w, i, push_key, process_key, best, sent)
    for j in range(sent.size):
        total[j] += sent[j]
    if any_consent(c, i):
        invited_key = agent_key(keys[1], ident)
        for s in range(c.provider.shape[1]):
            if c.consent[i, s]:
                j = c.provider[i, s]
                rate = invited_rate(c, i, s, f.contact_limit[j])
                n = poisson(uniform(invited_key, j), rate)
                sent[j] += n
                total[j] += n
                tally.invited[j] += np.int64(rate * FIXED)
                must = must or (n > 0 and uniform(process_key, j) < best * sent[j])
    return must or is_pressed(w, i)


@rule
def count_abreast(f, reach, push_key, process_key, best, sent):
    """Fill ``sent`` for all firms at once, up to two messages each; return if one may be processed, if more may come.

    Firms stand in whole lots of `ABREAST`, a fixed number, so that a lot is drawn in one go.
    """
    must, many = np.int64(0), np.int64(0)
    for lot in range(0, sent.size, ABREAST):
        for k in range(ABREAST):
            j = np.uint32(lot + k)
            u = unit(bits(push_key, j))
            n = np.int64(u > f.quiet[reach, j]) + np.int64(u > f.twice[reach, j])
            sent[j] = n
            must |= np.int64(unit(bits(process_key, j)) < best * n)
            many |= np.int64(u > f.thrice[reach, j])
    return must > 0, many > 0


@world_rule
def count_with_care(w, i, push_key, process_key, best, sent):
    """Do the same firm by firm, however many messages there are, and thin those of firms that spare some customers."""
    c, f = w.customers, w.firms
    must, spare_key = False, agent_key(stream(w.clock.seed, SPARE, w.clock.week), c.ident[i])
    for j in range(f.price.size):
        if sent[j] == 0:
            continue
        sent[j] = poisson_given(uniform(push_key, j), f.rate[c.reach[i], j], f.quiet[c.reach[i], j])
        kept = f.kept[is_buyer(c, i, j), j]
        if kept < 1.0:
            sent[j] = binomial(uniform(spare_key, j), sent[j], kept)
        must = must or uniform(process_key, j) < best * sent[j]
    return must


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
def is_pressed(w, i):
    """Return whether some firm might get more messages processed by customer ``i`` than he thinks ideal."""
    p = w.rules.attention
    best = min(1.0, (1.0 + p.trust_gain + p.relevance_gain) / max(p.load, 1e-300))
    return w.firms.loudest[w.customers.reach[i]] * best > w.customers.ideal_contact[i]


@world_rule
def any_consent(c, i):
    """Return whether any provider may write to customer ``i``."""
    s = 0
    while s < c.consent.shape[1] and not c.consent[i, s]:
        s += 1
    return s < c.consent.shape[1]
