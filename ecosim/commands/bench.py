"""``ecosim bench``: speed and memory on this machine."""

from __future__ import annotations

from collections.abc import Sequence

from ecosim.commands.text import cell, document


def main(words: Sequence[str]) -> int:
    """Print the measurements."""
    from ecosim.conf import request

    asked = request("bench", words)
    from ecosim.bench import main as measure

    found = measure(asked)
    if asked.format == "json":
        document(found)
        return 0
    width = max((len(name) for name in found), default=0)
    for name, value in found.items():
        print(f"{name:<{width}}  {cell(value)}")
    return 0
