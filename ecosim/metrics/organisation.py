"""K13: how far what firms do is from what they want, and what change has cost them.

    lever_gap        mean absolute difference of levers wanted and in force, over those that are numbers in [0, 1]
    culture          Z;   change_weeks: weeks the latest change took to come about, NaN if it has not
    change_failures  changes that fell back or never came half way;   change_cost: what changes cost, in currency
    capacity         what the system in use can hear, mend and observe, relative to a custom one

Source: Kotter 1995.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.ledger import UNIT


def look(model: Any) -> dict[str, np.ndarray]:
    """Return this quarter's ``[f]`` measures of organisation."""
    changes = [firm.organisation for firm in model.firms]
    return {
        "lever_gap": np.array([gap(firm.target, firm.levers) for firm in model.firms]),
        "culture": np.array([float(firm.culture) for firm in model.firms]),
        "change_weeks": np.array([float(c.weeks) if c.weeks >= 0 else np.nan for c in changes]),
        "change_failures": np.array([float(c.failures) for c in changes]),
        "change_cost": np.array([c.cost / UNIT for c in changes]),
        "capacity": np.array([float(firm.capacity) for firm in model.firms]),
    }


def gap(wanted: Any, real: Any) -> float:
    """Return the mean absolute difference of two records of levers over those that are numbers in [0, 1]."""
    if wanted is real:
        return 0.0
    apart = []
    for group in vars(wanted):
        a, b = vars(getattr(wanted, group)), vars(getattr(real, group))
        apart += [abs(a[key] - b[key]) for key in a if isinstance(a[key], float) and 0.0 <= a[key] <= 1.0]
    return float(np.mean(apart))
