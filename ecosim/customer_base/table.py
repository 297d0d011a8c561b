"""The recency-frequency table: what the models need to know of each customer, and its distinct rows.

    x    repeat purchases after the first; purchases of the same day (or numbered period) count as one
    t_x  time from the first purchase to the last, 0 if there was no repeat
    T    time from the first purchase to the end of calibration

Source: Fader, Hardie & Lee 2005.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd


class Rows(NamedTuple):
    """Distinct rows of a table with their number of customers: ``x``, ``t_x``, ``T``, ``weight``, each [k] float64."""

    x: np.ndarray
    t_x: np.ndarray
    T: np.ndarray
    weight: np.ndarray

    @property
    def n(self) -> int:
        """Return the number of customers."""
        return int(self.weight.sum())


def rows(x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> Rows:
    """Return the distinct rows of a table of customers, each column [n]."""
    table, counts = np.unique(np.column_stack([x, t_x, T]).astype(float), axis=0, return_counts=True)
    return Rows(table[:, 0], table[:, 1], table[:, 2], counts.astype(float))


def recency_frequency(
    customer: np.ndarray, time: np.ndarray, amount: np.ndarray | None, end: float, *, step: float = 1.0
) -> pd.DataFrame:
    """Return one row a customer who bought by ``end``: customer, first, x, t_x, T and, with amounts, spend.

    ``customer`` [m] labels, ``time`` [m] in days (or numbered periods), ``amount`` [m] money or None. Times come out in
    units of ``step`` days. Purchases at the same time are one, of their summed amount. ``spend`` is the mean amount of
    repeat purchases, 0 without any. Rows are in the order of the labels.
    """
    table = pd.DataFrame({"customer": customer, "time": time})
    table["amount"] = 0.0 if amount is None else amount
    table = table[table["time"] <= end].groupby(["customer", "time"], sort=True)["amount"].sum().reset_index()
    by = table.groupby("customer", sort=True)
    found = by["time"].agg(["min", "max", "count"])
    result = pd.DataFrame(
        {
            "customer": found.index,
            "first": found["min"].to_numpy(float),
            "x": found["count"].to_numpy() - 1,
            "t_x": (found["max"] - found["min"]).to_numpy(float) / step,
            "T": (end - found["min"]).to_numpy(float) / step,
        }
    )
    if amount is not None:
        repeats = by["amount"].sum().to_numpy() - by["amount"].first().to_numpy()
        x = result["x"].to_numpy()
        result["spend"] = np.divide(repeats, x, out=np.zeros(len(x)), where=x > 0)
    return result


def repeats_after(customer: np.ndarray, time: np.ndarray, table: pd.DataFrame, end: float) -> np.ndarray:
    """Return how many times the customers of a table bought after ``end``, [n] int64; one purchase a day."""
    events = pd.DataFrame({"customer": customer, "time": time}).drop_duplicates()
    later = events[events["time"] > end].groupby("customer").size()
    return later.reindex(table["customer"]).fillna(0).to_numpy(np.int64)
