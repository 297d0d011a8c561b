"""K3, K12: customer equity, customer surplus and the state of relationships, from one look at every customer.

    pi_if     choice probability at a need, availability included
    CE_f      margin_f sum_i rate_i pi_if x present value of one unit a week that erodes
              at eta_f in the first quarter, eta_f damping^k in the quarter k later, and is discounted at d
    eta_f     max(0, -ln(sum pi_t / sum pi_{t-13}) / 13) over all customers, averaged over four quarters
    surplus   sum_f pi_f v_f + H(pi) in utility, divided by the weight of money; v_f is the utility of what would be
              lived through, known in full and without salience

Choices rest on expectation and salience, welfare on experience; the gap between them is accounted for as in Train
(2015). The firm's own estimate is another thing (see `ecosim.mechanisms.adaptation`): it uses only its records.

An erosion of the franchise does not go on for ever: people who forget a firm meet it again. Its trend is damped, which
with damping 1 is the usual margin / (d + eta).

Sources: Rust, Lemon & Zeithaml 2004 (customer equity of current and potential customers); Gupta, Lehmann & Stuart
2004; Small & Rosen 1981; Train 2015.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ecosim.draws import agent_key, exp, log, stream
from ecosim.jit import pass_kernel, rule, world_rule
from ecosim.lanes import WIDTH, largest, load, lowest, marked, store, take, where
from ecosim.mechanisms.base import DATA, FIXED, PLATFORM, REFERRED, TAKES_PART, USED_TOOL
from ecosim.mechanisms.choice import NEVER, TASTE, taste_of, tastes_of, utility
from ecosim.mechanisms.experience import effort_of, expected_experience, saved, unaided_experience
from ecosim.mechanisms.trust import trust
from ecosim.parameters import Parameters, param

ABSENT = -1e300
"""Utility of a provider that is not considered or cannot be had."""

ROWS = ("weight", "worth", "trust", "error", "help")
"""What is written of a customer's slots: the probability of choosing each (at first its utility), the utility of what
he would live through there, his trust, the error about him, and what his platforms save him."""

WEIGHT, WORTH, TRUST, ERROR, HELP = range(len(ROWS))

QUARTERS = 400
"""Quarters over which an erosion is followed; after them it goes on at its last rate."""

SUMS = (
    "pi", "value", "trust", "considered", "consented", "error", "misfiled", "shared", "participants", "owners", "users",
    "bought_value", "referred_value", "insiders",
)  # fmt: skip
MARKET_SUMS = ("surplus", "set_size", "set_full")


@dataclass(frozen=True)
class Equity(Parameters):
    """How the future is valued."""

    discount: float = param(0.0018, "weekly discount rate, d", unit="1/week", low=1e-6, high=1,
                            source="about 10 % a year, Gupta, Lehmann & Stuart 2004")  # fmt: skip
    damping: float = param(
        0.5, "part of an erosion that goes on from quarter to quarter; 1 for ever, 0 not at all", low=0, high=1,
        source="damped trends: Gardner & McKenzie 1985; size chosen to meet an oracle continuation within 10 %",
    )  # fmt: skip
    smoothing: float = param(0.3, "weight of the newest quarter in a firm's own estimate", low=0.01, high=1)


@world_rule
def weigh(w, i, taste_key, table):
    """Fill ``table`` [5, k] as `ROWS` says; return the probabilities that nothing is available and of no purchase."""
    c, f, p, fade = w.customers, w.firms, w.rules.choice, w.fade
    k, ignorance = w.clock.week - c.refreshed[i], w.rules.insight.prior_variance
    has_outside = p.outside_utility > NEVER
    top, missed = max(ABSENT, p.outside_utility) if has_outside else ABSENT, 1.0
    for first in range(0, table.shape[1], WIDTH):
        provider = load(c.provider, i, first)
        j = where(provider < 0, 0, provider)
        m, price = load(c.salience, i, first) * fade.salience[k], take(f.price, j)
        error = load(c.error, i, first) * fade.error_scale[k] + fade.error_gain[k]
        error = where(error < ignorance, error, ignorance)
        trusted = trust(load(c.kept, i, first) * fade.evidence[k], load(c.broken, i, first) * fade.evidence[k])
        taste, effort = tastes_of(taste_key, j, p.taste_sd), effort_of(w, i, j, error)
        there = (provider >= 0) & (m >= w.rules.consideration.floor) & (take(f.availability, j) > 0.0)
        u = utility(w, i, price, load(c.expected, i, first), trusted, log(1.0 + m), effort, taste)
        u = where(there, u, ABSENT)
        lived = unaided_experience(w, i, j, error) + load(table, HELP, first)
        top = max(top, largest(u))
        considered = marked(there)
        while considered:
            missed *= 1.0 - f.availability[c.provider[i, first + lowest(considered)]]
            considered &= considered - 1
        store(table, WEIGHT, first, u)
        store(table, WORTH, first, utility(w, i, price, lived, 1.0, 0.0, effort, taste))
        store(table, TRUST, first, trusted)
        store(table, ERROR, first, error)
    outside = exp(p.outside_utility - top) if has_outside else 0.0
    total = outside
    for first in range(0, table.shape[1], WIDTH):
        u, provider = load(table, WEIGHT, first), load(c.provider, i, first)
        available = take(f.availability, where(provider < 0, 0, provider))
        store(table, WEIGHT, first, where(u > ABSENT, available * exp(u - top), 0.0))
        for s in range(first, first + WIDTH):
            total += table[WEIGHT, s]
    if total <= 0.0:
        return missed, 0.0
    for first in range(0, table.shape[1], WIDTH):
        store(table, WEIGHT, first, load(table, WEIGHT, first) / total)
    return missed, outside / total


@rule
def wrong_side(error, segments):
    """Return how likely an estimate with error variance ``error`` lies outside its segment's stretch of the circle."""
    return math.erfc(0.5 / segments / math.sqrt(2.0 * error)) if error > 0.0 else 0.0


@world_rule
def surplus_of(w, outside, table):
    """Return what the choices in ``table`` are worth in utility: sum of pi v, and the entropy of pi."""
    surplus = 0.0
    for first in range(0, table.shape[1], WIDTH):
        weight = load(table, WEIGHT, first)
        chosen = weight > 0.0
        worth = weight * (load(table, WORTH, first) - log(where(chosen, weight, 1.0)))
        store(table, WORTH, first, where(chosen, worth, 0.0))
        for s in range(first, first + WIDTH):
            surplus += table[WORTH, s]
    return surplus + outside * (w.rules.choice.outside_utility - log(outside)) if outside > 0.0 else surplus


@pass_kernel
def value_customers(lo, hi, w, table, sums, market):
    """Add what rows ``lo .. hi-1`` are worth to ``sums`` [14, f] and ``market`` [3], in fixed point."""
    c, f = w.customers, w.firms
    taste = stream(w.clock.seed, TASTE, 0)
    for i in range(lo, hi):
        key = agent_key(taste, c.ident[i])
        for s in range(table.shape[1]):
            table[HELP, s] = saved(w, i, c.provider[i, s]) if c.provider[i, s] >= 0 else 0.0
        missed, outside = weigh(w, i, key, table)
        rate, size, surplus = np.float64(c.need_rate[i]), 0, surplus_of(w, outside, table)
        for s in range(table.shape[1]):
            if table[WEIGHT, s] <= 0.0:
                continue
            j, pi, error = c.provider[i, s], table[WEIGHT, s] * (1.0 - missed), table[ERROR, s]
            size += 1
            sums[0, j] += np.int64(pi * FIXED)
            sums[1, j] += np.int64(pi * rate * FIXED)
            sums[2, j] += np.int64(table[TRUST, s] * FIXED)
            sums[3, j] += 1
            sums[4, j] += c.consent[i, s]
            sums[5, j] += np.int64(error * FIXED)
            sums[6, j] += np.int64(wrong_side(error, f.centre.size) * FIXED)
            flags = c.flags[i, s]
            sums[7, j] += (flags & DATA) > 0
            if flags & TAKES_PART:
                sums[8, j] += 1
                sums[13, j] += c.bought[i, j]
            sums[9, j] += (flags & PLATFORM) > 0
            sums[10, j] += (flags & USED_TOOL) > 0
            if c.first_week[i, s] > 0:
                sums[12 if flags & REFERRED else 11, j] += np.int64(pi * rate * FIXED)
        if missed > 0.0:
            surplus += strangers(w, i, key, missed, size, rate, sums)
        if w.rules.choice.price_weight > 0.0:
            surplus /= w.rules.choice.price_weight * np.float64(c.price_sensitivity[i])
        market[0] += np.int64(surplus * rate * FIXED)
        market[1] += size
        market[2] += size == w.rules.consideration.slots


@world_rule
def strangers(w, i, key, missed, size, rate, sums):
    """Spread the probability that nothing considered is available over the shelf; value it for an empty set."""
    f = w.firms
    before, total, surplus = 0.0, f.presence[-1], 0.0
    for j in range(f.presence.size):
        if total <= 0.0:
            break
        pi = missed * (f.presence[j] - before) / total
        before = f.presence[j]
        sums[0, j] += np.int64(pi * FIXED)
        sums[1, j] += np.int64(pi * rate * FIXED)
        if size == 0 and pi > 0.0:
            error = w.rules.insight.prior_variance
            taste = taste_of(key, j, w.rules.choice.taste_sd)
            lived = expected_experience(w, i, j, error)
            surplus += pi * utility(w, i, f.price[j], lived, 1.0, 0.0, effort_of(w, i, j, error), taste)
    return surplus


def look(model: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the sums over customers: ``[14, f] float64`` as in `SUMS` and ``[3] float64`` as in `MARKET_SUMS`."""
    n_firms = len(model.firms)
    sums = np.zeros((len(model.chunks), len(SUMS), n_firms), np.int64)
    market = np.zeros((len(model.chunks), len(MARKET_SUMS)), np.int64)
    tables = np.zeros((len(model.chunks), len(ROWS), model.world.customers.provider.shape[1]))

    def value(n: int, lo: int, hi: int) -> None:
        model.call(value_customers, lo, hi, model.world, tables[n], sums[n], market[n])

    model.each_chunk(value)
    total, overall = sums.sum(axis=0).astype(float), market.sum(axis=0).astype(float)
    total[[0, 1, 2, 5, 6, 11, 12]] /= FIXED
    overall[0] /= FIXED
    return total, overall


def defection(pi_history: list[np.ndarray]) -> np.ndarray:
    """Return eta [f] per week from the sums of choice probabilities at the ends of up to five quarters."""
    recent = pi_history[-5:]
    rates = [
        -np.log(np.maximum(now, 1e-12) / np.maximum(then, 1e-12)) / 13
        for then, now in zip(recent[:-1], recent[1:], strict=True)
    ]
    return np.maximum(0.0, np.mean(rates, axis=0)) if rates else np.zeros_like(recent[0])


def customer_equity(
    value: np.ndarray | float, margin: np.ndarray, eta: np.ndarray, discount: float, damping: float = 1.0
) -> np.ndarray:
    """Return CE [f] in currency from ``value`` = sum rate pi [f], unit ``margin`` [f] and defection ``eta`` [f]."""
    return margin * value * present_value(eta, discount, damping)


def present_value(eta: np.ndarray, discount: float, damping: float, weeks: float = np.inf) -> np.ndarray:
    """Return what one unit a week is worth over ``weeks`` to come, [f]; with damping 1 for ever it is 1 / (d + eta)."""
    quarters = np.arange(QUARTERS)
    decay = discount + np.asarray(eta)[:, None] * damping**quarters
    length = np.clip(weeks - 13.0 * quarters, 0.0, 13.0)
    start = np.exp(-13.0 * (np.cumsum(decay, axis=1) - decay))
    worth = (start * -np.expm1(-decay * length) / decay).sum(axis=1)
    if np.isinf(weeks):
        worth += start[:, -1] * np.exp(-13.0 * decay[:, -1]) / decay[:, -1]
    return worth
