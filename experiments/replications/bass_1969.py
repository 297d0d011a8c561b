"""Bass 1969: agents at the hazard p + q F, the same through the model's contacts and talk, and the fit to sales."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ecosim.corners import bass, bass_recursion
from ecosim.dynamics.hazard import adoption_times, fit, recursion, share
from ecosim.published import Findings, Value, mean_of

P, Q, PEOPLE = 0.02, 0.4, 20_000
PEAK = np.log(Q / P) / (P + Q)
RUNS, REFITS = (20, 40), (20, 20)
"""Runs of the market and of the refit; in a full run, and in a quick one."""

SERIES = {
    "ac": (96, 195, 238, 380, 1045, 1230, 1267, 1828, 1586, 1673, 1800, 1580, 1500),
    "tv": (747, 1480, 2646, 5118, 5777, 5982, 5962, 4631),
    "dryer": (106, 319, 492, 635, 737, 890, 1397, 1523, 1294, 1240, 1425, 1260, 1236),
}
"""First purchases a year, thousands: room air conditioners from 1949, colour television from 1963, dryers from 1949."""

MODEL = {False: (PEOPLE, 0.02, 10), True: (10_000, 0.2, 2)}
"""People, length of a week in periods, and runs of the model with all but contacts and talk switched off."""

AC = (0.00944, 0.3748, 18_713)


def peak_of(times: np.ndarray) -> float:
    """Return the middle of the period of length 1 in which most people adopt."""
    starts = np.arange(0.0, 20.0, 0.02)
    inside = np.searchsorted(times, starts + 1) - np.searchsorted(times, starts)
    return float(starts[np.argmax(inside)]) + 0.5


def run(quick: bool, seed: int) -> Findings:
    """Return shares and peak of simulated markets, fits to published sales, a round trip, and the recursion."""
    markets, refits = REFITS if quick else RUNS
    times = [adoption_times(PEOPLE, P, Q, seed, n) for n in range(markets)]
    values = {
        "share_at_peak": mean_of([(t <= PEAK).mean() for t in times]),
        "share_at_10": mean_of([(t <= 10).mean() for t in times]),
        "peak_time": mean_of([peak_of(t) for t in times]),
    }
    for name, sales in SERIES.items():
        values |= {f"{name}_{key}": Value(found) for key, found in zip("pqm", fit(np.array(sales, float)), strict=True)}
    values |= through_the_model(quick, seed)
    years = np.arange(len(SERIES["ac"]) + 1.0)
    p, q, m = AC
    again = [fit(np.histogram(adoption_times(m, p, q, seed, 1000 + n), years)[0]) for n in range(refits)]
    values |= {f"again_{key}": mean_of(found) for key, found in zip("pqm", np.array(again).T, strict=True)}
    discrete = recursion(P, Q, 20)
    values |= {f"discrete_{t}": Value(float(discrete[t])) for t in range(1, 6)}
    growth = np.diff(discrete)
    values |= {"discrete_peak": Value(float(growth.argmax() + 1)), "discrete_most": Value(float(growth.max()))}
    return Findings(values, {"air_conditioners": curve(SERIES["ac"], fit(np.array(SERIES["ac"], float)))})


def through_the_model(quick: bool, seed: int) -> dict[str, Value]:
    """Return shares of adopters who met the product by the firm's messages and by talk, and their gap to theory."""
    people, dt, runs = MODEL[quick]
    curves = np.array([bass(people, P, Q, dt, 10.0, seed * 1000 + n) for n in range(runs)])
    gap = np.abs(curves - bass_recursion(P, Q, dt, 10.0)).max() * np.sqrt(people)
    return {"model_at_peak": mean_of(curves[:, round(PEAK / dt)]), "model_at_10": mean_of(curves[:, -1]),
            "model_gap": Value(float(gap))}  # fmt: skip


def curve(sales: tuple[int, ...], found: tuple[float, float, float]) -> pd.DataFrame:
    """Return sales a year, observed and fitted, in thousands."""
    years = np.arange(len(sales) + 1.0)
    fitted = found[2] * np.diff(share(years, found[0], found[1]))
    return pd.DataFrame({"year": 1949 + np.arange(len(sales)), "sold": sales, "fitted": fitted})


def draw(findings: Findings, judged: pd.DataFrame) -> Any:
    """Return sales of room air conditioners, as observed and as fitted."""
    from ecosim.figures.published import against

    table = findings.tables["air_conditioners"]
    return against(
        [("fitted by p, q and m", table["year"], table["fitted"])], [("sold", table["year"], table["sold"])],
        x_label="year", y_label="room air conditioners sold for the first time, thousands",
    )  # fmt: skip
