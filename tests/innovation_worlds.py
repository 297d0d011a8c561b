"""Firms that innovate while customers stand still: sales and people are given, so months can be worked out by hand."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
from worlds import setting, world

from ecosim.ledger import UNIT, Ledger
from ecosim.mechanisms import belief, imitation, innovation, rights
from ecosim.strategies import Levers, Strategy
from ecosim.strategies import levers as groups

SMALL = {"market": {"customers": 40, "firms": 2, "segments": 2}, "network": {"mean_degree": 4.0}}
CLEAR = {"innovation": {"noise": 0.0, "belief_sd": 0.0, "belief_drift": 0.0, "copying": 0.0}}
"""A firm that knows what is wanted, judges without error, and is not copied."""


def school(integration=0.0, champion=0.0, extensibility=0.0, data=1.0, **new):
    """Return a strategy with these levers of innovation."""
    own = replace(groups.Organisation(), integration=integration, champion=champion)
    return Strategy(
        "school",
        Levers(
            insight=replace(groups.Insight(), data=data), offer=replace(groups.Offer(), extensibility=extensibility),
            innovation=groups.Innovation(**new), organisation=own,
        ),
    )  # fmt: skip


def still(*layers, line_up=None, seed=1, partners=(), people=(5.0, 5.0), skill=0.5):
    """Return a model whose firms have a quarter of equal sales behind them and ``people`` [g] taking part at each."""
    firms = setting(SMALL, *layers).market.firms
    model = world(SMALL, *layers, line_up=line_up or [school()] * firms, seed=seed)
    cash = model.ledger.accounts[: len(model.firms)].copy()
    model.partners = list(partners)
    model.ledger = Ledger(len(model.firms), len(partners))
    model.ledger.accounts[: len(model.firms)] = cash
    people = np.tile(np.asarray(people, float), (len(model.firms), 1))
    model.census = {"buyers": 4.0 * people + 8.0, "participants": people, "skill": skill * people}
    for _ in range(13):
        week(model)
    return model


def week(model, purchases=None):
    """Let a week pass in which each firm makes so many sales (10 if not given) at a price of 1."""
    model.week += 1
    rights.expire(model)
    model.ledger.open_week()
    sold = np.array([10] * len(model.firms) if purchases is None else purchases, np.int64)
    model.counts = {**model.counts, "purchases": np.append(sold, 0)}
    if model.week % 13 == 1:
        model.quarter = {name: 0 * total for name, total in model.quarter.items()}
    model.quarter["purchases"] = model.quarter["purchases"] + model.counts["purchases"]
    told = np.append(belief.census(model)["participants"].sum(axis=1), 0) / 4
    model.quarter["interviews"] = model.quarter["interviews"] + told.astype(np.int64)
    model.ledger.trade(model.week, "sales", sold * UNIT, to_firms=True)
    innovation.keep_books(model)


def month(model, purchases=None, copies=True):
    """Let four weeks pass, at the end of which firms innovate and copy."""
    for _ in range(4):
        week(model, purchases)
    innovation.innovate(model)
    if copies:
        imitation.imitate(model)


def partner(row, components, goal, firms=(0, 1), kind="supplier"):
    """Return a partner as firms meet it."""
    goal, components = np.asarray(goal, float), np.asarray(components, np.int64)
    return SimpleNamespace(row=row, components=components, goal=goal, firms=list(firms), kind=kind, active=True)


def market_weights(model):
    """Return the true weights of the market, ``[d]``."""
    return model.segment_sizes @ model.segment_weights / model.segment_sizes.sum()
