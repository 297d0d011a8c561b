"""``ecosim bench``: speed and memory on this machine."""

from __future__ import annotations

import platform
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ecosim.commands.text import cell, document


def main(words: Sequence[str]) -> int:
    """Measure, write table, figure and JSON to ``bench`` in the results folder, and print the measurements."""
    from ecosim.conf import request

    asked = request("bench", words)
    from ecosim.bench import main as measure
    from ecosim.commands.publishing import finished
    from ecosim.sweeps.manifest import describe

    about = {"processor": processor(), "system": platform.platform()}
    manifest, start = describe({"bench": list(words)}, [], ["ecosim", "bench", *words], about), time.monotonic()
    found = measure(asked)
    folder = Path(asked.results) / "bench"
    write(folder, found, manifest | finished(time.monotonic() - start))
    if asked.format == "json":
        document(found)
        return 0
    width = max(len(name) for name in found)
    for name, value in found.items():
        print(f"{name:<{width}}  {cell(value)}")
    print(f"\n{folder}")
    return 0


def write(folder: Path, found: dict[str, float], manifest: dict[str, Any]) -> None:
    """Write the measurements with the machine and the command they come from."""
    import pandas as pd

    from ecosim.commands.publishing import publish
    from ecosim.figures.bench import speed

    table = pd.DataFrame(found.items(), columns=["measurement", "value"])
    publish(folder, manifest, {"bench": table}, {"bench": speed(found)}, {"bench": found})


def processor() -> str:
    """Return the name of the processor as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
