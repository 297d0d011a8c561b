"""Patterns a market of frequent purchases must show: what a panel published beside what a run obtained.

The panel is the UK toothpaste panel of early 1973, 5,240 households, as it stands in the NBD-Dirichlet literature
(Goodhardt, Ehrenberg & Chatfield 1984): observed share and penetration of eight brands, and the figures of the
Dirichlet fitted to them. Word of mouth is from East, Hammond & Wright 2007.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import brentq

SHARES = (0.25, 0.19, 0.10, 0.10, 0.09, 0.08, 0.03, 0.02)
PENETRATIONS = (0.20, 0.17, 0.09, 0.08, 0.08, 0.07, 0.03, 0.02)
PER_BUYER = (1.82, 1.76, 1.68, 1.68, 1.67, 1.66, 1.62, 1.61)
ENDS = {
    "quarter share of requirements": (0.58, 0.48),
    "quarter 100 %-loyals": (0.45, 0.35),
    "year share of requirements": (0.42, 0.30),
    "year 100 %-loyals": (0.20, 0.12),
}
"""Largest and smallest brand."""


class Pattern(NamedTuple):
    """One line of the table: obtained must lie in ``low .. high``; ``sd`` is its standard error over quarters."""

    pattern: str
    brand: str
    metric: str
    published: float
    obtained: float
    sd: float
    low: float
    high: float


def nbd_shape(penetration: float, mean: float) -> float:
    """Return the NBD's K from the share of buyers and the mean purchases of all: (1 + M/K)^-K = 1 - b.

    Raises ValueError where no gamma mixture can have these two (penetration above that of a Poisson).
    """
    if not 0 < penetration < 1 - np.exp(-mean):
        raise ValueError(f"penetration {penetration:.3f} is not below a Poisson's {1 - np.exp(-mean):.3f}")
    return float(brentq(lambda k: (1 + mean / k) ** -k - (1 - penetration), 1e-6, 1e6))


def validate(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return patterns V1-V4 and V10 with published and obtained values, from a run's quarterly and yearly tables.

    Estimators: means over the quarters (years) of the tables; ``sd`` is the standard deviation over them divided by
    the root of their number. Columns: pattern, brand, metric, published, obtained, sd, tolerance, low, high, holds.
    """
    quarter, year = by_firm(tables["quarterly"]), by_firm(tables["yearly"])
    if len(quarter) != len(SHARES):
        raise ValueError(f"the panel has {len(SHARES)} brands; this run has {len(quarter)}")
    rows = [*double_jeopardy(quarter), *incidence(tables["market"]), *loyalty(quarter, year)]
    table = pd.DataFrame([*rows, *talk(tables["market"])])
    table["tolerance"] = (table["high"] - table["low"]) / 2
    table["holds"] = (table["obtained"] >= table["low"]) & (table["obtained"] <= table["high"])
    return table


def standard_error(values: pd.Series) -> float:
    """Return the standard error of the mean over periods."""
    return float(np.std(values.to_numpy(), ddof=1) / np.sqrt(len(values)))


def by_firm(table: pd.DataFrame) -> pd.DataFrame:
    """Return means and standard errors over periods, one row a firm, columns (name, mean|sem)."""
    return table.drop(columns=["scenario", "strategy", "adopters"]).groupby("firm").agg(["mean", "sem"])


def near(pattern: str, brand: int, metric: str, published: float, cell: pd.Series, tolerance: float) -> Pattern:
    """Return a pattern that holds within ``tolerance`` of the published number."""
    return Pattern(
        pattern, f"brand {brand + 1}", metric, published, cell["mean"], cell["sem"], published - tolerance,
        published + tolerance,
    )  # fmt: skip


def double_jeopardy(quarter: pd.DataFrame) -> list[Pattern]:
    """V1, V3: shares, penetrations, frequency rising a little with share, and the natural monopoly.

    The rise is read off the least-squares line of frequency on log share, brands weighted by their buyers.
    """
    rows = []
    for brand in range(len(SHARES)):
        at = quarter.loc[brand]
        rows.append(near("V1 double jeopardy", brand, "share", SHARES[brand], at["share"], 0.03))
        rows.append(near("V1 double jeopardy", brand, "penetration", PENETRATIONS[brand], at["penetration"], 0.04))
    share, frequency = quarter["share"]["mean"].to_numpy(), quarter["purchases_per_buyer"]["mean"].to_numpy()
    buyers = quarter["penetration"]["mean"].to_numpy()
    line = np.polyfit(np.log(share), frequency, 1, w=np.sqrt(buyers))
    fitted = np.polyval(line, np.log(share[[0, -1]]))
    rate = quarter["category_rate"]["mean"].to_numpy()
    sem = quarter["category_rate"]["sem"].to_numpy()
    return [
        *rows,
        Pattern("V1 double jeopardy", "1 over 8", "purchases per buyer, ratio on the fitted line",
                PER_BUYER[0] / PER_BUYER[-1], fitted[0] / fitted[1], np.nan, 1.05, 1.25),
        Pattern("V3 natural monopoly", "8 minus 1", "category rate of buyers", 3.38 - 3.16, rate[-1] - rate[0],
                float(np.hypot(sem[0], sem[-1])), 0.0, np.inf),
    ]  # fmt: skip


def incidence(market: pd.DataFrame) -> list[Pattern]:
    """V2: the NBD's K from category penetration and mean, quarter by quarter."""
    shapes = pd.Series(
        [nbd_shape(b, m) for b, m in zip(market["category_penetration"], market["category_purchases"], strict=True)]
    )
    name = "V2 NBD incidence"
    penetration = market["category_penetration"]
    return [
        Pattern(name, "category", "penetration", 0.56, penetration.mean(), standard_error(penetration), 0.52, 0.60),
        Pattern(name, "category", "NBD shape K", 0.78, shapes.mean(), standard_error(shapes), 0.5, 1.2),
    ]


def loyalty(quarter: pd.DataFrame, year: pd.DataFrame) -> list[Pattern]:
    """V4: share of requirements and 100 %-loyals of the largest and the smallest brand, in a quarter and a year."""
    rows = []
    last = len(SHARES) - 1
    for metric, ends in ENDS.items():
        table = quarter if metric.startswith("quarter") else year
        column = "loyals" if metric.endswith("loyals") else "share_of_requirements"
        for brand, published in zip((0, last), ends, strict=True):
            rows.append(near("V4 loyalty", brand, metric, published, table.loc[brand][column], 0.06))
    return rows


def talk(market: pd.DataFrame) -> list[Pattern]:
    """V10: positive to negative word of mouth."""
    ratio = market["talk_positive"].sum() / market["talk_negative"].sum()
    spread = standard_error(market["talk_positive"] / market["talk_negative"])
    return [Pattern("V10 word of mouth", "category", "positive : negative talk", 3.0, ratio, spread, 2.0, 5.0)]
