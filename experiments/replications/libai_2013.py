"""Libai, Muller & Peres 2013: the social value of a seeding programme, and how much of it is expansion."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ecosim.draws import normal, own_key, purpose, stream_key
from ecosim.dynamics.contagion import choose_brand, spread_states
from ecosim.dynamics.process import some_of, uniforms
from ecosim.networks import Graph, Network, build_network
from ecosim.published import Findings, Value, mean_of

PEOPLE, SHARE, PERIODS, DISCOUNT = 3000, 0.01, 30, 0.10
EXTERNAL, IMITATION, SPREAD = 0.005, 0.04, 0.01
"""Adoption by oneself in a period, mean and standard deviation of imitation q_i, cut off at 0."""

NETWORKS = {
    "ws": Network(kind="watts_strogatz", mean_degree=10.0, rewiring=0.1),
    "ba": Network(kind="barabasi_albert", mean_degree=10.0),
}
MARKETS = {"monopoly": 0.0, "duopoly": EXTERNAL}
PROGRAMMES = ("random", "hubs")
PAIRS = (200, 40)
LUCK, SEEDS = purpose("replication.libai_2013.imitation"), purpose("replication.libai_2013.seeds")


def imitation(seed: int, run: int) -> np.ndarray:
    """Return q_i of each person, ``[n]``."""
    luck = uniforms(PEOPLE, own_key(stream_key(seed, LUCK, 0), run))
    return np.maximum(0.0, IMITATION + SPREAD * np.array([normal(u) for u in luck]))


def adopters(graph: Graph, q: np.ndarray, rival: float, seeds: np.ndarray, seed: int, run: int) -> np.ndarray:
    """Return what each person's adoption is worth to A and to B, discounted, ``[2, n]``; 0 if it never comes."""
    start = np.zeros(PEOPLE, np.int8)
    start[seeds] = 1
    end = spread_states(
        choose_brand, graph, start, (EXTERNAL, rival, q), states=3, settled=[1, 2], periods=PERIODS, seed=seed, run=run
    )
    return np.array([(end.state == brand) * (1 + DISCOUNT) ** -end.when.astype(float) for brand in (1, 2)])


def cell(network: str, market: str, pairs: int, seed: int) -> dict[str, np.ndarray]:
    """Return, by programme, ``[pairs, 5]``: more A, more B, social value, base value, value of expansion.

    Values are of all but the seeds; adopters are counted with them.
    """
    found: dict[str, list[tuple[float, ...]]] = {name: [] for name in PROGRAMMES}
    for run in range(pairs):
        graph = build_network(NETWORKS[network], PEOPLE, 1000 * seed + run)
        q, k = imitation(seed, run), round(SHARE * PEOPLE)
        chosen = {"random": some_of(PEOPLE, k, own_key(stream_key(seed, SEEDS, 0), run)),
                  "hubs": np.argsort(-graph.degree(), kind="stable")[:k]}  # fmt: skip
        before = adopters(graph, q, MARKETS[market], np.empty(0, int), seed, run)
        for name, seeds in chosen.items():
            after = adopters(graph, q, MARKETS[market], seeds, seed, run)
            more = (after > 0).sum(axis=1) - (before > 0).sum(axis=1)
            value = np.delete(before[0], seeds).sum()
            gain = np.delete(after[0], seeds).sum() - value
            each = before[0].sum() / (before[0] > 0).sum()
            found[name].append((more[0], more[1], gain, value, more[0] * each))
    return {name: np.array(rows, float) for name, rows in found.items()}


def run(quick: bool, seed: int) -> Findings:
    """Return more adopters, social value and its share of expansion, by network, market and programme."""
    values, rows = {}, []
    for network in NETWORKS:
        for market in MARKETS:
            for name, each in cell(network, market, PAIRS[quick], seed).items():
                a, b, gain, base, wider = each.mean(axis=0)
                key = f"{network}_{market}_{name}"
                values[f"{key}_more"] = mean_of(each[:, 0])
                values[f"{key}_value"] = Value(
                    100 * gain / base, float(100 * each[:, 2].std(ddof=1) / base / len(each) ** 0.5), len(each)
                )
                values[f"{key}_expansion"] = Value(wider / gain)
                values[f"{key}_zero_sum"] = Value(abs(a + b) / abs(a))
                rows.append((network, market, name, a, b, 100 * gain / base, wider / gain))
        for name in PROGRAMMES:
            alone, rivals = (values[f"{network}_{m}_{name}_expansion"].value for m in MARKETS)
            values[f"{network}_{name}_times"] = Value(rivals / max(alone, 1e-9))
        for market in MARKETS:
            random, hubs = (values[f"{network}_{market}_{name}_value"].value for name in PROGRAMMES)
            values[f"{network}_{market}_hubs"] = Value(float(hubs > random))
    names = ["network", "market", "programme", "more_a", "more_b", "social_value_percent", "expansion"]
    return Findings(values, {"programmes": pd.DataFrame(rows, columns=names)})


def draw(findings: Findings, judged: pd.DataFrame) -> Any:
    """Return social value by network, market and programme, in per cent of the value without it."""
    from ecosim.figures.published import against

    table = findings.tables["programmes"]
    names = [f"{row.network.upper()}\n{row.market}\n{row.programme}" for row in table.itertuples()]
    known = judged[judged["name"].str.endswith("_value")]
    return against(
        [("obtained", range(len(table)), table["social_value_percent"])],
        [("recomputed from the rule", range(len(known)), known["published"])],
        x_label="network, market and seeds", y_label="social value, % of value without seeds", bars=True, names=names,
    )  # fmt: skip
