"""M6 Insight (the data stream): what a firm knows of what each customer is trying to do.

    taste      h = c_g + dev,  dev <- (1 - pull) dev + sd * xi each week      (on a circle of circumference 1)
    drift      P <- min(P0, (1 - pull)^2 P + sd^2)                           each week
    data       P <- P v / (P + v)                                            at each purchase with that firm (Kalman)

P is the error variance of the firm's estimate of h. With pull = 0 and one observation a week, far below P0, it
settles at (sqrt(sd^4 + 4 sd^2 v) - sd^2) / 2 after the observation. Taste moves between needs by the exact transition
over the weeks elapsed; needs do not depend on any strategy, so neither does taste.

Source: Kalman 1960; customer learning in databases: Rossi, McCulloch & Allenby 1996.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ecosim.columns import Column
from ecosim.draws import agent_key, normal, purpose, stream, uniform
from ecosim.jit import pass_kernel, rule, world_rule
from ecosim.mechanisms.memory import find
from ecosim.parameters import Parameters, param

DRIFT = purpose("insight.drift")


@dataclass(frozen=True)
class Insight(Parameters):
    """What customers are trying to do, and what firms learn of it."""

    drift_sd: float = param(0.01, "weekly drift of taste", unit="1/sqrt(week)", low=0, high=0.5, sweep=(0, 0.05))
    drift_pull: float = param(0.01, "pull of taste to its segment's centre", unit="1/week", low=0, high=1)
    prior_variance: float = param(1.0 / 12, "error variance about a stranger, P0: uniform on the circle", low=1e-6,
                                  high=1)  # fmt: skip
    data_noise: float = param(0.02, "noise variance of what one purchase tells, v_d", low=1e-9, high=1e6,
                              sweep=(0.0067, 0.06))  # fmt: skip


COLUMNS = (
    Column("segment", "uint8", 0, "segment, fixes attribute weights", "id", "n", 0),
    Column("taste", "float32", np.nan, "deviation of taste from the segment's centre, dev", "circle", "n"),
    Column("taste_week", "int32", 0, "week up to which taste has drifted", "week", "n", 0),
    Column("error", "float32", 1.0 / 12, "the firm's error variance about this customer, P", "circle^2", "nk", 0, 1),
)


@world_rule
def drift(w, i):
    """Move the taste of row ``i`` to the present week by one draw."""
    c = w.customers
    k = w.clock.week - c.taste_week[i]
    if k > 0:
        xi = normal(uniform(agent_key(stream(w.clock.seed, DRIFT, w.clock.week), c.ident[i]), 0))
        c.taste[i] = np.float64(c.taste[i]) * w.fade.taste_scale[k] + w.fade.taste_sd[k] * xi
        c.taste_week[i] = w.clock.week


@rule
def observe(error, noise):
    """Return the error variance after one observation with noise variance ``noise``."""
    return error * noise / (error + noise)


@pass_kernel
def learn_from_purchases(lo, hi, w, events, tally):
    """Phase 10: each purchase tells the firm something about its customer."""
    c = w.customers
    for e in range(events.customer.size):
        if events.provider[e] >= 0:
            i = events.customer[e]
            s = find(c, i, events.provider[e])
            if s >= 0:
                c.error[i, s] = observe(np.float64(c.error[i, s]), w.rules.insight.data_noise)
