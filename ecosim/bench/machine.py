"""What the machine gives: the bandwidth of a plain copy, and random draws."""

from __future__ import annotations

import numpy as np

from ecosim.bench.clock import median_seconds

COPIED, DRAWN = 1 << 28, 4_000_000
"""Bytes that a thread copies at a time, and numbers that are drawn at a time."""


def copy_bandwidth(threads: int) -> float:
    """Return bytes read and written per second by plain copies of every thread at once."""
    from ecosim.jit import ThreadPool

    pool = ThreadPool(threads)
    source, target = np.ones((threads, COPIED // 8)), np.zeros((threads, COPIED // 8))
    seconds = median_seconds(lambda: pool.map(lambda n: np.copyto(target[n], source[n]), threads))
    pool.close()
    return 2 * source.nbytes / seconds


def draw_rate() -> float:
    """Return keyed uniforms per second on one thread."""
    from ecosim.agents.customers import uniforms
    from ecosim.draws import purpose, stream_key

    ident = np.arange(DRAWN, dtype=np.int32)
    key = stream_key(1, purpose("bench"), 1)
    uniforms(key, ident[:10])
    return DRAWN / median_seconds(lambda: uniforms(key, ident))
