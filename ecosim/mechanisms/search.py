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
from ecosim.jit import fetch_row, joined_kernel, rule, world_rule
from ecosim.lanes import WIDTH, largest, load, lowest, marked, where
from ecosim.mechanisms.base import DATA, FIXED, REFERRED, USED_TOOL, first_of
from ecosim.mechanisms.evaluation import ask_consent
from ecosim.mechanisms.experience import mismatch, own_mismatch
from ecosim.mechanisms.insight import drift, observe
from ecosim.mechanisms.memory import AHEAD, fetch, fetch_ties, find, refresh, remind
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
    for first in range(0, c.provider.shape[1], WIDTH):
        salience = where(load(c.provider, i, first) >= 0, load(c.salience, i, first), -1.0)
        top = largest(salience)
        if top > best:
            s = first + lowest(marked(salience == top))
            best, u = top, uncertainty(np.float64(c.kept[i, s]), np.float64(c.broken[i, s]))
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


@world_rule
def fetch_need(w, i):
    """Have what a need of customer ``i`` will touch on its way from memory, but for where his ties are."""
    c = w.customers
    fetch(c, i)
    fetch_row(c.consent, i)
    fetch_row(c.first_week, i)
    fetch_row(c.bought, i)
    fetch_row(c.bought, i + 1)
    fetch_ties(w.graph, i)


@joined_kernel
def seek(lo, hi, w, events, tally):
    """Phase 5: bring needy rows to the present and let the unsure ask around.

    First all rows, so that meanwhile the answers of those who may be asked come in from memory.
    """
    c, p = w.customers, w.rules.search
    key, n = stream(w.clock.seed, ASK, w.clock.week), c.needs.size
    first, last = first_of(events.customer, lo), first_of(events.customer, hi)
    asked, holders = p.neighbours if n > 1 else 0, hold_open(w.firms)
    for e in range(first, last):
        if e + 2 * AHEAD < events.customer.size:
            fetch_row(w.graph.indptr, events.customer[e + 2 * AHEAD])
        if e + AHEAD < events.customer.size:
            fetch_need(w, events.customer[e + AHEAD])
        i = events.customer[e]
        if events.occasion[e] == 0:
            refresh(w, i)
            drift(w, i)
            if doubt(c, i) > p.threshold:
                for q in range(asked):
                    other, _ = neighbour(w.graph, i, uniform(agent_key(key, c.ident[i]), q), n)
                    fetch_row(c.last_value, max(other, 0))
    for e in range(first, last):
        i = events.customer[e]
        if doubt(c, i) <= p.threshold:
            continue
        mine, base = agent_key(key, c.ident[i]), np.int64(events.occasion[e]) * PAIR
        for q in range(asked):
            other, tie = neighbour(w.graph, i, uniform(mine, base + q), n)
            if other >= 0 and c.last_provider[other] >= 0:
                listen(w, i, c.last_provider[other], np.float64(c.last_value[other]), tie, tally)
        for s in range(c.provider.shape[1] if holders else 0):
            if c.provider[i, s] >= 0 and w.firms.open_tool[c.provider[i, s]] > 0 and c.first_week[i, s] == 0:
                try_tool(w, i, s, tally)


@rule
def hold_open(f):
    """Return whether some firm holds its tool open to everybody."""
    found = False
    for j in range(f.open_tool.size):
        found = found or f.open_tool[j] > 0
    return found


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
