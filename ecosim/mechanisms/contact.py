"""Contact plans (levers L1-L3): whom each firm writes to, and how often.

    limit     c_f = budget / (customers x contact cost)                       messages per customer and week
    cadence   (1 - L1) max(0, c_f - invited last week) q_i,   q_i in proportion to (degree + 1)^L3, mean 1;
              L1 may differ towards strangers and towards those who have bought
    invited   min(n*_i, c_f) for each customer who gave leave

Invitations are served first and the cadence is set on what is left, so no plan spends more than its
budget, as far as last week's invitations tell; what is
not spent is profit. The message's cost is paid to media. Targets are a rate, not a sample.

Source: seeding by degree: Hinz et al. 2011; permission marketing: Godin 1999.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ecosim.draws import exp, log
from ecosim.jit import pass_kernel
from ecosim.mechanisms.base import FIXED
from ecosim.parameters import Parameters, param


@dataclass(frozen=True)
class ContactMarket(Parameters):
    """What contacting customers costs."""

    cost: float = param(0.002, "price of one message", unit="money", low=1e-4, high=1000, sweep=(0.0005, 0.006))
    budget: float = param(0.05, "contact budget as a share of the sales a firm would make at its starting share",
                          low=0, high=10, build=True)  # fmt: skip
    budget_exponent: float = param(1.0, "contact budgets are in proportion to share to this power", low=0, high=5,
                                   build=True)  # fmt: skip


@pass_kernel
def targeting(degrees, counts, focus, out):
    """Fill ``out`` [classes] with (degree + 1)^focus, scaled to mean 1 over customers."""
    total, n = 0.0, 0
    for k in range(degrees.size):
        out[k] = exp(focus * log(1.0 + degrees[k]))
        total += out[k] * counts[k]
        n += counts[k]
    for k in range(degrees.size):
        out[k] *= n / total


@pass_kernel
def silence(rate, quiet):
    """Fill ``quiet`` with exp(-rate), the probability of no message."""
    for k in range(rate.shape[0]):
        for j in range(rate.shape[1]):
            quiet[k, j] = exp(-rate[k, j])


def plan(model) -> None:
    """Phase 3: turn budgets and contact levers into message rates per class of degree and firm."""
    f, n = model.world.firms, len(model.customers)
    focus: dict[float, np.ndarray] = {}
    for firm in model.firms:
        j, lever = firm.row, firm.levers.contact
        limit = firm.contact_budget / (n * model.setting.contact.cost) if firm.active else 0.0
        invited = model.last["invited"][j] / FIXED / n
        power = lever.influencer_focus
        if power not in focus:
            focus[power] = np.empty(f.rate.shape[0])
            targeting(model.degrees, model.degree_counts, power, focus[power])
        f.contact_limit[j] = limit
        pushes = np.array(
            [1.0 - lever.control, 1.0 - (lever.control if lever.control_buyers < 0 else lever.control_buyers)]
        )
        f.kept[:, j] = pushes / pushes.max() if pushes.max() > 0 else 1.0
        f.rate[:, j] = pushes.max() * max(0.0, limit - invited) * focus[power]
    np.minimum(f.rate, 100.0, out=f.rate)
    silence(f.rate, f.quiet)
    f.loudest[:] = (f.rate + f.contact_limit).max(axis=1)
