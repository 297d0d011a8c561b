"""One customer base from transactions to value: table, fits, expectations, and what each customer is worth.

Source: Fader, Hardie & Lee 2005.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from ecosim.customer_base import bg_nbd, gamma_gamma, pareto_nbd
from ecosim.customer_base.expectations import Model, frequencies, holdout, model, tracking
from ecosim.customer_base.maximum import Fit
from ecosim.customer_base.table import recency_frequency, repeats_after, rows
from ecosim.customer_base.transactions import Transactions, moment
from ecosim.customer_base.value import discounted_purchases
from ecosim.errors import UserError

FEWEST = 30
"""Customers that a fit needs at least."""

FEWEST_SPENDERS = 10
"""Customers with repeat purchases of some amount that the spend model needs at least."""

DAYS = {"week": 7.0, "day": 1.0}
A_YEAR = {"week": 365.25 / 7, "day": 365.25}


@dataclass(frozen=True)
class Asked:
    """What is asked of a base; times are in ``unit``. ``horizon`` 0 is a year; ``margin`` is the part of an amount."""

    until: str = ""
    unit: str = "week"
    model: str = "bg_nbd"
    horizon: float = 0.0
    discount: float = 0.1
    margin: float = 1.0

    @property
    def span(self) -> float:
        """Return the time over which purchases and value are looked at."""
        return self.horizon or (52.0 if self.unit == "week" else 365.0)


@dataclass(frozen=True)
class Study:
    """What is found: one row a customer, the fits by name, tables, and numbers for the words.

    ``spend`` is the mean amount of a purchase, all purchases by the end of calibration counted; NaN without amounts.
    """

    asked: Asked
    dated: bool
    end: float
    last: float
    customers: pd.DataFrame
    fits: dict[str, Fit]
    tables: dict[str, pd.DataFrame]
    spend: float = math.nan
    numbers: dict[str, float] = field(default_factory=dict)

    def moment(self, time: float) -> str:
        """Return a time as the file has it: a date, or the number of a period."""
        return date.fromordinal(int(time)).isoformat() if self.dated else f"{time:g}"


def study(found: Transactions, asked: Asked) -> Study:
    """Fit all models to transactions; what is too little for that raises `UserError`."""
    end, last = _end(found, asked), float(found.time.max())
    step = DAYS[asked.unit] if found.dated else 1.0
    table = recency_frequency(found.customer, found.time, found.amount, end, step=step)
    _enough(table, asked)
    known = rows(table["x"].to_numpy(), table["t_x"].to_numpy(), table["T"].to_numpy())
    fits = {"bg_nbd": bg_nbd.fit(known), "pareto_nbd": pareto_nbd.fit(known)}
    models = {name: model(fit) for name, fit in fits.items()}
    tables = {"frequencies": frequencies(table, models)}
    repeats = _repeat_times(found, table)
    tables["tracking"] = tracking(table, repeats, last, step, models)
    numbers: dict[str, float] = {
        "customers": len(table), "repeat_buyers": int((table["x"] > 0).sum()), "repeats": int(table["x"].sum()),
        "purchases": len(table) + int(table["x"].sum()), "later_customers": _later(found, end),
    }  # fmt: skip
    if last > end:
        later = repeats_after(found.customer, found.time, table, end)
        table["holdout"] = later
        tables["holdout"] = holdout(table, later, (last - end) / step, models)
        numbers["holdout"] = int(later.sum())
        for name, each in models.items():
            numbers[f"holdout_{name}"] = float(each.purchases((last - end) / step, table).sum())
    spend = _spend(found, end)
    gamma = _fit_spend(table)
    if gamma:
        fits["gamma_gamma"] = gamma
    _add_value(table, models[asked.model], gamma, spend, asked)
    return Study(asked, found.dated, end, last, table, fits, tables, spend, numbers)


def _end(found: Transactions, asked: Asked) -> float:
    """Return the last day or period of calibration."""
    last = float(found.time.max())
    if not asked.until:
        return last
    time, dated = moment("until", asked.until)
    if dated != found.dated:
        kind = "dates" if found.dated else "numbered periods"
        raise UserError(f"until={asked.until}: the file has {kind}; give one of these")
    if time < found.time.min():
        raise UserError(f"until={asked.until}: the file begins later; give a time between its first and its last")
    if time > last:
        raise UserError(f"until={asked.until}: the file ends earlier; leave until= out, or give a time before its last")
    return float(time)


def _enough(table: pd.DataFrame, asked: Asked) -> None:
    by = f" by until={asked.until}" if asked.until else ""
    if len(table) < FEWEST:
        raise UserError(f"only {len(table)} customer{'s' * (len(table) != 1)} bought{by}; at least {FEWEST} are needed")
    if not (table["x"] > 0).any():
        raise UserError(
            f"no repeat buyers: none of {len(table)} customers bought again{by}, so there is no rate to fit"
        )


def _repeat_times(found: Transactions, table: pd.DataFrame) -> np.ndarray:
    """Return the times of all repeats of the table's customers, those after its end too, [m]."""
    events = pd.DataFrame({"customer": found.customer, "time": found.time}).drop_duplicates()
    first = events["customer"].map(table.set_index("customer")["first"])
    return events["time"].to_numpy(float)[(events["time"] > first).to_numpy()]


def _later(found: Transactions, end: float) -> int:
    """Return how many customers first bought after calibration."""
    first = pd.Series(found.time).groupby(pd.Series(found.customer)).min()
    return int((first > end).sum())


def _spend(found: Transactions, end: float) -> float:
    """Return the mean amount of a purchase by ``end``, those of a day counted as one; NaN without amounts."""
    if found.amount is None:
        return math.nan
    events = pd.DataFrame({"customer": found.customer, "time": found.time, "amount": found.amount})
    events = events[events["time"] <= end]
    return float(events["amount"].sum() / len(events.drop_duplicates(["customer", "time"])))


def _fit_spend(table: pd.DataFrame) -> Fit | None:
    """Return the fit of the spend model to repeat buyers; None without amounts, or with too few of them."""
    if "spend" not in table:
        return None
    chosen = table[(table["x"] > 0) & (table["spend"] > 0)]
    if len(chosen) < FEWEST_SPENDERS or chosen["spend"].std() == 0:
        return None
    return gamma_gamma.fit(chosen["x"].to_numpy(), chosen["spend"].to_numpy())


def _add_value(table: pd.DataFrame, each: Model, gamma: Fit | None, spend: float, asked: Asked) -> None:
    """Add to each customer: alive, expected purchases over the horizon, and with amounts expected spend and value."""
    table["alive"] = each.alive(table)
    table["expected"] = each.purchases(asked.span, table)
    if "spend" not in table:
        return
    table["expected_spend"] = spend
    if gamma:
        bought = (table["x"].to_numpy(float), table["spend"].to_numpy(float))
        told = gamma_gamma.expected_spend(gamma_gamma.GammaGamma(*gamma.estimates), *bought)
        table["expected_spend"] = np.where(np.isfinite(told), told, spend)
    a_year = A_YEAR[asked.unit]
    count = discounted_purchases(lambda t: each.purchases(t, table), asked.span, asked.discount, a_year)
    table["clv"] = asked.margin * table["expected_spend"] * count
