"""M3 (E7) Needs: each customer meets N ~ Poisson(rate x season) needs of the category a week.

    rate_i ~ Gamma(shape, mean)         season_t = 1 + amplitude * triangle(week / 52), a yearly wave in [-1, 1]

Source: the NBD incidence model (Ehrenberg 1959; Goodhardt, Ehrenberg & Chatfield 1984).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ecosim.columns import Column
from ecosim.draws import agent_key, exp, poisson_given, purpose, stream, uniform
from ecosim.jit import pass_kernel, rule, world_rule
from ecosim.lanes import WIDTH, load, lowest, marked, numbers, store
from ecosim.parameters import Parameters, param

NEED = purpose("needs.count")
MOST = 255


@dataclass(frozen=True)
class Needs(Parameters):
    """How often the category is needed."""

    rate: float = param(1.456 / 13, "mean category needs of a customer", unit="1/week", low=0, high=5,
                        sweep=(0.02, 0.5), build=True, source="toothpaste panel, NBD-Dirichlet literature")  # fmt: skip
    shape: float = param(0.78, "gamma shape of the need rate over customers", low=0.01, high=1e6, build=True,
                         source="toothpaste panel, NBD-Dirichlet literature")  # fmt: skip
    growth: float = param(1.0, "factor on every need rate; a dated event may change it", low=0, high=10)
    season_amplitude: float = param(0.0, "relative size of the yearly wave in needs", low=0, high=1)
    season_peak: float = param(1.0, "week of the year in which needs peak", unit="week", low=0, high=52)


COLUMNS = (
    Column("need_rate", "float32", np.nan, "category needs", "1/week", "n", 0, swept=True),
    Column("needs", "uint8", 0, "category needs met this week", "events", "n", 0, MOST, swept=True),
)


@rule
def season(week, amplitude, peak):
    """Return the factor on needs in ``week``: 1 + amplitude at the peak, 1 - amplitude half a year away."""
    phase = (week - peak) / 52.0
    phase -= np.floor(phase)
    return 1.0 + amplitude * (4.0 * abs(phase - 0.5) - 1.0)


@pass_kernel
def count_needs(lo, hi, w):
    """Draw the needs of rows ``lo .. hi-1``; return how many they are."""
    c, p = w.customers, w.rules.needs
    key = stream(w.clock.seed, NEED, w.clock.week)
    factor = p.growth * season(w.clock.week, p.season_amplitude, p.season_peak)
    n, whole = 0, lo + (hi - lo) // WIDTH * WIDTH
    for first in range(lo, whole, WIDTH):
        u = uniform(agent_key(key, load(c.ident, 0, first)), 0)
        some = marked(u > 1.0 - load(c.need_rate, 0, first) * factor)
        store(c.needs, 0, first, 0 * numbers())
        while some:
            n += draw_needs(c, first + lowest(some), key, factor)
            some &= some - 1
    for i in range(whole, hi):
        n += draw_needs(c, i, key, factor)
    return n


@world_rule
def draw_needs(c, i, key, factor):
    """Draw the needs of customer ``i``."""
    rate = min(np.float64(c.need_rate[i]) * factor, 100.0)
    n = min(poisson_given(uniform(agent_key(key, c.ident[i]), 0), rate, exp(-rate)), MOST)
    c.needs[i] = n
    return n


@pass_kernel
def list_needs(lo, hi, needs, events):
    """List the needs of rows ``lo .. hi-1`` in ``events``."""
    e = 0
    whole = lo + (hi - lo) // WIDTH * WIDTH
    for first in range(lo, hi, WIDTH):
        some = marked(load(needs, 0, first) > 0) if first < whole else (1 << (hi - whole)) - 1
        while some:
            i = first + lowest(some)
            some &= some - 1
            for occasion in range(needs[i]):
                events.customer[e], events.occasion[e] = i, occasion
                e += 1


def arise(model) -> None:
    """Phase 5: needs arise; list them, with room for what will come of each."""

    def fill(n: int, lo: int, hi: int) -> None:
        events = model.open_events(n, model.call(count_needs, lo, hi, model.world))
        model.call(list_needs, lo, hi, model.world.customers.needs, events)

    model.each_chunk(fill)
