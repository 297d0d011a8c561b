"""States that spread along ties: each agent sees how many of its neighbours are in which state.

A rule is a compiled function ``rule(i, state, seen, degree, p, key) -> state``: ``seen[s]`` neighbours of agent ``i``
are in state s > 0 (on the complete graph: of all agents), ``degree`` ties it has, ``p`` is a tuple of parameters, and
draws come from ``agent_key(key, i)``. All look at once. What neighbours do is counted when it happens, not looked up
by everybody in every period, so a period costs a few nanoseconds for each agent that may still change and each tie of
those who do change.

Time is declared by the rule and its parameters: a hazard over a step of length dt, 1 - exp(-hazard dt), stands for
continuous time as dt goes to 0; a probability or a threshold per period is discrete time.

Sources: hazard of adoption: Bass 1969, on networks: Rand & Rust 2011; epidemics: Kermack & McKendrick 1927;
competing brands: Libai, Muller & Peres 2013.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ecosim.draws import agent_key, exp, log, own_key, purpose, stream_key, uniform
from ecosim.dynamics.process import composed, ties_of
from ecosim.jit import kernel
from ecosim.networks import Graph

STREAM = purpose("dynamics.contagion")


def _rule(i, state, seen, degree, p, key):
    raise NotImplementedError


def _spread(periods, stream, state, settled, moving, seen, open_, turned, when, tally, ties, p):
    """Play up to ``periods`` periods and fill ``tally`` [periods + 1, states]; return how many were played."""
    n, shared = state.size, seen.shape[0] == 1
    left = 0
    for i in range(n):
        tally[0, state[i]] += 1
        if not settled[state[i]]:
            open_[left] = i
            left += 1
    for period in range(periods):
        if left == 0 or (moving.any() and tally[period][moving].sum() == 0):
            return period
        tally[period + 1] = tally[period]
        key = agent_key(stream, period)
        changed = kept = 0
        for k in range(left):
            i = open_[k]
            degree = n - 1 if shared else ties.indptr[i + 1] - ties.indptr[i]
            then = _rule(i, np.int64(state[i]), seen[0 if shared else i], degree, p, key)
            if then != state[i]:
                turned[changed, 0], turned[changed, 1] = i, then
                changed += 1
            open_[kept] = i
            kept += not settled[then]
        left = kept
        for k in range(changed):
            i, then = turned[k, 0], turned[k, 1]
            tally[period + 1, state[i]] -= 1
            tally[period + 1, then] += 1
            if shared:
                seen[0, state[i]] -= 1
                seen[0, then] += 1
            else:
                for e in range(ties.indptr[i], ties.indptr[i + 1]):
                    if state[i] > 0:
                        seen[ties.indices[e], state[i]] -= 1
                    if then > 0:
                        seen[ties.indices[e], then] += 1
            state[i], when[i] = then, period + 1
    return periods


@kernel
def count_seen(ties, state, seen):
    """Fill ``seen`` [n, states] with how many neighbours are in each state but 0, which nobody is counted in."""
    for i in range(state.size):
        if state[i] > 0:
            for e in range(ties.indptr[i], ties.indptr[i + 1]):
                seen[ties.indices[e], state[i]] += 1


class Spread(NamedTuple):
    """``state`` [n] int8 at the end; ``when`` [n] int32, the period of each agent's last change, 0 for none;
    ``tally`` [periods + 1, states] int64 agents by state; ``periods`` played.
    """

    state: np.ndarray
    when: np.ndarray
    tally: np.ndarray
    periods: int


def spread_states(
    rule: Any, graph: Graph, start: np.ndarray, parameters: tuple[Any, ...], *, states: int, settled: Sequence[int],
    periods: int, moving: Sequence[int] = (), seed: int = 1, run: int = 0,
) -> Spread:  # fmt: skip
    """Let states spread from ``start`` [n]; agents in a ``settled`` state never change again.

    It is over when everybody has settled, or when nobody is left in one of the ``moving`` states, if any are named;
    ``tally`` stays as it is then. The same (seed, run) give the same bits.
    """
    state = np.array(start, np.int8)
    final = np.zeros(states, bool)
    final[list(settled)] = True
    alive = np.zeros(states, bool)
    alive[list(moving)] = True
    ties = ties_of(graph)
    if graph.complete:
        seen = np.bincount(state, minlength=states).astype(np.int32)[None, :]
    else:
        seen = np.zeros((graph.n, states), np.int32)
        count_seen(ties, state, seen)
    tally = np.zeros((periods + 1, states), np.int64)
    stream = own_key(stream_key(seed, STREAM, 0), run)
    room = np.empty(graph.n, np.int32), np.empty((graph.n, 2), np.int32), np.zeros(graph.n, np.int32)
    played = int(composed(_spread, rule)(periods, stream, state, final, alive, seen, *room, tally, ties, parameters))
    tally[played + 1 :] = tally[played]
    return Spread(state, room[2], tally, played)


# -- rules -------------------------------------------------------------------------------------------------------------


@kernel
def adopt_by_hazard(i, state, seen, degree, p, key):
    """Adopt at the hazard p + q seen / degree, once it has added up to an exponential draw; ``p``: (p, q, dt, left).

    ``left`` [n] float64 starts as standard exponential draws (`patience`) and counts down.
    """
    external, internal, dt, left = p
    left[i] -= dt * (external + (internal * seen[1] / degree if degree > 0 else 0.0))
    return 1 if left[i] <= 0.0 else 0


@kernel
def fill_patience(key, left):
    """Fill ``left`` [n] with standard exponential draws."""
    for i in range(left.size):
        left[i] = -log(uniform(key, i))


def patience(n: int, seed: int, run: int = 0) -> np.ndarray:
    """Return standard exponential draws, ``[n]``: how much hazard each agent lives through before it acts."""
    left = np.empty(n)
    fill_patience(own_key(stream_key(seed, purpose("dynamics.contagion.patience"), 0), run), left)
    return left


@kernel
def choose_brand(i, state, seen, degree, p, key):
    """Adopt one of two brands, each known by itself with p and from each adopter with q_i; ``p``: (pA, pB, q [n]).

    P_b = 1 - (1 - p_b)(1 - q_i)^seen_b. One uniform draw decides between A, B and neither: whoever would take both
    takes each in proportion to its chance.
    """
    first, second, q = p
    alone = log(1.0 - min(q[i], 1.0 - 1e-12))
    a = 1.0 - (1.0 - first) * exp(seen[1] * alone)
    b = 1.0 - (1.0 - second) * exp(seen[2] * alone)
    if a + b <= 0.0:
        return 0
    both, lean = a * b, a / (a + b)
    u = uniform(agent_key(key, i), 0)
    to_a = a * (1.0 - b) + lean * both
    to_b = b * (1.0 - a) + (1.0 - lean) * both
    return 1 if u < to_a else 2 if u < to_a + to_b else 0


@kernel
def fall_ill(i, state, seen, degree, p, key):
    """SEIR in steps of dt: ``p`` is (hazard from each exposed, from each infectious, 1 / mean stay in E, in I, dt).

    States: 0 susceptible, 1 exposed, 2 infectious, 3 removed.
    """
    exposed, infectious, leave_e, leave_i, dt = p
    hazard = exposed * seen[1] + infectious * seen[2] if state == 0 else leave_e if state == 1 else leave_i
    if hazard <= 0.0 or uniform(agent_key(key, i), 0) >= 1.0 - exp(-hazard * dt):
        return state
    return state + 1
