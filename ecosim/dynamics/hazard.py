"""Adoption at a hazard that grows with the share of adopters, everybody meeting everybody (Bass 1969).

    hazard     p + q k / (n - 1), k of n having adopted
    time       continuous: the times between adoptions are exponential with rate (n - k) (p + q k / (n - 1)), exactly
    shares     F(t) = (1 - exp(-(p + q) t)) / (1 + (q / p) exp(-(p + q) t)) as n grows
    discrete   F <- F + (p + q F)(1 - F), one synchronous look a period; slower than continuous time at the same p, q

Sources: Bass 1969; estimation by nonlinear least squares on m (F(t) - F(t - 1)): Srinivasan & Mason 1986.
"""

from __future__ import annotations

import numpy as np

from ecosim.draws import log, own_key, purpose, stream_key, uniform
from ecosim.jit import kernel

WAIT = purpose("dynamics.hazard.wait")


@kernel
def fill_times(key, p, q, times):
    """Fill ``times`` [n] with the times of the first to the last adoption."""
    n, t = times.size, 0.0
    for k in range(n):
        rate = (n - k) * (p + q * k / max(1, n - 1))
        t -= log(uniform(key, k)) / rate
        times[k] = t


def adoption_times(n: int, p: float, q: float, seed: int, run: int = 0) -> np.ndarray:
    """Return when each of ``n`` people adopts, in order, [n] float64 periods; p > 0."""
    times = np.empty(n)
    fill_times(own_key(stream_key(seed, WAIT, 0), run), p, q, times)
    return times


def share(t: np.ndarray | float, p: float, q: float) -> np.ndarray:
    """Return F(t) of continuous time."""
    fall = np.exp(-(p + q) * np.asarray(t, float))
    return (1 - fall) / (1 + q / p * fall)


def recursion(p: float, q: float, periods: int) -> np.ndarray:
    """Return F(0) .. F(periods) of discrete time, one synchronous look a period."""
    found = np.zeros(periods + 1)
    for t in range(periods):
        found[t + 1] = found[t] + (p + q * found[t]) * (1 - found[t])
    return found


def fit(sales: np.ndarray) -> tuple[float, float, float]:
    """Return (p, q, m) by nonlinear least squares on ``sales`` [periods], what was first bought in each period."""
    from scipy.optimize import curve_fit

    periods = np.arange(len(sales) + 1.0)

    def expected(_: np.ndarray, p: float, q: float, m: float) -> np.ndarray:
        return m * np.diff(share(periods, p, q))

    start = (0.01, 0.4, 1.5 * float(np.sum(sales)))
    bounds = ([1e-6, 1e-6, 1.0], [1.0, 5.0, 100 * float(np.sum(sales))])
    found, _ = curve_fit(expected, periods[1:], sales, p0=start, bounds=bounds, x_scale=start)
    return float(found[0]), float(found[1]), float(found[2])
