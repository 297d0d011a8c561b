"""What it takes to start: building a world part by part, and the first run after installation and later ones."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from ecosim.setting import Setting
from ecosim.strategies import Strategy

BUILDS, LATER = 3, 5
RUN = ("run", "customers=1000", "weeks=13", "history=0", "burn_in=0")


def build_phases(setting: Setting, strategy: Strategy, seed: int) -> dict[str, float]:
    """Return the seconds that the network, the customers and the rest of a world take, medians of three."""
    from ecosim.agents.customers import make_customers
    from ecosim.model import Ecosystem
    from ecosim.networks import build_network

    n, found = setting.market.customers, {}
    presence = np.full(setting.market.firms, 1.0 / setting.market.firms)
    ids = np.arange(n, dtype=np.int32)
    graph = build_network(setting.network, n, seed)
    found["network"] = _median(lambda: build_network(setting.network, n, seed))
    found["customers"] = _median(lambda: make_customers(setting, seed, ids, presence))
    given = make_customers(setting, seed, ids, presence)
    found["the rest"] = _median(lambda: Ecosystem(setting, strategy, seed, 1, graph, customers=given))
    return {f"build of {n:,} customers, seconds: {name}": seconds for name, seconds in found.items()}


def _median(build: Callable[[], Any]) -> float:
    seconds = []
    for _ in range(BUILDS):
        start = time.perf_counter()
        build()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def starts() -> dict[str, float]:
    """Return the seconds of a command that lives one quarter: with nothing compiled yet, and later (median of five)."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"ECOSIM_CACHE": f"{folder}/cache"}
        seconds = []
        for _ in range(1 + LATER):
            start = time.perf_counter()
            command = [sys.executable, "-m", "ecosim", *RUN]
            subprocess.run(command, check=True, capture_output=True, env=environment, cwd=folder)
            seconds.append(time.perf_counter() - start)
    return {
        "seconds to the end of the first quarter, nothing compiled": seconds[0],
        "seconds to the end of the first quarter, later": statistics.median(seconds[1:]),
        "seconds for ecosim --help": help_time(),
    }


def help_time() -> float:
    """Return the seconds that ``ecosim --help`` takes, the median of five."""
    seconds = []
    for _ in range(LATER):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "ecosim", "--help"], check=True, capture_output=True)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)
