"""Firms that each set the prices that pay them best, given the others': best response over expected demand.

    best response    max over own prices of profit(j, prices), one price after the other until none moves
    alternating      firm after firm, each seeing the last prices of all
    together         all at once, each seeing the prices of the round before
    logit            s_j = exp((a_j - p_j) / mu) / (w_0 + sum_k exp((a_k - p_k) / mu));  p_j - c_j = mu / (1 - s_j)
    complements      a buyer needs all n components: Q = 1 - sum p; n sellers ask n / (n + 1) in all, one asks 1/2
    two sides        n_1 = 1/2 + [alpha_1 (2 n_2 - 1) - (p_1A - p_1B)] / (2 t_1), and the same with 1 and 2 exchanged;
                     p_1 = f_1 + t_1 - alpha_2 where 4 t_1 t_2 > (alpha_1 + alpha_2)^2

Sources: Anderson, de Palma & Thisse 1992; Cournot 1838; Economides & Salop 1992; Armstrong 2006.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize_scalar

from ecosim.errors import UserError, nearest
from ecosim.jit import kernel

ORDERS = ("alternating", "together")
Profit = Callable[[int, np.ndarray], float]
"""Profit of firm j at the prices of all, ``[firms]`` or ``[firms, prices of each]``."""


def equilibrium(
    profit: Profit, start: np.ndarray, *, order: str, bounds: tuple[float, float], exact: float = 1e-9,
    rounds: int = 1000, look: float = 1e-10,
) -> np.ndarray:  # fmt: skip
    """Return prices from which nobody moves by more than ``exact``, or those after the last round.

    Raises `UserError` for an unknown order.
    """
    if order not in ORDERS:
        raise UserError(f"order={order}: no such order{nearest(order, ORDERS)}")
    prices = np.array(start, float)
    for _ in range(rounds):
        before = prices.copy()
        for firm in range(len(prices)):
            seen = prices if order == "alternating" else before.copy()
            prices[firm] = respond(profit, seen, firm, bounds, look)
        if np.abs(prices - before).max() <= exact:
            break
    return prices


def respond(
    profit: Profit, prices: np.ndarray, firm: int, bounds: tuple[float, float], look: float = 1e-10
) -> np.ndarray:
    """Return the prices of a firm that pay it best, the others' given: each of them in turn, until none moves."""
    trial = prices.copy()
    own = trial[firm : firm + 1].reshape(-1)
    for _ in range(100):
        before = own.copy()
        for k in range(own.size):

            def loss(price: float, k: int = k) -> float:
                own[k] = price
                return -profit(firm, trial)

            own[k] = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": look}).x
        if own.size == 1 or np.abs(own - before).max() <= 10 * look:
            break
    return trial[firm]


def logit_shares(prices: np.ndarray, value: np.ndarray, mu: float = 1.0, outside: float = 0.0) -> np.ndarray:
    """Return expected shares ``[firms]``; ``outside`` is w_0, 0 for a market in which everybody buys."""
    worth = (value - prices) / mu
    top = worth.max()
    e = np.exp(worth - top)
    return e / (outside * np.exp(min(-top, 700.0)) + e.sum())


@kernel
def fulfil(gap, transport, gain, agents, share):
    """Turn expected shares ``share`` [2] into fulfilled ones."""
    for _ in range(10_000):
        moved, then = 0.0, (0.0, 0.0)
        for side in range(2):
            edge = 0.5 + (gain[side] * (2.0 * share[1 - side] - 1.0) - gap[side]) / (2.0 * transport[side])
            edge = min(1.0, max(0.0, edge))
            if agents > 0:
                edge = np.ceil(edge * agents - 0.5) / agents
            moved = max(moved, abs(edge - share[side]))
            then = (edge, then[1]) if side == 0 else (then[0], edge)
        share[0], share[1] = then
        if moved < 1e-14:
            break


def two_sided_shares(
    prices: np.ndarray, transport: np.ndarray, gain: np.ndarray, agents: int = 0, start: float = 0.5
) -> np.ndarray:
    """Return the shares of platform A on both sides, ``[2]``, at ``prices`` [platforms, sides]: expectations fulfilled.

    ``gain`` [2] is what an agent of each side gains from the whole other side; ``agents`` stand evenly spaced on each
    line, 0 means without number. They expect ``start`` at first, then what they saw.
    """
    share = np.full(2, start)
    fulfil(prices[0] - prices[1], transport, gain, agents, share)
    return share
