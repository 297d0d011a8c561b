"""Scenarios: named presets of a world, read from YAML strictly as data, whether they are the package's or the user's.

A file may hold ``question``, ``answer`` (outcomes, and words for what is found), ``why``, ``setting`` (changes,
nested), ``archetypes`` (the arms, baseline first), ``line_up`` (an archetype for each firm, for the common history),
``run`` (weeks and the like, unless the command says otherwise) and ``events``. No aliases, anchors, tags or
interpolations; and no word that YAML 1.1 would silently turn into something else.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ecosim.answers import answer_clauses
from ecosim.errors import UserError, nearest

MOST_BYTES = 1_000_000
MOST_DEPTH = 20
FORBIDDEN = ("hydra", "defaults", "_target_")

INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
FLOAT = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
TRAPS = (
    (re.compile(r"(?i)y|n|yes|no|on|off|true|false"), "write true or false, or quote it if it is a name"),
    (re.compile(r"[-+]?0[0-9_]+"), "quote it, or write it without the leading zero"),
    (re.compile(r"[-+]?0[0-9]+\.[0-9]*([eE].*)?"), "quote it, or write it without the leading zero"),
    (re.compile(r"(?i)[-+]?0[xob][0-9a-f_]+"), "quote it, or write a decimal number"),
    (re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"), "quote it, or write the number it stands for"),
    (re.compile(r"[-+]?[0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?([eE].*)?"), "quote it, or write it without underscores"),
    (re.compile(r"(?i)[-+]?\.?(inf|nan|infinity)"), "a finite number is needed, or quote it if it is a name"),
    (re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*"), "quote it; dates have no meaning here"),
    (re.compile(r"~|(?i:null)|"), "give it a value, or leave the key out"),
    (re.compile(r"=|<<"), "quote it"),
)


@dataclass(frozen=True)
class Scenario:
    """A named preset: the question it answers, and its changes to the default world."""

    name: str
    question: str = ""
    why: str = ""
    setting: Mapping[str, Any] = field(default_factory=dict)
    events: tuple[Mapping[str, Any], ...] = ()
    archetypes: tuple[str, ...] = ()
    answer: tuple[Mapping[str, str], ...] = ()
    line_up: tuple[str, ...] = ()
    run: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""


def plain(text: str) -> bool | int | float | str:
    """Return the value an unquoted word stands for; a word that YAML 1.1 would twist raises `UserError`."""
    if text in ("true", "false"):
        return text == "true"
    if INTEGER.fullmatch(text):
        if len(text) > 40:
            raise UserError(f"{text[:20]}...: a number of at most 40 digits is needed")
        return int(text)
    if FLOAT.fullmatch(text):
        if not math.isfinite(float(text)):
            raise UserError(f"{text}: a finite number is needed")
        return float(text)
    for trap, advice in TRAPS:
        if trap.fullmatch(text):
            raise UserError(f"{text or 'nothing'}: {advice}")
    return text


def read(path: str | Path) -> Scenario:
    """Read a user's scenario file; the name of the scenario is the file's, without its ending."""
    file = Path(path)
    try:
        size = file.stat().st_size
        if not file.is_file():
            raise UserError(f"scenario={path}: not a file")
        if size > MOST_BYTES:
            raise UserError(f"scenario={path}: {size} bytes; a scenario has at most {MOST_BYTES}")
        text = file.read_bytes()[: MOST_BYTES + 1].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"scenario={path}: not UTF-8 (byte {error.start}); save it as UTF-8") from None
    except (OSError, ValueError) as error:
        if isinstance(error, UserError):
            raise
        raise UserError(f"scenario={path}: cannot be read ({getattr(error, 'strerror', None) or error})") from None
    return scenario(file.stem, data(text, str(path)), str(path))


def data(text: str, source: str) -> Mapping[str, Any]:
    """Return the mapping written in a YAML text, or raise `UserError` naming the source, the line and the mend."""
    events = yaml.parse(text, Loader=yaml.SafeLoader)
    try:
        for kind in (yaml.StreamStartEvent, yaml.DocumentStartEvent):
            if not isinstance(next(events), kind):
                raise UserError(f"{source}: empty; a scenario has keys such as question and setting")
        value = _node(next(events), events, source, 1)
        next(events)
        if not isinstance(next(events), yaml.StreamEndEvent):
            raise UserError(f"{source}: more than one document; keep one")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        raise UserError(f"{source}{where}: not YAML ({getattr(error, 'problem', None) or 'unreadable'})") from None
    if not isinstance(value, dict):
        raise UserError(f"{source}: keys and values are needed, such as question: and setting:")
    return value


def _node(event: Any, events: Iterator[Any], source: str, depth: int) -> Any:
    where = f"{source} line {event.start_mark.line + 1}"
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise UserError(f"{where}: aliases and anchors (* and &) are not allowed; write the value out, or quote it")
    if getattr(event, "tag", None):
        raise UserError(f"{where}: tags (!) are not allowed; remove {event.tag}")
    if depth > MOST_DEPTH:
        raise UserError(f"{where}: nested more than {MOST_DEPTH} deep")
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event, where)
    if isinstance(event, yaml.SequenceStartEvent):
        items = []
        while not isinstance(item := next(events), yaml.SequenceEndEvent):
            items.append(_node(item, events, source, depth + 1))
        return items
    table: dict[str, Any] = {}
    while not isinstance(item := next(events), yaml.MappingEndEvent):
        place = f"{source} line {item.start_mark.line + 1}"
        key = _node(item, events, source, depth + 1)
        if not isinstance(key, str):
            raise UserError(f"{place}: {key!r} as a key; a key is a word")
        if key in FORBIDDEN or key.startswith("_"):
            raise UserError(f"{place}: {key}: not allowed; a scenario is data, with keys {', '.join(ALLOWED)}")
        if key in table:
            raise UserError(f"{place}: {key}: given twice; keep one")
        table[key] = _node(next(events), events, source, depth + 1)
    return table


def _scalar(event: Any, where: str) -> bool | int | float | str:
    if "${" in event.value:
        raise UserError(f"{where}: ${{...}} is not allowed; write the value out")
    if event.style:
        return str(event.value)
    try:
        return plain(event.value)
    except UserError as error:
        raise UserError(f"{where}: {error}") from None


ALLOWED = ("question", "answer", "why", "setting", "events", "archetypes", "line_up", "run")
RUN = ("weeks", "history", "burn_in", "adopters", "replications")
EVENT = ("week", "why", "set", "levers", "strategy", "firms", "acquire", "arms")
DEEDS = ("set", "levers", "strategy", "acquire")


def scenario(name: str, values: Mapping[str, Any], source: str) -> Scenario:
    """Make a scenario from what its file says; the setting, run and events' values are checked with the world."""
    for key in values:
        if key not in ALLOWED:
            raise UserError(f"{source}: {key}: no such key{nearest(key, ALLOWED)}")
    for key in ("question", "why"):
        if not isinstance(values.get(key, ""), str):
            raise UserError(f"{source}: {key}={values[key]!r}: a text is needed; quote it")
    setting, events, run = values.get("setting", {}), values.get("events", []), values.get("run", {})
    if not isinstance(setting, Mapping):
        raise UserError(
            f"{source}: setting={setting!r}: groups of parameters are needed, such as attention: {{load: 5}}"
        )
    if not isinstance(run, Mapping):
        raise UserError(f"{source}: run={run!r}: keys such as {{weeks: 520}} are needed")
    for key in run:
        if key not in RUN:
            raise UserError(f"{source}: run.{key}: no such key{nearest(key, RUN)}")
    if not isinstance(events, list):
        raise UserError(f"{source}: events={events!r}: a list is needed, each with week, why and what happens")
    texts = {key: values.get(key, "") for key in ("question", "why")}
    checked = tuple(_event(event, f"{source}: events[{n}]") for n, event in enumerate(events))
    return Scenario(
        name, setting=setting, events=checked, archetypes=_names(values, "archetypes", source),
        line_up=_names(values, "line_up", source), run=run,
        answer=answer_clauses(values.get("answer", []), source), source=source, **texts,
    )  # fmt: skip


def _names(values: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    names = values.get(key, [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise UserError(f"{where}: {key}={names!r}: a list of names is needed, such as [crm1, cmr]")
    return tuple(names)


def _event(event: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(event, Mapping):
        raise UserError(f"{where}={event!r}: keys week, why and one of {', '.join(DEEDS)} are needed")
    for key in event:
        if key not in EVENT:
            raise UserError(f"{where}: {key}: no such key{nearest(key, EVENT)}")
    week = event.get("week")
    if isinstance(week, bool) or not isinstance(week, int) or week < 1:
        raise UserError(f"{where}: week={week!r}: a whole number of at least 1 is needed")
    if not isinstance(event.get("why", ""), str):
        raise UserError(f"{where}: why={event['why']!r}: a text is needed; quote it")
    if not any(key in event for key in DEEDS):
        raise UserError(f"{where}: week={week}: nothing happens; give one of {', '.join(DEEDS)}")
    for key, such in (("set", "{attention.load: 40}"), ("levers", "{contact.dialogue: 0.9}")):
        if key in event and (not isinstance(event[key], Mapping) or not event[key]):
            raise UserError(f"{where}: {key}={event[key]!r}: changes are needed, such as {such}")
    if "strategy" in event and not isinstance(event["strategy"], str):
        raise UserError(f"{where}: strategy={event['strategy']!r}: the name of an archetype is needed, such as cmr")
    if "firms" in event and not any(key in event for key in ("levers", "strategy", "acquire")):
        raise UserError(f"{where}: firms={event['firms']!r}: only levers, strategy and acquire concern firms")
    if "arms" in event and not _names(event, "arms", where):
        raise UserError(f"{where}: arms=[]: a list of names is needed, such as [cmr]; leave it out for all")
    return {"week": week, "why": event.get("why", "")} | {key: event[key] for key in EVENT[2:] if key in event}
