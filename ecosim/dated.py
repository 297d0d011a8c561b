"""Dated events of a scenario, checked before anything runs: who, when, in which arms, and what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ecosim.errors import UserError, nearest
from ecosim.keys import Keys
from ecosim.parameters import walk
from ecosim.request import checked
from ecosim.setting import Setting
from ecosim.strategies.levers import Levers
from ecosim.tree import names

WHO = ("focal", "all")


def events(
    given: Iterable[Mapping[str, Any]], source: str, keys: Keys, setting: Setting, arms: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the events in order of their weeks, each complete and checked; those of absent arms are left out."""
    made = [event(each, f"{source}: events[{n}]: ", keys, setting, arms) for n, each in enumerate(given)]
    happening = [each for each in made if each.get("arms") != []]
    return sorted(happening, key=lambda each: each["week"])


def fitting(given: Iterable[Mapping[str, Any]], own: Keys, keys: Keys) -> list[Mapping[str, Any]]:
    """Return the events for which the command leaves room; ``own`` is the run that the scenario itself asks for.

    Where the command asks for fewer weeks or a longer history, events that no longer find their week, or their arm, are
    left out. What does not fit the scenario's own run stays, to be refused.
    """

    def lost(each: Mapping[str, Any]) -> bool:
        shared = "arms" in each and own.history < each["week"] <= keys.history
        return shared or keys.weeks < each["week"] <= own.weeks

    return [each for each in given if not lost(each)]


def event(given: Mapping[str, Any], where: str, keys: Keys, setting: Setting, arms: Sequence[str]) -> dict[str, Any]:
    """Return one event with its values checked; the names of strategies are checked where they are composed."""
    if given["week"] > keys.weeks:
        raise UserError(f"{where}week={given['week']}: there are only weeks 1 to {keys.weeks}")
    made: dict[str, Any] = {"week": given["week"], "why": given["why"]}
    if "set" in given:
        made["set"] = _set(given["set"], where)
    if "levers" in given:
        made["levers"] = _levers(given["levers"], where)
    if "strategy" in given:
        made["strategy"] = given["strategy"]
    if "acquire" in given:
        made["acquire"] = _number(given["acquire"], f"{where}acquire", setting.market.components, "components")
    if {"levers", "strategy", "acquire"} & given.keys():
        made["firms"] = _firms(given.get("firms", "focal"), where, setting.market.firms)
    if "arms" in given:
        made["arms"] = _arms(given, where, keys, arms)
    return made


def _set(changes: Mapping[str, Any], where: str) -> dict[str, Any]:
    table, made = dict(walk(Setting)), {}
    for key, value in changes.items():
        if key not in table:
            raise UserError(f"{where}{key}: no such key{nearest(key, table)}")
        if table[key].metadata["info"].build:
            raise UserError(f"{where}{key}: used only when the world is built; an event cannot change it")
        checked(where, key, value, table[key])
        made[key] = value
    return made


def _levers(changes: Mapping[str, Any], where: str) -> dict[str, Any]:
    table = dict(walk(Levers))
    for key in changes:
        if key not in table:
            raise UserError(f"{where}levers.{key}: no such lever{nearest(key, table)}")
    return {key: checked(f"{where}levers.", key, value, table[key]) for key, value in changes.items()}


def _number(value: Any, key: str, count: int, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < count:
        raise UserError(f"{key}={value!r}: {what} are numbered 0 to {count - 1}")
    return value


def _firms(who: Any, where: str, firms: int) -> str | list[int]:
    if isinstance(who, str):
        if who not in WHO:
            raise UserError(f"{where}firms={who}: focal, all or a list of ids is needed{nearest(who, WHO)}")
        return who
    ids = who if isinstance(who, list) else [who]
    if not ids:
        raise UserError(f"{where}firms=[]: focal, all or a list of ids is needed")
    return [_number(each, f"{where}firms", firms, "firms") for each in ids]


def _arms(given: Mapping[str, Any], where: str, keys: Keys, arms: Sequence[str]) -> list[str]:
    """Return the labels of the arms meant; a name means every arm made of that archetype, and there may be none."""
    made = []
    for name in given["arms"]:
        if name not in arms and name not in names("archetype"):
            raise UserError(f"{where}arms: {name}: no such archetype{nearest(name, [*arms, *names('archetype')])}")
        made += [arm for arm in arms if name in (arm, arm.partition("+")[0]) and arm not in made]
    if len(arms) > 1 and given["week"] <= keys.history:
        raise UserError(
            f"{where}week={given['week']}: all arms share their history until week {keys.history}; an event with arms= "
            "must come later"
        )
    return made
