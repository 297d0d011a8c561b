"""Quantiles of traits: SciPy's, rounded to 32 bits, from a table where that is sure to give the same number.

Gamma and beta quantiles take most of the time in which customers are made. A cubic spline through a few thousand of
them is within `CLOSE` of each, seen in the middle of every cell; where numbers `MARGIN` below and above round to the
same 32 bits, so does the quantile itself. The rest, a few in a hundred, is asked of SciPy.
"""

from __future__ import annotations

import collections
import functools
from typing import Any

import numpy as np
from scipy.interpolate import CubicSpline

from ecosim.jit import kernel

CELLS, CLOSE, MARGIN = 4096, 1e-11, 1e-10
"""Cells of a table, the relative error up to which a cell is used, and the one that is allowed for."""

WORTHWHILE = 8 * CELLS
"""Quantiles of a distribution that a process asks for before a table pays."""

_asked: collections.Counter[Any] = collections.Counter()


def quantiles(function: Any, shapes: tuple[float, ...], u: np.ndarray, scale: float = 1.0) -> np.ndarray:
    """Return ``function(*shapes, u) * scale`` rounded, ``[n] float32``, for ``u`` [n] in (0, 1)."""
    _asked[function, shapes] += u.size
    if _asked[function, shapes] < WORTHWHILE:
        return np.asarray(function(*shapes, u) * scale, np.float32)
    values, unsure = np.empty(u.size, np.float32), np.empty(u.size, np.int64)
    unsure = unsure[: interpolate(*_table(function, shapes), u, scale, values, unsure)]
    values[unsure] = function(*shapes, u[unsure]) * scale
    return values


@functools.lru_cache(maxsize=64)
def _table(function: Any, shapes: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return a cubic for each cell, ``[cells, 4] float64``, highest power first, and which of them are close enough."""
    edges = np.arange(1, CELLS) / CELLS
    spline = CubicSpline(edges, function(*shapes, edges))
    middle = (edges[:-1] + edges[1:]) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        close = np.abs(spline(middle) / function(*shapes, middle) - 1.0) < CLOSE
    cubics, use = np.zeros((CELLS, 4)), np.zeros(CELLS, np.bool_)
    cubics[1:-1] = spline.c.T
    use[2:-2] = close[:-2] & close[1:-1] & close[2:]
    return cubics, use


@kernel
def interpolate(cubics, use, u, scale, values, unsure):
    """Fill ``values`` [n] from the table where it is sure; list the others in ``unsure`` and return their number."""
    count = 0
    for i in range(u.size):
        place = u[i] * use.size
        cell = min(np.int64(place), use.size - 1)
        t = (place - cell) / use.size
        x = (((cubics[cell, 0] * t + cubics[cell, 1]) * t + cubics[cell, 2]) * t + cubics[cell, 3]) * scale
        low, high = np.float32(x * (1.0 - MARGIN)), np.float32(x * (1.0 + MARGIN))
        values[i] = low
        if not use[cell] or low != high:
            unsure[count] = i
            count += 1
    return count
