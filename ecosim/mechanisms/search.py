"""M5 (E18) Search: at a need, a customer unsure of the provider that first comes to mind asks q neighbours.

    u = 2 / (r + s + 2) of the most salient provider (1 if none)        asks if u > threshold

Each neighbour answers with the last experience he had, if any; the answer counts as a peer's report and brings the
provider to mind. Answers are last week's, whoever is served first. He also tries the tools that firms he considers,
but has not bought from, hold open to everybody (L6), where that is worth the effort: it brings the firm to mind, and
tells the firm something about him if he lets it.

Source: information search falls with prior knowledge (Moorthy, Ratchford & Talukdar 1997).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ecosim.draws import PAIR, agent_key, purpose, stream, uniform
from ecosim.jit import pass_kernel, world_rule
from ecosim.mechanisms.base import DATA, FIXED, REFERRED, USED_TOOL
from ecosim.mechanisms.evaluation import ask_consent
from ecosim.mechanisms.experience import mismatch, own_mismatch
from ecosim.mechanisms.insight import drift, observe
from ecosim.mechanisms.memory import AHEAD, fetch, find, refresh, remind
from ecosim.mechanisms.trust import live_through, uncertainty
from ecosim.parameters import Parameters, param

ASK = purpose("search.ask")


@dataclass(frozen=True)
class Search(Parameters):
    """Asking neighbours at a need."""

    neighbours: int = param(2, "neighbours asked at an uncertain need, q", low=0, high=100)
    threshold: float = param(0.5, "uncertainty about the first provider in mind above which one asks", low=0, high=1)


COUNTS = ("answers", "trials", "trial_effort")


@world_rule
def doubt(c, i):
    """Return the uncertainty about the most salient provider of row ``i``; 1 if it considers none."""
    best, u = -1.0, 1.0
    for s in range(c.provider.shape[1]):
        if c.provider[i, s] >= 0 and np.float64(c.salience[i, s]) > best:
            best = np.float64(c.salience[i, s])
            u = uncertainty(np.float64(c.kept[i, s]), np.float64(c.broken[i, s]))
    return u


@world_rule
def neighbour(graph, i, u, n):
    """Return the neighbour, network or community, that ``u`` in (0, 1) picks, and the tie's weight; -1 if none."""
    if graph.complete:
        j = np.int64(u * (n - 1))
        return (j if j < i else j + 1), 1.0
    start, degree = graph.indptr[i], graph.indptr[i + 1] - graph.indptr[i]
    ties = 0
    if graph.community.shape[0] > 0:
        while ties < graph.community.shape[1] and graph.community[i, ties] >= 0:
            ties += 1
    if degree + ties == 0:
        return -1, 0.0
    k = np.int64(u * (degree + ties))
    if k >= degree:
        return np.int64(graph.community[i, k - degree]), 1.0
    tie = np.float64(graph.weights[start + k]) if graph.weights.size > 0 else 1.0
    return np.int64(graph.indices[start + k]), tie


@pass_kernel
def seek(lo, hi, w, events, tally):
    """Phase 5: bring needy rows to the present and let the unsure ask around."""
    c, p = w.customers, w.rules.search
    key = stream(w.clock.seed, ASK, w.clock.week)
    n = c.needs.size
    for i in range(lo, hi):
        if i + AHEAD < hi and c.needs[i + AHEAD]:
            fetch(c, i + AHEAD)
        if c.needs[i] == 0:
            continue
        refresh(w, i)
        drift(w, i)
        mine = agent_key(key, c.ident[i])
        for occasion in range(c.needs[i]):
            if doubt(c, i) <= p.threshold:
                continue
            for q in range(p.neighbours if n > 1 else 0):
                other, tie = neighbour(w.graph, i, uniform(mine, occasion * PAIR + q), n)
                if other >= 0 and c.last_provider[other] >= 0:
                    listen(w, i, c.last_provider[other], np.float64(c.last_value[other]), tie, tally)
            for s in range(c.provider.shape[1]):
                if c.provider[i, s] >= 0 and w.firms.open_tool[c.provider[i, s]] > 0 and c.first_week[i, s] == 0:
                    try_tool(w, i, s, tally)


@world_rule
def try_tool(w, i, s, tally):
    """A prospect tries the open tool of the provider in slot ``s`` if the better fit is worth the effort."""
    c, p = w.customers, w.rules.experience
    j, error = c.provider[i, s], np.float64(c.error[i, s])
    effort = p.tool_effort * (1.0 - np.float64(c.skill[i]))
    if (mismatch(w, i, j, error) - own_mismatch(w, i)) * p.fit_weight <= effort:
        return
    tally.trials[j] += 1
    tally.trial_effort[j] += np.int64(effort * FIXED)
    remind(w, i, j, w.rules.consideration.search_gain)
    c.flags[i, s] = c.flags[i, s] | USED_TOOL
    ask_consent(w, i, s)
    if c.flags[i, s] & DATA:
        c.error[i, s] = observe(error, w.rules.insight.data_noise)


@world_rule
def listen(w, i, j, value, tie, tally):
    """Take a neighbour's answer ``value`` about provider ``j`` as a peer's report."""
    known = find(w.customers, i, j) >= 0
    s = remind(w, i, j, w.rules.consideration.search_gain)
    tally.answers[j] += 1
    if s >= 0:
        if not known:
            w.customers.flags[i, s] = w.customers.flags[i, s] | REFERRED
        d = w.rules.trust.peer_weight * tie
        live_through(w, i, s, value, d, d)
        ask_consent(w, i, s)
