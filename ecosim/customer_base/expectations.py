"""What a fitted model expects beside what was observed: frequencies, purchases over time, and the held-out period.

Each table has one column a model; both models are asked through the same four functions.

Source: Fader, Hardie & Lee 2005.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ecosim.customer_base import bg_nbd, pareto_nbd
from ecosim.customer_base.maximum import Fit

MODULES = {"bg_nbd": (bg_nbd, bg_nbd.BgNbd), "pareto_nbd": (pareto_nbd, pareto_nbd.ParetoNbd)}
MOST = 7
"""Frequencies from this one on are counted together."""

POINTS = 60
"""Points in time at which cumulative purchases are looked at, at most."""


class Model(NamedTuple):
    """A fitted model of purchases: the module of its functions, and its parameters."""

    module: Any
    parameters: Any

    def repeats(self, t: np.ndarray) -> np.ndarray:
        """Return E[X(t)], [n]."""
        return np.asarray(self.module.expected_repeats(self.parameters, t))

    def purchases(self, t: float, table: pd.DataFrame) -> np.ndarray:
        """Return E[Y(t) | x, t_x, T] of a table of customers, [n]."""
        x, t_x, T = (table[name].to_numpy(float) for name in ("x", "t_x", "T"))
        return np.asarray(self.module.expected_purchases(self.parameters, t, x, t_x, T))

    def alive(self, table: pd.DataFrame) -> np.ndarray:
        """Return P(alive) of a table of customers, [n]."""
        return np.asarray(
            self.module.alive(self.parameters, *(table[name].to_numpy(float) for name in ("x", "t_x", "T")))
        )


def model(fit: Fit) -> Model:
    """Return the fitted model, ready to be asked."""
    module, kind = MODULES[fit.model]
    return Model(module, kind(*fit.estimates))


def frequencies(table: pd.DataFrame, models: Mapping[str, Model]) -> pd.DataFrame:
    """Return how many customers made 0, 1, ... 7 or more repeats: repeats, observed, and a column a model."""
    seen = np.bincount(np.minimum(table["x"], MOST), minlength=MOST + 1)
    found = pd.DataFrame({"repeats": np.arange(MOST + 1), "observed": seen})
    times, customers = np.unique(table["T"], return_counts=True)
    for name, each in models.items():
        expected = np.zeros(MOST)
        for t, count in zip(times, customers, strict=True):
            one = np.eye(MOST)[0] if t == 0 else each.module.probabilities(each.parameters, MOST - 1, float(t))
            expected += count * one
        found[name] = np.append(expected, len(table) - expected.sum())
    return found


def tracking(
    table: pd.DataFrame, repeat_times: np.ndarray, last: float, step: float, models: Mapping[str, Model]
) -> pd.DataFrame:
    """Return cumulative repeat purchases: time (days or periods), observed, and a column a model.

    ``repeat_times`` [m] of all repeats, those held out too; ``last`` the last time; ``step`` days in a unit of time.
    """
    start = float(table["first"].min())
    points = max(2, min(POINTS, int((last - start) / step) + 1))
    time = np.linspace(start, last, points)
    found = pd.DataFrame({"time": time})
    found["observed"] = np.searchsorted(np.sort(repeat_times), time, side="right")
    first, customers = np.unique(table["first"], return_counts=True)
    passed = np.maximum(time[:, None] - first[None, :], 0.0) / step
    for name, each in models.items():
        found[name] = each.repeats(passed) @ customers
    return found


def holdout(table: pd.DataFrame, later: np.ndarray, span: float, models: Mapping[str, Model]) -> pd.DataFrame:
    """Return mean purchases in the held-out ``span`` by frequency in calibration: repeats, customers, observed, models.

    ``later`` [n] is what each customer of the table bought then.
    """
    group = np.minimum(table["x"].to_numpy(), MOST)
    columns = {"observed": later} | {name: each.purchases(span, table) for name, each in models.items()}
    means = pd.DataFrame(columns).groupby(group).mean()
    sizes = pd.Series(group).value_counts().sort_index()
    return means.assign(customers=sizes).rename_axis("repeats").reset_index()
