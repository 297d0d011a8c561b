"""What a command asks for, as one checked record; and the checks that no single parameter can make alone."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ecosim.errors import UserError, nearest
from ecosim.keys import MOST_SEED, Keys
from ecosim.mechanisms.base import QUARTER
from ecosim.parameters import build, check_value, group_of
from ecosim.setting import Setting
from ecosim.strategies import Strategy
from ecosim.sweeps.folder import NAME, study_path
from ecosim.sweeps.manifest import config_hash, plain


@dataclass(frozen=True)
class Request:
    """What a command asks for: enough to plan, run, name and hash it. ``strategies[0]`` is the baseline."""

    verb: str
    scenario: str
    question: str
    why: str
    answer: tuple[Mapping[str, str], ...]
    setting: Setting
    strategies: tuple[Strategy, ...]
    adopters: str
    seed: int
    replications: int
    weeks: int
    history: int
    burn_in: int
    events: tuple[Mapping[str, Any], ...]
    line_up: tuple[Strategy, ...]
    """A strategy for each firm until the treatment; empty if all firms have the baseline."""
    cast: Mapping[str, Strategy]
    """The strategies that events name."""
    record: str
    results: Path
    study: str
    format: str
    threads: int
    digest: bool
    validate: bool
    config: Mapping[str, Any]
    """Plain and canonical: everything that decides numbers, and nothing else; this is what is hashed."""


def put(tree: dict[str, Any], key: str, value: Any) -> None:
    """Set a dotted key in a tree of dictionaries."""
    *path, last = key.split(".")
    for name in path:
        tree = tree.setdefault(name, {})
    tree[last] = value


def flat(cls: type, values: Mapping[str, Any], where: str = "", prefix: str = "") -> dict[str, Any]:
    """Return nested changes of a parameter dataclass by dotted key, each checked; ``where`` begins the complaints."""
    table = {field.name: field for field in fields(cls)}
    result: dict[str, Any] = {}
    for name, value in values.items():
        if name not in table:
            raise UserError(f"{where}{prefix}{name}: no such key{nearest(name, table)}")
        group = group_of(table[name])
        if group is None:
            result[prefix + name] = checked(where, prefix + name, value, table[name])
        elif isinstance(value, Mapping):
            result |= flat(group, value, where, f"{prefix}{name}.")
        else:
            keys = ", ".join(field.name for field in fields(group))
            raise UserError(f"{where}{prefix}{name}={value!r}: this is a group; set one of its keys: {keys}")
    return result


def checked(where: str, key: str, value: Any, field: Any) -> Any:
    """Return a checked value; ``where`` begins the complaint."""
    try:
        return check_value(key, value, field)
    except UserError as error:
        raise UserError(f"{where}{error}") from None


def make(cls: type, values: Mapping[str, Any]) -> Any:
    """Build a (nested) parameter dataclass from values by dotted key."""
    tree: dict[str, Any] = {}
    for key, value in values.items():
        put(tree, key, value)
    return build(cls, tree)


def canonical(**parts: Any) -> dict[str, Any]:
    """Return a configuration as plain data, tuples as lists, ready to be hashed and written."""
    return dict(plain(parts))


def check_weeks(keys: Keys, arms: int) -> None:
    """Refuse a run without a whole quarter to measure: after the treatment if there is one, else at all."""
    if keys.weeks < QUARTER:
        raise UserError(
            f"weeks={keys.weeks}: outcomes are measured by the quarter; at least {QUARTER} weeks are needed"
        )
    if arms > 1 and keys.weeks - keys.history < QUARTER:
        raise UserError(
            f"history={keys.history}: too few weeks are left after the treatment (weeks={keys.weeks}); give a history= "
            f"at least {QUARTER} smaller than weeks="
        )


def check_seeds(keys: Keys) -> None:
    """Refuse seeds that would leave their range: replication r uses seed + r."""
    if keys.seed + keys.replications - 1 > MOST_SEED:
        raise UserError(f"seed={keys.seed}: seeds seed .. seed + replications - 1 must be at most {MOST_SEED}")


def results_folder(text: str) -> Path:
    """Return the folder of studies; it need not exist, but nothing else may stand in its place."""
    folder = Path(text).expanduser()
    for place in (folder, *folder.parents):
        try:
            exists = place.exists()
        except (OSError, ValueError) as error:
            raise UserError(f"results={text}: not usable as a folder ({error})") from None
        if exists:
            if not place.is_dir():
                raise UserError(f"results={text}: {place} is a file; name a folder")
            if not os.access(place, os.W_OK | os.X_OK):
                raise UserError(f"results={text}: {place} cannot be written to; name another folder")
            break
    return folder


def study_name(text: str, scenario: str, config: Mapping[str, Any], results: Path) -> str:
    """Return the study folder's name: the one asked for, or one made from the scenario and the configuration."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", scenario)[:48].lstrip("._-") or "study"
    name = text or f"{stem}-{config_hash(config)[:10]}"
    if not NAME.fullmatch(name):
        raise UserError(f"study={name!r}: a name of 1 to 64 letters, digits, dots, dashes or underscores is needed")
    study_path(name, results)
    return name
