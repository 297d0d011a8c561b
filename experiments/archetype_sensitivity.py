"""Which conclusions hang on the exact values of an archetype? Every number lever is moved by 0.2 up and down.

``python experiments/archetype_sensitivity.py [key=value ...]`` takes the keys of ``ecosim compare``. Each archetype
after the first is compared with the first, as it stands and with one lever moved (within its range) at a time, in the
same paired worlds: all variants of a seed branch from one history. A conclusion is the verdict on the adopter's profit
plus customer equity, or on customer surplus. Written to ``results/published/archetype_sensitivity/``: variants.csv,
manifest.json, and the figure as PNG and SVG.
"""

from __future__ import annotations

import dataclasses
import itertools
import multiprocessing
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pandas as pd

from ecosim.commands.publishing import Publication, asked_with

STEP = 0.2
CONCLUSIONS = {"profit_plus_equity": "adopters", "customer_surplus": "market"}
CLAIMS = ("higher", "lower", "same")
DEFAULTS = (
    "scenario=equal_firms", "archetypes=[crm1,cmr,crm2,vrm,hosted,tactical,aggregator,hybrid]", "customers=2000",
    "replications=8", "threads=1", "study=archetype_sensitivity",
)  # fmt: skip


def variants(strategy: Any) -> Iterator[tuple[str, float, Any]]:
    """Yield lever, value and strategy for every number lever moved down and up; none for what stands at its end."""
    from ecosim.commands.compare import look
    from ecosim.parameters import walk
    from ecosim.strategies.adaptive import moved
    from ecosim.strategies.levers import AS_STRANGERS, Levers

    for key, field in walk(Levers):
        value, info = look(strategy.levers, key), field.metadata["info"]
        if field.type not in ("float", float) or value == AS_STRANGERS:
            continue
        for new in (max(info.low, round(value - STEP, 9)), min(info.high, round(value + STEP, 9))):
            if new != value:
                name = f"{strategy.name}+{key}={new:g}"
                yield key, new, dataclasses.replace(strategy, name=name, levers=moved(strategy.levers, key, new))


def outcomes(asked: Any, replication: int, place: int) -> pd.DataFrame:
    """Return the long outcome table of one seed: baseline, the archetype at ``place``, and its variants."""
    from ecosim.commands.worlds import job
    from ecosim.job import run

    chosen = asked.strategies[place]
    arms = (chosen, *(variant for _, _, variant in variants(chosen)))
    found = run(dataclasses.replace(job(asked, replication), arms=arms))["outcomes"]
    return found[[CONCLUSIONS.get(name) == who for name, who in zip(found["outcome"], found["who"], strict=True)]]


def judged(asked: Any, table: pd.DataFrame, place: int) -> pd.DataFrame:
    """Return one row per conclusion and variant of an archetype: difference, interval, verdict, did it change."""
    from ecosim.analysis import compare, rows_of

    chosen = asked.strategies[place]
    told = {chosen.name: ("", float("nan"))} | {each.name: (key, value) for key, value, each in variants(chosen)}
    rows = []
    for row in rows_of(compare(table, asked.strategies[0].name)):
        scale = 100 / abs(row["baseline_mean"])
        lever, value = told[row["strategy"]]
        claim = row["verdict"] if row["verdict"] in CLAIMS else "open"
        rows.append(
            {"strategy": chosen.name, "outcome": row["outcome"], "lever": lever, "value": value,
             "difference": scale * row["difference"], "low": scale * row["low"], "high": scale * row["high"],
             "worlds": row["n"], "verdict": claim}
        )  # fmt: skip
    found = pd.DataFrame(rows)
    own = found.loc[found["lever"] == ""].set_index("outcome")["verdict"]
    before = found["outcome"].map(own)
    found["changed"] = found["verdict"] != before
    found["reversed"] = [{a, b} == {"higher", "lower"} for a, b in zip(found["verdict"], before, strict=True)]
    return found


def compute(asked: Any) -> pd.DataFrame:
    """Return the table of all archetypes, its seeds shared out over two processes; the order does not matter."""
    from tqdm import tqdm

    jobs = list(itertools.product(range(asked.replications), range(1, len(asked.strategies))))
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        found = pool.map(outcomes, itertools.repeat(asked), *zip(*jobs, strict=True))
        parts = list(zip(jobs, tqdm(found, total=len(jobs), unit="job"), strict=True))
    places = range(1, len(asked.strategies))
    return pd.concat(
        [judged(asked, pd.concat([part for (_, at), part in parts if at == place]), place) for place in places],
        ignore_index=True,
    )


def summary(table: pd.DataFrame) -> str:
    """Return in one line how many conclusions hang on one lever, and which levers they are."""
    varied = table.loc[table["lever"] != ""]
    own = table.loc[table["lever"] == ""]
    hanging = varied.loc[varied["changed"], ["strategy", "outcome"]].drop_duplicates()
    turned = varied.loc[varied["reversed"]]
    line = f"{len(hanging)} of {len(own)} conclusions change when one lever moves by {STEP:g}"
    line += f" ({int(varied['changed'].sum())} of {len(varied)} variants), and {len(turned)} variants reverse one"
    levers = ", ".join(dict.fromkeys(f"{row.strategy}: {row.lever}" for row in turned.itertuples()))
    return f"{line}{f' ({levers})' if levers else ''}."


def main(words: list[str]) -> None:
    """Compute the table, write it and draw it."""
    from ecosim.figures import sensitivity

    study, asked = Publication("archetype_sensitivity", words), asked_with(DEFAULTS, words)
    table = compute(asked)
    seeds = range(asked.seed, asked.seed + asked.replications)
    about = {"step": STEP, "summary": summary(table)}
    study.write(asked.config, seeds, about, {"variants": table}, {study.name: sensitivity(table)})
    print(f"{study.folder / study.name}.png: {summary(table)}")


if __name__ == "__main__":
    from ecosim.cli import script

    sys.exit(script(main, __doc__ or ""))
