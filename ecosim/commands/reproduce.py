"""``ecosim reproduce``: published experiments run again, published and obtained numbers side by side."""

from __future__ import annotations

import json
import sys
import textwrap
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ecosim.commands.text import document, table
from ecosim.errors import UserError, nearest

KEYS = {"quick": "false", "seed": "1", "format": "text", "results": str(Path("results") / "published")}
COLUMNS = ("label", "published", "obtained", "se", "tolerance", "passed", "evidence")


def main(words: Sequence[str]) -> int:
    """List the experiments, or run one or all; 1 if one is not reproduced."""
    from ecosim.published.shelf import experiments

    name, asked = parsed(words)
    if not name:
        return listed(asked["format"], Path(asked["results"]))
    names = experiments() if name == "all" else (name,)
    results = []
    for place, each in enumerate(names, 1):
        if len(names) > 1:
            print(f"ecosim: {place} of {len(names)}: {each} ({cost(each)})", file=sys.stderr, flush=True)
        results.append(reproduce(each, asked["quick"] == "true", int(asked["seed"]), Path(asked["results"])))
    if asked["format"] == "json":
        document(results if name == "all" else results[0])
    else:
        print("\n\n".join(told(result) for result in results))
        if len(results) > 1:
            print("\n" + summary(results))
    return 0 if all(result["status"] == "reproduced" for result in results) else 1


def parsed(words: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Return the experiment's name ("" for the list) and the keys of the command."""
    from ecosim.published.shelf import experiments

    names = [word for word in words if "=" not in word]
    asked = dict(KEYS)
    for word in (word for word in words if "=" in word):
        key, _, value = word.partition("=")
        if key not in KEYS:
            raise UserError(f"{key}: no such key{nearest(key, KEYS)}")
        asked[key] = value
    for key, allowed in (("quick", ("true", "false")), ("format", ("text", "json"))):
        if asked[key] not in allowed:
            raise UserError(f"{key}={asked[key]}: not one of its words{nearest(asked[key], allowed)}")
    if not asked["seed"].isdecimal() or int(asked["seed"]) >= 2**62:
        raise UserError(f"seed={asked['seed']}: a whole number from 0 to 2^62 is needed")
    if len(names) > 1:
        raise UserError(f"{names[1]}: one word too many; name one experiment, or all")
    if names and not names[0].endswith(".py") and names[0] not in (*experiments(), "all"):
        raise UserError(f"{names[0]}: no such experiment{nearest(names[0], (*experiments(), 'all'))}")
    return names[0] if names else "", asked


def cost(name: str) -> str:
    """Return what a full run of an experiment takes, in words."""
    from ecosim.published.shelf import numbers

    return numbers(name).cost


def summary(results: Sequence[dict[str, Any]]) -> str:
    """Return one line an experiment: how many quantities passed, failed and were not run."""
    rows = []
    for result in results:
        passed = [row["passed"] for row in result["quantities"]]
        rows.append({"number": result["number"], "name": result["experiment"], "status": result["status"],
                     "passed": passed.count(True), "failed": passed.count(False), "not run": passed.count(None),
                     "seconds": result["seconds"]})  # fmt: skip
    return table(rows, tuple(rows[0]))


def last_status(root: Path, name: str) -> str:
    """Return what the last full run under ``root`` found, "-" if there is none that can be read."""
    try:
        return str(json.loads((root / name / "verdict.json").read_text(encoding="utf-8"))["status"])
    except (OSError, ValueError, KeyError):
        return "-"


def entry(row: dict[str, Any]) -> str:
    """Return what is listed of an experiment: where it stands, and below it the claim and whose it is."""
    state = "" if row["status"] == "-" else f": {row['status']}"
    head = f"{row['number']}  {row['name']:<16} {row['title']} ({row['quantities']} quantities, {row['cost']}){state}"
    told = textwrap.wrap(f"{row['claim']} [{row['cite']}]", 110)
    return "\n".join([head, *(f"     {line}" for line in told)])


def listed(form: str, root: Path) -> int:
    """Print the experiments: number, name, citation, claim, cost, and what the last run here found."""
    from ecosim.published.shelf import experiments, numbers

    rows = []
    for name in experiments():
        found = numbers(name)
        rows.append({"number": found.number, "name": name, "title": found.title, "claim": found.claim,
                     "cite": found.cite, "quantities": len(found.quantities), "cost": found.cost,
                     "status": last_status(root, name)})  # fmt: skip
    if form == "json":
        document(rows)
    else:
        print("\n".join(entry(row) for row in rows))
        print("\n`ecosim reproduce NAME` runs one and lays its numbers beside the published ones.")
    return 0


def reproduce(name: str, quick: bool, seed: int, root: Path) -> dict[str, Any]:
    """Run one experiment, write its folder, and return what it found as a plain document."""
    from ecosim.published import judge, status
    from ecosim.published.shelf import experiment

    module, numbers = experiment(name)
    name = Path(name).stem if name.endswith(".py") else name
    start = time.monotonic()
    findings = module.run(quick, seed)
    seconds = round(time.monotonic() - start, 1)
    judged = judge(numbers, findings, quick)
    result = {"experiment": name, "number": numbers.number, "title": numbers.title, "cite": numbers.cite,
              "claim": numbers.claim, "bears_on": numbers.bears_on, "status": status(judged), "quick": quick,
              "seed": seed, "quantities": judged.to_dict("records"), "seconds": seconds}  # fmt: skip
    needs = {quantity.name: quantity.needs for quantity in numbers.quantities}
    result["not_run"] = {name: needs[name] for name in judged.loc[judged["passed"].isna(), "name"]}
    folder = root / name
    if not quick:
        write(folder, name, result, judged, findings, module.draw(findings, judged))
        result["folder"] = str(folder)
    return result


def write(folder: Path, name: str, result: dict[str, Any], judged: Any, findings: Any, figure: Any) -> None:
    """Write tables, figure, verdict and manifest of one experiment."""
    from ecosim.commands.publishing import finished, publish
    from ecosim.sweeps.manifest import describe

    command = ["ecosim", "reproduce", name, f"seed={result['seed']}"]
    about = {"status": result["status"], "title": result["title"], "claim": result["claim"]}
    manifest = describe({"experiment": name, "seed": result["seed"]}, [result["seed"]], command, about)
    manifest |= finished(result["seconds"])
    publish(folder, manifest, {"quantities": judged, **findings.tables}, {name: figure}, {"verdict": result})


def told(result: dict[str, Any]) -> str:
    """Return what was found in words and a table."""
    head = (
        f"{result['number']} {result['experiment']}: {result['title']} ({result['cite']}): {result['status'].upper()}"
    )
    rows = table(result["quantities"], COLUMNS)
    missing = list(result["not_run"].values())
    for need in dict.fromkeys(missing):
        rows += f"\n\nNot run: {missing.count(need)} of {len(result['quantities'])}, which need {need}."
    where = f"\n{result['folder']}" if "folder" in result else ""
    return f"{head}\n{result['claim']}\n\n{rows}\n{result['seconds']} seconds{where}"
