"""Customers: the columns of all mechanisms together, their traits at the start, and each row seen as a Mesa agent."""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np
from scipy import special

from ecosim.columns import Column, Table, row_view, view_type
from ecosim.draws import agent_key, exp, normal, purpose, stream_key, uniform
from ecosim.jit import kernel
from ecosim.mechanisms import MECHANISMS

MEMBER = purpose("customers.membership")
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
def enrol(key, c, slots, chances, salience, expected, error):
    """Start each consideration set: provider j enters with probability ``chances[j]`` while a slot is free."""
    for i in range(c.ident.size):
        mine = agent_key(key, c.ident[i])
        s = 0
        for j in range(chances.size):
            if s < slots and uniform(mine, j) < chances[j]:
                c.provider[i, s] = j
                c.salience[i, s] = salience
                c.expected[i, s] = expected
                c.error[i, s] = error
                s += 1


def make_customers(setting: Any, seed: int, ident: np.ndarray, presence: np.ndarray) -> Table:
    """Return the table of customers with traits drawn by quantile function from one uniform each."""
    market, consideration = setting.market, setting.consideration
    sizes = {"n": ident.size, "k": consideration.slots, "f": market.firms}
    table = Table(COLUMNS, Customers, sizes)
    c = table.view
    c.ident[:] = ident

    def u(name: str) -> np.ndarray:
        return uniforms(stream_key(seed, purpose(f"trait.{name}"), 0), ident)

    needs = setting.needs
    c.need_rate[:] = special.gammaincinv(needs.shape, u("need_rate")) * (needs.rate / needs.shape)
    c.skill[:] = special.betaincinv(setting.experience.skill_a, setting.experience.skill_b, u("skill"))
    c.concern[:] = special.betaincinv(setting.recovery.concern_a, setting.recovery.concern_b, u("concern"))
    c.capacity[:] = lognormal(u("capacity"), setting.attention.capacity, setting.attention.capacity_sd)
    sd = setting.talk.propensity_sd
    c.talk[:] = lognormal(u("talk"), float(exp(-0.5 * sd * sd)), sd)
    c.price_sensitivity[:] = lognormal(u("price_sensitivity"), 1.0, setting.choice.price_sensitivity_sd)
    c.ideal_contact[:] = lognormal(u("ideal_contact"), setting.trust.ideal_contact, setting.trust.ideal_contact_sd)
    c.segment[:] = np.minimum(u("segment") * market.segments, market.segments - 1).astype(np.uint8)
    c.taste[:] = taste_spread(setting) * standard_normal(u("taste"))
    chances = np.minimum(1.0, consideration.membership * presence)
    enrol(
        stream_key(seed, MEMBER, 0), c, consideration.slots, chances, consideration.purchase_gain,
        setting.trust.expected_start, setting.insight.prior_variance,
    )  # fmt: skip
    return table


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
