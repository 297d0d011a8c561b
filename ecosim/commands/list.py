"""``ecosim list``: what can be named on the command line, with a line on each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ecosim.commands.text import document, table
from ecosim.commands.words import positional

Rows = list[dict[str, Any]]


def scenarios() -> Rows:
    """Return the package's scenarios: name, question, line-up."""
    from ecosim.scenario import data, scenario
    from ecosim.tree import configs, names

    found = []
    for name in names("scenario"):
        text = (configs() / "scenario" / f"{name}.yaml").read_text(encoding="utf-8")
        story = scenario(name, data(text, name), name)
        found.append({"name": name, "question": story.question, "archetypes": ", ".join(story.archetypes)})
    return found


def archetypes() -> Rows:
    """Return the archetypes: name and what they stand for."""
    return _choices("archetype")


def strategies() -> Rows:
    """Return the choices of each group of levers, as ``strategy/GROUP=NAME`` takes them."""
    from ecosim.keys import GROUPS

    return [row for group in GROUPS for row in _choices(f"strategy/{group}", f"{group}=")]


def _choices(group: str, prefix: str = "") -> Rows:
    from ecosim.tree import about, names

    return [{"name": prefix + name, "meaning": about(group, name)} for name in names(group)]


def networks() -> Rows:
    """Return the kinds of network: name, parameters, source."""
    from ecosim.networks import NETWORKS

    return [{"name": g.name, "parameters": ", ".join(g.uses) or "-", "source": g.source} for g in NETWORKS]


def mechanisms() -> Rows:
    """Return the mechanisms: name, symbol, what they do."""
    from ecosim.mechanisms import MECHANISMS

    return [{"name": m.name, "symbol": m.symbol, "meaning": m.summary} for m in MECHANISMS]


def levers() -> Rows:
    """Return the levers: key, default, meaning."""
    from ecosim.parameters import walk
    from ecosim.strategies.levers import Levers

    return [
        {"name": f"levers.{key}", "default": field.default, "meaning": field.metadata["info"].meaning}
        for key, field in walk(Levers)
    ]


LISTS: dict[str, Callable[[], Rows]] = {
    f.__name__: f for f in (scenarios, archetypes, strategies, networks, mechanisms, levers)
}


def main(words: Sequence[str]) -> int:
    """Print one list, or all of them."""
    name, form = positional(words, list(LISTS))
    found = {each: LISTS[each]() for each in ([name] if name else LISTS)}
    if form == "json":
        document(found)
        return 0
    print("\n\n".join(f"{each.capitalize()}\n{table(rows)}" for each, rows in found.items()))
    return 0
