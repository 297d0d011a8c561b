"""Reverse-reachable sets: who could have reached a node drawn at random. The more of them a seed set hits, the further
it spreads.

    RR set      a node v drawn at random, and everybody from whom v can be reached in one live-edge world
    sigma(A)    n P(an RR set holds a member of A), estimated by n times the share f of drawn sets that A hits,
                with standard error n sqrt(f (1 - f) / sets)
    choice      seeds that hit the most of the drawn sets (maximum coverage), greedily
    judgement   on sets drawn afresh: the sets that chose the seeds flatter them
    random      E[sigma] over all choices of k of n nodes: n times the mean of 1 - prod over i < k of (1 - s / (n - i)),
                s the size of a set

Sets are not stored: since every draw is keyed by set and tie, they are walked once to count their members and once more
to list, for every node, the sets that hold it.

Sources: Borgs et al. 2014 (RR sets); Kempe, Kleinberg & Tardos 2003 (live edges).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ecosim.draws import agent_key, purpose, stream_key, uniform
from ecosim.errors import UserError
from ecosim.influence.diffusion import Diffusion, picked
from ecosim.influence.greedy import lazy_greedy, ranks
from ecosim.jit import kernel

CHOOSING, JUDGING = purpose("influence.reverse.choosing"), purpose("influence.reverse.judging")
ROOTS = purpose("influence.reverse.roots")
MOST_MEMBERS = 500_000_000
"""Members of all sets at most; each takes 4 bytes."""
FIRST = 500
"""Sets by which the size of all is foreseen."""


class Spread(NamedTuple):
    """Expected numbers of active nodes for 1 .. k seeds: ``mean`` [k] and standard error ``se`` [k], float64.

    lead_se: standard error of how far the first order judged beside this one is ahead with k seeds; it is small,
    because both are judged on the same sets.
    """

    mean: np.ndarray
    se: np.ndarray
    lead_se: float = 0.0


@kernel
def walk(lt, indptr, indices, into, key, root, number, mark, members):
    """Walk back from ``root``; fill ``members`` [n] int32, mark them with ``number`` >= 1 in ``mark`` [n] int32.

    Returns how many there are.
    """
    members[0] = root
    mark[root] = number
    size, at = 1, 0
    while at < size:
        v = members[at]
        at += 1
        begin, end = indptr[v], indptr[v + 1]
        if lt:
            begin = picked(indptr, into, key, v)
            end = begin + 1 if begin >= 0 else begin
        for e in range(begin, end):
            u = indices[e]
            if mark[u] != number and (lt or uniform(key, e) < into[e]):
                mark[u] = number
                members[size] = u
                size += 1
    return size


@kernel
def draw_set(lt, indptr, indices, into, stream, roots, s, mark, members):
    """Fill ``members`` with those of set ``s``, whose root is drawn at random; return how many there are."""
    root = np.int64(uniform(roots, s) * members.size)
    return walk(lt, indptr, indices, into, agent_key(stream, s), root, s + 1, mark, members)


@kernel
def count_members(lt, indptr, indices, into, stream, roots, low, high, counts):
    """Add to ``counts`` [n] int64 in how many of the sets ``low`` .. ``high`` - 1 each node is; return the sum."""
    n = indptr.size - 1
    mark, members = np.zeros(n, np.int32), np.empty(n, np.int32)
    total = 0
    for s in range(low, high):
        size = draw_set(lt, indptr, indices, into, stream, roots, s, mark, members)
        total += size
        for i in range(size):
            counts[members[i]] += 1
    return total


@kernel
def list_sets(lt, indptr, indices, into, stream, roots, sets, at, found):
    """Write the number of each set to the lists of its members: list v goes on at ``at[v]`` in ``found`` int32."""
    n = indptr.size - 1
    mark, members = np.zeros(n, np.int32), np.empty(n, np.int32)
    for s in range(sets):
        size = draw_set(lt, indptr, indices, into, stream, roots, s, mark, members)
        for i in range(size):
            found[at[members[i]]] = s
            at[members[i]] += 1


@kernel
def hits(lt, indptr, indices, into, stream, roots, sets, place, first, alone, chance, square):
    """Find which seed of each order is the first to be in a set, and how likely random seeds hit it.

    place: [orders, n] int32, ranks, k for those who are no seed. first: [orders, k + 1] int64, sets whose first hit is
    at each rank. alone: [orders, 2] int64, sets hit by the first order and not this one, and the other way round.
    chance, square: [k] float64, the sums over sets of the probability that random seeds hit it, and of its square.
    """
    n = indptr.size - 1
    mark, members = np.zeros(n, np.int32), np.empty(n, np.int32)
    k = chance.size
    for s in range(sets):
        size = draw_set(lt, indptr, indices, into, stream, roots, s, mark, members)
        best_of_first = k
        for o in range(place.shape[0]):
            best = k
            for i in range(size):
                best = min(best, place[o, members[i]])
            first[o, best] += 1
            best_of_first = best if o == 0 else best_of_first
            alone[o, 0] += best_of_first < k and best == k
            alone[o, 1] += best_of_first == k and best < k
        missed = 1.0
        for i in range(k):
            missed *= max(0.0, 1.0 - size / (n - i))
            chance[i] += 1.0 - missed
            square[i] += (1.0 - missed) * (1.0 - missed)


@kernel
def still_missed(starts, found, hit, v):
    """Return how many sets in the list of node v are not ``hit`` [sets] bool yet."""
    count = 0
    for i in range(starts[v], starts[v + 1]):
        if not hit[found[i]]:
            count += 1
    return count


def _arrays(d: Diffusion) -> tuple[bool, np.ndarray, np.ndarray, np.ndarray]:
    return d.lt, d.graph.indptr, d.graph.indices, d.into


def ris(d: Diffusion, k: int, sets: int, seed: int) -> tuple[list[int], np.ndarray]:
    """Return ``k`` nodes chosen greedily over ``sets`` RR sets, and what each added there, [k] float64 nodes.

    Raises `UserError` where the sets would not fit into memory.
    """
    stream, roots = stream_key(seed, CHOOSING, 0), stream_key(seed, ROOTS, 0)
    counts = np.zeros(d.graph.n, np.int64)
    few = min(FIRST, sets)
    some = count_members(*_arrays(d), stream, roots, 0, few, counts)
    if some / few * sets > MOST_MEMBERS:
        most = int(MOST_MEMBERS / (some / few))
        raise UserError(f"sets={sets}: on this network a set holds about {some / few:.0f} nodes, and all of them need "
                        f"too much memory; take at most sets={most}, or a smaller p")  # fmt: skip
    count_members(*_arrays(d), stream, roots, few, sets, counts)
    starts = np.concatenate([[0], np.cumsum(counts)])
    found = np.empty(starts[-1], np.int32)
    list_sets(*_arrays(d), stream, roots, sets, starts[:-1].copy(), found)
    hit = np.zeros(sets, np.bool_)

    def take(v: int) -> None:
        hit[found[starts[v] : starts[v + 1]]] = True

    chosen, gains, _ = lazy_greedy(counts, lambda v: still_missed(starts, found, hit, v), take, k)
    return chosen, np.array(gains) * d.graph.n / sets


def judge(d: Diffusion, orders: Sequence[Sequence[int]], k: int, sets: int, seed: int) -> tuple[list[Spread], Spread]:
    """Return the spread of the first 1 .. k nodes of each order, and of random ones, on ``sets`` RR sets of their own.

    Every order has at least k nodes; k is at most n.
    """
    n = d.graph.n
    place = np.array([ranks(order[:k], n) for order in orders], np.int32).reshape(len(orders), n)
    first, alone = np.zeros((len(orders), k + 1), np.int64), np.zeros((len(orders), 2), np.int64)
    chance, square = np.zeros(k), np.zeros(k)
    stream, roots = stream_key(seed, JUDGING, 0), stream_key(seed, ROOTS, 1)
    hits(*_arrays(d), stream, roots, sets, place, first, alone, chance, square)
    found = []
    for row, (more, less) in zip(first, alone, strict=True):
        share = np.cumsum(row[:k]) / sets
        lead_se = n * np.sqrt(more + less - (more - less) ** 2 / sets) / sets
        found.append(Spread(n * share, n * np.sqrt(share * (1 - share) / sets), float(lead_se)))
    mean = chance / sets
    spare = np.sqrt(np.maximum(square / sets - mean**2, 0) / sets)
    return found, Spread(n * mean, n * spare)
