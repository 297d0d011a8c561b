"""What it takes to start: building a world part by part, and the first run after installation and later ones."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

import numpy as np

from ecosim.bench.clock import median_seconds, seconds
from ecosim.setting import Setting
from ecosim.strategies import Strategy

RUN = ("run", "customers=1000", "weeks=13", "history=0", "burn_in=0")


def build_phases(setting: Setting, strategy: Strategy, seed: int) -> dict[str, float]:
    """Return the seconds that the network, the customers and the rest of a world take, medians of five."""
    from ecosim.agents.customers import make_customers
    from ecosim.model import Ecosystem
    from ecosim.networks import build_network

    n, found = setting.market.customers, {}
    presence = np.full(setting.market.firms, 1.0 / setting.market.firms)
    ids = np.arange(n, dtype=np.int32)
    graph = build_network(setting.network, n, seed)
    found["network"] = median_seconds(lambda: build_network(setting.network, n, seed))
    found["customers"] = median_seconds(lambda: make_customers(setting, seed, ids, presence))
    given = make_customers(setting, seed, ids, presence)
    found["the rest"] = median_seconds(lambda: Ecosystem(setting, strategy, seed, 1, graph, customers=given))
    return {f"build of {n:,} customers, seconds: {name}": taken for name, taken in found.items()}


def starts() -> dict[str, float]:
    """Return the seconds of a command that lives one quarter: with nothing compiled yet (once), and later (median)."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"ECOSIM_CACHE": f"{folder}/cache"}

        def ecosim(*words: str) -> None:
            command = [sys.executable, "-m", "ecosim", *words]
            subprocess.run(command, check=True, capture_output=True, env=environment, cwd=folder)

        return {
            "seconds to the end of the first quarter, nothing compiled": seconds(lambda: ecosim(*RUN)),
            "seconds to the end of the first quarter, later": median_seconds(lambda: ecosim(*RUN)),
            "seconds for ecosim --help": median_seconds(lambda: ecosim("--help")),
        }
