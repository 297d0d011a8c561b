"""The CDNOW customers, read from the data files of the `lifetimes` distribution where that is installed.

One tenth of those who first bought at CDNOW in the first quarter of 1997: 2,357 customers, calibration of 39 weeks to
30 September 1997, transactions to 30 June 1998. The distribution's code is not imported; it is no longer maintained.

Source: Fader, Hardie & Lee 2005.
"""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pandas as pd

DISTRIBUTION = "lifetimes"
SUMMARY = "cdnow_customers_summary_with_transactions.csv"
TRANSACTIONS = "CDNOW_sample.txt"


def data_file(name: str) -> Path | None:
    """Return the path of a data file of the distribution, or None where it is not installed."""
    try:
        files = metadata.files(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return None
    for file in files:
        if file.name == name:
            path = Path(str(file.locate()))
            return path if path.is_file() else None
    return None


def summary() -> pd.DataFrame | None:
    """Return x, t_x, T (weeks) and spend (mean dollars of repeat purchases) of 2,357 customers; None if absent."""
    path = data_file(SUMMARY)
    return None if path is None else pd.read_csv(path).rename(columns={"ID": "customer", "zbar": "spend"})


def transactions() -> pd.DataFrame | None:
    """Return customer, date (YYYYMMDD, text) and amount (dollars) of 6,919 transactions; None if absent."""
    path = data_file(TRANSACTIONS)
    if path is None:
        return None
    found = pd.read_csv(path, sep=r"\s+", header=None, dtype=str)
    return pd.DataFrame({"customer": found[1], "date": found[2], "amount": found[4]})
