"""``ecosim results DIR``: what a study holds, as a table or as the answer to an SQL query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ecosim.commands.text import document, table
from ecosim.errors import UserError, nearest

if TYPE_CHECKING:
    from ecosim.sweeps.opened import Results

KEYS = ("table", "sql", "format")
FORMATS = ("text", "json", "csv")
MOST_ROWS = 40


def main(words: Sequence[str]) -> int:
    """Open the study and print what is asked for."""
    from ecosim.sweeps.opened import open_results

    folder, asked = parsed(words)
    results = open_results(folder)
    if "sql" in asked:
        found = results.sql(asked["sql"])
    elif "table" in asked:
        found = results.pandas(asked["table"])
        if found.empty:
            raise UserError(f"table={asked['table']}: {folder} has no such table, or nothing in it")
    else:
        found = means(results)
    show(found, asked["format"])
    if asked["format"] == "text" and not {"sql", "table"} & asked.keys():
        about(results, folder)
    return 0


def parsed(words: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Return folder and keys of the command."""
    places = [word for word in words if "=" not in word]
    asked: dict[str, str] = {"format": "text"}
    for word in words:
        name, equals, value = word.partition("=")
        if equals and name not in KEYS:
            raise UserError(f"{name}: no such key{nearest(name, KEYS)}")
        if equals:
            asked[name] = value
    if len(places) != 1:
        raise UserError("results: name one study folder, such as: ecosim results results/my-sweep")
    if asked["format"] not in FORMATS:
        raise UserError(f"format={asked['format']}: not one of its words{nearest(asked['format'], FORMATS)}")
    return places[0], asked


def means(results: Results) -> Any:
    """Return mean outcomes by strategy over all worlds: ``outcome``, one column a strategy."""
    found = results.outcomes
    if found.empty:
        raise UserError(f"{results.folder}: no finished world yet")
    if "value" in found:
        found = found.assign(name=found["who"] + "." + found["outcome"])
        wide = found.pivot_table(index="name", columns="strategy", values="value", sort=False)
    else:
        columns = [name for name in found.columns if "." in name]
        wide = found.groupby("strategy", sort=False)[columns].mean().T
    return wide.rename_axis(index="outcome", columns=None).reset_index()


def show(found: Any, form: str) -> None:
    """Print a table in the form asked for; in text only its first rows."""
    if form == "csv":
        print(found.to_csv(index=False), end="")
    elif form == "json":
        document(found)
    else:
        print(
            table([{str(key): value for key, value in row.items()} for row in found.head(MOST_ROWS).to_dict("records")])
        )
        if len(found) > MOST_ROWS:
            print(f"... {len(found) - MOST_ROWS:,} more rows; format=csv prints all")


def about(results: Results, folder: str) -> None:
    """Print how many worlds there are, and how to open them from Python."""
    outcomes, planned = results.outcomes, len(results.run_ids)
    told = outcomes["run_id"].nunique() if "run_id" in outcomes else results.manifest["runs"]["finished"]
    print(f"\nMeans over {told:,} of {planned:,} planned worlds. From Python:")
    print(f'  import ecosim; frame = ecosim.results("{folder}").pandas()')
    print(f'  import ecosim; frame = ecosim.results("{folder}").sql("SELECT * FROM outcomes LIMIT 5")')
    for name, why in sorted(results.bad.items()):
        print(f"damaged, left out: {name}: {why}")
