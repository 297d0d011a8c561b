"""What customers are worth: the discounted margin of the purchases expected of them.

    residual value of a customer = m E[mean spend | x, z] sum over small steps of (E[Y(t+h)] - E[Y(t)]) / (1+d)^(t+h/2)

``d`` is a yearly rate, ``m`` the part of the amount that is margin; steps are discounted from their middle.

Source: Fader, Hardie & Lee 2005 (RFM and CLV).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

STEPS = 26


def discounted_purchases(
    expected: Callable[[float], np.ndarray], horizon: float, discount: float, a_year: float
) -> np.ndarray:
    """Return the discounted number of purchases within ``horizon``, [n].

    ``expected(t)`` returns the purchases expected in time t, [n]; ``discount`` is yearly, >= 0; ``a_year`` is how many
    units of time a year has.
    """
    step = horizon / STEPS
    total = before = np.zeros(1)
    for k in range(STEPS):
        now = expected((k + 1) * step)
        total = total + (now - before) / (1 + discount) ** ((k + 0.5) * step / a_year)
        before = now
    return np.asarray(total)
