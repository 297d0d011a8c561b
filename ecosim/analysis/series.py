"""Quarterly series over seeds: the mean and the band of the adopters' metrics under each strategy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

METRICS = ("share", "profit", "customer_equity", "trust")
_RUN = ["scenario", "adopters", "replication", "seed"]
LOW, HIGH = 0.1, 0.9


def bands(quarterly: pd.DataFrame, metrics: Sequence[str] = METRICS) -> pd.DataFrame:
    """Return scenario, adopters, strategy, quarter, metric, mean, low, high, n: adopters' means over seeds.

    ``quarterly``: one row per run, quarter and firm with an ``adopter`` flag and the columns ``metrics``. A firm counts
    as adopter in every strategy's rows of a run if it adopts in any. ``low`` and ``high`` are the 10th and 90th
    percentile over seeds. Metrics that the table lacks are left out.
    """
    metrics = [name for name in metrics if name in quarterly.columns]
    flag = quarterly.groupby([*_RUN, "firm"], sort=False)["adopter"].transform("max").astype(bool)
    firms = quarterly.loc[flag]
    keys = ["scenario", "adopters", "strategy", "quarter"]
    per_seed = firms.groupby([*keys, "replication", "seed"], sort=False)[metrics].mean()
    long = per_seed.melt(ignore_index=False, var_name="metric").reset_index()
    long = long.loc[np.isfinite(long["value"].to_numpy(dtype=float))]
    grouped = long.groupby([*keys, "metric"], sort=False)["value"]
    table = grouped.agg(["mean", "count"]).rename(columns={"count": "n"})
    table["low"], table["high"] = grouped.quantile(LOW), grouped.quantile(HIGH)
    columns = [*keys, "metric", "mean", "low", "high", "n"]
    order = {name: place for place, name in enumerate(dict.fromkeys(quarterly["strategy"]))}
    table = table.reset_index()[columns]
    return table.sort_values(["quarter"], kind="stable").sort_values(
        "strategy", key=lambda names: names.map(order), kind="stable", ignore_index=True
    )
