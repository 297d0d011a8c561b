"""``ecosim run``: one world, and a table of its firms at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ecosim.commands.text import document, show
from ecosim.errors import UserError
from ecosim.mechanisms.base import QUARTER
from ecosim.request import Request

YEAR = 52
FIRMS = (
    "strategy", "firm", "adopter", "share", "penetration", "purchases_per_buyer", "share_of_requirements", "retention",
    "trust", "satisfaction", "customer_equity", "profit",
)  # fmt: skip


def main(words: Sequence[str]) -> int:
    """Run one world and print it."""
    from ecosim.conf import request

    asked = request("run", words)
    check_validation(asked)
    digests: list[dict[str, Any]] = []
    tables = simulate(asked, digests)
    firms = last_quarter(tables["quarterly"]) if "quarterly" in tables else []
    patterns = validated(tables, asked) if asked.validate else None
    if asked.format == "json":
        document(result(asked, tables, firms, digests, patterns))
        return 0
    names = " and ".join(strategy.name for strategy in asked.strategies)
    size = f"{asked.setting.market.customers:,} customers, {asked.weeks} weeks"
    print(f"{asked.scenario}: {names}; seed {asked.seed}, {size}")
    if firms:
        print(f"\nThe last quarter of each firm\n{_table(firms, len(asked.strategies))}")
    if digests:
        print("\nDigest of the state after each quarter")
        show(digests, "text")
    if patterns is not None:
        print("\nPublished patterns and what this world gives")
        show(patterns, "text")
    return 0


def simulate(asked: Request, digests: list[dict[str, Any]]) -> dict[str, Any]:
    """Run the request's one world; with digest=true, append strategy, week and digest after every quarter."""
    from ecosim.commands.worlds import job
    from ecosim.job import run

    def observe(strategy: str, model: Any) -> None:
        if model.week % QUARTER == 0:
            week = model.week - asked.burn_in
            digests.append({"strategy": strategy, "week": week, "digest": model.digest()})

    return run(job(asked), observe=observe if asked.digest else None)


def last_quarter(quarterly: Any) -> list[dict[str, Any]]:
    """Return the rows of the last quarter, one a strategy and firm, as plain records."""
    last = quarterly.loc[quarterly["quarter"] == quarterly["quarter"].max()]
    return list(last[[name for name in FIRMS if name in last]].to_dict("records"))


def check_validation(asked: Request) -> None:
    """Refuse validate=true for a world that cannot be laid beside the panel: other brands, or less than a year."""
    from ecosim.patterns import SHARES

    if asked.validate and asked.setting.market.firms != len(SHARES):
        raise UserError(
            f"validate=true: the published panel has {len(SHARES)} brands and this world {asked.setting.market.firms}; "
            "take scenario=baseline_fmcg"
        )
    if asked.validate and asked.record == "none":
        raise UserError("record=none: validate=true needs the quarterly tables; leave record= out")
    if asked.validate and asked.weeks < YEAR:
        raise UserError(f"weeks={asked.weeks}: validate=true compares years; at least {YEAR} weeks are needed")


def validated(tables: dict[str, Any], asked: Request) -> list[dict[str, Any]]:
    """Return the published patterns beside what the baseline's world gives, as records."""
    from ecosim.patterns import validate

    name = asked.strategies[0].name
    kept = {key: table.loc[table["strategy"] == name] for key, table in tables.items()}
    return [{str(k): v for k, v in row.items()} for row in validate(kept).to_dict("records")]


def result(asked: Request, tables: Any, firms: Any, digests: Any, patterns: Any) -> dict[str, Any]:
    """Return the whole result as one plain document."""
    outcomes = tables["outcomes"][["who", "outcome", "value"]].to_dict("records")
    found = {"scenario": asked.scenario, "seed": asked.seed, "strategies": [s.name for s in asked.strategies]}
    found |= {"firms": firms, "outcomes": outcomes, "config": dict(asked.config)}
    if asked.digest:
        found["digests"] = digests
    return found | ({"patterns": patterns} if patterns is not None else {})


def _table(firms: list[dict[str, Any]], strategies: int) -> str:
    from ecosim.commands.text import table

    short = {"purchases_per_buyer": "per_buyer", "share_of_requirements": "wallet", "customer_equity": "equity"}
    hidden = ("strategy", "adopter") if strategies == 1 else ()
    return table([{short.get(key, key): value for key, value in row.items() if key not in hidden} for row in firms])
