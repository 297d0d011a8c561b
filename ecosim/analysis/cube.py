"""The box of one or a few factors as a unit cube: where points lie in it, and which points lie where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ecosim.errors import UserError
from ecosim.sweeps.designs import Factor


def ranges(factors: Sequence[Factor], most: int) -> tuple[Factor, ...]:
    """Return the factors if they are 1 to ``most`` ranges of numbers with different keys; else `UserError`."""
    keys = [factor.key for factor in factors]
    if not 1 <= len(keys) <= most:
        raise UserError(f"vary: {len(keys)} parameters; 1 to {most} are needed")
    for factor in factors:
        listed = factor.values  # noqa: PD011
        if listed or factor.kind == "words":
            raise UserError(f"vary: {factor.key}: a range [low, high] is needed, not a list of values")
    return tuple(factors)


def place(factors: Sequence[Factor], points: Sequence[Mapping[str, Any]]) -> np.ndarray:
    """Return where points lie in the unit cube, [points, factors] float64."""
    return np.column_stack([factor.place([point[factor.key] for point in points]) for factor in factors])


def values(factors: Sequence[Factor], unit: np.ndarray) -> list[dict[str, Any]]:
    """Return the points at ``unit`` [points, factors] in [0, 1], one value a factor."""
    columns = [factor.at(unit[:, k]) for k, factor in enumerate(factors)]
    return [
        {factor.key: value for factor, value in zip(factors, row, strict=True)} for row in zip(*columns, strict=True)
    ]


def lattice(factors: Sequence[Factor], n: int, fixed: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return a regular grid of ``n`` values a factor, the first factor moving fastest; some can be held ``fixed``."""
    fixed = fixed or {}
    axes = [np.full(1, np.nan) if factor.key in fixed else np.linspace(0, 1, n) for factor in factors]
    mesh = np.meshgrid(*axes, indexing="ij")
    unit = np.column_stack([each.ravel(order="F") for each in mesh])
    free = [factor for factor in factors if factor.key not in fixed]
    points = values(free, unit[:, [factor.key not in fixed for factor in factors]])
    return [{factor.key: fixed.get(factor.key, point.get(factor.key)) for factor in factors} for point in points]
