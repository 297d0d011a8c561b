"""Watts & Dodds 2007: cascades from an influential seed, one of the top tenth, against those from any seed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ecosim.draws import own_key, purpose, stream_key
from ecosim.dynamics.adoption import needs, spread_each
from ecosim.dynamics.directed import influence_network
from ecosim.dynamics.process import uniforms
from ecosim.published import Findings, Value, mean_of

NODES, PHI, GLOBAL, TOP = 10_000, 0.18, 0.1, 0.1
MEANS = ((1.5, 2, 3, 4, 5, 6, 7), (1.5, 2, 4, 7))
GRAPHS, SEEDS = (60, 12), 50
STREAM = purpose("replication.watts_2007.seeds")


def arms(mean: float, graphs: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return cascades, a share of all, ``[2, runs]`` of influential and of any seeds, and the ratios of influence."""
    sizes, ratios = [], []
    for g in range(graphs):
        net = influence_network(NODES, mean, seed, 1000 * g + int(10 * mean))
        reach = np.diff(net.indptr)
        top = np.argsort(-reach, kind="stable")[: int(TOP * NODES)]
        ratios.append(reach[top].mean() / reach.mean())
        u = uniforms(2 * SEEDS, own_key(stream_key(seed, STREAM, g), int(10 * mean)))
        starts = np.concatenate([top[(u[:SEEDS] * top.size).astype(int)], (u[SEEDS:] * NODES).astype(int)])
        found = np.empty(starts.size, np.int64)
        spread_each(net.indptr, net.indices, needs(net.influencers, PHI), starts, found)
        sizes.append(found.reshape(2, SEEDS))
    return np.concatenate(sizes, axis=1) / NODES, np.array(ratios)


def run(quick: bool, seed: int) -> Findings:
    """Return, over the mean influence, how much larger, likelier and wider cascades of influential seeds are."""
    values, rows = {}, []
    for mean in MEANS[quick]:
        sizes, ratios = arms(mean, GRAPHS[quick], seed)
        wide = sizes > GLOBAL
        average = sizes.mean(axis=1)
        spread = sizes.std(axis=1, ddof=1) / np.sqrt(sizes.shape[1]) / average
        ratio, influence = average[0] / average[1], ratios.mean()
        given = [sizes[arm][wide[arm]].mean() for arm in range(2)]
        values |= {
            f"ratio_{mean:g}": Value(ratio, float(ratio * np.hypot(*spread)), sizes.shape[1]),
            f"between_{mean:g}": Value(float(1 < ratio < influence)),
            f"size_{mean:g}": Value(float(abs(given[0] - given[1]))),
            f"influential_{mean:g}": mean_of(wide[0]), f"average_{mean:g}": mean_of(wide[1]),
        }  # fmt: skip
        rows.append((mean, influence, ratio, wide[0].mean(), wide[1].mean(), *given))
    ends = min(values["ratio_1.5"].value, values["ratio_7"].value)
    values["u_shaped"] = Value(float(ends > values["ratio_4"].value))
    names = ["mean", "influence_ratio", "cascade_ratio", "influential", "average", "size_influential", "size_average"]
    return Findings(values, {"influence": pd.DataFrame(rows, columns=names)})


def draw(findings: Findings, judged: pd.DataFrame) -> Any:
    """Return the ratio of cascades beside the ratio of direct influence, over the mean number influenced."""
    from ecosim.figures.published import against

    table = findings.tables["influence"]
    known = judged[judged["name"].str.startswith("ratio_")]
    return against(
        [("cascade of an influential seed over that of any", table["mean"], table["cascade_ratio"]),
         ("direct influence of the top tenth over the mean", table["mean"], table["influence_ratio"])],
        [("recomputed from the rule", known["name"].str.partition("_")[2].astype(float), known["published"])],
        x_label="mean number of people influenced", y_label="ratio",
    )  # fmt: skip
