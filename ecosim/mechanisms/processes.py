"""M9 (E29) Processes: each quarter a firm meets ways of working that save money and may please or annoy customers.

    met       Poisson(processes) a quarter; saving and impact are normal with correlation rho_eff
    adopted   if saving + theta (estimated change of equity) > 0, in money
    saving    part of unit cost x unit cost x purchases of the last quarter
    change    estimated equity x value_weight x impact x (1 - market share): a logit's response to a little more value

The pool a firm meets in a quarter depends on seed, week and firm alone, so that strategies choose from the same one.

Sources: Frei & Morriss 2012 (efficiency that customers pay for); market share response: McFadden 1974.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ecosim.draws import normal, own_key, poisson, purpose, stream_key, uniform

POOL = purpose("processes.pool")


@dataclass
class Practices:
    """What a firm has met and adopted; ``saved`` in currency a purchase, ``impact`` in value."""

    met: int = 0
    adopted: int = 0
    saved: float = 0.0
    impact: float = 0.0


def firm_state(model, firm) -> Practices:
    """Return what is kept of a firm that has met nothing yet."""
    return Practices()


def pool(p, seed: int, week: int, row: int) -> list[tuple[float, float]]:
    """Return the processes a firm meets: saving as a part of unit cost, and impact in value."""
    key = own_key(stream_key(seed, POOL, week), row)
    other = np.sqrt(max(0.0, 1.0 - p.correlation * p.correlation))
    found = []
    for k in range(poisson(uniform(key, 0), p.processes)):
        one, two = normal(uniform(key, 1 + 2 * k)), normal(uniform(key, 2 + 2 * k))
        found.append((p.saving_sd * one, p.impact_sd * float(p.correlation * one + other * two)))
    return found


def worth(model, firm, saving: float, impact: float) -> float:
    """Return what adopting a process is worth to a firm by its own estimate, in currency a quarter."""
    bought = model.quarter["purchases"][:-1]
    share = bought[firm.row] / max(1, int(bought.sum()))
    change = firm.estimated_equity * model.setting.choice.value_weight * impact * (1.0 - share)
    money = saving * firm.unit_cost * float(bought[firm.row])
    return float(money + firm.levers.organisation.objective * change)


def review(model) -> None:
    """Phase 13: let each firm look at the processes it meets, and adopt what is worth it."""
    p = model.setting.organisation
    if not p.active:
        return
    changed = False
    for firm in model.firms:
        if not firm.active:
            continue
        for saving, impact in pool(p, model.seed, model.week, firm.row):
            firm.processes.met += 1
            if worth(model, firm, saving, impact) <= 0.0:
                continue
            cost = max(0.0, firm.unit_cost * (1.0 - saving))
            firm.processes.adopted += 1
            firm.processes.saved += firm.unit_cost - cost
            firm.processes.impact += impact
            firm.unit_cost = cost
            firm.service_mean += impact
            changed = True
    if changed:
        model.firms_changed()
