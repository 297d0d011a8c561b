r"""M4 Job and experience: what a purchase turns out to be worth.

    E10  V_gf = (sum_j w_gj C_j^rho)^(1/rho) - tau * (components not covered),   C_j generic if not covered
    E11  mismatch  l = (1 - L5)^2 d^2 + [1 - (1 - L5)^2] P_f,   d the circular distance of taste and offer
    E12  a tool is taken if (l - l_self) fit_weight > tool_effort (1 - skill),   l_self = (1 - skill)^2 P0
    E13  x = V - fit_weight l - effort + style L12 + noise
    platform   a customer who owns a platform saves platform_saving min(L14_j, L14 of its maker) of the tau at firm j

From the standard offer (L5 = 0) to what the firm knows (L5 = 1). The effort of signing in, and of the tool where it
will be used, weighs in the choice and is lived through in the experience. Convenience is only the saved tau.

Sources: constant elasticity (Arrow et al. 1961); consumers as participants in service (Bitner, Ostrom & Meuter 2002);
self-service costs (Campbell & Frei 2010).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ecosim.columns import Column
from ecosim.draws import PAIR, agent_key, exp, log, normal, purpose, stream, uniform
from ecosim.jit import joined_kernel, kernel, rule, world_rule
from ecosim.lanes import floor, take, where
from ecosim.mechanisms.base import FIXED, PLATFORM, USED_TOOL, first_of
from ecosim.mechanisms.memory import find
from ecosim.parameters import Parameters, param

SERVICE, BUILD = purpose("experience.service"), purpose("experience.platform")
OPTIONAL, FORCED = 1, 2


@dataclass(frozen=True)
class Experience(Parameters):
    """The worth of a purchase."""

    fit_weight: float = param(0.6, "value lost per unit of mismatch, beta_h", low=0, high=100)
    elasticity: float = param(1.0, "CES exponent of the components: 1 additive, -4 near the weakest", low=-8, high=1,
                              sweep=(-4, 1))  # fmt: skip
    generic: float = param(0.5, "contribution of a component found elsewhere", low=1e-3, high=1)
    missing_cost: float = param(0.05, "transaction cost of each component not covered, tau", low=0, high=1,
                                sweep=(0, 0.2))  # fmt: skip
    sign_in: float = param(0.02, "effort of dealing with one more provider", low=0, high=1)
    tool_effort: float = param(0.1, "effort of self-service for the least skilled, c_s", low=0, high=1, sweep=(0, 0.3))
    tool_cost: float = param(0.02, "firm's cost of one use of the tool", unit="money", low=0, high=100,
                             source="sign from Campbell & Frei 2010; size: assumption")  # fmt: skip
    style: float = param(0.05, "value of a fully designed experience", low=0, high=1)
    style_cost: float = param(0.02, "firm's cost of a fully designed experience, per sale", unit="money", low=0,
                              high=100)  # fmt: skip
    platform_uptake: float = param(
        0.1, "probability that a buyer takes to a full platform at a purchase", low=0, high=1
    )
    platform_saving: float = param(0.5, "part of tau that compatible platforms save", low=0, high=1)
    skill_a: float = param(2.0, "first beta parameter of customers' skill", low=0.05, high=100, build=True)
    skill_b: float = param(2.0, "second beta parameter of customers' skill", low=0.05, high=100, build=True)


COLUMNS = (Column("skill", "float32", np.nan, "self-service skill", "1", "n", 0, 1),)
COUNTS = ("purchases", "tool_uses", "effort", "tau_saved")


@kernel
def ces(weights, contributions, rho):
    """Return the CES aggregate (sum w C^rho)^(1/rho); rho = 0 is Cobb-Douglas. ``[d]`` arrays, C > 0."""
    total = 0.0
    for j in range(weights.size):
        if rho == 1.0:
            total += weights[j] * contributions[j]
        elif rho == 0.0:
            total += weights[j] * log(contributions[j])
        else:
            total += weights[j] * exp(rho * log(contributions[j]))
    if rho == 1.0:
        return total
    return exp(total) if rho == 0.0 else exp(log(total) / rho)


@rule
def circular(a, b):
    """Return the distance of two points on a circle of circumference 1, in [0, 0.5]."""
    d = a - b
    d = d - floor(d)
    return where(1.0 - d < d, 1.0 - d, d)


@world_rule
def mismatch(w, i, j, error):
    """Return how far the offer of firm ``j``, or of lanes of firms, is from what customer ``i`` is trying to do."""
    c, f = w.customers, w.firms
    d = circular(f.centre[c.segment[i]] + np.float64(c.taste[i]), take(f.position, j))
    personal = take(f.personal, j)
    return (1.0 - personal) * d * d + personal * error


@world_rule
def takes_tool(w, i, j, error):
    """Return whether customer ``i`` serves himself at firm ``j``: if forced, or if it is worth the effort."""
    tool = take(w.firms.tool, j)
    p, skill = w.rules.experience, np.float64(w.customers.skill[i])
    gain = mismatch(w, i, j, error) - own_mismatch(w, i)
    return (tool == FORCED) | ((tool == OPTIONAL) & (gain * p.fit_weight > p.tool_effort * (1.0 - skill)))


@world_rule
def own_mismatch(w, i):
    """Return the mismatch of what customer ``i`` configures himself."""
    rest = 1.0 - np.float64(w.customers.skill[i])
    return rest * rest * w.rules.insight.prior_variance


@world_rule
def effort_of(w, i, j, error):
    """Return the effort of buying from firm ``j``: signing in, and the tool where it will be used."""
    p = w.rules.experience
    serving = p.sign_in + p.tool_effort * (1.0 - np.float64(w.customers.skill[i]))
    return where(takes_tool(w, i, j, error), serving, p.sign_in)


@world_rule
def saved(w, i, j):
    """Return how much of the trouble with components not covered at firm ``j`` customer ``i``'s platforms save."""
    c, f = w.customers, w.firms
    best = 0.0
    if f.missing[j] > 0.0 and f.extensible[j] > 0.0:
        for s in range(c.provider.shape[1]):
            if c.provider[i, s] >= 0 and c.flags[i, s] & PLATFORM:
                best = max(best, min(f.extensible[j], f.extensible[c.provider[i, s]]))
    return w.rules.experience.platform_saving * best * f.missing[j]


@world_rule
def unaided_experience(w, i, j, error):
    """Return the mean of what customer ``i`` would live through at firms ``j``, without noise and without platforms."""
    f = w.firms
    loss = where(takes_tool(w, i, j, error), own_mismatch(w, i), mismatch(w, i, j, error))
    value = take(f.value[w.customers.segment[i]], j)
    return value - w.rules.experience.fit_weight * loss - effort_of(w, i, j, error) + take(f.style, j)


@world_rule
def expected_experience(w, i, j, error):
    """Return the mean of what customer ``i`` would live through at firm ``j``, without service noise."""
    return unaided_experience(w, i, j, error) + saved(w, i, j)


@joined_kernel
def fulfil(lo, hi, w, events, tally):
    """Phase 7: each purchase is fulfilled and lived through."""
    c, f = w.customers, w.firms
    key, build = stream(w.clock.seed, SERVICE, w.clock.week), stream(w.clock.seed, BUILD, w.clock.week)
    for e in range(first_of(events.customer, lo), first_of(events.customer, hi)):
        j = events.provider[e]
        if j < 0:
            continue
        i = events.customer[e]
        s = find(c, i, j)
        error = np.float64(c.error[i, s]) if s >= 0 else w.rules.insight.prior_variance
        noise = normal(uniform(agent_key(key, c.ident[i]), np.int64(events.occasion[e]) * PAIR + j))
        events.experience[e] = expected_experience(w, i, j, error) + f.service_sd[j] * noise
        tally.purchases[j] += 1
        tally.effort[j] += np.int64(effort_of(w, i, j, error) * FIXED)
        tally.tau_saved[j] += np.int64(saved(w, i, j) * FIXED)
        used = takes_tool(w, i, j, error)
        tally.tool_uses[j] += used
        if s < 0:
            continue
        if used:
            c.flags[i, s] = c.flags[i, s] | USED_TOOL
        chance = f.extensible[j] * w.rules.experience.platform_uptake
        if chance > 0.0 and uniform(agent_key(build, c.ident[i]), np.int64(events.occasion[e]) * PAIR + j) < chance:
            c.flags[i, s] = c.flags[i, s] | PLATFORM
