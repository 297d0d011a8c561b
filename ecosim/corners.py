"""Corners of the model whose answer is known: settings that switch mechanisms off until a published model is left.

    BARE      everybody considers all firms for ever; nobody talks, asks, writes or minds; utility is value and price
    logit     BARE, asked for demand at given prices, with the same luck at every price: a mixed logit (McFadden 1974)
    bass      a new firm that is met through its own messages and through buyers' talk (Bass 1969)

What a corner leaves is the model's own phases and kernels, not a copy of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ecosim.model import Ecosystem
from ecosim.networks import Graph
from ecosim.parameters import build
from ecosim.setting import Setting
from ecosim.strategies import Contact, Insight, Levers, Offer, Strategy

Changes = Mapping[str, Mapping[str, Any]]

CORE: Changes = {"innovation": {"active": False}, "organisation": {"active": False}, "deployment": {"active": False}}
"""Firms that neither innovate nor change within nor buy systems: what is left is customers, and firms towards them."""

BARE: Changes = {
    **CORE,
    "network": {"kind": "complete"},
    "contact": {"budget": 0.0},
    "consideration": {"membership": 100.0, "decay": 1.0, "interference": 1.0, "floor": 0.0},
    "trust": {"intrusion": 0.0},
    "choice": {
        "salience_weight": 0.0, "taste_sd": 0.0, "price_sensitivity_sd": 0.0, "notice": 0.0, "effort_weight": 0.0,
    },
    "needs": {"rate": 5.0, "shape": 1e6},
    "talk": {"base": 0.0, "surprise": 0.0, "propensity_sd": 0.0},
    "search": {"threshold": 1.0},
}  # fmt: skip
"""Everybody considers all firms for ever, nobody talks, asks, writes or minds, and utility is value and price alone."""

PLAIN = Strategy("plain", Levers(Contact(control=0.0), Insight(), Offer(self_service="none")))


def merged(*layers: Changes) -> dict[str, dict[str, Any]]:
    """Return nested changes laid over each other, later ones winning."""
    result: dict[str, dict[str, Any]] = {}
    for layer in layers:
        for group, values in layer.items():
            result[group] = {**result.get(group, {}), **values}
    return result


def setting(*layers: Changes) -> Setting:
    """Return the default setting under these nested changes."""
    return build(Setting, merged(*layers))


class LogitMarket:
    """Customers with five needs a week on the mean who choose by value and price alone, with fixed luck.

    Value is the same for all firms, price weighs 1 and there is no outside option, so that expected shares are those of
    a multinomial logit with scale 1: exp(-p_j) over the sum of them.
    """

    def __init__(self, customers: int, firms: int, seed: int) -> None:
        world = {"market": {"customers": customers, "firms": firms, "unit_cost": 0.0},
                 "choice": {"price_weight": 1.0}}  # fmt: skip
        self._model = Ecosystem(setting(BARE, world), PLAIN, seed)
        self._model.customers.expected[:, :firms] = 0.5

    def shares(self, prices: Sequence[float] | np.ndarray) -> np.ndarray:
        """Return each firm's share of needs, ``[firms]``, in the first week at these prices."""
        model = self._model.branch()
        for firm, price in zip(model.firms, prices, strict=True):
            firm.price = float(price)
        model.firms_changed()
        model.step()
        found = np.bincount(np.concatenate([e.provider for e in model.events]), minlength=len(model.firms))
        model.close()
        return found / found.sum()


TALKATIVE = 1 - math.exp(-1.0)
"""Probability that a customer has a need in a week at rate 1, and so something to tell."""


def newcomer(*layers: Changes, customers: int, seed: int, chance: float, **more: Any) -> Ecosystem:
    """Return a market in which firm 1 is unknown, writes to everybody and is bought by whoever has heard of it.

    ``chance`` is the mean number of its messages to each customer a week. Firm 0 is known to all and dear; nothing is
    forgotten, nobody looks at shelves or asks, messages are all processed, and every buyer talks about what he bought.
    """
    world: Changes = {
        "market": {"customers": customers, "firms": 2, "shares": [1.0, 0.0], "unit_cost": 0.0,
                   "patience": 10_000},
        "consideration": {"membership": 1.0},
        "attention": {"load": 0.0, "capacity": 1e6, "capacity_sd": 0.0, "trust_gain": 0.0},
        "trust": {"reactance": 0.0},
        "needs": {"rate": 1.0},
        "talk": {"base": 1.0},
        "experience": {"fit_weight": 0.0},
    }  # fmt: skip
    model = Ecosystem(setting(BARE, world, *layers), PLAIN, seed, **more)
    model.firms[0].price, model.firms[1].price = 1000.0, 0.0
    model.firms_changed()
    model.firms[0].contact_budget = 0.0
    model.firms[1].contact_budget = chance * customers * model.setting.contact.cost
    return model


def aware(model: Ecosystem) -> float:
    """Return the share of customers who have firm 1 in mind."""
    return float((model.customers.provider == 1).any(axis=1).mean())


def bass(n: int, p: float, q: float, dt: float, periods: float, seed: int = 1, threads: int = 2) -> np.ndarray:
    """Return the share of adopters at the end of each step of length ``dt``, ``[steps + 1]``.

    * Innovation: firm 1 writes p dt messages a week to everybody, so that a stranger meets it with probability
      1 - exp(-p dt), a constant hazard.
    * Imitation: on the complete network a buyer talks in a week with probability t = 1 - exp(-1) and tells each other
      with probability k / (n - 1), k = q dt / t. Given a share F of adopters a stranger hears of firm 1 with
      probability 1 - (1 - t k / (n - 1))^(n F) = 1 - exp(-q dt F).

    Reports are read a week after they are told, and the adopters of last week are those who told them; so the curve
    follows F <- F + (1 - exp(-(p + q F) dt))(1 - F), whose small-step limit is Bass's F' = (p + q F)(1 - F).
    """
    model = newcomer({"talk": {"reach": q * dt / TALKATIVE}}, customers=n, seed=seed, chance=p * dt, threads=threads)
    curve = [0.0]
    for _ in range(round(periods / dt)):
        model.step()
        curve.append(aware(model))
    model.close()
    return np.array(curve)


def bass_recursion(p: float, q: float, dt: float, periods: float) -> np.ndarray:
    """Return what `bass` follows as n grows, ``[steps + 1]``."""
    curve = [0.0]
    for _ in range(round(periods / dt)):
        f = curve[-1]
        curve.append(f + (1 - math.exp(-(p + q * f) * dt)) * (1 - f))
    return np.array(curve)


def awareness(graph: Graph, chance: float, until: float, seed: int, most: int = 500, threads: int = 1) -> np.ndarray:
    """Return the share aware of firm 1 after each week, until it reaches ``until``: talk of the town with advertising.

    Everybody hears from the firm itself with probability ``chance`` a week, and from each tie that is aware with a
    probability equal to the tie's weight (Goldenberg, Libai & Muller 2001).
    """
    degree = float(graph.degree().max())
    model = newcomer(
        {"talk": {"reach": degree / TALKATIVE, "tie_strength": 1.0}}, customers=graph.n, seed=seed,
        chance=-math.log1p(-chance), graph=graph, threads=threads,
    )  # fmt: skip
    curve = [0.0]
    while curve[-1] < until and len(curve) <= most:
        model.step()
        curve.append(aware(model))
    model.close()
    return np.array(curve)
