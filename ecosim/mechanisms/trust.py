"""M2 Trust and learning: evidence that promises are kept, and expectations that evidence makes hard to sway.

    trust        T = (r + 1) / (r + s + 2)            uncertainty  u = 2 / (r + s + 2)
    learning     e <- e + g (y - e),                  g = w / (w + r + s + n0)
    evidence     z = logistic((x - e + margin) / scale);   r <- r + d z,   s <- s + d * asymmetry * (1 - z)
    reactance    s <- s + reactance * max(0, contacts processed - ideal)          each week, in expectation
    intrusion    s <- s + intrusion [1 - (1 - L5)^2] (1 - P / P0) concern         each message, without leave

r and s fade with `memory` a week. The same evidence that makes trust makes people hard to sway, so stubbornness as in
Friedkin & Johnsen (1990) is endogenous. Without the margin a promise just kept would destroy trust.

Sources: Josang & Ismail 2002 (beta reputation); Oliver 1980 (disconfirmation); Godfrey, Seiders & Voss 2011 (ideal
contact level); loss asymmetry is contested (Slovic 1993 and replications), so sweep it from 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ecosim.columns import Column
from ecosim.draws import logistic
from ecosim.jit import rule, world_rule
from ecosim.parameters import Parameters, param


@dataclass(frozen=True)
class Trust(Parameters):
    """Trust, learning and reactance."""

    prior_weight: float = param(2.0, "weight n0 of the first impression", low=0, high=100, sweep=(0.5, 10))
    expected_start: float = param(0.55, "expected value of a provider just met, e0", low=-2, high=2)
    claim_weight: float = param(
        0.7, "weight of a firm's claim, times trust in it", low=0, high=10, sweep=(0.35, 0.7),
        source="Nielsen 2009: brand sites are trusted by 70 %",
    )  # fmt: skip
    peer_weight: float = param(
        0.5, "weight of a peer's report, times the tie's", low=0, high=10, sweep=(0.1, 2),
        source="assumption; order from Nielsen 2009: known people are trusted by 90 %",
    )  # fmt: skip
    loss_asymmetry: float = param(
        1.5, "evidence from a broken promise relative to a kept one", low=1, high=10, sweep=(1, 4),
        source="contested: Slovic 1993 and replications",
    )  # fmt: skip
    memory: float = param(0.99, "weekly retention of evidence", unit="1/week", low=0, high=1, sweep=(0.95, 1.0),
                          source="Josang & Ismail 2002")  # fmt: skip
    margin: float = param(0.25, "shortfall forgiven, as a difference of value", low=-1, high=1)
    scale: float = param(0.15, "sharpness of the judgement kept or broken", low=1e-6, high=10)
    reactance: float = param(0.05, "negative evidence per contact beyond the ideal", low=0, high=10, sweep=(0, 0.3),
                             source="form: Godfrey, Seiders & Voss 2011; size: assumption")  # fmt: skip
    intrusion: float = param(0.05, "negative evidence per personal message from a firm that knows the customer without "
                             "his leave, per unit of concern", low=0, high=10,
                             source="form: White et al. 2008; size: assumption")  # fmt: skip
    ideal_contact: float = param(1.0, "median ideal contacts processed", unit="1/week", low=0, high=100,
                                 sweep=(0.5, 4), build=True)  # fmt: skip
    ideal_contact_sd: float = param(0.5, "spread of the ideal, of its logarithm", low=0, high=5, build=True)


COLUMNS = (
    Column("expected", "float32", 0.0, "expected value of a considered provider, e", "value", "nk"),
    Column("kept", "float32", 0.0, "evidence that promises are kept, r", "events", "nk", 0),
    Column("broken", "float32", 0.0, "evidence that promises are broken, s", "events", "nk", 0),
    Column("ideal_contact", "float32", np.nan, "contacts welcome, n*", "1/week", "n", 0, swept=True),
)


@rule
def trust(r, s):
    """Return the mean of the beta posterior, in (0, 1)."""
    return (r + 1.0) / (r + s + 2.0)


@rule
def uncertainty(r, s):
    """Return the uncertainty of the opinion, in (0, 1]."""
    return 2.0 / (r + s + 2.0)


@rule
def learn(e, y, weight, r, s, prior_weight):
    """Return the expectation after a signal ``y`` of ``weight`` >= 0."""
    total = weight + r + s + prior_weight
    if total <= 0.0:
        return e
    return e + weight / total * (y - e)


@rule
def kept_share(x, e, margin, scale):
    """Return how far experience ``x`` keeps the promise ``e``, in (0, 1)."""
    return logistic((x - e + margin) / scale)


@world_rule
def hear_claim(w, i, s, claim):
    """A firm's claim moves the expectation in slot ``s``, weighted by trust in the firm."""
    c, p = w.customers, w.rules.trust
    r, b = np.float64(c.kept[i, s]), np.float64(c.broken[i, s])
    c.expected[i, s] = learn(np.float64(c.expected[i, s]), claim, p.claim_weight * trust(r, b), r, b, p.prior_weight)


@world_rule
def live_through(w, i, s, x, weight, evidence):
    """An experience ``x``, own (weight 1) or a peer's (weight of the report), moves expectation and evidence."""
    c, p = w.customers, w.rules.trust
    e, r, b = np.float64(c.expected[i, s]), np.float64(c.kept[i, s]), np.float64(c.broken[i, s])
    z = kept_share(x, e, p.margin, p.scale)
    c.expected[i, s] = learn(e, x, weight, r, b, p.prior_weight)
    c.kept[i, s] = r + evidence * z
    c.broken[i, s] = b + evidence * p.loss_asymmetry * (1.0 - z)
