"""Timing: medians of repeats, work in a process of its own, and the reference models of a checkout."""

from __future__ import annotations

import importlib
import multiprocessing
import resource
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

REPEATS = 5
REFERENCE = Path(__file__).parents[2] / "tests" / "reference"


def seconds(function: Callable[[], Any]) -> float:
    """Return how long one call takes."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def median_seconds(function: Callable[[], Any]) -> float:
    """Return how long a call takes, the median of `REPEATS`."""
    return statistics.median(seconds(function) for _ in range(REPEATS))


def alone(function: Any, *arguments: Any) -> Any:
    """Call ``function`` in a fresh process, whose memory and whose first calls are its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(function, *arguments).result()


def peak_memory() -> int:
    """Return the largest resident memory of this process so far, in bytes, as the operating system has it."""
    scale = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale


def reference(name: str) -> Any:
    """Return the module of plain Mesa agents of that name, or None where there is no checkout with its tests."""
    if not (REFERENCE / f"{name}.py").exists():
        return None
    sys.path.insert(0, str(REFERENCE))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(REFERENCE))
