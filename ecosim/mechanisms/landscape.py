"""M7 Landscape: what a design is worth depends on how its components fit each other (the NK model).

    t_j        U(0, 1), one for each state of bit j and of the K other bits it interacts with: drawn at random, or the
               K that follow it in a circle (adjacent)
    C_j        quality_j + amplitude (t_j - 1/2), kept within [0.001, 1], whoever makes component j

There is one landscape a market; firms look for good designs on it. With K = 0 every bit can be improved by itself and
there is one peak; the more interactions, the more peaks there are on which local search gets stuck.

Sources: Kauffman & Levin 1987; Levinthal 1997.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ecosim.draws import own_key, purpose, stream_key, uniform
from ecosim.jit import kernel

FIT, TIES, START = purpose("landscape.fit"), purpose("landscape.ties"), purpose("landscape.start")
MOST_ENUMERATED = 16
"""Most components whose designs are all looked at."""


class Landscape(NamedTuple):
    """``ties`` [d, k] int64: the other bits each component depends on; ``table`` [d, 2**(k+1)]: its fit in (0, 1)."""

    ties: np.ndarray
    table: np.ndarray


@kernel
def fill(key, table):
    """Fill ``table`` [d, m] with keyed uniforms."""
    for j in range(table.shape[0]):
        for state in range(table.shape[1]):
            table[j, state] = uniform(key, j * table.shape[1] + state)


@lru_cache(maxsize=8)
def landscape(seed: int, components: int, interactions: int, adjacent: bool = False) -> Landscape:
    """Return the landscape of a seed; each component depends on ``interactions`` others (or all).

    They are drawn at random or, ``adjacent``, those that follow it in a circle.
    """
    k = min(interactions, components - 1)
    ties = np.zeros((components, k), np.int64)
    for j in range(components):
        key = own_key(stream_key(seed, TIES, 0), j)
        others = np.array([i for i in range(components) if i != j], np.int64)
        luck = np.array([uniform(key, int(i)) for i in others])
        drawn = others[np.argsort(luck, kind="stable")[:k]]
        ties[j] = np.sort((j + 1 + np.arange(k)) % components if adjacent else drawn)
    table = np.empty((components, 2 << k))
    fill(stream_key(seed, FIT, 0), table)
    for array in (ties, table):
        array.flags.writeable = False
    return Landscape(ties, table)


def land_of(model) -> Landscape:
    """Return the market's landscape."""
    rules = model.setting.innovation
    return landscape(model.seed, model.setting.market.components, rules.interactions, rules.adjacent)


def fit(land: Landscape, designs: np.ndarray) -> np.ndarray:
    """Return the fit of each component, ``[..., d]`` in (0, 1), of ``designs`` [..., d] of bits."""
    state = designs.astype(np.int64)
    for place in range(land.ties.shape[1]):
        state += designs[..., land.ties[:, place]].astype(np.int64) << (place + 1)
    return land.table[np.arange(land.table.shape[0]), state]


def first_design(seed: int, components: int) -> np.ndarray:
    """Return the design every firm starts with, ``[d] int8`` of bits."""
    key = stream_key(seed, START, 0)
    return np.array([uniform(key, j) < 0.5 for j in range(components)], np.int8)


def all_designs(components: int) -> np.ndarray:
    """Return every design, ``[2**d, d] int8`` of bits; bit j of the row's number is component j."""
    rows = np.arange(1 << components)[:, None]
    return (rows >> np.arange(components) & 1).astype(np.int8)


def heights(land: Landscape) -> np.ndarray:
    """Return the mean fit of every design, ``[2**d]`` in bit order; NaN alone where there are too many of them."""
    components = land.table.shape[0]
    if components > MOST_ENUMERATED:
        return np.full(1, np.nan)
    return fit(land, all_designs(components)).mean(axis=1)


def neighbours(values: np.ndarray) -> np.ndarray:
    """Return the value of each design with one bit changed, ``[2**d, d]``, from ``values`` [2**d] in bit order."""
    rows = np.arange(values.size)[:, None]
    return values[rows ^ (1 << np.arange(values.size.bit_length() - 1))]


def peaks(values: np.ndarray) -> np.ndarray:
    """Return which designs no single changed bit improves, ``[2**d] bool``, from ``values`` [2**d] in bit order."""
    return np.all(values[:, None] >= neighbours(values), axis=1)
