"""In which order should the five steps to a collaborative value chain be taken? All 120 orders in the same worlds.

``python experiments/value_chain_orders.py [key=value ...]`` takes the keys of ``ecosim compare``. Steps and dates are
those of the archetype ``chain`` in the scenario ``collaborative_value_chain``; each order is one arm, and all arms of a
seed branch from one history. The value of an order is the paired difference of the focal firm's profit plus customer
equity from a firm that takes no step, in per cent, with a 95 % BCa interval over seeds. Written to
``results/published/value_chain_orders/``: orders.csv, manifest.json, and the figure as PNG and SVG.
"""

from __future__ import annotations

import dataclasses
import itertools
import multiprocessing
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pandas as pd

from ecosim.commands.publishing import Publication, asked_with

DEFAULTS = (
    "scenario=collaborative_value_chain", "archetypes=[crm1,chain]", "customers=1000", "replications=8", "threads=1",
    "study=value_chain_orders",
)  # fmt: skip


def steps(events: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the dated steps of the archetype ``chain``, by week."""
    return sorted((e for e in events if "chain" in e.get("arms", ())), key=lambda e: e["week"])


def orders(count: int) -> list[str]:
    """Return the orders of ``count`` steps, each a text such as 12345: which step is taken first, second, ..."""
    return ["".join(order) for order in itertools.permutations("123456789"[:count])]


def dated(taken: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Return one event for each date and step, in the arms whose order has that step on that date."""
    from ecosim.job import Event

    every, made = orders(len(taken)), []
    for place, (number, step) in itertools.product(range(len(taken)), enumerate(taken, 1)):
        arms = tuple(order for order in every if order[place] == str(number))
        levers = tuple(step["levers"].items())
        made.append(Event(week=taken[place]["week"], levers=levers, why=step["why"], firms="focal", arms=arms))
    return made


def outcomes(asked: Any, replication: int) -> pd.DataFrame:
    """Return the adopter's profit plus customer equity under the baseline and every order, in one seed."""
    from ecosim.commands.worlds import job
    from ecosim.job import run

    taken, plan = steps(asked.events), job(asked, replication)
    world = tuple(event for event in plan.events if not event.arms)
    arms = tuple(dataclasses.replace(asked.strategies[1], name=order) for order in orders(len(taken)))
    found = run(dataclasses.replace(plan, arms=arms, events=(*world, *dated(taken))))["outcomes"]
    return found[(found["who"] == "adopters") & (found["outcome"] == "profit_plus_equity")]


def compute(asked: Any) -> pd.DataFrame:
    """Return one row per order: difference in per cent, interval, verdict after Holm's correction over the orders."""
    from tqdm import tqdm

    from ecosim.analysis import compare
    from ecosim.analysis.compare import LEVEL

    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        found = pool.map(outcomes, itertools.repeat(asked), range(asked.replications))
        table = compare(pd.concat(list(tqdm(found, total=asked.replications, unit="seed"))), asked.strategies[0].name)
    return judged(table, LEVEL)


def judged(table: pd.DataFrame, level: float) -> pd.DataFrame:
    """Return the orders of a comparison with the best first; a claim has to survive Holm's correction over them."""
    from ecosim.analysis.compare import holm

    scale = 100 / table["baseline_mean"].abs()
    claims = table["verdict"].where(table["verdict"].isin(["higher", "lower", "same"]), "open")
    doubtful = claims.isin(["higher", "lower"]) & (holm(table["p"].to_numpy(dtype=float)) > level)
    found = pd.DataFrame(
        {"order": table["strategy"], "difference": scale * table["difference"], "low": scale * table["low"],
         "high": scale * table["high"], "worlds": table["n"], "verdict": claims.mask(doubtful, "open")}
    )  # fmt: skip
    return found.sort_values("difference", ascending=False, kind="stable", ignore_index=True)


def by_place(table: pd.DataFrame) -> pd.DataFrame:
    """Return the mean difference over the orders that have a step in a place: ``step``, ``place``, ``difference``."""
    rows = [(int(step), place, value) for order, value in zip(table["order"], table["difference"], strict=True)
            for place, step in enumerate(order, 1)]  # fmt: skip
    long = pd.DataFrame(rows, columns=["step", "place", "difference"])
    return long.groupby(["step", "place"], as_index=False)["difference"].mean()


def summary(table: pd.DataFrame) -> str:
    """Return in one line how many orders pay, and the best and the worst of them."""
    pay, cost = (int((table["verdict"] == name).sum()) for name in ("higher", "lower"))
    best, worst, n = table.iloc[0], table.iloc[-1], len(table)
    seeds = int(table["worlds"].min())
    few = f" ({seeds} seeds are too few to be certain among {n})" if n * 2.0 ** (1 - seeds) > 0.05 else ""
    return (
        f"{pay} of {n} orders pay, {cost} cost, and {n - pay - cost} cannot be told{few}; "
        f"best {best['order']} ({best['difference']:+.1f} %), "
        f"worst {worst['order']} ({worst['difference']:+.1f} %)."
    )


def main(words: list[str]) -> None:
    """Compute the table, write it and draw it."""
    from ecosim.figures import places

    study, asked = Publication("value_chain_orders", words), asked_with(DEFAULTS, words)
    table = compute(asked)
    seeds = range(asked.seed, asked.seed + asked.replications)
    taken = {n: dict(step["levers"]) for n, step in enumerate(steps(asked.events), 1)}
    about = {"steps": taken, "summary": summary(table)}
    study.write(asked.config, seeds, about, {"orders": table}, {study.name: places(by_place(table))})
    print(f"{study.folder / study.name}.png: {summary(table)}")


if __name__ == "__main__":
    from ecosim.cli import script

    sys.exit(script(main, __doc__ or ""))
