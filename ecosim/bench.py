"""Measure speed and memory on this machine, in one run, as ratios: timings alone say little on a shared machine.

The world is the request's, with twenty firms whose sizes fall as 1/rank. Each size runs in a process of its own, so
that its memory can be read from the operating system. The same rules as plain Mesa agents are measured beside it when
the checkout's ``tests/reference`` is there.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import multiprocessing
import resource
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from ecosim.bench_start import build_phases, starts
from ecosim.parameters import build
from ecosim.setting import Setting
from ecosim.strategies import Levers, Strategy

FIRMS = 20
SIZES = (10_000, 100_000, 1_000_000)
WARM_UP, WEEKS, REPEATS = 26, 4, 7
REFERENCE = Path(__file__).parents[1] / "tests" / "reference" / "plain_mesa.py"


def main(asked: Any) -> dict[str, Any]:
    """Return every measurement by name; units are in the names."""
    setting, strategy, seed = twenty_firms(asked.setting), asked.strategies[0], asked.seed
    found: dict[str, Any] = {"threads": asked.threads, "firms": FIRMS, "slots": setting.consideration.slots}
    _alone(measure, sized(setting, 2_000), strategy, seed, 1)  # compiles, so that no timing does
    million, rates, alone = SIZES[-1], {}, {}
    asked_for = asked.setting.market.customers
    for size in (*SIZES, *([asked_for] if asked_for > million else [])):
        result = _alone(measure, sized(setting, size), strategy, seed, asked.threads)
        rates[size], alone[size] = result["rate"], _alone(measure, sized(setting, size), strategy, seed, 1)["rate"]
        found[f"customer-weeks per second, {size:,} customers"] = rates[size]
        found[f"the same on one thread, {size:,} customers"] = alone[size]
        if size >= million:
            found[f"memory, GB, {size:,} customers"] = result["grown"] / 1e9
            found[f"build, seconds, {size:,} customers"] = result["build"]
            found[f"cost per customer-week, {size:,} over 10,000, one thread"] = alone[SIZES[0]] / alone[size]
    found["speed-up of the threads, 1,000,000 customers"] = rates[million] / alone[million]
    found["state, bytes per customer"] = result["state_bytes"] / size
    everything, shared = whole_ecosystem(setting)
    result = _alone(measure, sized(everything, million), shared, seed, asked.threads)
    found["customer-weeks per second, 1,000,000 customers, everything on"] = result["rate"]
    found["everything on over the request's world, cost per customer-week"] = rates[million] / result["rate"]
    bandwidth = copy_bandwidth(asked.threads)
    found["copy bandwidth, GB/s"] = bandwidth / 1e9
    whole = bandwidth / found["state, bytes per customer"]
    found["a week over one reading of the whole state"] = whole / rates[million]
    found["draws per second, one thread"] = draw_rate()
    found |= _alone(phases, sized(setting, million), strategy, seed)
    touched = bandwidth / found["bytes touched a customer-week"]
    found["a week over one touch of these bytes"] = touched / rates[million]
    found |= _alone(build_phases, sized(setting, million), strategy, seed)
    found |= plain_mesa(setting, strategy, seed, rates[million])
    found |= _alone(sweeps, asked.setting, strategy, REFERENCE.with_name("mesa_batch.py"))
    found |= _alone(diffusion, REFERENCE.with_name("mesa_bass.py"))
    return found | starts()


def sweeps(setting: Setting, strategy: Strategy, reference: Path) -> dict[str, float]:
    """Return what sweeps of small worlds cost."""
    from ecosim.bench_sweeps import measure

    return measure(setting, strategy, reference)


def phases(setting: Setting, strategy: Strategy, seed: int) -> dict[str, float]:
    """Return where a week's time goes."""
    from ecosim.bench_phases import measure

    return measure(setting, strategy, seed)


def diffusion(reference: Path) -> dict[str, float]:
    """Return how fast states spread on a large network."""
    from ecosim.bench_diffusion import measure

    return measure(reference)


def twenty_firms(setting: Setting) -> Setting:
    """Return the setting with twenty firms of unequal sizes."""
    shares = tuple(1.0 / rank for rank in range(1, FIRMS + 1))
    return dataclasses.replace(setting, market=dataclasses.replace(setting.market, firms=FIRMS, shares=shares))


def whole_ecosystem(setting: Setting) -> tuple[Setting, Strategy]:
    """Return the setting with every mechanism at work, and a strategy that uses every lever."""
    market = dataclasses.replace(setting.market, coverage=0.75)
    everything = dataclasses.replace(
        setting, market=market, partners=dataclasses.replace(setting.partners, number=12),
        innovation=dataclasses.replace(setting.innovation, active=True),
        organisation=dataclasses.replace(setting.organisation, active=True),
        intents=dataclasses.replace(setting.intents, answering=0.5),
        choice=dataclasses.replace(setting.choice, price_weight=4.0),
    )  # fmt: skip
    levers = build(
        Levers,
        {
            "contact": {"control": 0.5, "dialogue": 0.9, "influencer_focus": 0.7, "control_buyers": 0.8},
            "insight": {"personalisation": 0.6, "data": 0.3, "profiles": 0.3, "participation": 0.4, "custody": 0.5},
            "offer": {"self_service": "optional", "experience": 0.5, "open_tool": True, "aggregation": 0.5,
                      "extensibility": 0.7},
            "innovation": {"customers": 0.6, "partners": 0.5, "experts": 0.3, "testers": 20, "share": 0.4,
                           "governance": 0.6, "risk_transfer": 0.2},
            "organisation": {"objective": 0.8, "deployment": "platform", "champion": 0.8, "integration": 0.8,
                             "pay": 0.8},
        },
    )  # fmt: skip
    return everything, Strategy("everything", levers)


def sized(setting: Setting, customers: int) -> Setting:
    """Return the setting with another number of customers."""
    return dataclasses.replace(setting, market=dataclasses.replace(setting.market, customers=customers))


def _alone(function: Any, *arguments: Any) -> Any:
    """Call ``function`` in a fresh process."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(function, *arguments).result()


def measure(setting: Setting, strategy: Strategy, seed: int, threads: int) -> dict[str, float]:
    """Build one world and time its weeks; return the median rate, build time, memory grown and bytes of state."""
    from ecosim.model import Ecosystem

    Ecosystem(sized(setting, 200), strategy, seed, threads).step()
    before = peak_memory()
    start = time.perf_counter()
    model = Ecosystem(setting, strategy, seed, threads)
    build = time.perf_counter() - start
    for _ in range(WARM_UP):
        model.step()
    weeks = WEEKS * max(1, 100_000 // setting.market.customers)
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        for _ in range(weeks):
            model.step()
        seconds.append(time.perf_counter() - start)
    rate = setting.market.customers * weeks / statistics.median(seconds)
    state = sum(getattr(model.customers, column.name).nbytes for column in model.customers.columns)
    state += model.graph.indices.nbytes + model.graph.indptr.nbytes
    return {"rate": rate, "build": build, "grown": float(peak_memory() - before), "state_bytes": float(state)}


def peak_memory() -> int:
    """Return the largest resident memory of this process so far, in bytes, as the operating system has it."""
    scale = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale


def copy_bandwidth(threads: int) -> float:
    """Return bytes read and written per second by plain copies of 256 MB per thread, the best of five."""
    from ecosim.jit import ThreadPool

    pool = ThreadPool(threads)
    source = [np.ones(1 << 25) for _ in range(threads)]
    target = [np.zeros(1 << 25) for _ in range(threads)]
    best = 0.0
    for _ in range(5):
        start = time.perf_counter()
        pool.map(lambda n: np.copyto(target[n], source[n]), threads)
        best = max(best, 2 * threads * source[0].nbytes / (time.perf_counter() - start))
    pool.close()
    return best


def draw_rate() -> float:
    """Return keyed uniforms per second on one thread."""
    from ecosim.agents.customers import uniforms
    from ecosim.draws import purpose, stream_key

    ident = np.arange(4_000_000, dtype=np.int32)
    key = stream_key(1, purpose("bench"), 1)
    uniforms(key, ident[:10])
    start = time.perf_counter()
    uniforms(key, ident)
    return ident.size / (time.perf_counter() - start)


def plain_mesa(setting: Setting, strategy: Strategy, seed: int, rate: float) -> dict[str, float]:
    """Return the rate of the same rules as plain Mesa agents, and ours as a multiple of it; nothing without them."""
    if not REFERENCE.exists():
        return {}
    sys.path.insert(0, str(REFERENCE.parent))
    try:
        spec = importlib.util.spec_from_file_location("plain_mesa", REFERENCE)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["plain_mesa"] = module
        spec.loader.exec_module(module)
        plain = module.customer_weeks_per_second(sized(setting, 2_000), strategy, seed, 20)
    finally:
        sys.path.remove(str(REFERENCE.parent))
    return {"plain Mesa, customer-weeks per second": plain, "times plain Mesa": rate / plain}
