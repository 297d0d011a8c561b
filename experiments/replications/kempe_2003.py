"""Kempe, Kleinberg & Tardos 2003: greedy seeds against those of most ties, nearest to all, and anybody.

The published network is not shipped: a full run reads NetHEPT from the folder named by ``ECOSIM_DATA``, and without it
says so. What holds on any network is looked at on one that is generated: papers of three authors, most of one group.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ecosim.draws import own_key, purpose, stream_key, uniform
from ecosim.errors import UserError
from ecosim.influence import Maximisation, Multigraph, diffusion, maximise, of_graph, read_multigraph
from ecosim.networks.csr import from_pairs
from ecosim.published import Findings, Value

PAPER = purpose("replication.kempe_2003.paper")
METHODS = ("greedy", "degree", "central", "random")
GROUPS, MEMBERS, PAPERS, GUESTS = 100, 20, 3000, 0.3
NODES, ROWS, NAMES = 15_233, 58_891, ("nethept.txt.gz", "nethept.txt")
PANELS = {"lt": ("lt", 0.01, 1_000_000), "wc": ("wc", 0.01, 1_000_000), "ic1": ("ic", 0.01, 4_000_000),
          "ic10": ("ic", 0.1, 200_000)}  # fmt: skip
"""Model, p and RR sets, of which a spread of few nodes needs more."""
REFERENCE = {"greedy": (429, 989, 1403), "degree": (340, 853, 1240), "central": (329, 699, 963),
             "random": (36, 121, 175)}  # fmt: skip
"""Spread of 10, 30 and 50 seeds under LT on NetHEPT, recomputed independently."""


def co_authors(seed: int) -> Multigraph:
    """Return a network of co-authors whose busiest people are of the busiest groups and write with each other."""
    n, pairs = GROUPS * MEMBERS, []
    for paper in range(PAPERS):
        key = own_key(stream_key(seed, PAPER, 0), paper)
        u = [float(uniform(key, i)) for i in range(6)]
        group = int(GROUPS * u[0] ** 2) * MEMBERS
        a, b, c = (group + int(MEMBERS * each**1.5) for each in u[1:4])
        c = int(n * u[5]) if u[4] < GUESTS else c
        pairs += [(a, b), (a, c), (b, c)]
    return of_graph(from_pairs(n, np.array(pairs, np.int32), np.ones(len(pairs), np.float32), add=True))


def public() -> Multigraph | None:
    """Return NetHEPT, None if it is not here; a file of that name with another graph raises `UserError`."""
    folder = os.environ.get("ECOSIM_DATA")
    found = [Path(folder) / name for name in NAMES if (Path(folder) / name).is_file()] if folder else []
    if not found:
        return None
    graph = read_multigraph(found[0])
    size = (graph.n, graph.report["rows"])
    if size != (NODES, ROWS):
        raise UserError(f"{found[0]}: {size[0]} nodes and {size[1]} rows; NetHEPT has {NODES} and {ROWS}")
    return graph


def away(found: Maximisation) -> Value:
    """Return by how much simulation and RR sets differ for greedy seeds, in per cent of the former."""
    row = found.checks.set_index("method").loc["greedy"]
    se = float(np.hypot(row["se"], row["forward_se"]))
    return Value(100 * abs(float(row["spread"] / row["forward"]) - 1), 100 * se / float(row["forward"]))


def rise(found: Maximisation, sets: int) -> float:
    """Return the largest rise from one gain of greedy to the next, in standard errors of choice and judgement."""
    share = found.chosen.loc[found.chosen["method"] == "greedy", "gain"].to_numpy() / found.diffusion.graph.n
    spare = np.sqrt(2 * np.maximum(share[1:] + share[:-1], 1 / sets) / sets)
    return float((np.diff(share) / spare).max())


def ratio(found: Maximisation, one: str, other: str, k: int) -> Value:
    """Return the ratio of two methods' spreads with ``k`` seeds; its error as if they were judged apart."""
    (a, a_se), (b, b_se) = found.at(one, k), found.at(other, k)
    return Value(a / b, a / b * float(np.hypot(a_se / a, b_se / b)))


def generated(seed: int) -> Maximisation:
    """Return what is found under LT on the generated network, which is judged on many sets: they cost little."""
    return maximise(diffusion(co_authors(seed), "lt"), 20, METHODS, 400_000, seed, 5000)


def run(quick: bool, seed: int) -> Findings:
    """Return spreads on the generated network and, in a full run, on NetHEPT if it is here."""
    made = generated(seed)
    values = {"made_degree": ratio(made, "greedy", "degree", 20), "made_random": ratio(made, "degree", "random", 20),
              "made_forward": away(made), "made_gains": Value(rise(made, 400_000))}  # fmt: skip
    tables = {"generated": made.spread}
    graph = None if quick else public()
    if graph is None:
        return Findings(values, tables)
    found = {}
    for name, (model, p, sets) in PANELS.items():
        found[name] = maximise(diffusion(graph, model, p), 50, METHODS, sets, seed)
        values[f"{name}_forward"] = away(found[name])
    lt, ic10 = found["lt"], found["ic10"]
    values |= {
        "lt_greedy": Value(*lt.at("greedy", 30)), "lt_degree": ratio(lt, "greedy", "degree", 30),
        "lt_central": ratio(lt, "greedy", "central", 30),
        "gains": Value(max(rise(found[name], panel[2]) for name, panel in PANELS.items())),
        "ic10_rise": Value(100 * (ic10.at("degree", 50)[0] / ic10.at("degree", 1)[0] - 1)),
        "ic10_random": Value(float(ic10.at("random", 30)[0] > ic10.at("degree", 30)[0])),
    }  # fmt: skip
    return Findings(values, tables | {name: each.spread for name, each in found.items()})


def draw(findings: Findings, judged: pd.DataFrame) -> Any:
    """Return the spread over the number of seeds under LT, on NetHEPT if it was here."""
    from ecosim.figures.published import against

    here = "lt" in findings.tables
    table = findings.tables["lt" if here else "generated"]
    lines = [(name, part["seeds"], part["spread"]) for name, part in table.groupby("method", sort=False)]
    points = [(f"{name}, recomputed elsewhere", (10, 30, 50), REFERENCE[name]) for name in METHODS] if here else []
    title = "NetHEPT, linear threshold" if here else "generated network of co-authors, linear threshold"
    return against(lines, points, x_label="number of seeds", y_label="expected number of active nodes", title=title)
