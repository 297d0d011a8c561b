"""Where does customer-managed beat company-managed? A map over attention load and network density.

``python experiments/control_map.py [key=value ...]`` takes the keys of ``ecosim compare``. At each point of the grid
the focal firm moves from the first archetype to the second in `replications` paired worlds; the value is the paired
difference of its profit plus customer equity, in per cent of the baseline's mean, with a 95 % BCa interval over seeds.
Written to ``results/published/control_map/``: map.csv, manifest.json, and the figure as PNG and SVG.
"""

from __future__ import annotations

import dataclasses
import itertools
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
import pandas as pd

from ecosim.commands.publishing import Publication, asked_with

LOADS = (5, 20, 50, 100, 200, 400, 800, 1600)
DEGREES = (2, 5, 10, 20, 40, 80)
DEFAULTS = ("customers=4000", "replications=10", "network=erdos_renyi", "threads=1", "study=control_map")


def at_point(asked: Any, load: float, degree: float) -> dict[str, float]:
    """Return one row of the map: x, y, paired difference in per cent of the baseline, and its interval."""
    from ecosim.analysis.compare import interval
    from ecosim.commands.worlds import job
    from ecosim.job import run

    setting = dataclasses.replace(
        asked.setting,
        attention=dataclasses.replace(asked.setting.attention, load=float(load)),
        network=dataclasses.replace(asked.setting.network, mean_degree=float(degree)),
    )
    here = dataclasses.replace(asked, setting=setting)
    found = pd.concat([run(job(here, n))["outcomes"] for n in range(asked.replications)])
    chosen = found[(found["who"] == "adopters") & (found["outcome"] == "profit_plus_equity")]
    values = chosen.pivot_table(index="seed", columns="strategy", values="value", sort=True)
    baseline, other = (values[strategy.name].to_numpy() for strategy in asked.strategies[:2])
    difference = 100 * (other - baseline) / np.mean(baseline)
    low, high = interval(difference)
    return {"x": load, "y": degree, "difference": float(np.mean(difference)), "low": low, "high": high,
            "worlds": len(difference)}  # fmt: skip


def compute(asked: Any) -> pd.DataFrame:
    """Return the map, its points shared out over two processes; the order does not matter."""
    from tqdm import tqdm

    points = list(itertools.product(LOADS, DEGREES))
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        rows = pool.map(at_point, itertools.repeat(asked), *zip(*points, strict=True))
        return pd.DataFrame(tqdm(rows, total=len(points), unit="point"))


def draw(table: pd.DataFrame) -> Any:
    """Return the figure of the map."""
    from ecosim.figures import boundary_map

    return boundary_map(
        table,
        x_label="Attention load: noise messages per message that can be processed",
        y_label="Network density: mean degree",
        value_label="Adopter's profit + customer equity, % of company-managed",
        title="Customer-managed against company-managed",
        low_label="company-managed",
        high_label="customer-managed",
    )


def main(words: list[str]) -> None:
    """Compute the table, write it and draw it."""
    study, asked = Publication("control_map", words), asked_with(DEFAULTS, words)
    table = compute(asked)
    seeds = range(asked.seed, asked.seed + asked.replications)
    about = {"grid": {"attention.load": LOADS, "network.mean_degree": DEGREES}}
    study.write(asked.config, seeds, about, {"map": table}, {study.name: draw(table)})
    told = f"{int((table['low'] > 0).sum())} of {len(table)} points favour ceding control"
    print(f"{study.folder / study.name}.png: {told}")


if __name__ == "__main__":
    from ecosim.cli import script

    sys.exit(script(main, __doc__ or ""))
