"""Customers: the columns of all mechanisms together, their traits at the start, and each row seen as a Mesa agent."""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np
from scipy import special

from ecosim.agents.quantiles import quantiles
from ecosim.columns import Column, Table, row_view, view_type
from ecosim.draws import agent_key, exp, normal, purpose, stream_key, uniform
from ecosim.jit import ThreadPool, kernel
from ecosim.mechanisms import MECHANISMS

MEMBER = purpose("customers.membership")
PIECE = 32_768
"""Customers whose traits are drawn at a time; the traits do not depend on it."""
OWN_COLUMNS = (
    Column("ident", "int32", 0, "identity, which keys every draw of the customer", "id", "n", 0, swept=True),
    Column("reach", "int32", 0, "class of equal degree in the network", "id", "n", 0, swept=True),
)
COLUMNS = OWN_COLUMNS + tuple(column for mechanism in MECHANISMS for column in mechanism.columns)
Customers = view_type("Customers", COLUMNS, __name__)


@kernel
def uniforms(key, ident):
    """Return one uniform per agent, ``[n] float64``."""
    values = np.empty(ident.size, np.float64)
    for i in range(ident.size):
        values[i] = uniform(agent_key(key, ident[i]), 0)
    return values


@kernel
def lognormal(u, median, sd):
    """Return lognormal quantiles, ``[n] float64``, by our own exp and normal."""
    values = np.empty(u.size, np.float64)
    for i in range(u.size):
        values[i] = median * exp(sd * normal(u[i]))
    return values


@kernel
def enrol(key, c, lo, hi, slots, chances, salience, expected, error):
    """Start each consideration set: provider j enters with probability ``chances[j]`` while a slot is free."""
    for i in range(lo, hi):
        mine = agent_key(key, c.ident[i])
        s = 0
        for j in range(chances.size):
            if s < slots and uniform(mine, j) < chances[j]:
                c.provider[i, s] = j
                c.salience[i, s] = salience
                c.expected[i, s] = expected
                c.error[i, s] = error
                s += 1


def make_customers(setting: Any, seed: int, ident: np.ndarray, presence: np.ndarray, pool: Any = None) -> Table:
    """Return the table of customers with traits drawn by quantile function from one uniform each.

    ``pool`` is a `ThreadPool` to share the work out, the caller's thread if None; a customer's traits are his alone.
    """
    sizes = {"n": ident.size, "k": setting.consideration.slots, "f": setting.market.firms}
    table = Table(COLUMNS, Customers, sizes)
    table.view.ident[:] = ident
    chances = np.minimum(1.0, setting.consideration.membership * presence)
    pieces = -(-ident.size // PIECE)

    def draw(n: int) -> None:
        lo, hi = n * PIECE, min((n + 1) * PIECE, ident.size)
        draw_traits(setting, seed, table.view, slice(lo, hi))
        enrol(
            stream_key(seed, MEMBER, 0), table.view, lo, hi, setting.consideration.slots, chances,
            setting.consideration.purchase_gain, setting.trust.expected_start, setting.insight.prior_variance,
        )  # fmt: skip

    (pool or ThreadPool(1)).map(draw, pieces)
    return table


def draw_traits(setting: Any, seed: int, c: Any, rows: slice) -> None:
    """Fill the traits of these rows of the columns ``c``."""

    def u(name: str) -> np.ndarray:
        return uniforms(stream_key(seed, purpose(f"trait.{name}"), 0), c.ident[rows])

    needs, market = setting.needs, setting.market
    c.need_rate[rows] = quantiles(special.gammaincinv, (needs.shape,), u("need_rate"), needs.rate / needs.shape)
    skill, concern = setting.experience, setting.recovery
    c.skill[rows] = quantiles(special.betaincinv, (skill.skill_a, skill.skill_b), u("skill"))
    c.concern[rows] = quantiles(special.betaincinv, (concern.concern_a, concern.concern_b), u("concern"))
    c.capacity[rows] = lognormal(u("capacity"), setting.attention.capacity, setting.attention.capacity_sd)
    sd = setting.talk.propensity_sd
    c.talk[rows] = lognormal(u("talk"), float(exp(-0.5 * sd * sd)), sd)
    c.price_sensitivity[rows] = lognormal(u("price_sensitivity"), 1.0, setting.choice.price_sensitivity_sd)
    c.ideal_contact[rows] = lognormal(u("ideal_contact"), setting.trust.ideal_contact, setting.trust.ideal_contact_sd)
    c.segment[rows] = np.minimum(u("segment") * market.segments, market.segments - 1).astype(np.uint8)
    c.taste[rows] = taste_spread(setting) * standard_normal(u("taste"))


@kernel
def standard_normal(u):
    """Return standard normal quantiles, ``[n] float64``."""
    values = np.empty(u.size, np.float64)
    for i in range(u.size):
        values[i] = normal(u[i])
    return values


def taste_spread(setting: Any) -> float:
    """Return the spread of taste around its segment's centre at the start: stationary, at most that of a stranger."""
    p = setting.insight
    keep = (1.0 - p.drift_pull) ** 2
    variance = p.prior_variance if keep >= 1.0 else min(p.prior_variance, p.drift_sd**2 / (1.0 - keep))
    return float(np.sqrt(variance))


class Customer(mesa.Agent):
    """One customer: a view of row ``row`` of its model's columns, such as ``customer.skill``."""

    def __init__(self, model: Any, row: int) -> None:
        super().__init__(model)
        self.row = row

    @property
    def neighbours(self) -> list[Customer]:
        """The customers this one is tied to in the network."""
        return self.model.neighbours_of(self.row)

    @property
    def considered(self) -> dict[int, float]:
        """Salience of each provider considered, at the last touch of the row."""
        rows = self.model.customers
        here = rows.provider[self.row] >= 0
        return dict(zip(rows.provider[self.row][here].tolist(), rows.salience[self.row][here].tolist(), strict=True))


for _name, _property in row_view(COLUMNS).items():
    setattr(Customer, _name, _property)
