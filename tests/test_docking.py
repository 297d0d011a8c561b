"""Docking: the model and a plain Mesa model of the same rules end in the same state, to the last bit."""

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest

from ecosim.model import Ecosystem
from ecosim.parameters import build
from ecosim.setting import Setting
from ecosim.strategies import Levers, Strategy

sys.path.insert(0, str(Path(__file__).parent / "reference"))

from plain_mesa import COUNTS, PlainMarket, customer_weeks_per_second

SMALL = {"market": {"customers": 300, "firms": 5}}
LOUD = {"attention": {"load": 1.0}, "trust": {"reactance": 0.3, "ideal_contact": 0.5}}
COMPANY = {"contact": {"dialogue": 0.1}, "insight": {"personalisation": 0.3}, "offer": {"experience": 0.1}}
CUSTOMER = {
    "contact": {"control": 0.9, "dialogue": 0.3},
    "insight": {"personalisation": 0.8},
    "offer": {"self_service": "optional", "experience": 0.4},
}
SHARED = {
    "contact": {"control": 0.5, "dialogue": 0.9, "influencer_focus": 0.7},
    "insight": {"personalisation": 0.6},
    "offer": {"self_service": "optional", "experience": 0.5},
}
FORCED = {"offer": {"self_service": "forced"}}


class Nervous(Strategy):
    """Cedes control in a week of losses, and otherwise the more the less cash there is."""

    def decide(self, view):
        ease = min(1.0, max(0.0, view.cash / 1e7))
        contact = dataclasses.replace(view.levers.contact, control=1.0 if view.profit < 0 else 1.0 - ease)
        return dataclasses.replace(view.levers, contact=contact)


class Farsighted(Strategy):
    """Cedes the more control the more the firm thinks its customers are worth."""

    def decide(self, view):
        control = min(1.0, max(0.0, view.estimated_equity / 1e4))
        return dataclasses.replace(view.levers, contact=dataclasses.replace(view.levers.contact, control=control))


def merged(*changes):
    """Join nested changes of a setting, later ones winning."""
    out = {}
    for change in changes:
        for group, values in change.items():
            out[group] = {**out.get(group, {}), **values}
    return out


def strategy(levers, name="any", kind=Strategy):
    return kind(name, build(Levers, levers))


MIXED = [strategy(levers) for levers in (COMPANY, CUSTOMER, SHARED, FORCED, CUSTOMER)]
UNEQUAL = {"shares": (0.4, 0.25, 0.2, 0.1, 0.05), "availability_floor": 0.6, "quality_spread": 0.1, "coverage": 0.7}

TALKERS = ("talks", "peer_processed", "passed_on", "answers")
CASES = {
    "company managed": ({}, strategy(COMPANY), ("sent", "purchases", "repeat", "push_processed")),
    "customer managed, loud": (
        merged(LOUD, {"recovery": {"consent_risk": 0.02}}),
        strategy(CUSTOMER),
        ("invited", "tool_uses", "met"),
    ),
    "all kinds, unequal, recovery at once": (
        merged(
            LOUD,
            {"market": {**UNEQUAL, "presence_exponent": 1.15}, "recovery": {"delay": 0, "consent_risk": 0.02}},
            {"talk": {"earshot": 1.0, "listening": 10_000.0}, "experience": {"elasticity": -2.0}},
        ),
        MIXED,
        ("invited", "recovered", "tool_uses"),
    ),
    "communities, influencers, relevance": (
        merged(
            {"attention": {"load": 2.0, "relevance_gain": 0.5}, "network": {"kind": "barabasi_albert"}},
            {"talk": {"base": 0.3, "community": 5, "earshot": 0.8}, "recovery": {"consent_risk": 0.01, "delay": 3}},
        ),
        strategy(SHARED),
        (*TALKERS, "invited", "heard", "recovered"),
    ),
    "outside option, complete network": (
        merged(
            {"choice": {"outside_utility": 0.0, "notice": 0.5}, "network": {"kind": "complete"}},
            {"talk": {"base": 0.5, "surprise": 1.0}, "needs": {"rate": 0.4, "season_amplitude": 0.5}},
        ),
        strategy(SHARED),
        (*TALKERS, "unmet", "noticed"),
    ),
    "blocks, small sets, much talk": (
        merged(
            {"network": {"kind": "stochastic_block"}, "consideration": {"slots": 2, "floor": 0.1, "push_gain": 0.4}},
            {"needs": {"rate": 0.5}, "talk": {"base": 0.4}, "attention": {"load": 0.5, "peer_weight": 0.5}},
        ),
        MIXED,
        (*TALKERS, "met", "delighted", "disappointed"),
    ),
    "debts and exits": (
        {
            "market": {"cash": 0.0, "unit_cost": 1.2, "patience": 1, "availability_floor": 0.5},
            "recovery": {"cost": 2.0},
            "talk": {"earshot": 1.0, "listening": 5000.0},
            "choice": {"outside_utility": -1.0},
        },
        MIXED,
        ("recovered", "unmet"),
    ),
    "adaptive, sparse": (
        {"network": {"kind": "erdos_renyi", "mean_degree": 1.5}, "search": {"threshold": 0.2}},
        strategy(COMPANY, kind=Nervous),
        ("answers", "repeat"),
    ),
}


def worlds(changes, line_up, seed=7):
    setting = build(Setting, merged(SMALL, changes))
    return Ecosystem(setting, line_up, seed=seed, threads=1), PlainMarket(setting, line_up, seed=seed)


def assert_same(model, plain):
    """Compare two worlds count by count, column by column, account by account; say where they first differ."""
    week = f"week {plain.week}"
    for name in COUNTS:
        mine, theirs = np.asarray(model.counts[name]).tolist(), plain.counts[name]
        assert mine == theirs, f"{week}: count {name!r} is {mine} in the model, {theirs} in the plain model"
    assert model.ledger.accounts.tolist() == plain.accounts(), f"{week}: accounts differ"
    for name, theirs in plain.columns().items():
        mine = getattr(model.customers, name)
        differ = np.argwhere(mine != theirs)
        if differ.size:
            at = tuple(differ[0].tolist())
            raise AssertionError(
                f"{week}: column {name!r} differs at {at}, and {len(differ) - 1} more: {mine[at]!r} in the model, "
                f"{theirs[at]!r} in the plain model"
            )
    for mine, theirs in zip(model.firms, plain.firms, strict=True):
        for name in ("active", "quarters_in_debt", "levers"):
            a, b = getattr(mine, name), getattr(theirs, name)
            assert a == b, f"{week}: firm {mine.row}: {name} is {a} in the model, {b} in the plain model"
    assert model.digest() == plain.digest(), f"{week}: everything compared is equal, but the digests are not"


def walk_together(model, plain, weeks):
    """Step both worlds, comparing them every week; return the total of every count."""
    totals = dict.fromkeys(COUNTS, 0)
    for _ in range(weeks):
        model.step()
        plain.step()
        assert_same(model, plain)
        for name in COUNTS:
            totals[name] += sum(plain.counts[name])
    return totals


@pytest.mark.parametrize("name", CASES)
def test_worlds_agree_every_week(name):
    changes, line_up, busy = CASES[name]
    model, plain = worlds(changes, line_up)
    assert_same(model, plain)
    totals = walk_together(model, plain, 60)
    model.close()
    idle = [count for count in busy if not totals[count]]
    assert not idle, f"this case is meant to exercise {idle}, and nothing of the kind happened"


def test_worlds_agree_after_a_change_of_world_and_strategy():
    model, plain = worlds(LOUD, strategy(COMPANY))
    walk_together(model, plain, 20)
    twin = model.branch()
    assert_same(twin, plain)
    changes = {"trust": {"memory": 0.9}, "insight": {"drift_sd": 0.03}, "choice": {"taste_sd": 2.0}}
    setting = build(Setting, merged(SMALL, changes))
    for world in (twin, plain):
        world.change_setting(setting)
        world.firms[1].adopt(strategy(CUSTOMER))
    walk_together(twin, plain, 30)
    assert twin.digest() != model.digest()
    twin.close()
    model.close()


def test_firms_agree_on_what_their_customers_are_worth():
    model, plain = worlds({}, strategy(COMPANY, kind=Farsighted))
    for _ in range(40):
        model.step()
        plain.step()
        mine, theirs = ([firm.estimated_equity for firm in world.firms] for world in (model, plain))
        assert mine == theirs, f"week {plain.week}: {mine} in the model, {theirs} in the plain model"
        assert_same(model, plain)
    model.close()


def test_worlds_agree_on_weighted_ties(tmp_path):
    rows = [f"{i} {(i + step) % 300} {0.25 * step + 0.001 * i}" for i in range(300) for step in (1, 2, 5)]
    path = tmp_path / "ties.txt"
    path.write_text("\n".join(["a b weight", *rows]))
    network = {"kind": "edge_list", "path": str(path)}
    model, plain = worlds({"network": network, "attention": {"load": 1.0}, "talk": {"base": 0.4}}, MIXED)
    totals = walk_together(model, plain, 30)
    assert all(totals[name] for name in TALKERS)
    model.close()


def test_exits_and_communities_happen():
    for name in ("debts and exits", "communities, influencers, relevance"):
        changes, line_up, _ = CASES[name]
        _, plain = worlds(changes, line_up)
        for _ in range(40):
            plain.step()
        if name == "debts and exits":
            assert not all(firm.active for firm in plain.firms)
        else:
            assert sum(len(customer.community) for customer in plain.customers) > len(plain.customers)


def test_speed_is_measured():
    setting = build(Setting, SMALL)
    assert customer_weeks_per_second(setting, strategy(COMPANY), 1, 2) > 0


def test_money_is_constant():
    _, plain = worlds({}, MIXED)
    for _ in range(14):
        plain.step()
        assert sum(plain.accounts()) == 0
