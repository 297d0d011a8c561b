"""Referred customers: better matched, and better known from the start. A mechanism, and no law.

    what a customer wants: w ~ N(0, 1); the firm believes m with precision k, and every week sees w + noise:
        k <- k + q,  m <- m + (q/k)(w + noise/sqrt(q) - m)
    margin of a day = m0 - u c (w - m)^2
    gone in a week with probability h exp(-match),  match ~ N(0, s^2), of referred customers N(d, s^2)

A referrer tells the firm's offer to a friend it suits: the friend's match is higher (d), and it lasts; and firm and
friend know of each other what others have to learn: k starts at 1 + v instead of 1. So the margin gap is a gap of
*information*, which shrinks as the others are learnt, and the retention gap one of *match*, which does not.

``use`` (u) says whom better information serves: 1 where the firm offers what fits better, -1 where the customer finds
what is cheaper for him. The sign of the margin gap is that of u: it is an input here, and never a finding. Field data
have both: a margin above that of others in a bank, and below it in telecommunications, with lower churn in both.

Source: Schmitt, Skiera & Van den Bulte 2011.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ecosim.draws import agent_key, exp, normal, purpose, stream_key, uniform
from ecosim.jit import kernel

REFERRAL = purpose("customer_base.referral")


@dataclass(frozen=True)
class Matching:
    """Parameters of the mechanism; all but ``margin`` and its gap, which are the bank's, are assumptions."""

    margin: float = 0.438
    """Margin of a day without any mismatch, money."""
    loss: float = 0.345
    """Loss of margin by a unit of squared error, money a day (c)."""
    use: float = 1.0
    """Whom information serves: 1 the firm, -1 the customer."""
    known: float = 1.0
    """Precision that a referrer adds at the start (v)."""
    signal: float = 0.03
    """Precision that a week adds (q)."""
    hazard: float = 0.0016
    """Weekly probability of leaving at match 0 (h)."""
    match: float = 0.2
    """By how much referred customers match better (d)."""
    spread: float = 0.3
    """Spread of match among customers (s)."""


@kernel
def lives(key, first, n, weeks, p, known, match, margin, stayed):
    """Add the weekly margins of ``n`` customers to ``margin`` [weeks], and who is there at the start to ``stayed``."""
    base, loss, signal, hazard, spread = p
    for i in range(first, first + n):
        mine = agent_key(key, i)
        want = normal(uniform(mine, 0))
        leaving = hazard * exp(-(match + spread * normal(uniform(mine, 1))))
        precision = 1.0 + known
        # the estimate of a believer with this precision, whose prior mean is 0: shrunk truth and its noise
        share = known / precision
        estimate = share * want + np.sqrt(share / precision) * normal(uniform(mine, 2))
        for t in range(weeks):
            stayed[t] += 1
            margin[t] += base - loss * (want - estimate) ** 2
            if uniform(mine, 3 + 2 * t) < leaving:
                break
            precision += signal
            seen = want + normal(uniform(mine, 4 + 2 * t)) / np.sqrt(signal)
            estimate += signal / precision * (seen - estimate)


def cohorts(p: Matching, n: int, weeks: int, seed: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return, for ``others`` and ``referred`` customers (n each), mean margin a day and number there, each [weeks]."""
    key = stream_key(seed, REFERRAL, 0)
    numbers = (p.margin, p.use * p.loss, p.signal, p.hazard, p.spread)
    found = {}
    for place, (name, known, match) in enumerate((("others", 0.0, 0.0), ("referred", p.known, p.match))):
        margin, stayed = np.zeros(weeks), np.zeros(weeks, np.int64)
        lives(key, place * n, n, weeks, numbers, known, match, margin, stayed)
        found[name] = (margin / np.maximum(stayed, 1), stayed)
    return found
