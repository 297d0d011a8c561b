"""``ecosim cite``: BibTeX of the literature behind the mechanisms a run uses, its measures and its network."""

from __future__ import annotations

from collections.abc import Sequence

from ecosim.citations import ALWAYS, BIBTEX, NETWORKS, bibtex
from ecosim.commands.text import document


def used(kind: str) -> dict[str, list[str]]:
    """Return which entries a run on a network of this kind uses, each with what uses it."""
    from ecosim.mechanisms import SCHEDULE

    table: dict[str, list[str]] = {key: ["every run"] for key in ALWAYS}
    for step in SCHEDULE:
        for key in step.source:
            users = table.setdefault(key, [])
            users += [step.mechanism] if step.mechanism not in users else []
    for key in NETWORKS.get(kind, ()):
        table.setdefault(key, []).append(f"network {kind}")
    return dict(sorted(table.items()))


def main(words: Sequence[str]) -> int:
    """Print the entries."""
    from ecosim.conf import request

    asked = request("cite", words)
    found = used(asked.setting.network.kind)
    if asked.format == "json":
        document([{"key": key, "used_by": users, "bibtex": BIBTEX[key]} for key, users in found.items()])
    else:
        print(bibtex(found))
    return 0
