"""Measure speed and memory on this machine, in one run, as ratios: timings alone say little on a shared machine.

Each size runs in a process of its own, so that its memory can be read from the operating system. The same rules as
plain Mesa agents are measured beside it when the checkout's ``tests/reference`` is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ecosim.bench import diffusion, machine, phases, start, sweeps, worlds
from ecosim.bench.clock import alone
from ecosim.setting import Setting
from ecosim.strategies import Strategy

SIZES = (10_000, 100_000, 1_000_000)
MILLION = SIZES[-1]
Found = dict[str, float]


def main(asked: Any) -> Found:
    """Return every measurement by name; units are in the names."""
    setting, strategy, seed = worlds.twenty_firms(asked.setting), asked.strategies[0], asked.seed
    found: Found = {"threads": asked.threads, "firms": worlds.FIRMS, "slots": setting.consideration.slots}
    sizes = (*SIZES, *(n for n in (asked.setting.market.customers,) if n > MILLION))
    found |= dict(rates(setting, strategy, seed, asked.threads, sizes, ""))
    core = found[f"customer-weeks per second, {MILLION:,} customers"]
    everything, shared = worlds.whole_ecosystem(setting)
    found |= dict(rates(everything, shared, seed, asked.threads, sizes, "everything on: "))
    found["everything on over the request's world, cost per customer-week"] = (
        core / found[f"everything on: customer-weeks per second, {MILLION:,} customers"]
    )
    bandwidth = machine.copy_bandwidth(asked.threads)
    found["copy bandwidth, GB/s"] = bandwidth / 1e9
    found["a week over one reading of the whole state"] = bandwidth / found["state, bytes per customer"] / core
    found["draws per second, one thread"] = machine.draw_rate()
    million = worlds.sized(setting, MILLION)
    found |= alone(phases.measure, million, strategy, seed)
    found["a week over one touch of these bytes"] = bandwidth / found["bytes touched a customer-week"] / core
    found |= alone(start.build_phases, million, strategy, seed)
    if plain := worlds.plain_mesa(setting, strategy, seed):
        found |= {"plain Mesa, customer-weeks per second": plain, "times plain Mesa": core / plain}
    found |= alone(sweeps.measure, asked.setting, strategy)
    found |= alone(diffusion.measure)
    return found | start.starts()


def rates(
    setting: Setting, strategy: Strategy, seed: int, threads: int, sizes: tuple[int, ...], which: str
) -> Iterator[tuple[str, float]]:
    """Yield customer-weeks per second of a world by size, on all threads and on one, and what large ones take."""
    alone(worlds.measure, worlds.sized(setting, 2_000), strategy, seed, 1)  # compiles, so that no timing does
    every: dict[int, float] = {}
    single: dict[int, float] = {}
    for size in sizes:
        world = worlds.sized(setting, size)
        result = alone(worlds.measure, world, strategy, seed, threads)
        every[size] = result["rate"]
        single[size] = alone(worlds.measure, world, strategy, seed, 1)["rate"]
        yield f"{which}customer-weeks per second, {size:,} customers", every[size]
        yield f"{which}the same on one thread, {size:,} customers", single[size]
        if size >= MILLION:
            yield f"{which}memory, GB, {size:,} customers", result["grown"] / 1e9
            yield f"{which}build, seconds, {size:,} customers", result["build"]
            yield f"{which}cost per customer-week, {size:,} over 10,000, one thread", single[SIZES[0]] / single[size]
        if size > MILLION:
            yield f"{which}cost per customer-week, {size:,} over 1,000,000", every[MILLION] / every[size]
    yield f"{which}speed-up of the threads, 1,000,000 customers", every[MILLION] / single[MILLION]
    yield f"{which}state, bytes per customer", result["state_bytes"] / size
