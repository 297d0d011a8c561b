"""The keys every command knows besides the world's parameters: their defaults, ranges and meanings."""

from __future__ import annotations

from dataclasses import dataclass

from ecosim.parameters import Parameters, param

MOST_SEED = 2**63 - 1


@dataclass(frozen=True)
class Keys(Parameters):
    """Choices about a run or a study that are no part of the world."""

    scenario: str = param("baseline_fmcg", "name of a scenario, or the path of a YAML file of yours")
    archetypes: str = param("", "strategies in brackets; the first is the baseline (default: the scenario's line-up)")
    adopters: str = param("focal", "who adopts the other strategies", choices=("focal", "half", "all"))
    replications: int = param(10, "paired seeds: seed, seed + 1, ...", unit="runs", low=1, high=100_000)
    weeks: int = param(260, "weeks in all, common history included", unit="week", low=1, high=52_000)
    history: int = param(104, "weeks of common history before the treatment", unit="week", low=0, high=52_000)
    burn_in: int = param(156, "weeks simulated and discarded before week 1", unit="week", low=0, high=52_000)
    seed: int = param(1, "first seed; the word random draws one and records it", low=0, high=MOST_SEED)
    record: str = param(
        "quarterly", "how much to keep of a run; none: its outcomes alone", choices=("quarterly", "weekly", "none")
    )
    results: str = param("results", "folder that holds the study folders")
    study: str = param("", "name of the study folder (default: made from scenario and configuration)")
    format: str = param("text", "for people or for machines", choices=("text", "json"))
    threads: int = param(0, "processors to use, 0 for all; results do not depend on it", low=0, high=1024)
    digest: bool = param(False, "print a digest of the state after every quarter")
    validate: bool = param(False, "print published patterns beside the ones obtained")


EXECUTORS = ("serial", "local", "dask", "ray", "slurm")


@dataclass(frozen=True)
class EngineKeys(Parameters):
    """Choices about what does the runs; none of them changes a result."""

    executor: str = param("local", "what does the runs", choices=EXECUTORS)
    workers: int = param(0, "runs at a time, 0 for one a processor", low=0, high=100_000)
    address: str = param("", "address of a Dask or Ray cluster of yours")
    options: str = param("", "settings for the executor's own library: {key: value}")
    timeout: float = param(3600.0, "longest time a run may take, 0 for any", unit="s", low=0.0, high=1e7)
    batch: int = param(0, "runs stored in one file, 0 to choose by their length", low=0, high=100_000)
    progress: str = param("auto", "how progress is told", choices=("auto", "bar", "lines", "json", "none"))


@dataclass(frozen=True)
class CompareKeys(EngineKeys):
    """Choices about a comparison besides those about the world."""

    executor: str = param("serial", "what does the runs", choices=EXECUTORS)
    precision: float = param(
        0.0, "add seeds until the decisive intervals are at most this wide on either side, as a share of the baseline; "
        "0: just replications", low=0.0, high=1.0,
    )  # fmt: skip


@dataclass(frozen=True)
class SweepKeys(EngineKeys):
    """Choices about a sweep: which points it visits, and what does its runs."""

    vary: str = param("", "what varies: {key: [low, high], key: [low, high, log], key: [value, value, ...]}")
    design: str = param("grid", "grid, lhs, sobol, morris, or the path of a CSV file whose columns are keys")
    n: int = param(
        0, "levels of a range (grid), points (lhs), base points (sobol), trajectories (morris)", low=0, high=10_000_000
    )
    levels: int = param(4, "levels of a morris design", low=2, high=1000)
    second: bool = param(False, "rows for second-order indices too (sobol)")
    dummy: bool = param(True, "add a factor that changes nothing, to show the noise (sobol, morris, lhs)")
    common: bool = param(False, "the same seeds at every point, not only for every strategy")


@dataclass(frozen=True)
class InfluenceKeys(Parameters):
    """Choices about influence maximisation."""

    model: str = param("ic", "how influence spreads", choices=("ic", "wc", "lt"))
    p: float = param(0.01, "chance that influence passes a tie (ic)", low=0.0, high=1.0)
    k: int = param(30, "seeds, at most as many as there are nodes", unit="nodes", low=1, high=100_000)
    method: str = param("all", "how seeds are chosen", choices=("all", "greedy", "celf", "degree", "central", "random"))
    sets: int = param(
        200_000, "reverse-reachable sets, to choose by and as many to judge by", low=1000, high=100_000_000
    )
    seed: int = param(1, "seed of all draws", low=0, high=MOST_SEED)
    format: str = param("text", "for people or for machines", choices=("text", "json"))
    results: str = param("results", "folder that holds the result's folder")


ALIASES = {"customers": "market.customers", "firms": "market.firms", "network": "network.kind"}
"""Short keys and the parameters they stand for."""

GROUPS = ("contact", "insight", "offer", "innovation", "organisation")
"""Groups of levers, each a configuration group ``strategy/GROUP``."""

TEXTS = frozenset({"scenario", "results", "study", "network.path", "vary", "design", "address", "options", "targets"})
"""Keys whose value is taken as it stands, whatever it looks like."""
