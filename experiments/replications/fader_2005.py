"""Fader, Hardie & Lee 2005: counting your customers the easy way; the fits to CDNOW, and the models' own customers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ecosim.customer_base import bg_nbd, cdnow, gamma_gamma, pareto_nbd, simulate
from ecosim.customer_base.table import Rows, rows
from ecosim.published import Findings, Value, mean_of

BG = bg_nbd.BgNbd(0.2426, 4.4135, 0.7929, 2.4258)
PARETO = pareto_nbd.ParetoNbd(0.553, 10.578, 0.606, 11.669)
SPEND = gamma_gamma.GammaGamma(6.25, 3.74, 15.44)
WEEKS, CUSTOMERS, SAMPLE = 38.86, 400_000, 20_000
TIMES = (0.1429, 1.0, 3.0, 31.857, 32.0, 78.0)
MOST = 7
FULL, QUICK = 20, 2
"""Samples of 20,000 customers that are drawn and fitted again."""


def drawn(p: Any, n: int, seed: int) -> pd.DataFrame:
    """Return ``n`` simulated customers of a model after the weeks of the data."""
    return simulate.base(simulate.traits(p, n, seed), WEEKS, seed)


def table(found: pd.DataFrame) -> Rows:
    """Return the distinct rows of customers."""
    return rows(found["x"].to_numpy(), found["t_x"].to_numpy(), found["T"].to_numpy())


def distances(module: Any, truth: Any, samples: int, seed: int) -> tuple[Value, Value]:
    """Return by how many standard errors of one fit the mean fit misses the truth at most, and the share within 2."""
    z = []
    for sample in range(samples):
        found = module.fit(table(drawn(truth, SAMPLE, seed + 1000 * (sample + 1))))
        z.append((np.array(found.estimates) - np.array(truth)) / np.array(found.errors))
    return Value(float(np.abs(np.mean(z, axis=0)).max()), samples**-0.5, samples), mean_of(np.abs(z).ravel() <= 2)


def on_cdnow(data: pd.DataFrame) -> tuple[dict[str, Value], pd.DataFrame]:
    """Return the fits to CDNOW with what follows from them, and observed and expected frequencies."""
    known = table(data)
    again = data["x"].to_numpy() > 0
    fits = [bg_nbd.fit(known), pareto_nbd.fit(known)]
    fits.append(gamma_gamma.fit(data["x"].to_numpy()[again], data["spend"].to_numpy()[again]))
    values = {}
    for fit in fits:
        found = zip(fit.names, fit.estimates, fit.errors, strict=True)
        values |= {f"{fit.model}_{key}": Value(value, se, fit.n) for key, value, se in found}
    p = bg_nbd.BgNbd(*fits[0].estimates)
    values["log_likelihood"] = Value(fits[0].log_likelihood)
    values |= {f"repeats_{t:g}": Value(float(bg_nbd.expected_repeats(p, t))) for t in TIMES}
    values["next_39"] = Value(float(bg_nbd.expected_purchases(p, 39.0, *(np.array([v]) for v in (2, 30.43, WEEKS)))[0]))
    sizes = [bg_nbd.probabilities(p, MOST - 1, t) * w for t, w in zip(known.T, known.weight, strict=True)]
    expected = np.sum(sizes, axis=0)
    seen = np.bincount(np.minimum(data["x"].to_numpy(), MOST), minlength=MOST + 1)
    return values, pd.DataFrame({
        "repeats": range(MOST + 1), "observed": seen, "bg_nbd": np.append(expected, len(data) - expected.sum()),
    })  # fmt: skip


def run(quick: bool, seed: int) -> Findings:
    """Return what the published parameters imply for simulated customers, fits of those, and fits to CDNOW."""
    many = drawn(BG, CUSTOMERS, seed)["x"].to_numpy()
    values = {"mean_repeats": mean_of(many), "none": mean_of(many == 0)}
    samples = QUICK if quick else FULL
    for module, truth, name in ((bg_nbd, BG, "bg_nbd"), (pareto_nbd, PARETO, "pareto_nbd")):
        if name == "bg_nbd" or not quick:
            values[f"recovered_{name}"], values[f"within_{name}"] = distances(module, truth, samples, seed)
    values["bg_nbd_mean_repeats"] = Value(float(bg_nbd.expected_repeats(BG, WEEKS)))
    values["bg_nbd_none"] = Value(float(bg_nbd.probabilities(BG, 0, WEEKS)[0]))
    seen = np.bincount(np.minimum(many, MOST), minlength=MOST + 1) / CUSTOMERS
    data = None if quick else cdnow.summary()
    frequencies = pd.DataFrame({"repeats": range(MOST + 1), "simulated": seen})
    if data is not None:
        found, observed = on_cdnow(data)
        values |= found
        frequencies = observed.assign(simulated=seen * len(data))
    return Findings(values, {"frequencies": frequencies})


def draw(findings: Findings, judged: pd.DataFrame) -> Any:
    """Return how many customers bought how often, in the data, in the fit and among simulated customers."""
    from ecosim.figures.published import against

    frequencies = findings.tables["frequencies"]
    labels = {"simulated": "simulated, everybody for 38.86 weeks", "bg_nbd": "BG/NBD fitted to CDNOW"}
    bars = [(label, frequencies["repeats"], frequencies[name]) for name, label in labels.items() if name in frequencies]
    told = "observed" in frequencies
    points = [("CDNOW, 2,357 customers", frequencies["repeats"], frequencies["observed"])] if told else []
    return against(
        bars, points, x_label="repeat purchases in 39 weeks (7: 7 and more)",
        y_label="customers" if told else "share of customers", bars=True,
    )  # fmt: skip
