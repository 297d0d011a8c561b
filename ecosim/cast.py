"""Who plays: archetypes, static or adaptive, made into strategies from what the configuration composes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ecosim import request as checks
from ecosim.errors import UserError, nearest
from ecosim.keys import GROUPS
from ecosim.parameters import walk
from ecosim.scenario import data
from ecosim.strategies import Strategy
from ecosim.strategies.adaptive import Adaptive, Temper
from ecosim.strategies.levers import Levers
from ecosim.tree import configs, names

Compose = Callable[[Sequence[Sequence[str]]], list[dict[str, Any]]]
BASELINE = "baseline"
"""Word of a line-up for a firm that has the first of the archetypes compared."""


def choice(group: str, name: Any, key: str = "") -> str:
    """Return the name of a choice of a configuration group, or refuse it."""
    if name not in names(group):
        raise UserError(f"{key or group}={name}: no such name{nearest(str(name), names(group))}")
    return str(name)


def levers_of(group: str, name: str) -> Mapping[str, Any]:
    """Return the lever values of a choice of one group."""
    file = configs() / "strategy" / group / f"{name}.yaml"
    return data(file.read_text(encoding="utf-8"), f"strategy/{group}={name}")


class Casting:
    """Makes strategies of archetypes, changed by the command's groups and levers if it says so."""

    def __init__(self, given: Mapping[str, Any], compose: Compose) -> None:
        self.groups = {g: choice(f"strategy/{g}", given[f"strategy/{g}"]) for g in GROUPS if f"strategy/{g}" in given}
        self.levers = {key.removeprefix("levers."): given[key] for key in given if key.startswith("levers.")}
        self.first = next((key for key in given if key.startswith(("strategy/", "levers."))), "")
        self.compose = compose

    @property
    def suffix(self) -> str:
        """What is added to the name of a changed strategy."""
        return "".join(f"+{key}={value}" for key, value in (self.groups | self.levers).items())

    def compared(self, lineup: Sequence[str]) -> tuple[Strategy, ...]:
        """Return the arms; changes go to all but the first."""
        if self.first and len(lineup) == 1:
            raise UserError(
                f"{self.first}: this changes the archetypes after the first, and there is only {lineup[0]}; name a "
                f"second, such as archetypes=[{lineup[0]},{lineup[0]}]"
            )
        made = (*self.plain(lineup[:1]), *self.make(lineup[1:], changed=True))
        if len({strategy.name for strategy in made}) < len(made):
            raise UserError(
                f"archetypes=[{','.join(lineup)}]: each name is needed once; change one with levers. or strategy/"
            )
        return made

    def plain(self, lineup: Sequence[str]) -> tuple[Strategy, ...]:
        """Return archetypes as they are."""
        return self.make(lineup, changed=False)

    def make(self, lineup: Sequence[str], changed: bool, within: str = "") -> tuple[Strategy, ...]:
        """Compose archetypes; an adaptive one with its repertoire, to which the changes go as well."""
        parts = self.compose([[f"archetype={name}"] for name in lineup]) if lineup else []
        replaced = {group: levers_of(group, name) for group, name in self.groups.items()} if changed else {}
        made: list[Strategy] = []
        for name, part in zip(lineup, parts, strict=True):
            label = name + (self.suffix if changed else "")
            if "adaptive" in part:
                if within:
                    raise UserError(f"archetype {within}: repertoire: {name} is adaptive itself; name static ones")
                made.append(self._adaptive(name, label, part["adaptive"], changed))
            else:
                values = checks.flat(Levers, part.get("strategy", {}) | replaced, f"archetype {name}: ")
                made.append(Strategy(label, checks.make(Levers, values | (self.levers if changed else {}))))
        return tuple(made)

    def _adaptive(self, name: str, label: str, values: Any, changed: bool) -> Adaptive:
        where = f"archetype {name}: adaptive."
        known = ["repertoire", *(key for key, _ in walk(Temper))]
        if not isinstance(values, Mapping):
            raise UserError(f"archetype {name}: adaptive={values!r}: keys are needed: {', '.join(known)}")
        for key in values:
            if key not in known:
                raise UserError(f"{where}{key}: no such key{nearest(key, known)}")
        repertoire = values.get("repertoire")
        if not isinstance(repertoire, list) or not repertoire:
            raise UserError(f"{where}repertoire={repertoire!r}: a list of names is needed, such as [crm1, cmr]")
        for each in repertoire:
            choice("archetype", each, f"{where}repertoire")
        if len(set(repertoire)) < len(repertoire):
            raise UserError(f"{where}repertoire=[{','.join(repertoire)}]: each name is needed once")
        members = self.make(repertoire, changed, within=name)
        rest = {key: value for key, value in values.items() if key != "repertoire"}
        temper = checks.make(Temper, checks.flat(Temper, rest, where))
        return Adaptive(label, members[0].levers, members, temper)

    def line_up(self, wanted: Sequence[str], source: str, firms: int, baseline: Strategy) -> tuple[Strategy, ...]:
        """Return a strategy for each firm; the word baseline stands for the first of those compared."""
        if not wanted:
            return ()
        if len(wanted) != firms:
            raise UserError(f"{source}: line_up: {len(wanted)} archetypes for market.firms={firms}; give one for each")
        cast = {BASELINE: baseline} | self.called(dict.fromkeys(wanted), f"{source}: line_up")
        return tuple(cast[name] for name in wanted)

    def called(self, wanted: Sequence[str] | Mapping[str, Any], where: str) -> dict[str, Strategy]:
        """Return the strategies that are called by name, each once."""
        lineup = [choice("archetype", name, where) for name in dict.fromkeys(wanted) if name != BASELINE]
        return dict(zip(lineup, self.plain(lineup), strict=True))
