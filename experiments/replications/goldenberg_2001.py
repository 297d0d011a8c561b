"""Goldenberg, Libai & Muller 2001: strong ties, weak ties and advertising, through the model's contacts and talk."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ecosim.corners import awareness
from ecosim.draws import own_key, purpose, stream_key
from ecosim.dynamics.process import uniforms
from ecosim.networks import Graph
from ecosim.networks.csr import from_pairs
from ecosim.published import Findings, Value

LEVELS = {
    "strong": np.linspace(5, 29, 7), "weak": np.linspace(5, 29, 7), "alpha": np.linspace(0.0005, 0.01, 7),
    "beta_weak": np.linspace(0.005, 0.015, 7), "beta_strong": np.linspace(0.01, 0.07, 7),
}  # fmt: skip
"""Strong and weak ties of each person, and the chance a week of hearing from the firm, a weak and a strong tie."""

SHARES = {"t16": 0.16, "t50": 0.5, "t95": 0.95}
SIZES = {False: (3000, 1500, 300, (5, 9, 17, 29)), True: (600, 120, 50, (5, 29))}
"""People, random cells, cells at each fixed group size, and these sizes; in a full run, in a quick one."""

STREAM = purpose("replication.goldenberg_2001")


def acquaintances(people: int, cell: dict[str, float], key: np.uint64) -> Graph:
    """Return closed groups tied with the strong chance, and random ties across them with the weak one."""
    size, pairs, weights = int(cell["strong"]) + 1, [], []
    for start in range(0, people, size):
        inside = np.arange(start, min(start + size, people))
        one, other = np.triu_indices(len(inside), 1)
        pairs.append(np.stack([inside[one], inside[other]], axis=1))
        weights.append(np.full(one.size, cell["beta_strong"]))
    for turn in range(int(cell["weak"]) // 2 + 1):
        ring = np.argsort(uniforms(people, own_key(key, turn)), kind="stable")
        ties = np.stack([ring, np.roll(ring, 1)], axis=1)
        ties = ties if turn < int(cell["weak"]) // 2 else ties[::2]
        pairs.append(ties)
        weights.append(np.full(len(ties), cell["beta_weak"]))
    return from_pairs(people, np.concatenate(pairs).astype(np.int32), np.concatenate(weights).astype(np.float32))


def cells(people: int, number: int, seed: int, part: int, **fixed: float) -> pd.DataFrame:
    """Return levels and weeks to 16, 50 and 95 % of ``number`` random cells."""
    rows, key = [], stream_key(seed, STREAM, part)
    for n in range(number):
        u = uniforms(len(LEVELS), own_key(key, n))
        cell = {name: float(levels[int(x * 7)]) for (name, levels), x in zip(LEVELS.items(), u, strict=True)} | fixed
        graph = acquaintances(people, cell, own_key(key, number + n))
        curve = awareness(graph, cell["alpha"], 0.95, seed * 100_000 + n)
        rows.append(cell | {name: float(np.argmax(curve >= share)) for name, share in SHARES.items()})
    return pd.DataFrame(rows)


def betas(table: pd.DataFrame, outcome: pd.Series, names: list[str]) -> pd.Series:
    """Return standardised coefficients of a least-squares regression."""
    x = (table[names] - table[names].mean()) / table[names].std()
    y = (outcome - outcome.mean()) / outcome.std()
    return pd.Series(np.linalg.lstsq(x.to_numpy(), y.to_numpy(), rcond=None)[0], names)


def run(quick: bool, seed: int) -> Findings:
    """Return how the weeks to 16, 50 and 95 % depend on ties and advertising, overall and by group size."""
    people, number, each, sizes = SIZES[quick]
    table, names, values, rows = cells(people, number, seed, 0), list(LEVELS), {}, []
    table["rest"] = table["t95"] - table["t16"]
    for outcome in (*SHARES, "rest"):
        found = betas(table, table[outcome], names)
        values[f"alpha_{outcome}"] = Value(float(-found["alpha"]))
        weak, strong = (
            float((found[block] ** 2).sum()) for block in (["weak", "beta_weak"], ["strong", "beta_strong"])
        )
        values[f"blocks_{outcome}"] = Value(weak / strong)
        rows.append((outcome, *found))
    values["fades"] = Value(float(values["alpha_t16"].value > values["alpha_t50"].value > values["alpha_t95"].value))
    groups = []
    for part, size in enumerate(sizes, 1):
        part_table = cells(people, each, seed, part, strong=float(size))
        found = betas(part_table, np.log(part_table["t95"]), names[1:])
        weak, strong = float((found[["weak", "beta_weak"]] ** 2).sum()), float(found["beta_strong"] ** 2)
        values |= {f"weak_{size}": Value(weak), f"strong_{size}": Value(strong),
                   f"weak_wins_{size}": Value(float(weak > strong))}  # fmt: skip
        groups.append((size, weak, strong))
    return Findings(values, {"betas": pd.DataFrame(rows, columns=["outcome", *names]),
                             "groups": pd.DataFrame(groups, columns=["group", "weak", "strong"])})  # fmt: skip


def draw(findings: Findings, judged: pd.DataFrame) -> Any:
    """Return what weak and strong ties explain of the time to 95 %, over the size of personal groups."""
    from ecosim.figures.published import against

    table, lines, points = findings.tables["groups"], [], []
    for name in ("weak", "strong"):
        lines.append((f"{name} ties, obtained", table["group"], table[name]))
        known = judged[judged["name"].str.fullmatch(rf"{name}_\d+")]
        points.append(
            (f"{name} ties, recomputed", known["name"].str.split("_").str[1].astype(float), known["published"])
        )
    return against(
        lines, points, x_label="strong ties of each person", y_label="sum of squared standardised coefficients"
    )
