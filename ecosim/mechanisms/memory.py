"""M3 (E2) Memory: who is considered at all. Salience leaks with time and with every other purchase.

    m <- decay * m              each week
    m <- interference * m       at each category need, for every provider considered
    m <- m + gain               when a message, a peer, the shelf or a purchase brings a provider to mind

A slot empties when m falls below `floor`; a newcomer takes an empty slot or displaces the smallest m below its gain.
Decay is applied when a row is next touched, from the weeks elapsed, to everything that fades: salience, evidence and
the provider's error variance. The closed forms are exact, so how often a row is touched matters only for the rounding
to 32 bits and for the week in which a forgotten provider, and any leave it had to write, is noticed to be gone.

Sources: consideration sets of about three brands (Hauser & Wernerfelt 1990); interference in brand recall (Burke &
Srull 1988).
"""

from __future__ import annotations

import collections
from dataclasses import dataclass

import numpy as np

from ecosim.columns import Column
from ecosim.jit import fetch_row, kernel, world_rule
from ecosim.lanes import WIDTH, load, lowest, marked, store, where
from ecosim.mechanisms.base import NONE
from ecosim.parameters import Parameters, param


@dataclass(frozen=True)
class Consideration(Parameters):
    """Salience and the consideration set."""

    slots: int = param(8, "largest consideration set K", low=1, high=64, build=True,
                       source="Hauser & Wernerfelt 1990: about 3 brands, so 8 rarely binds")  # fmt: skip
    membership: float = param(
        4.5, "start: a brand is considered with probability min(1, this x presence share)", low=0, high=100, build=True
    )
    decay: float = param(0.98, "weekly retention of salience", unit="1/week", low=0, high=1, sweep=(0.9, 1.0))
    interference: float = param(0.8, "retention of every salience at a category need", low=0, high=1, sweep=(0.5, 1.0))
    floor: float = param(0.04, "salience below which a slot empties", low=0, high=1, sweep=(0.01, 0.1))
    push_gain: float = param(0.95, "salience gained from a processed message of the firm", low=0, high=10)
    purchase_gain: float = param(0.35, "salience gained from a purchase", low=0, high=10)
    shelf_gain: float = param(0.1, "salience gained from being noticed on the shelf", low=0, high=10)
    peer_gain: float = param(0.3, "salience gained from a processed peer report", low=0, high=10)
    search_gain: float = param(0.3, "salience gained from a neighbour's answer", low=0, high=10)


AHEAD = 16
"""How many customers ahead rows are fetched from memory."""

COLUMNS = (
    Column("provider", "int16", NONE, "considered provider, -1 for an empty slot", "id", "nk", -1, 32767, swept=True),
    Column("salience", "float32", 0.0, "leaky memory plus habit, m", "1", "nk", 0),
    Column("refreshed", "int32", 0, "week up to which the row has faded", "week", "n", 0),
)

Fade = collections.namedtuple("Fade", ["salience", "evidence", "error_scale", "error_gain", "taste_scale", "taste_sd"])
"""Fading over k weeks, each ``[k] float64``: retention, and for error and taste the variance gained."""


@kernel
def powers(ratio, length):
    """Return ratio**k for k = 0 .. length-1, by repeated multiplication."""
    table = np.empty(length, np.float64)
    value = 1.0
    for k in range(length):
        table[k] = value
        value *= ratio
    return table


@kernel
def partial_sums(terms):
    """Return the sums of the first k terms, k = 0 .. len-1."""
    table = np.empty(terms.size, np.float64)
    total = 0.0
    for k in range(terms.size):
        table[k] = total
        total += terms[k]
    return table


def fade_tables(rules, length: int) -> Fade:
    """Return the decay tables for 0 .. length-1 elapsed weeks under parameters ``rules``."""
    pull = 1.0 - rules.insight.drift_pull
    error_scale = powers(pull * pull, length)
    error_gain = rules.insight.drift_sd * rules.insight.drift_sd * partial_sums(error_scale)
    return Fade(
        powers(rules.consideration.decay, length),
        powers(rules.trust.memory, length),
        error_scale,
        error_gain,
        powers(pull, length),
        np.sqrt(error_gain),
    )


@world_rule
def refresh(w, i):
    """Bring row ``i`` to the present week: fade everything that fades and empty forgotten slots."""
    c = w.customers
    k = w.clock.week - c.refreshed[i]
    if k == 0:
        return
    c.refreshed[i] = w.clock.week
    salience, evidence = w.fade.salience[k], w.fade.evidence[k]
    scale, gain = w.fade.error_scale[k], w.fade.error_gain[k]
    ignorance = w.rules.insight.prior_variance
    for first in range(0, c.provider.shape[1], WIDTH):
        store(c.salience, i, first, load(c.salience, i, first) * salience)
        store(c.kept, i, first, load(c.kept, i, first) * evidence)
        store(c.broken, i, first, load(c.broken, i, first) * evidence)
        error = load(c.error, i, first) * scale + gain
        store(c.error, i, first, where(error < ignorance, error, ignorance))
        faint = load(c.salience, i, first) < w.rules.consideration.floor
        forgotten = marked(faint & (load(c.provider, i, first) >= 0))
        while forgotten:
            clear(c, i, first + lowest(forgotten))
            forgotten &= forgotten - 1


@world_rule
def fetch(c, i):
    """Have what is there to row ``i`` on its way from memory."""
    fetch_row(c.salience, i)
    fetch_row(c.kept, i)
    fetch_row(c.error, i)
    fetch_row(c.segment, i)
    fetch_row(c.provider, i)


@world_rule
def fetch_ties(graph, i):
    """Have the ties of customer ``i`` on their way from memory, whole if there are no more than sixteen."""
    if not graph.complete:
        fetch_row(graph.indices, graph.indptr[i])
        fetch_row(graph.indices, graph.indptr[i + 1])
        if graph.community.shape[0] > 0:
            fetch_row(graph.community, i)


@world_rule
def clear(c, i, s):
    """Empty slot ``s`` of row ``i``."""
    c.provider[i, s] = NONE
    c.salience[i, s] = 0.0
    c.consent[i, s] = 0
    c.flags[i, s] = 0
    c.first_week[i, s] = 0


@world_rule
def find(c, i, provider):
    """Return the slot of ``provider`` in row ``i``, or -1."""
    for first in range(0, c.provider.shape[1], WIDTH):
        here = marked(load(c.provider, i, first) == provider)
        if here:
            return first + lowest(here)
    return -1


@world_rule
def admit(w, i, provider, gain):
    """Give a newcomer a slot with salience ``gain``, or return -1 if none is empty or weaker.

    Among the weakest slots the one with the higher provider id yields; at equal salience the incumbent stays.
    """
    c = w.customers
    if gain < w.rules.consideration.floor:
        return -1
    weakest, low, low_id = -1, np.float64(gain), -1
    for s in range(w.rules.consideration.slots):
        p = c.provider[i, s]
        if p < 0:
            weakest = s
            break
        m = np.float64(c.salience[i, s])
        if m < low or (m == low and weakest >= 0 and p > low_id):
            weakest, low, low_id = s, m, p
    if weakest >= 0:
        clear(c, i, weakest)
        c.provider[i, weakest] = provider
        c.salience[i, weakest] = gain
        c.expected[i, weakest] = w.rules.trust.expected_start
        c.kept[i, weakest] = 0.0
        c.broken[i, weakest] = 0.0
        c.error[i, weakest] = w.rules.insight.prior_variance
    return weakest


@world_rule
def remind(w, i, provider, gain):
    """Bring ``provider`` to mind by ``gain``: raise its salience or admit it; return its slot or -1."""
    c = w.customers
    s = find(c, i, provider)
    if s < 0:
        return admit(w, i, provider, gain)
    c.salience[i, s] = np.float64(c.salience[i, s]) + gain
    return s
