"""What every mechanism is made of: the `Step` it takes each week, and the views kernels read and write."""

from __future__ import annotations

import collections
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ecosim.columns import Column
from ecosim.jit import rule

QUARTER = 13
"""Weeks in a quarter, the shortest time over which outcomes are measured."""

FIXED = float(1 << 24)
"""Fixed-point scale of sums over customers: integers, so that no order of summation matters."""

NONE = -1
"""Provider id of an empty slot."""

DATA, TAKES_PART, USED_TOOL, PLATFORM, APPROACHED, REFERRED = 1, 2, 4, 8, 16, 32
"""Bits of a slot's flags: the customer shares his data, takes part, has used the tool, owns the platform, was
approached in the week of ``approach_week``, and met the provider through a peer."""

Clock = collections.namedtuple("Clock", ["seed", "week"])
World = collections.namedtuple("World", ["clock", "rules", "customers", "firms", "graph", "fade", "mail"])
"""What a kernel may read: clock, parameters by group, columns, firm arrays, graph, decay tables, last week's mail."""


@dataclass(frozen=True)
class Step:
    """One line of the weekly schedule.

    Exactly one of ``kernel`` and ``act`` is given. A kernel ``(lo, hi, world, events, tally)`` works on the customers
    of rows ``lo .. hi-1`` alone, so rows may be split over threads in any way. An act ``(model)`` works on firms or
    whole buffers, and waits until every kernel before it has finished with every row.
    """

    phase: int
    name: str
    mechanism: str
    reads: str
    writes: str
    source: tuple[str, ...]
    kernel: Callable[..., None] | None = None
    act: Callable[[Any], None] | None = None
    every: int = 1


@dataclass(frozen=True)
class Mechanism:
    """A mechanism: its symbol, the columns and weekly counts it adds, its steps, and what it keeps of each firm.

    ``firm_state(model, firm)`` makes plain data (a dataclass of numbers, arrays and lists, no agents) that the model
    attaches to each firm under the mechanism's name, copies when it branches, and digests.
    """

    name: str
    symbol: str
    summary: str
    steps: tuple[Step, ...]
    columns: tuple[Column, ...] = ()
    counts: tuple[str, ...] = ()
    firm_state: Callable[[Any, Any], Any] | None = None


@rule
def first_of(rows, i):
    """Return the position of the first of the sorted ``rows`` that is ``i`` or later."""
    low, high = 0, rows.size
    while low < high:
        middle = (low + high) // 2
        if rows[middle] < i:
            low = middle + 1
        else:
            high = middle
    return low
