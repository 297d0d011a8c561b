"""M3 (E8, E9) Choice: a multinomial logit over the providers considered and available at a need.

    U_f = value_weight [T e + (1 - T) v0] - price_weight psi p_f - effort_weight effort_f
          + salience_weight ln(1 + m) + taste_f + closing_f + Gumbel

With probability `notice` the shelf shows one provider drawn in proportion to presence; each provider is available
with its own probability; an empty or unavailable set draws from the shelf. At each need: shelf, choice, interference,
then the purchase's own salience. Taste is a hash of (seed, customer, provider) and is never stored. Closing is what a
firm's sales effort adds where its message was processed this week. Where the customer has told firms of his need (see
`intents`), those that bid are considered and available at the price they bid, strangers included.

Sources: McFadden 1974 (conditional logit); Train 2009 (mixed logit); availability behind double jeopardy (Ehrenberg,
Goodhardt & Barwise 1990).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ecosim.columns import Column
from ecosim.draws import PAIR, agent_key, gumbel, log, normal, normals, purpose, stream, uniform
from ecosim.jit import joined_kernel, rule, world_rule
from ecosim.lanes import WIDTH, lane, largest, load, lowest, marked, number, numbers, store, take, where
from ecosim.mechanisms.base import APPROACHED, first_of
from ecosim.mechanisms.experience import effort_of
from ecosim.mechanisms.intents import tells
from ecosim.mechanisms.memory import remind
from ecosim.mechanisms.trust import trust
from ecosim.parameters import Parameters, param

CHOICE, TASTE, AVAILABLE = purpose("choice.gumbel"), purpose("choice.taste"), purpose("choice.available")
NOTICE, SHELF, FALLBACK = purpose("choice.notice"), purpose("choice.shelf"), purpose("choice.fallback")
NEVER, NOWHERE = -100.0, -np.inf


@dataclass(frozen=True)
class Choice(Parameters):
    """The utility of a provider at a need."""

    value_weight: float = param(2.0, "utility of a unit of expected value", low=0, high=1e4, sweep=(1, 4))
    unknown_value: float = param(0.0, "value reckoned with where there is no trust, v0", low=-10, high=10)
    price_weight: float = param(1.0, "disutility of a unit of money", unit="1/money", low=0, high=1e4)
    price_sensitivity_sd: float = param(0.3, "spread of price sensitivity psi, of its logarithm", low=0, high=5,
                                        build=True)  # fmt: skip
    effort_weight: float = param(1.0, "disutility of a unit of effort", low=0, high=1e4, sweep=(0, 3))
    salience_weight: float = param(1.15, "utility of ln(1 + salience)", low=0, high=1e4, sweep=(0.5, 2))
    taste_sd: float = param(1.05, "spread of the fixed taste of a customer for a provider", low=0, high=100,
                            sweep=(0.5, 1.5))  # fmt: skip
    outside_utility: float = param(NEVER, "utility of not buying; -100 means that a need is always met", low=NEVER,
                                   high=1e4)  # fmt: skip
    notice: float = param(0.2, "probability that the shelf shows a provider at a need", low=0, high=1)


COLUMNS = (Column("price_sensitivity", "float32", np.nan, "multiplier of the price's disutility, psi", "1", "n", 0),)
COUNTS = ("noticed", "unmet", "rebates", "bids_won", "influenced")


@world_rule
def utility(w, i, price, expected, trusted, fame, effort, taste):
    """Return the utility of a provider at ``price``, of fame ln(1 + m), to customer ``i`` but for the Gumbel term."""
    p = w.rules.choice
    psi = np.float64(w.customers.price_sensitivity[i])
    return (
        p.value_weight * (trusted * expected + (1.0 - trusted) * p.unknown_value)
        - p.price_weight * psi * price
        - p.effort_weight * effort
        + p.salience_weight * fame
        + taste
    )


@rule
def taste_of(key, j, sd):
    """Return the fixed taste for provider ``j`` of the customer with taste key ``key``."""
    return sd * normal(uniform(key, j)) if sd > 0.0 else 0.0


@rule
def tastes_of(key, j, sd):
    """Return `taste_of` of lanes of providers."""
    return sd * normals(uniform(key, j)) if sd > 0.0 else 0.0 * number(j)


@world_rule
def slot_utilities(w, i, first, j, taste_key, bidding):
    """Return the utilities of the providers ``j`` in the slots from ``first`` on, but for the Gumbel term."""
    c, f = w.customers, w.firms
    price = where(bidding, take(f.bid, j), take(f.price, j))
    fame = log(1.0 + load(c.salience, i, first))
    trusted = trust(load(c.kept, i, first), load(c.broken, i, first))
    effort = effort_of(w, i, j, load(c.error, i, first))
    taste = tastes_of(taste_key, j, w.rules.choice.taste_sd)
    u = utility(w, i, price, load(c.expected, i, first), trusted, fame, effort, taste)
    if c.approach_week[i] == w.clock.week:
        u = u + where((load(c.flags, i, first) & APPROACHED) > 0, take(f.closing, j), 0.0)
    return u


@rule
def from_shelf(presence, u):
    """Return the provider that ``u`` in (0, 1) draws in proportion to presence (cumulative), -1 if there is none."""
    total = presence[-1]
    if total <= 0.0:
        return -1
    for j in range(presence.size):
        if u * total < presence[j]:
            return j
    return -1


@world_rule
def stranger_utility(w, i, j, price, taste):
    """Return the utility of providers ``j`` that customer ``i`` does not know, but for the Gumbel term."""
    effort = effort_of(w, i, j, w.rules.insight.prior_variance)
    return utility(w, i, price, w.rules.trust.expected_start, 0.5, 0.0, effort, taste)


@world_rule
def strange(c, i, j):
    """Return which of the providers ``j`` customer ``i`` does not consider."""
    found = j >= 0
    for s in range(c.provider.shape[1]):
        found = found & (j != np.int64(c.provider[i, s]))
    return found


@rule
def better(u, there, j, best, chosen):
    """Return the best utility and its provider: of ``best`` and ``chosen`` so far and, where ``there``, of ``u``.

    Of equals the one with the lower id wins.
    """
    u = where(there, u, NOWHERE)
    top = largest(u)
    ties = marked((u == top) & there)
    while ties:
        other = lane(j, lowest(ties))
        if top > best or (top == best and other < chosen):
            best, chosen = top, other
        ties &= ties - 1
    return best, chosen


@world_rule
def pick(w, i, occasion, keys, told):
    """Return the provider chosen by customer ``i`` at one occasion; -1 if the outside option wins."""
    c, f, p = w.customers, w.firms, w.rules.choice
    gumbel_key, taste_key, available_key, fallback_key = keys
    base = occasion * PAIR
    best, chosen = NOWHERE, np.int64(-1)
    for first in range(0, c.provider.shape[1], WIDTH):
        provider = load(c.provider, i, first)
        j = where(provider < 0, 0, provider)
        bidding = told & (take(f.discount, j) >= 0)
        there = (provider >= 0) & (bidding | (uniform(available_key, base + j) <= take(f.availability, j)))
        if marked(there):
            u = slot_utilities(w, i, first, j, taste_key, bidding) + gumbel(uniform(gumbel_key, base + 1 + j))
            best, chosen = better(u, there, j, best, chosen)
    for first in range(0, f.discount.size if told else 0, WIDTH):
        j = first + numbers()
        j = where(j < f.discount.size, j, first)
        there = strange(c, i, j) & (take(f.discount, j) >= 0)
        if marked(there):
            taste = tastes_of(taste_key, j, p.taste_sd)
            u = stranger_utility(w, i, j, take(f.bid, j), taste) + gumbel(uniform(gumbel_key, base + 1 + j))
            best, chosen = better(u, there, j, best, chosen)
    if chosen < 0:
        chosen = np.int64(from_shelf(f.presence, uniform(fallback_key, base)))
        if chosen < 0 or p.outside_utility <= NEVER:
            return chosen
        taste = taste_of(taste_key, chosen, p.taste_sd)
        best = stranger_utility(w, i, chosen, f.price[chosen], taste)
        best += gumbel(uniform(gumbel_key, base + chosen + 1))
    if p.outside_utility > NEVER and p.outside_utility + gumbel(uniform(gumbel_key, base)) > best:
        return -1
    return chosen


@joined_kernel
def choose(lo, hi, w, events, tally):
    """Phase 6: at each need the shelf, the choice, interference, and the purchase's salience."""
    c, f, p, memory = w.customers, w.firms, w.rules.choice, w.rules.consideration
    seed, week = w.clock.seed, w.clock.week
    notice_key, shelf_key = stream(seed, NOTICE, week), stream(seed, SHELF, week)
    streams = (
        stream(seed, CHOICE, week),
        stream(seed, TASTE, 0),
        stream(seed, AVAILABLE, week),
        stream(seed, FALLBACK, week),
    )
    for e in range(first_of(events.customer, lo), first_of(events.customer, hi)):
        i, occasion = events.customer[e], np.int64(events.occasion[e])
        a = c.ident[i]
        keys = (
            agent_key(streams[0], a), agent_key(streams[1], a), agent_key(streams[2], a), agent_key(streams[3], a),
        )  # fmt: skip
        told = tells(w, i)
        if uniform(agent_key(notice_key, a), occasion) < p.notice:
            j = from_shelf(f.presence, uniform(agent_key(shelf_key, a), occasion))
            if j >= 0:
                remind(w, i, j, memory.shelf_gain)
                tally.noticed[j] += 1
        chosen = pick(w, i, occasion, keys, told)
        for first in range(0, c.provider.shape[1], WIDTH):
            store(c.salience, i, first, load(c.salience, i, first) * memory.interference)
        tally.intents[0] += told
        events.provider[e] = chosen
        if chosen < 0:
            tally.unmet[0] += 1
            continue
        remind(w, i, chosen, memory.purchase_gain)
        tally.influenced[chosen] += c.heard_provider[i] == chosen
        if told and f.discount[chosen] >= 0:
            tally.bids_won[chosen] += 1
            tally.rebates[chosen] += f.discount[chosen]
