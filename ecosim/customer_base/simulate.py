"""Customers drawn from the models, with keyed draws: the same seed gives the same customers, purchase for purchase.

One rule covers both models: gaps between purchases are Exponential(lambda_i); after a repeat purchase the customer is
gone with probability p_i (BG/NBD; 0 in Pareto/NBD), and he buys nothing after his time of leaving (Pareto/NBD; infinite
in BG/NBD). Traits are quantiles of one uniform each.

Sources: Fader, Hardie & Lee 2005; Schmittlein, Morrison & Colombo 1987.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from ecosim.customer_base.bg_nbd import BgNbd
from ecosim.customer_base.gamma_gamma import GammaGamma
from ecosim.customer_base.pareto_nbd import ParetoNbd
from ecosim.draws import agent_key, log, purpose, stream_key, uniform
from ecosim.jit import kernel

LIFE = purpose("customer_base.life")
SPEND = purpose("customer_base.spend")


class Traits(NamedTuple):
    """What customers are, each [n] float64: ``rate`` (1/time), ``drop`` in [0, 1], ``leaves`` (time)."""

    rate: np.ndarray
    drop: np.ndarray
    leaves: np.ndarray


@kernel
def uniforms(key, n, index):
    """Return uniform number ``index`` of each of ``n`` customers, [n] float64."""
    found = np.empty(n)
    for i in range(n):
        found[i] = uniform(agent_key(key, i), index)
    return found


@kernel
def live(key, rate, drop, leaves, end, place, times):
    """Return how many repeat purchases each customer makes by ``end`` [n], [n] int64.

    Where ``times`` has room, the times of customer i are written from ``times[place[i]]`` on.
    """
    counts = np.zeros(rate.size, np.int64)
    for i in range(rate.size):
        mine = agent_key(key, i)
        t = 0.0
        last = min(end[i], leaves[i])
        index = 0
        while True:
            t -= log(uniform(mine, index)) / rate[i]
            if t > last:
                break
            if times.size > 0:
                times[place[i] + counts[i]] = t
            counts[i] += 1
            if uniform(mine, index + 1) < drop[i]:
                break
            index += 2
    return counts


@kernel
def add_recency(place, counts, times, recency):
    """Put the time of each customer's last purchase into ``recency`` [n]; 0 without any."""
    for i in range(counts.size):
        recency[i] = times[place[i] + counts[i] - 1] if counts[i] > 0 else 0.0


def traits(p: BgNbd | ParetoNbd, n: int, seed: int) -> Traits:
    """Return the traits of ``n`` customers of a model."""
    key = stream_key(seed, purpose("customer_base.traits"), 0)
    rate = np.maximum(special.gammaincinv(p.r, uniforms(key, n, 0)) / p.alpha, 1e-300)
    second = uniforms(key, n, 1)
    if isinstance(p, BgNbd):
        return Traits(rate, special.betaincinv(p.a, p.b, second), np.full(n, np.inf))
    mu = np.maximum(special.gammaincinv(p.s, second) / p.beta, 1e-300)
    return Traits(rate, np.zeros(n), -np.log(uniforms(key, n, 2)) / mu)


def purchases(who: Traits, end: np.ndarray | float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the customer [m] int64 and time [m] of every repeat purchase by ``end``, in order of customer and time."""
    counts, times, _ = _lives(who, end, seed)
    return np.repeat(np.arange(counts.size), counts), times


def base(who: Traits, end: np.ndarray | float, seed: int) -> pd.DataFrame:
    """Return the table of simulated customers who first bought at time 0: x, t_x, T."""
    counts, times, place = _lives(who, end, seed)
    recency = np.zeros(counts.size)
    add_recency(place, counts, times, recency)
    return pd.DataFrame({"x": counts, "t_x": recency, "T": np.broadcast_to(end, counts.shape).astype(float)})


def _lives(who: Traits, end: np.ndarray | float, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    n = who.rate.size
    key, until = stream_key(seed, LIFE, 0), np.broadcast_to(end, n).astype(float)
    counts = live(key, *who, until, np.zeros(n, np.int64), np.empty(0))
    place = np.concatenate([[0], np.cumsum(counts)[:-1]]) if n else np.zeros(0, np.int64)
    times = np.empty(int(counts.sum()))
    if times.size:
        live(key, *who, until, place, times)
    return counts, times, place


@kernel
def uniforms_of(key, customer, index):
    """Return one uniform for each event, [m] float64: customer and number of the purchase key it."""
    found = np.empty(customer.size)
    for m in range(customer.size):
        found[m] = uniform(agent_key(key, customer[m]), index[m])
    return found


def amounts(g: GammaGamma, customer: np.ndarray, seed: int) -> np.ndarray:
    """Return the amount of each purchase, [m] money; ``customer`` [m] int64 ascending, from 0."""
    key = stream_key(seed, SPEND, 0)
    n = int(customer[-1]) + 1 if customer.size else 0
    nu = special.gammaincinv(g.q, uniforms(key, n, 0)) / g.v
    first = np.searchsorted(customer, np.arange(n))
    number = np.arange(customer.size) - first[customer]
    return np.asarray(special.gammaincinv(g.p, uniforms_of(key, customer, 1 + number)) / nu[customer])
