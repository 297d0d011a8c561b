"""Any rule, in a declared order: who looks when, and whether he already sees what others have just done.

A rule is a compiled function ``rule(i, x, new, ties, p, key) -> changed``: agent ``i`` reads the state ``x``, the ties
and the parameters ``p`` (a tuple), draws from ``agent_key(key, i)``, writes into ``new`` and says whether anything
changed. What it does not write stays. The order is part of the model, never left to a scheduler:

    synchronous   all look at the state of the period before; ``new`` is another array than ``x``
    sweep         one after the other, in the order of their numbers, each seeing what came before
    shuffled      one after the other, in another random order each period
    random        as many looks a period as there are agents, each by an agent drawn at random

In random order a period stands for one unit of continuous time in which everybody looks once on the mean.

Sources: update order decides outcomes: Huberman & Glance 1993; Caron-Lormier et al. 2008.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np

from ecosim.draws import agent_key, own_key, purpose, stream_key, uniform
from ecosim.errors import UserError, nearest
from ecosim.jit import kernel, uncached_kernel
from ecosim.networks import Graph

ORDERS = ("synchronous", "sweep", "shuffled", "random")
TURN = 1 << 40
"""Index of the draws that say whose turn it is, above those of agents."""


class Ties(NamedTuple):
    """Whom each agent looks at: row i is ``indices[indptr[i]:indptr[i + 1]]``."""

    indptr: np.ndarray
    indices: np.ndarray


def ties_of(graph: Graph | None, n: int = 0) -> Ties:
    """Return the ties of a graph; none to ``n`` agents without a graph, no rows where all are tied to all."""
    if graph is None:
        return Ties(np.zeros(n + 1, np.int64), np.zeros(0, np.int32))
    return Ties(graph.indptr, graph.indices)


@kernel
def fill_uniforms(key, values):
    """Fill ``values`` [n] with keyed uniforms."""
    for k in range(values.size):
        values[k] = uniform(key, k)


def uniforms(n: int, key: np.uint64) -> np.ndarray:
    """Return ``n`` keyed uniforms, [n] float64 in (0, 1)."""
    values = np.empty(n)
    fill_uniforms(key, values)
    return values


def some_of(n: int, k: int, key: np.uint64) -> np.ndarray:
    """Return ``k`` different numbers below ``n`` in random order, [k] int64."""
    return np.argsort(uniforms(n, key), kind="stable")[:k]


def _rule(i, x, new, ties, p, key):
    raise NotImplementedError


def _play(order, periods, first, still, stream, n, x, new, turns, ties, p):
    """Play up to ``periods`` periods; ``still``: stop after one without a change. Return how many were played."""
    for period in range(first, first + periods):
        key = agent_key(stream, period)
        changes = 0
        if order == 0:
            new[...] = x
            for i in range(n):
                changes += _rule(i, x, new, ties, p, key)
            x[...] = new
        else:
            if order == 2:
                for k in range(n - 1, 0, -1):
                    j = np.int64(uniform(key, TURN + k) * (k + 1))
                    turns[k], turns[j] = turns[j], turns[k]
            for k in range(n):
                if order == 3:
                    one = np.int64(uniform(key, TURN + k) * n)
                    changes += _rule(one, x, x, ties, p, agent_key(key, TURN + n + k))
                else:
                    changes += _rule(turns[k], x, x, ties, p, key)
        if still and changes == 0:
            return period - first + 1
    return periods


@functools.cache
def composed(template: FunctionType, rule: Any) -> Callable[..., Any]:
    """Return ``template`` compiled with ``rule`` in the place of its ``_rule``.

    Rules of this package are compiled once for all; those of others anew in each process, since what they call is
    theirs.
    """
    names = {**template.__globals__, "_rule": rule}
    own = FunctionType(template.__code__, names, template.__name__, template.__defaults__)
    own.__module__ = template.__module__
    own.__qualname__ = f"{template.__name__}_{rule.__module__}_{rule.__name__}".replace(".", "_")
    return (kernel if rule.__module__.startswith("ecosim.") else uncached_kernel)(own)


class Process:
    """Agents with states ``x`` [n] or [n, d], or a market state of any shape that ``n`` agents read and write.

    ``parameters`` is the tuple the rule takes. The same (seed, run, name) give the same bits. Raises `UserError` for an
    unknown order, or a graph that lists the ties of fewer agents.
    """

    def __init__(
        self, rule: Any, x: np.ndarray, parameters: tuple[Any, ...] = (), *, order: str, graph: Graph | None = None,
        agents: int | None = None, seed: int = 1, run: int = 0, name: str = "dynamics.process",
    ) -> None:  # fmt: skip
        if order not in ORDERS:
            raise UserError(f"order={order}: no such order{nearest(order, ORDERS)}")
        self.x, self.period, self._order = np.array(x), 0, ORDERS.index(order)
        self._n = len(self.x) if agents is None else agents
        self._new = np.empty_like(self.x if self._order == 0 else self.x[:0])
        self._turns = np.arange(self._n)
        self._ties, self._parameters = ties_of(graph, self._n), parameters
        if (rows := len(self._ties.indptr) - 1) < self._n:
            raise UserError(
                f"graph: ties of {rows} agents are listed, {self._n} are needed (a complete one lists none)"
            )
        self._stream = own_key(stream_key(seed, purpose(name), 0), run)
        self._play = composed(_play, rule)

    def advance(self, periods: int = 1, still: bool = False) -> int:
        """Play some periods and return how many; ``still``: no more once nothing changes in one."""
        played = int(self._play(self._order, periods, self.period, still, self._stream, self._n, self.x, self._new,
                                self._turns, self._ties, self._parameters))  # fmt: skip
        self.period += played
        return played

    def until(self, done: Callable[[np.ndarray], bool], every: int = 1, limit: int = 100_000) -> int:
        """Play until ``done(x)``, looked at every so many periods, or to the limit; return the period reached."""
        while not done(self.x) and self.period < limit:
            self.advance(min(every, limit - self.period))
        return self.period

    def record(self, measure: Callable[[np.ndarray], Any], periods: int) -> np.ndarray:
        """Return ``measure(x)`` now and after each of ``periods`` periods, ``[periods + 1, ...]``."""
        found = [measure(self.x)]
        for _ in range(periods):
            self.advance()
            found.append(measure(self.x))
        return np.array(found)
