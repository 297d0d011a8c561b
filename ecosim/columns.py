"""Columnar state under agents: declared columns, the table that holds them, and agents as views of one row.

A mechanism declares the columns it needs; `Table` allocates one array per column and hands kernels a named tuple of
them. An agent made from a row looks its values up through its own model, so two models never share a view.
"""

from __future__ import annotations

import collections
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Column:
    """One declared column: ``axes`` is ``"n"`` (customers), ``"nk"`` (customers x slots) or ``"nf"`` (x firms)."""

    name: str
    dtype: str
    default: float
    meaning: str
    unit: str = "1"
    axes: str = "n"
    low: float = -np.inf
    high: float = np.inf


class Table:
    """Arrays of declared columns, one row per agent.

    ``view`` is a named tuple of the arrays in declared order, as kernels take them; each array is also an attribute.
    """

    def __init__(self, columns: Iterable[Column], view_type: Any, sizes: dict[str, int]) -> None:
        self.columns = tuple(columns)
        arrays = [
            np.full(tuple(sizes[axis] for axis in column.axes), column.default, dtype=column.dtype)
            for column in self.columns
        ]
        self.view = view_type(*arrays)

    def __getattr__(self, name: str) -> np.ndarray:
        """Return the array of column ``name``."""
        if name in ("view", "columns"):
            raise AttributeError(name)
        return getattr(self.view, name)

    def __len__(self) -> int:
        return len(self.view[0])

    def state(self) -> dict[str, np.ndarray]:
        """Return a copy of every column by name."""
        return {column.name: getattr(self.view, column.name).copy() for column in self.columns}

    def load(self, state: dict[str, np.ndarray]) -> None:
        """Overwrite every column with the saved ``state``."""
        for column in self.columns:
            getattr(self.view, column.name)[...] = state[column.name]


def view_type(name: str, columns: Iterable[Column], module: str) -> Any:
    """Return the named-tuple type of a table's arrays; ``module`` must hold it under ``name``, or no cache finds it."""
    return collections.namedtuple(name, [column.name for column in columns], module=module)  # type: ignore[misc]


def row_view(columns: Iterable[Column]) -> dict[str, property]:
    """Return one property per column that reads and writes ``agent.model.customers.<column>[agent.row]``."""
    return {column.name: _cell(column.name) for column in columns}


def _cell(name: str) -> property:
    def read(agent: Any) -> Any:
        value = getattr(agent.model.customers, name)[agent.row]
        return value.item() if np.ndim(value) == 0 else value

    def write(agent: Any, value: Any) -> None:
        getattr(agent.model.customers, name)[agent.row] = value

    return property(read, write)
