"""Designs: which points of parameter space a sweep visits, as factors and rows of the unit cube.

    grid     every combination of the values listed, or of `n` levels of each range
    lhs      a Latin hypercube of `n` points with low correlation between columns (McKay, Beckman & Conover 1979)
    sobol    Saltelli's (2010) rows for variance-based indices from `n` scrambled Sobol' points, in SALib's order
    morris   `n` trajectories of one-at-a-time steps over `levels` levels (Morris 1991), in SALib's order
    csv      the rows of a user's table

Sampling is SciPy's and SALib's. A range is mapped from [0, 1] linearly or in logarithms; a list of values is cut into
as many equal pieces. A dummy factor, which changes nothing, can ride along: what an analysis says of it is noise.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

KINDS = ("grid", "lhs", "sobol", "morris", "csv")
DUMMY = "dummy"
DIGITS = 10
"""Significant digits of a sampled number: enough for any purpose, and the same in a file as in memory."""


@dataclass(frozen=True)
class Factor:
    """One thing that varies: a range ``low`` to ``high`` of real or whole numbers, or listed ``values``.

    ``key`` is a dotted parameter or a command's key; ``scale`` of a range is ``linear`` or ``log``.
    """

    key: str
    kind: str = "real"
    low: float = 0.0
    high: float = 1.0
    scale: str = "linear"
    values: tuple[Any, ...] = ()

    def at(self, u: np.ndarray) -> list[Any]:
        """Return the values at positions ``u`` in [0, 1]."""
        u = np.asarray(u, float)
        if self.values:
            return [self.values[int(n)] for n in np.minimum(u * len(self.values), len(self.values) - 1)]
        if self.kind == "whole":
            return [int(n) for n in np.minimum(self._between(u, self.low, self.high + 1) // 1, self.high)]
        return [float(f"{x:.{DIGITS}g}") for x in self._between(u, self.low, self.high)]

    def place(self, values: Sequence[Any]) -> np.ndarray:
        """Return where ``values`` lie in [0, 1]: the middle of its piece for a listed value or a whole number."""
        if self.values:
            return (np.array([self.values.index(value) for value in values], float) + 0.5) / len(self.values)
        x, high = np.asarray(values, float), self.high
        if self.kind == "whole":
            x, high = x + 0.5, self.high + 1
        if self.scale == "log":
            return np.log(x / self.low) / np.log(high / self.low)
        return (x - self.low) / (high - self.low)

    def levels(self, n: int) -> tuple[Any, ...]:
        """Return the listed values, or ``n`` evenly spaced ones of the range, ends included."""
        if self.values:
            return self.values
        spaced = self._between(np.linspace(0, 1, n), self.low, self.high)
        if self.kind == "whole":
            return tuple(dict.fromkeys(round(x) for x in spaced))
        return tuple(float(f"{x:.{DIGITS}g}") for x in spaced)

    def _between(self, u: np.ndarray, low: float, high: float) -> np.ndarray:
        return low * (high / low) ** u if self.scale == "log" else low + u * (high - low)


@dataclass(frozen=True)
class Design:
    """A set of points over ``factors``; ``kind`` is one of `KINDS`.

    ``n``: levels of a range (grid), points (lhs), base points (sobol, a power of 2) or trajectories (morris).
    ``seed`` of the sampling; ``second``: rows for second-order indices too (sobol); ``levels`` of a morris grid;
    ``dummy``: add the factor that changes nothing (sobol, morris, lhs); ``rows`` of a csv design, one value a factor.
    """

    kind: str
    factors: tuple[Factor, ...]
    n: int = 0
    seed: int = 1
    second: bool = False
    levels: int = 4
    dummy: bool = False
    rows: tuple[tuple[Any, ...], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the factors' keys, and `DUMMY` after them if it rides along."""
        return (*(factor.key for factor in self.factors), *((DUMMY,) if self.dummy else ()))

    def problem(self) -> dict[str, Any]:
        """Return the problem as SALib knows it, on the unit cube."""
        return {"num_vars": len(self.names), "names": list(self.names), "bounds": [[0.0, 1.0]] * len(self.names)}

    def unit(self) -> np.ndarray:
        """Return the points in the unit cube, ``[points, names]``, in the order that analysis needs."""
        if self.kind in ("grid", "csv"):
            frame = self.points()
            return np.column_stack([factor.place(list(frame[factor.key])) for factor in self.factors])
        if self.kind == "lhs":
            from scipy.stats import qmc

            sampler = qmc.LatinHypercube(len(self.names), rng=self.seed, optimization="random-cd")
            return sampler.random(self.n)
        if self.kind == "sobol":
            from SALib.sample import sobol

            return sobol.sample(self.problem(), self.n, calc_second_order=self.second, seed=self.seed)
        from SALib.sample import morris

        return morris.sample(self.problem(), self.n, num_levels=self.levels, seed=self.seed)

    def points(self) -> pd.DataFrame:
        """Return one row a point, numbered in the index ``point``, one column a factor."""
        keys = [factor.key for factor in self.factors]
        if self.kind == "csv":
            rows: Sequence[tuple[Any, ...]] = self.rows
        elif self.kind == "grid":
            rows = list(itertools.product(*(factor.levels(self.n) for factor in self.factors)))
        else:
            unit = self.unit()
            rows = list(zip(*(factor.at(unit[:, k]) for k, factor in enumerate(self.factors)), strict=True))
        columns = {key: pd.Series([row[k] for row in rows], dtype=_dtype(rows, k)) for k, key in enumerate(keys)}
        return pd.DataFrame(columns).rename_axis("point")

    def size(self) -> int:
        """Return the number of points, without making them."""
        k = len(self.names)
        if self.kind == "grid":
            return int(np.prod([len(factor.levels(self.n)) for factor in self.factors], dtype=object))
        sizes = {"csv": len(self.rows), "lhs": self.n, "morris": self.n * (k + 1)}
        return sizes.get(self.kind, self.n * (2 * k + 2 if self.second else k + 2))

    def plain(self) -> dict[str, Any]:
        """Return the design as plain data, which `from_plain` reads."""
        return dataclasses.asdict(self)

    @staticmethod
    def from_plain(data: Mapping[str, Any]) -> Design:
        """Return the design that `plain` described."""
        factors = tuple(Factor(**{**each, "values": tuple(each["values"])}) for each in data["factors"])
        return Design(**{**data, "factors": factors, "rows": tuple(tuple(row) for row in data["rows"])})


def _dtype(rows: Sequence[tuple[Any, ...]], k: int) -> str:
    kinds = {type(row[k]) for row in rows}
    if kinds == {bool}:
        return "bool"
    if kinds == {int}:
        return "int64"
    return "float64" if kinds <= {int, float} else "str"
