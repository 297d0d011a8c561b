"""Forward simulation: seeds are active, and influence spreads from them as the model says. And greedy choice by it.

    sigma(A)   mean number of active nodes in the end over many runs; standard error: their sd / sqrt(runs)
    celf       greedy, lazily, over a fixed sample of live-edge worlds that all seed sets share, so that gains over the
               sample never grow; for small networks: the first round looks at what each node reaches in each world

`simulate` runs the process itself, with thresholds in the linear threshold model, so that its agreement with RR sets is
no matter of course.

Sources: Kempe, Kleinberg & Tardos 2003; Leskovec et al. 2007 (CELF).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ecosim.draws import agent_key, purpose, stream_key, uniform
from ecosim.errors import UserError
from ecosim.influence.diffusion import Diffusion, picked
from ecosim.influence.greedy import lazy_greedy
from ecosim.jit import kernel

RUNS, WORLDS = purpose("influence.forward.runs"), purpose("influence.forward.worlds")
MOST_MARKS = 2_000_000_000
"""Bytes that mark who is active in which world, at most."""


@kernel
def cascade(lt, indptr, indices, out, key, seeds, number, mark, load, queue):
    """Return how many are active in the end; active are marked with ``number`` >= 1 in ``mark`` [n] int32.

    load: [n] float64, all 0 (and again after): the influence on each node that is not active; queue: [n] int32, room.
    """
    size = 0
    for s in seeds:
        if mark[s] != number:
            mark[s] = number
            queue[size] = s
            size += 1
    at = 0
    while at < size:
        u = queue[at]
        at += 1
        for e in range(indptr[u], indptr[u + 1]):
            v = indices[e]
            if mark[v] == number:
                continue
            if lt:
                load[v] += out[e]
                active = load[v] + 1e-12 >= uniform(key, v)
            else:
                active = uniform(key, e) < out[e]
            if active:
                mark[v] = number
                queue[size] = v
                size += 1
    if lt:
        for i in range(size):
            for e in range(indptr[queue[i]], indptr[queue[i] + 1]):
                load[indices[e]] = 0.0
    return size


@kernel
def cascades(lt, indptr, indices, out, stream, seeds, sizes):
    """Fill ``sizes`` [runs] int64 with how many are active in the end of each run."""
    n = indptr.size - 1
    mark, load, queue = np.zeros(n, np.int32), np.zeros(n), np.empty(n, np.int32)
    for r in range(sizes.size):
        sizes[r] = cascade(lt, indptr, indices, out, agent_key(stream, r), seeds, r + 1, mark, load, queue)


def simulate(d: Diffusion, seeds: Sequence[int], runs: int, seed: int) -> tuple[float, float]:
    """Return the spread of ``seeds`` (nodes 0 .. n - 1) over ``runs`` simulations, and its standard error."""
    sizes = np.empty(runs, np.int64)
    chosen = np.asarray(seeds, np.int64)
    cascades(d.lt, d.graph.indptr, d.graph.indices, d.out, stream_key(seed, RUNS, 0), chosen, sizes)
    spare = float(sizes.std(ddof=1) / np.sqrt(runs)) if runs > 1 else 0.0
    return float(sizes.mean()), spare


@kernel
def reach(lt, indptr, indices, out, into, key, start, active, queue):
    """Mark in ``active`` [n] bool, and return the number of, those reached from ``start`` that were not active."""
    if active[start]:
        return 0
    active[start] = True
    queue[0] = start
    size, at = 1, 0
    while at < size:
        u = queue[at]
        at += 1
        for e in range(indptr[u], indptr[u + 1]):
            v = indices[e]
            if active[v]:
                continue
            if lt:
                live = indices[picked(indptr, into, key, v)] == u
            else:
                live = uniform(key, e) < out[e]
            if live:
                active[v] = True
                queue[size] = v
                size += 1
    return size


@kernel
def reach_all(lt, indptr, indices, out, into, stream, start, active, keep):
    """Return how many more ``start`` reaches over all worlds; ``active`` [worlds, n] bool only changes to ``keep``."""
    queue = np.empty(indptr.size - 1, np.int32)
    total = 0
    for w in range(active.shape[0]):
        size = reach(lt, indptr, indices, out, into, agent_key(stream, w), start, active[w], queue)
        total += size
        if not keep:
            for i in range(size):
                active[w, queue[i]] = False
    return total


@kernel
def reach_each(lt, indptr, indices, out, into, stream, active, found):
    """Fill ``found`` [n] int64 with how many each node reaches over all worlds, nobody else being active."""
    for v in range(found.size):
        found[v] = reach_all(lt, indptr, indices, out, into, stream, v, active, False)


def celf(d: Diffusion, k: int, worlds: int, seed: int) -> tuple[list[int], np.ndarray]:
    """Return ``k`` nodes chosen greedily over ``worlds`` live-edge worlds, and what each added there, [k] float64.

    Raises `UserError` where the worlds would not fit into memory.
    """
    if d.graph.n * worlds > MOST_MARKS:
        raise UserError(f"method=celf: {d.graph.n:,} nodes are too many to simulate each; method=greedy is for them")
    active = np.zeros((worlds, d.graph.n), np.bool_)
    arrays = (d.lt, d.graph.indptr, d.graph.indices, d.out, d.into, stream_key(seed, WORLDS, 0))
    first = np.empty(d.graph.n, np.int64)
    reach_each(*arrays, active, first)
    chosen, gains, _ = lazy_greedy(
        first, lambda v: reach_all(*arrays, v, active, False), lambda v: reach_all(*arrays, v, active, True), k
    )
    return chosen, np.array(gains) / worlds
