"""Watts 2002: one seed, one threshold for all, a random network; cascades of more than 5 % of the nodes are global."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ecosim.draws import own_key, purpose, stream_key, uniform
from ecosim.dynamics.adoption import needs, spread_each
from ecosim.networks import Network, build_network
from ecosim.published import Findings, Value, mean_of

NODES, PHI, GLOBAL = 10_000, 0.18, 0.05
SWEEP = (0.9, 1.2, 1.5, 2, 3, 4, 5, 5.5, 6, 7)
START = purpose("replication.watts_2002.start")
QUICK = {"runs": 300, "graphs": 3}
FULL = {"runs": 1000, "graphs": 20}


def cascades(z: float, phi: float, seed: int, runs: int, graphs: int) -> np.ndarray:
    """Return the size of each cascade, a share of all nodes, ``[runs]``, over ``graphs`` networks."""
    found = []
    for g in range(graphs):
        graph = build_network(Network(kind="erdos_renyi", mean_degree=z), NODES, seed + g)
        key = own_key(stream_key(seed, START, g), int(1000 * z))
        starts = np.array([int(uniform(key, r) * NODES) for r in range(runs // graphs)])
        sizes = np.empty(len(starts), np.int64)
        spread_each(graph.indptr, graph.indices, needs(graph.degree(), phi), starts, sizes)
        found.append(sizes)
    return np.concatenate(found) / NODES


def trigger(sizes: np.ndarray) -> Value:
    """Return the share of global cascades."""
    return mean_of(sizes > GLOBAL)


def run(quick: bool, seed: int) -> Findings:
    """Return trigger probabilities and sizes over mean degree, and the step of the threshold."""
    many = QUICK if quick else FULL
    degrees = (0.9, 2) if quick else SWEEP
    found = {z: cascades(z, PHI, seed, **many) for z in degrees}
    values = {f"trigger_{z:g}": trigger(sizes) for z, sizes in found.items()}
    wide = {z: sizes[sizes > GLOBAL] for z, sizes in found.items()}
    values |= {f"size_{z:g}": mean_of(sizes) for z, sizes in wide.items() if len(sizes) > 1}
    values["below_window"] = values["trigger_0.9"]
    if not quick:
        values["above_window"] = values["trigger_7"]
    for name, phi in (("step_before", 0.2), ("step_after", 0.21)):
        values[name] = trigger(cascades(4.5, phi, seed, **many))
    rows = [(z, values[f"trigger_{z:g}"].value, float(wide[z].mean()) if len(wide[z]) else np.nan) for z in degrees]
    return Findings(values, {"window": pd.DataFrame(rows, columns=["z", "trigger", "size"])})


def draw(findings: Findings, judged: pd.DataFrame) -> Any:
    """Return the window of cascades over mean degree: how likely, and how large."""
    from ecosim.figures.published import against

    table = findings.tables["window"]
    lines, points = [], []
    for name, label in (("trigger", "P(global cascade)"), ("size", "size of a global cascade")):
        theory = judged[judged["name"].str.startswith(name + "_")]
        lines.append((f"{label}, obtained", table["z"], table[name]))
        points.append((f"{label}, theory", theory["name"].str.partition("_")[2].astype(float), theory["published"]))
    return against(lines, points, x_label="mean degree z", y_label=f"share of nodes or runs (threshold {PHI:g})")
