"""One network, one model, several ways to choose seeds: how far each spreads, judged alike on sets of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ecosim.errors import UserError
from ecosim.influence.diffusion import Diffusion
from ecosim.influence.forward import celf, simulate
from ecosim.influence.multigraph import Multigraph
from ecosim.influence.reverse import Spread, judge, ris
from ecosim.influence.seeding import by_degree, by_distance, random_order

METHODS = ("greedy", "celf", "degree", "central", "random")
WORLDS, RUNS = 1000, 10_000
"""Live-edge worlds that celf looks at, and forward simulations that check each choice."""
MOST_STEPS = {"celf": 2e9, "central": 2e10}
"""Steps of each method at worst (nodes times ties, celf in every world) up to which ``all`` includes it."""


@dataclass(frozen=True, eq=False)
class Maximisation:
    """What was found.

    spread: one row a method and number of seeds: method, seeds, spread, se (nodes). chosen: one row a seed: method,
    rank, node (its label in the file), degree, spread (with the seeds so far), gain. checks: one row a method: forward
    simulation with all seeds: method, seeds, spread, se, forward, forward_se. leads: by method, the standard error of
    how far the first method is ahead with all seeds. left_out: methods that were not asked for by name and would take
    too long, with the reason.
    """

    diffusion: Diffusion
    k: int
    spread: pd.DataFrame
    chosen: pd.DataFrame
    checks: pd.DataFrame
    leads: dict[str, float] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)

    def at(self, method: str, seeds: int) -> tuple[float, float]:
        """Return spread and standard error of the first ``seeds`` nodes of a method."""
        row = self.spread[(self.spread["method"] == method) & (self.spread["seeds"] == seeds)].iloc[0]
        return float(row["spread"]), float(row["se"])

    @property
    def methods(self) -> list[str]:
        """The methods that were compared, in their order."""
        return list(dict.fromkeys(self.spread["method"]))


def affordable(graph: Multigraph) -> tuple[list[str], dict[str, str]]:
    """Return the methods that the size of the network allows, and the others with the reason."""
    steps = float(graph.n) * (graph.n + len(graph.indices))
    worst = {"celf": steps * WORLDS, "central": steps}
    words = {
        "celf": "it simulates every node; name it to have it anyway",
        "central": "it measures the distances between all nodes; name it to have it anyway",
    }
    left_out = {name: words[name] for name in worst if worst[name] > MOST_STEPS[name]}
    return [name for name in METHODS if name not in left_out], left_out


def choose(d: Diffusion, method: str, k: int, sets: int, seed: int) -> list[int]:
    """Return the ``k`` nodes that a method seeds, in their order."""
    if method == "greedy":
        return ris(d, k, sets, seed)[0]
    if method == "celf":
        return celf(d, k, WORLDS, seed)[0]
    if method == "degree":
        return by_degree(d.graph, k)
    return by_distance(d.graph, k) if method == "central" else random_order(d.graph, k, seed)


def maximise(
    d: Diffusion, k: int, methods: Sequence[str] = (), sets: int = 200_000, seed: int = 1, runs: int = RUNS
) -> Maximisation:
    """Compare ``methods`` (none named: all that the network's size allows) with up to ``k`` seeds.

    The spread of ``random`` is the mean over all choices; its nodes are one of them. Raises `UserError`.
    """
    if not 1 <= k <= d.graph.n:
        raise UserError(f"k={k}: a whole number from 1 to the network's {d.graph.n:,} nodes is needed")
    names, left_out = (list(methods), {}) if methods else affordable(d.graph)
    orders = {name: choose(d, name, k, sets, seed) for name in names}
    judged = [name for name in names if name != "random"]
    found, anybody = judge(d, [orders[name] for name in judged], k, sets, seed)
    spreads = dict(zip(judged, found, strict=True)) | ({"random": anybody} if "random" in names else {})
    checks = [_check(d, name, orders[name], spreads[name], runs, seed) for name in judged]
    return Maximisation(
        d, k,
        pd.concat([_curve(name, spreads[name]) for name in names], ignore_index=True),
        pd.concat([_seeds(d, name, orders[name], spreads[name]) for name in names], ignore_index=True),
        pd.DataFrame(checks, columns=["method", "seeds", "spread", "se", "forward", "forward_se"]),
        {name: spread.lead_se for name, spread in spreads.items()},
        left_out,
    )  # fmt: skip


def _curve(name: str, spread: Spread) -> pd.DataFrame:
    seeds = np.arange(1, len(spread.mean) + 1)
    return pd.DataFrame({"method": name, "seeds": seeds, "spread": spread.mean, "se": spread.se})


def _seeds(d: Diffusion, name: str, order: list[int], spread: Spread) -> pd.DataFrame:
    mean = spread.mean if name != "random" else np.full(len(order), np.nan)
    return pd.DataFrame({
        "method": name, "rank": np.arange(1, len(order) + 1), "node": d.graph.labels[order],
        "degree": d.graph.degree[order], "spread": mean, "gain": np.diff(mean, prepend=0.0),
    })  # fmt: skip


def _check(d: Diffusion, name: str, order: list[int], spread: Spread, runs: int, seed: int) -> tuple[object, ...]:
    return (name, len(order), float(spread.mean[-1]), float(spread.se[-1]), *simulate(d, order, runs, seed))
