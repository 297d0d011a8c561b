"""``ecosim fit FILE``: a firm's customers: what they will buy, what they are worth, and a market of them."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecosim.commands.text import document
from ecosim.errors import UserError, nearest

if TYPE_CHECKING:
    from ecosim.customer_base.market import Carried
    from ecosim.customer_base.study import Asked, Study

KEYS = {
    "customer": "customer", "date": "date", "amount": "", "until": "", "unit": "week", "model": "bg_nbd",
    "horizon": "", "discount": "0.1", "margin": "1", "results": "results", "study": "", "format": "text",
}  # fmt: skip
WORDS = {"unit": ("week", "day"), "model": ("bg_nbd", "pareto_nbd"), "format": ("text", "json")}
NUMBERS = {"horizon": (0.01, 100_000.0), "discount": (0.0, 10.0), "margin": (0.0, 1.0)}


def main(words: Sequence[str]) -> int:
    """Read, fit, write and tell."""
    from ecosim.commands.fit_words import record, told
    from ecosim.customer_base.market import carried
    from ecosim.customer_base.study import study
    from ecosim.customer_base.transactions import Columns, read

    start = time.monotonic()
    path, given = parsed(words)
    found = read(path, Columns(given["customer"], given["date"], given["amount"]))
    about = asked(given)
    config = {"fit": Path(path).name, "sha256": found.digest,
              **{key: given[key] for key in KEYS if key not in ("results", "study", "format")}}  # fmt: skip
    folder = place(given, config, path)
    result = study(found, about)
    fit = result.fits[about.model]
    weeks = 1.0 if about.unit == "week" else 1 / 7
    market = carried(fit, len(result.customers), result.spend, weeks, about.margin)
    write(folder, result, market, config, ["ecosim", "fit", *words], path, time.monotonic() - start)
    shown = Path(given["results"]) / folder.name
    if given["format"] == "json":
        document(record(result, market) | {"folder": str(shown)})
    else:
        print(told(result, market, shown))
    return 0


def parsed(words: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Return the file and the keys of the command."""
    given, seen, files = dict(KEYS), set(), []
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or ("/" in key and key not in KEYS):
            files.append(word)
        elif key not in KEYS:
            raise UserError(f"{key}: no such key{nearest(key, KEYS)}")
        elif key in seen:
            raise UserError(f"{word}: {key} is given twice; keep one")
        else:
            given[key] = value
            seen.add(key)
    if len(files) != 1:
        raise UserError("fit: name one file of transactions, such as: ecosim fit transactions.csv")
    for key, allowed in WORDS.items():
        if given[key] not in allowed:
            raise UserError(f"{key}={given[key]}: not one of its words{nearest(given[key], allowed)}")
    for key in ("customer", "date", "results"):
        if not given[key]:
            raise UserError(f"{key}=: a name is needed")
    return files[0], given


def asked(given: Mapping[str, str]) -> Asked:
    """Return what is asked of the base, its numbers checked."""
    from ecosim.customer_base.study import Asked

    numbers = {}
    for key, (low, high) in NUMBERS.items():
        if not given[key]:
            continue
        try:
            numbers[key] = float(given[key])
        except ValueError:
            raise UserError(f"{key}={given[key]}: a number from {low:g} to {high:g} is needed") from None
        if not low <= numbers[key] <= high:
            raise UserError(f"{key}={given[key]}: a number from {low:g} to {high:g} is needed")
    return Asked(until=given["until"], unit=given["unit"], model=given["model"], **numbers)


def place(given: Mapping[str, str], config: Mapping[str, Any], path: str) -> Path:
    """Return the folder to write to: new, or one that holds the same fit."""
    from ecosim.request import results_folder, study_name
    from ecosim.sweeps.folder import holds_something, study_path
    from ecosim.sweeps.manifest import config_hash

    root = results_folder(given["results"])
    name = study_name(given["study"], f"fit-{Path(path).name.partition('.')[0]}", config, root)
    folder = study_path(name, root)
    if holds_something(folder):
        try:
            held = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["config_sha256"]
        except (OSError, ValueError, KeyError, TypeError):
            held = ""
        if held != config_hash(config):
            raise UserError(f"{folder}: holds something else already; give another study=")
    return folder


def write(
    folder: Path, found: Study, market: Carried, config: Mapping[str, Any], command: Sequence[str], path: str,
    seconds: float,
) -> None:  # fmt: skip
    """Write tables, scenario, figure and manifest."""
    from ecosim.commands.fit_words import parameters
    from ecosim.commands.publishing import finished, publish
    from ecosim.customer_base.market import scenario_text
    from ecosim.figures.customer_base import customer_base
    from ecosim.sweeps.manifest import describe
    from ecosim.sweeps.parts import write_bytes

    frame = found.tables["tracking"]
    first = float(frame["time"].iloc[0])
    days = 7 if found.dated and found.asked.unit == "week" else 1
    figure = customer_base(
        found.tables["frequencies"], frame.assign(time=(frame["time"] - first) / days),
        time_label=f"{found.asked.unit}s since {found.moment(first)}",
        end=(found.end - first) / days if found.last > found.end else None, end_label="held out",
    )  # fmt: skip
    customers = found.customers.assign(first=[found.moment(t) for t in found.customers["first"]])
    tables = {"customers": customers, "parameters": parameters(found), **found.tables}
    tables["tracking"] = frame.assign(time=[found.moment(t) for t in frame["time"]])
    manifest = describe(config, [], command, {"title": "A customer base, fitted", "file": path})
    fitted = {"bg_nbd": "BG/NBD", "pareto_nbd": "Pareto/NBD"}[found.asked.model]
    folder.mkdir(parents=True, exist_ok=True)
    write_bytes(folder / "market.yaml", scenario_text(market, Path(path).name, fitted).encode())
    publish(folder, manifest | finished(seconds), tables, {"figures/customer_base": figure})
