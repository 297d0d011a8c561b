"""M6 Insight: what a firm knows of what each customer is trying to do, from three streams of observations.

    taste          h = c_g + dev,  dev <- (1 - pull) dev + sd * xi each week      (on a circle of circumference 1)
    drift          P <- min(P0, (1 - pull)^2 P + sd^2)                           each week
    observation    P <- P v / (P + v)                                            of noise variance v (Kalman)
    data           one of each purchase whose record is used: share L4 of what the system can observe; of customers
                   who keep their data from the firm, only the part 1 - L13 that it holds anyway
    profiles       one of each story told in public or profile shared that is read, as far as the budget goes
    participation  one of each interview or co-creation, where the customer is willing (see `participation`)

P is the error variance of the firm's estimate of h. With pull = 0 and one observation a week, far below P0, it
settles at (sqrt(sd^4 + 4 sd^2 v) - sd^2) / 2 after the observation. Taste moves between needs by the exact transition
over the weeks elapsed; needs do not depend on any strategy, so neither does taste.

Source: Kalman 1960; customer learning in databases: Rossi, McCulloch & Allenby 1996.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ecosim.columns import Column
from ecosim.draws import PAIR, agent_key, normal, purpose, stream, uniform
from ecosim.jit import joined_kernel, rule, world_rule
from ecosim.mechanisms.base import DATA, first_of
from ecosim.mechanisms.memory import find
from ecosim.mechanisms.participation import take_part
from ecosim.parameters import Parameters, param

DRIFT, RECORD = purpose("insight.drift"), purpose("insight.record")
READ, INVITE = purpose("insight.read"), purpose("insight.invite")


@dataclass(frozen=True)
class Insight(Parameters):
    """What customers are trying to do, and what firms learn of it."""

    drift_sd: float = param(0.01, "weekly drift of taste", unit="1/sqrt(week)", low=0, high=0.5, sweep=(0, 0.05))
    drift_pull: float = param(0.01, "pull of taste to its segment's centre", unit="1/week", low=0, high=1)
    prior_variance: float = param(1.0 / 12, "error variance about a stranger, P0: uniform on the circle", low=1e-6,
                                  high=1)  # fmt: skip
    data_noise: float = param(0.02, "noise variance of what one purchase tells, v_d", low=1e-9, high=1e6,
                              sweep=(0.0067, 0.06))  # fmt: skip
    profile_noise: float = param(0.01, "noise variance of what one profile tells, v_p", low=1e-9, high=1e6,
                                 sweep=(0.0033, 0.03))  # fmt: skip
    interview_noise: float = param(0.003, "noise variance of what one interview tells, v_c", low=1e-9, high=1e6,
                                   sweep=(0.001, 0.009))  # fmt: skip
    budget: float = param(0.01, "insight budget as a share of the sales a firm would make at its starting share",
                          low=0, high=10, build=True)  # fmt: skip
    profile_cost: float = param(0.01, "firm's cost of reading a profile", unit="money", low=1e-4, high=1000)
    interview_cost: float = param(0.2, "firm's cost of an interview", unit="money", low=1e-4, high=1000)


COLUMNS = (
    Column("segment", "uint8", 0, "segment, fixes attribute weights", "id", "n", 0),
    Column("taste", "float32", np.nan, "deviation of taste from the segment's centre, dev", "circle", "n"),
    Column("taste_week", "int32", 0, "week up to which taste has drifted", "week", "n", 0),
    Column("error", "float32", 1.0 / 12, "the firm's error variance about this customer, P", "circle^2", "nk", 0, 1),
)
COUNTS = ("recorded", "readable", "profiles_read", "invitations", "interviews")


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


def plan(model) -> None:
    """Phase 3: spread the insight budget over last week's number of opportunities (lever L4)."""
    setting, f = model.setting, model.world.firms
    p = setting.insight
    readable, bought = (model.last[name].tolist() for name in ("readable", "purchases"))
    for firm in model.firms:
        j, mix = firm.row, firm.levers.insight
        talks = mix.participation + firm.levers.innovation.customers
        budget = firm.insight_budget / max(1.0, mix.profiles + talks) if firm.active else 0.0
        f.observed[j] = min(1.0, mix.data * firm.capacity)
        f.reading[j] = min(1.0, mix.profiles * budget / p.profile_cost / max(1, readable[j]))
        f.inviting[j] = min(1.0, talks * budget / p.interview_cost / max(1, bought[j]))


@joined_kernel
def learn(lo, hi, w, events, tally):
    """Phase 10: purchases, stories and interviews tell firms something about their customers."""
    c, f, p = w.customers, w.firms, w.rules.insight
    seed, week = w.clock.seed, w.clock.week
    record, read, invite = stream(seed, RECORD, week), stream(seed, READ, week), stream(seed, INVITE, week)
    for e in range(first_of(events.customer, lo), first_of(events.customer, hi)):
        j = events.provider[e]
        if j < 0:
            continue
        i = events.customer[e]
        s = find(c, i, j)
        if s < 0:
            continue
        a, index = c.ident[i], np.int64(events.occasion[e]) * PAIR + j
        error, shared = np.float64(c.error[i, s]), (c.flags[i, s] & DATA) > 0
        chance = f.observed[j] if shared else f.observed[j] * (1.0 - f.custody[j])
        if chance >= 1.0 or uniform(agent_key(record, a), index) < chance:
            error = observe(error, p.data_noise)
            tally.recorded[j] += 1
        if shared or events.depth[e] > 0:
            tally.readable[j] += 1
            if f.reading[j] > 0.0 and uniform(agent_key(read, a), index) < f.reading[j]:
                error = observe(error, p.profile_noise)
                tally.profiles_read[j] += 1
        if f.inviting[j] > 0.0 and uniform(agent_key(invite, a), index) < f.inviting[j]:
            tally.invitations[j] += 1
            told = observe(error, p.interview_noise)
            if take_part(w, i, s, error - told):
                error = told
                tally.interviews[j] += 1
        c.error[i, s] = error
