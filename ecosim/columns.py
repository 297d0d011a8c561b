"""Columnar state under agents: declared columns, the table that holds them, and agents as views of one row.

A mechanism declares the columns it needs; `Table` allocates one array per column and hands kernels a named tuple of
them. An agent made from a row looks its values up through its own model, so two models never share a view.
"""

from __future__ import annotations

import collections
import copy
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ecosim.lanes import WIDTH


@dataclass(frozen=True)
class Column:
    """One declared column: ``axes`` is ``"n"`` (customers), ``"nk"`` (customers x slots) or ``"nf"`` (x firms).

    ``swept`` says that the column is read of every customer in every week, whether or not anything happens to him.
    """

    name: str
    dtype: str
    default: float
    meaning: str
    unit: str = "1"
    axes: str = "n"
    low: float = -np.inf
    high: float = np.inf
    swept: bool = False


class Table:
    """Arrays of declared columns, one row per agent.

    ``view`` is a named tuple of the arrays in declared order, as kernels take them; each array is also an attribute.
    """

    def __init__(self, columns: Iterable[Column], view_type: Any, sizes: dict[str, int]) -> None:
        self.columns = tuple(columns)
        self._sizes, self._view_type = sizes, view_type
        self._slotted = {column.name for column in self.columns if column.axes == "nk"}
        self._allocate()

    def _allocate(self) -> None:
        """Make room: one record a row for what belongs together, and arrays for what is swept or goes by firm."""
        sizes = self._sizes | {"k": -(-self._sizes.get("k", 0) // WIDTH) * WIDTH}
        shapes = {column.name: tuple(sizes[axis] for axis in column.axes) for column in self.columns}
        joint = sorted(filter(_joint, self.columns), key=lambda column: -_row_bytes(column, shapes[column.name]))
        ends = np.cumsum([0] + [_row_bytes(column, shapes[column.name]) for column in joint])
        stride = -(-int(ends[-1]) // LINE) * LINE
        records = _aligned(self._sizes["n"] * stride)
        arrays = {
            column.name: np.empty(shapes[column.name], column.dtype) for column in self.columns if not _joint(column)
        }
        for column, start in zip(joint, ends, strict=False):
            shape, size = shapes[column.name], np.dtype(column.dtype).itemsize
            strides = (stride, size)[: len(shape)]
            arrays[column.name] = np.ndarray(shape, column.dtype, records, int(start), strides)
        for column in self.columns:
            arrays[column.name][...] = column.default
        self.view = self._view_type(*(arrays[column.name] for column in self.columns))

    def copy(self) -> Table:
        """Return an independent copy."""
        twin = copy.copy(self)
        twin._allocate()
        twin.load({column.name: getattr(self, column.name) for column in self.columns})
        return twin

    def __getattr__(self, name: str) -> np.ndarray:
        """Return the array of column ``name``, without the padding of its slots."""
        if name == "view" or name == "columns" or name.startswith("_"):
            raise AttributeError(name)
        array = getattr(self.view, name)
        return array[:, : self._sizes["k"]] if name in self._slotted else array

    def __len__(self) -> int:
        return len(self.view[0])

    def state(self) -> dict[str, np.ndarray]:
        """Return a copy of every column by name."""
        return {column.name: getattr(self, column.name).copy() for column in self.columns}

    def load(self, state: dict[str, np.ndarray]) -> None:
        """Overwrite every column with the saved ``state``."""
        for column in self.columns:
            getattr(self, column.name)[...] = state[column.name]


LINE = 64
"""Bytes that memory hands over at once."""


def _joint(column: Column) -> bool:
    return not column.swept and "f" not in column.axes


def _row_bytes(column: Column, shape: tuple[int, ...]) -> int:
    return int(np.dtype(column.dtype).itemsize * math.prod(shape[1:]))


def _aligned(size: int) -> np.ndarray:
    """Return ``size`` bytes that start where memory starts handing over."""
    room = np.empty(size + LINE, np.uint8)
    start = -room.ctypes.data % LINE
    return room[start : start + size]


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
