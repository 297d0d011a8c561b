"""``ecosim influence``: whom to seed on a user's network, and what that gains over simpler choices."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecosim.commands.text import document, table
from ecosim.errors import UserError

if TYPE_CHECKING:
    from ecosim.influence import Maximisation
    from ecosim.keys import InfluenceKeys

SHOWN = (1, 2, 5, 10, 20, 50, 100, 200, 500)
"""Numbers of seeds in the table on screen, besides the last."""


def main(words: Sequence[str]) -> int:
    """Choose and judge the seeds, tell and write what was found."""
    from ecosim.influence import diffusion, maximise, read_multigraph
    from ecosim.request import results_folder

    path, keys, given = parsed(words)
    root = results_folder(keys.results)
    start = time.monotonic()
    graph = read_multigraph(path)
    k = keys.k if "k" in given else min(keys.k, graph.n)
    methods = () if keys.method == "all" else (keys.method,)
    found = maximise(diffusion(graph, keys.model, keys.p), k, methods, keys.sets, keys.seed)
    folder = root / write(root, path, words, keys, found, time.monotonic() - start)
    if keys.format == "json":
        document(told(found) | {"folder": str(folder)})
    else:
        print(shown(found, path, keys))
        print(f"\nTables and figure: {folder}")
    return 0


def parsed(words: Sequence[str]) -> tuple[str, InfluenceKeys, dict[str, Any]]:
    """Return the file, the checked keys, and those that were given."""
    from ecosim.conf import typed
    from ecosim.keys import InfluenceKeys

    files = [word for word in words if "=" not in word or Path(word).is_file()]
    if len(files) != 1:
        what = "name the file of the network" if not files else f"{files[1]}: one word too many; name one file"
        raise UserError(f"{what}, such as ecosim influence friends.csv")
    known = {field.name: field for field in fields(InfluenceKeys)}
    given = typed([word for word in words if word != files[0]], known)
    keys = InfluenceKeys(**given)
    if "p" in given and keys.model != "ic":
        raise UserError(f"p={keys.p:g}: model={keys.model} takes no chance of its own; p= is for model=ic")
    return files[0], keys, given


def told(found: Maximisation) -> dict[str, Any]:
    """Return what was found as a plain document."""
    from ecosim.influence.words import notes, sentences

    return {
        "model": found.diffusion.model, "p": found.diffusion.p if found.diffusion.model == "ic" else None,
        "nodes": found.diffusion.graph.n, "pairs": found.diffusion.graph.pairs,
        "ties": float(found.diffusion.graph.count.sum() / 2), "seeds": found.k, "answer": sentences(found),
        "notes": notes(found), "spread": found.spread.to_dict("records"), "chosen": found.chosen.to_dict("records"),
        "checks": found.checks.to_dict("records"), "left_out": found.left_out,
    }  # fmt: skip


def shown(found: Maximisation, path: str, keys: InfluenceKeys) -> str:
    """Return what was found for people: notes, spreads by number of seeds, seeds by rank, and sentences."""
    from ecosim.influence.words import measured, notes, sentences

    rows = []
    for seeds in sorted({n for n in SHOWN if n < found.k} | {found.k}):
        pairs = {name: measured(*found.at(name, seeds)) for name in found.methods}
        rows.append({"seeds": seeds, **pairs})
    ranks = found.chosen.pivot(index="rank", columns="method", values="node")[found.methods].reset_index()
    model = f"model={keys.model}" + (f" p={keys.p:g}" if keys.model == "ic" else "")
    return "\n".join([
        f"{path}, {model}", *notes(found), "",
        "Expected number of nodes reached, the seeds among them (± standard error):", table(rows), "",
        "Seeds by rank, as the file labels them" + (" (random: one choice of many):" if "random" in ranks else ":"),
        table(ranks.to_dict("records")), "", *sentences(found),  # type: ignore[arg-type]
    ])  # fmt: skip


def write(root: Path, path: str, words: Sequence[str], keys: InfluenceKeys, found: Maximisation, wall: float) -> str:
    """Write tables, figure, answer and manifest, and return the folder's name: made from file and configuration."""
    from ecosim.commands.publishing import finished, publish
    from ecosim.figures.published import against
    from ecosim.sweeps.manifest import config_hash, describe

    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    config = {"model": keys.model, "p": found.diffusion.p, "k": found.k, "method": keys.method, "sets": keys.sets,
              "seed": keys.seed, "network_sha256": digest}  # fmt: skip
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(path).name.partition(".")[0])[:40].lstrip("._-") or "network"
    name = f"{stem}-influence-{config_hash(config)[:10]}"
    answer = told(found)
    about = {"file": Path(path).name, "answer": answer["answer"]}
    manifest = describe(config, [keys.seed], ["ecosim", "influence", *words], about) | finished(wall)
    tables = {"spread": found.spread, "seeds": found.chosen, "checks": found.checks}
    curves = [(str(title), part["seeds"], part["spread"]) for title, part in found.spread.groupby("method", sort=False)]
    figure = against(curves, x_label="number of seeds", y_label="expected number of nodes reached")
    publish(root / name, manifest, tables, {"spread": figure}, {"answer": answer})
    return name
