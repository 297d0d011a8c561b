"""Salganik, Dodds & Watts 2006: social influence makes hits larger and harder to foresee; a trial-offer market."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ecosim.draws import own_key, purpose, stream_key
from ecosim.dynamics.arrivals import inequality, settled_shares, shelf, try_and_buy, unpredictability
from ecosim.dynamics.process import Process, uniforms
from ecosim.published import Findings, Value, mean_of

QUALITY = np.array([0.8, 0.6, 0.5, 0.4, 0.2])
SONGS, WORLDS, LISTENERS = 48, 8, 2800
FEEDBACK = (0.0, 0.5, 1.0)
TRIALS, REPEATS, WINNERS = 400_000, (40, 12), 24
STREAM = purpose("replication.salganik_2006.songs")


def shares(appeal: np.ndarray, quality: np.ndarray, r: float, trials: int, seed: int, run: int) -> np.ndarray:
    """Return each item's share of purchases after some trials, all equally visible."""
    seen = np.ones(len(appeal))
    process = Process(try_and_buy, shelf(seen, appeal, r), (seen, appeal, quality, r), order="sweep", agents=trials,
                      seed=seed, run=run, name=f"salganik.{r:g}")  # fmt: skip
    process.advance()
    return process.x[:, 0] / process.x[:, 0].sum()


def songs(seed: int, repeat: int) -> tuple[np.ndarray, np.ndarray]:
    """Return appeal and quality of 48 songs."""
    u = uniforms(2 * SONGS, own_key(stream_key(seed, STREAM, 0), repeat))
    return 5 * (0.5 + u[:SONGS]), 0.1 + 0.8 * u[SONGS:]


def miniature(r: float, repeats: int, seed: int) -> np.ndarray:
    """Return G, U and the share of worlds with the best song in the bottom third, ``[repeats, 3]``."""
    found = []
    for repeat in range(repeats):
        appeal, quality = songs(seed, repeat)
        worlds = np.array([
            shares(appeal, quality, r, LISTENERS, seed, repeat * WORLDS + world) for world in range(WORLDS)
        ])  # fmt: skip
        best = worlds[:, [quality.argmax()]]
        low = ((worlds > best).sum(axis=1) >= SONGS * 2 / 3).mean()
        found.append((np.mean([inequality(world) for world in worlds]), unpredictability(worlds), low))
    return np.array(found)


def run(quick: bool, seed: int) -> Findings:
    """Return where feedback below 1 leads, who wins above 1, and inequality and unpredictability of 48 songs."""
    one = np.ones(5)
    theory = settled_shares(one, QUALITY, 0.5)
    values = {}
    for name, appeal in (("even", one), ("late", np.array([1.0, 1, 1, 1, 20]))):
        values[f"{name}_gap"] = Value(float(np.abs(shares(appeal, QUALITY, 0.5, TRIALS, seed, 0) - theory).max()))
    tops = np.array([shares(one, QUALITY, 2.0, 20_000, seed, k) for k in range(WINNERS)])
    values["winners"] = Value(float(len(set(tops.argmax(axis=1)))))
    values["top_share"] = mean_of(tops.max(axis=1))
    found = {r: miniature(r, REPEATS[quick], seed) for r in FEEDBACK}
    for r, each in found.items():
        values[f"gini_{r:g}"], values[f"unpredictable_{r:g}"] = mean_of(each[:, 0]), mean_of(each[:, 1])
    for name, column in (("gini", 0), ("unpredictable", 1)):
        means = [found[r][:, column].mean() for r in FEEDBACK]
        values[f"{name}_rises"] = Value(float(means[0] < means[1] < means[2]))
    values["unpredictable_times"] = Value(found[1.0][:, 1].mean() / found[0.0][:, 1].mean())
    values["best_is_low"] = mean_of(found[0.5][:, 2])
    rows = [(r, *each.mean(axis=0)) for r, each in found.items()]
    return Findings(values, {"songs": pd.DataFrame(rows, columns=["feedback", "gini", "unpredictability", "best_low"])})


def draw(findings: Findings, judged: pd.DataFrame) -> Any:
    """Return inequality and unpredictability (times 50, to share the axis) over the strength of social influence."""
    from ecosim.figures.published import against

    table, lines, points = findings.tables["songs"], [], []
    for name, column, scale, label in (
        ("gini", "gini", 1, "inequality G"),
        ("unpredictable", "unpredictability", 50, "unpredictability U x 50"),
    ):
        lines.append((f"{label}, obtained", table["feedback"], scale * table[column]))
        known = judged[judged["name"].str.fullmatch(rf"{name}_[\d.]+")]
        points.append((f"{label}, recomputed", known["name"].str.split("_").str[1].astype(float),
                       scale * known["published"]))  # fmt: skip
    return against(lines, points, x_label="social influence r", y_label="G, and U x 50")
