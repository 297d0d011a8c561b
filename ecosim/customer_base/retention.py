"""The value of customers who stay from period to period with a constant probability, in closed form and as a cohort.

    CLV = m sum over t >= 1 of r^t / (1+i)^t = m r / (1+i-r)
    elasticity to r: (1+i) / (1+i-r),   to m: 1,   to acquisition cost c of the value net of it: -c / (CLV - c)

m is the margin of a period, paid at its end by those who are still there; r the retention, i the rate of discount. In a
cohort a customer's number of periods is geometric, drawn by inversion: floor(log u / log r).

Source: Gupta, Lehmann & Stuart 2004.
"""

from __future__ import annotations

import numpy as np

from ecosim.customer_base.simulate import uniforms
from ecosim.draws import purpose, stream_key

STAY = purpose("customer_base.stay")


def multiple(retention: float, discount: float) -> float:
    """Return what a unit of margin a period is worth, r / (1+i-r); 0 <= retention < 1 + discount."""
    return retention / (1 + discount - retention)


def elasticity(retention: float, discount: float) -> float:
    """Return by how many per cent value grows for 1 per cent of retention."""
    return (1 + discount) / (1 + discount - retention)


def luck(customers: int, seed: int) -> np.ndarray:
    """Return one uniform a customer, [n], that decides how long he stays at any retention."""
    return np.asarray(uniforms(stream_key(seed, STAY, 0), customers, 0))


def cohort_worth(u: np.ndarray, retention: float, discount: float) -> np.ndarray:
    """Return the discounted number of periods paid for by each customer of a cohort with luck ``u``, [n]."""
    periods = np.floor(np.log(u) / np.log(retention))
    return np.asarray((1 - (1 + discount) ** -periods) / discount if discount > 0 else periods)


def cohort_value(u: np.ndarray, retention: float, discount: float, margin: float = 1.0, cost: float = 0.0) -> float:
    """Return the mean over a cohort with luck ``u`` [n] of the discounted margins of its periods, less ``cost``."""
    return float(margin * cohort_worth(u, retention, discount).mean() - cost)


def cohort_elasticity(
    u: np.ndarray, retention: float, discount: float, key: str, cost: float = 0.0, by: float = 0.01
) -> float:
    """Return the finite-difference elasticity of a cohort's value to ``retention``, ``margin`` or ``cost``.

    Both sides of the difference have the same luck ``u`` [n]; ``by`` is the relative change up and down.
    """
    base = {"retention": retention, "margin": 1.0, "cost": cost}
    ends = []
    for sign in (1, -1):
        at = base | {key: base[key] * (1 + sign * by)}
        ends.append(cohort_value(u, at["retention"], discount, at["margin"], at["cost"]))
    return (ends[0] - ends[1]) / (2 * by * cohort_value(u, retention, discount, cost=cost))
