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
from ecosim.mechanisms.inbox import most_processed
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
def silence(rate, best, quiet, clear):
    """Fill ``quiet`` and ``clear`` with the probabilities of no open message and of no lost one (see `inbox`)."""
    for k in range(rate.shape[0]):
        for j in range(rate.shape[1]):
            quiet[k, j] = exp(-best * rate[k, j])
            clear[k, j] = exp(-(1.0 - best) * rate[k, j])


def aim(f, j: int, lever, degrees: np.ndarray, counts: np.ndarray) -> None:
    """Write what the contact levers of firm ``j`` make of its cadence into the arrays that customers meet.

    ``degrees`` and ``counts`` [classes] are the degrees there are, and of how many customers. The part of the cadence
    that the more welcome of strangers and buyers get is ``push``, what each of them keeps of that ``kept``.
    """
    strangers = 1.0 - lever.control
    buyers = strangers if lever.control_buyers < 0 else 1.0 - lever.control_buyers
    most = max(strangers, buyers)
    f.push[j] = most
    f.kept[:, j] = (strangers / most, buyers / most) if most > 0 else 1.0
    focus = np.empty(degrees.size)
    targeting(degrees, counts, lever.influencer_focus, focus)
    f.focus[:, j] = focus


@pass_kernel
def spread(f, budgets, invited, customers, cost, best):
    """Turn ``budgets`` [f], and what was ``invited`` [f] last week, into rates of messages and what follows."""
    for j in range(budgets.size):
        f.contact_limit[j] = budgets[j] / (customers * cost)
        cadence = max(0.0, f.contact_limit[j] - invited[j] / FIXED / customers)
        for k in range(f.rate.shape[0]):
            f.rate[k, j] = min(f.push[j] * cadence * f.focus[k, j], 100.0)
    silence(f.rate, best, f.quiet, f.clear)
    for k in range(f.rate.shape[0]):
        f.loudest[k] = 0.0
        for j in range(budgets.size):
            f.loudest[k] = max(f.loudest[k], f.rate[k, j] + f.contact_limit[j])


def plan(model) -> None:
    """Phase 3: turn budgets and contact levers into message rates per class of degree and firm."""
    budgets = np.array([firm.contact_budget if firm.active else 0.0 for firm in model.firms])
    cost, best = model.setting.contact.cost, most_processed(model.world.rules.attention)
    model.call(spread, model.world.firms, budgets, model.last["invited"], len(model.customers), cost, best)
