"""``ecosim resume DIR``: go on with a sweep, with the command its folder records."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from ecosim.errors import UserError, nearest

MAY_CHANGE = ("executor", "workers", "address", "options", "timeout", "batch", "progress", "threads", "format")
"""Keys that decide how runs are done and told, not what they are."""

VERBS = ("sweep", "compare", "boundary", "calibrate")


def main(words: Sequence[str]) -> int:
    """Do what is missing."""
    from ecosim.sweeps.reading import read_manifest

    flags = [word for word in words if word.startswith("--")]
    places = [word for word in words if "=" not in word and word not in flags]
    changes = {word.partition("=")[0]: word for word in words if "=" in word}
    if len(places) != 1:
        raise UserError("resume: name one study folder, such as: ecosim resume results/my-sweep")
    for name in changes:
        if name not in MAY_CHANGE:
            raise UserError(f"{name}: resuming changes only how runs are done{nearest(name, MAY_CHANGE)}")
    folder = Path(places[0]).resolve()
    verb, recorded = command_of(read_manifest(folder).get("command"), folder)
    kept = [word for word in recorded if word.partition("=")[0] not in {*changes, "results", "study"}]
    again = [*kept, *changes.values(), f"results={folder.parent}", f"study={folder.name}", *flags]
    return int(import_module(f"ecosim.commands.{verb}").main(again) or 0)


def command_of(command: object, folder: Path) -> tuple[str, list[str]]:
    """Return verb and words of the command that a study records."""
    if isinstance(command, list) and len(command) > 1 and command[0] == "ecosim" and command[1] in VERBS:
        return str(command[1]), [str(word) for word in command[2:]]
    raise UserError(f"{folder}: its manifest records no command of {', '.join(VERBS)}; run its own command again")
