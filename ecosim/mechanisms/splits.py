r"""M8 (E25) Splits: how the worth of working together is divided between a firm and its partners.

    commission  x_p = (1 - kept) M_p                      M_p = v(N) - v(N \ p), scaled down to sum to v(N) at most
    equal       x_p = v(N) / (n + 1)
    nash        x_p = r_p + (M_p - r_p) / 2               if M_p > r_p, else M_p; scaled likewise
    shapley     x_p = sum_S |S|! (m - |S| - 1)! / m!  [v(S + p) - v(S)]       over the m = n + 1 players

``v(S)`` is what the firm gains with the partners in S; the firm is a veto player (without it nothing is sold), so it
gets v(N) less what partners get. Nash bargaining is bilateral: every partner bargains over what it adds to all others.

Sources: Shapley 1953; Nash 1950; bilateral bargains taken together (Horn & Wolinsky 1988).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

PLAYERS = 8
"""Most players of an exact Shapley value: 2^8 coalitions."""


def shapley(values: Sequence[float]) -> list[float]:
    """Return the Shapley value of each of m players, ``[m]``, of the game ``values`` [2^m] by coalition.

    Coalition k holds player i where bit i of k is set; ``values[0]`` is what nobody gets.
    """
    m = len(values).bit_length() - 1
    if len(values) != 1 << m or m > PLAYERS:
        raise ValueError(f"{len(values)} coalitions: 2^m with at most {PLAYERS} players is needed")
    chance = [math.factorial(s) * math.factorial(m - s - 1) / math.factorial(m) for s in range(m)]
    return [
        math.fsum(
            chance[k.bit_count()] * (values[k | 1 << i] - values[k]) for k in range(len(values)) if not k >> i & 1
        )
        for i in range(m)
    ]


def with_veto(values: Sequence[float]) -> list[float]:
    """Return the game in which player 0 is indispensable and the others' coalitions add ``values`` [2^n]."""
    return [values[k >> 1] if k & 1 else 0.0 for k in range(2 * len(values))]


def shapley_with_firm(values: Sequence[float]) -> list[float]:
    """Return what each of n <= 7 partners gets, ``[n]``, of ``values`` [2^n], what their coalitions add to the firm."""
    return shapley(with_veto(values))[1:]


def shapley_in_blocs(worth: Callable[[list[int]], float], sizes: Sequence[int]) -> list[float]:
    """Return what each of n partners of these ``sizes`` gets, ``[n]``, where ``worth`` tells what some of them add.

    Beyond seven, those with least to add alone act as one, and share what they get by size.
    """
    n, most = len(sizes), PLAYERS - 1
    order = sorted(range(n), key=lambda k: (-worth([k]), k))
    blocs = [[k] for k in order] if n <= most else [[k] for k in order[: most - 1]] + [order[most - 1 :]]
    values = [
        worth([k for b, bloc in enumerate(blocs) if coalition >> b & 1 for k in bloc])
        for coalition in range(1 << len(blocs))
    ]
    shares = [0.0] * n
    for bloc, share in zip(blocs, shapley_with_firm(values), strict=True):
        for k in bloc:
            shares[k] = max(0.0, share) * sizes[k] / sum(sizes[m] for m in bloc)
    return shares


def within(parts: Sequence[float], whole: float) -> list[float]:
    """Return ``parts`` >= 0 as they are, or scaled down to sum to ``whole`` where they exceed it."""
    total = math.fsum(parts)
    return [part * whole / total for part in parts] if total > whole else list(parts)


def commission(whole: float, added: Sequence[float], kept: float) -> list[float]:
    """Return what partners get, ``[n]``, if the firm keeps part ``kept`` of what each adds; ``whole`` = v(N)."""
    return [(1.0 - kept) * part for part in within([max(0.0, part) for part in added], whole)]


def equal(whole: float, n: int) -> list[float]:
    """Return what each of n partners gets, ``[n]``, if they and the firm share ``whole`` alike."""
    return [whole / (n + 1)] * n


def nash(whole: float, added: Sequence[float], reserves: Sequence[float]) -> list[float]:
    """Return what partners get, ``[n]``, if each bargains over what it adds and otherwise has its reserve."""
    shares = [r + 0.5 * (part - r) if part > r else part for part, r in zip(added, reserves, strict=True)]
    return within([max(0.0, share) for share in shares], whole)
