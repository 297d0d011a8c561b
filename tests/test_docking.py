"""Docking: the model and a plain Mesa model of the same rules end in the same state, to the last bit.

The plain model lives the customers' side of the world, and what firms do towards customers: contact, insight, offer,
bids, books, decisions. What firms do among themselves and within (innovation, partners, deployment, organisation) is
switched off here and tested elsewhere. The model's own digest covers the state of that too, so the two worlds are
compared by a digest of columns, accounts and rebates expected, and firm by firm.
"""

import ast
import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest
from worlds import python

from ecosim.agents.customers import COLUMNS
from ecosim.conf import request
from ecosim.model import Ecosystem
from ecosim.parameters import build
from ecosim.setting import Setting
from ecosim.strategies import Levers, Strategy

sys.path.insert(0, str(Path(__file__).parent / "reference"))

from plain_mesa import COUNTS, PlainMarket
from plain_state import digest

SMALL = {
    "market": {"customers": 300, "firms": 5},
    "innovation": {"active": False},
    "organisation": {"active": False},
    "deployment": {"active": False},
    "partners": {"number": 0},
}
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
CUSTODY = {
    "insight": {"personalisation": 0.8, "data": 0.6, "custody": 0.7, "profiles": 0.3},
    "contact": {"dialogue": 0.5},
}
TOGETHER = {
    "contact": {"control": 0.5, "dialogue": 0.5},
    "insight": {"personalisation": 0.9, "data": 0.4, "profiles": 0.5, "participation": 0.5, "custody": 0.2},
    "innovation": {"customers": 0.5, "share": 0.3, "governance": 0.4},
}
HYBRID = {"contact": {"control": 0.2, "control_buyers": 0.8, "influencer_focus": 0.5}}
REVERSED = {"contact": {"control": 0.9, "control_buyers": 0.1}, "insight": {"personalisation": 0.5}}
OPEN = {
    "offer": {"self_service": "optional", "open_tool": True, "extensibility": 0.8, "experience": 0.3},
    "insight": {"personalisation": 0.7, "custody": 0.4, "data": 0.5},
}
HALF_OPEN = {"offer": {"self_service": "forced", "open_tool": True, "extensibility": 0.5}}


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

EXCHANGE = [strategy(levers) for levers in (CUSTODY, TOGETHER, HYBRID, REVERSED, TOGETHER)]
PLATFORMS = [strategy(levers) for levers in (OPEN, HALF_OPEN, COMPANY, OPEN, CUSTODY)]
SPY = strategy({"insight": {"personalisation": 1.0}})
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
        (*TALKERS, "invited", "heard", "recovered", "influenced"),
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
    "custody and withdrawal": (
        merged(
            LOUD,
            {"recovery": {"data_risk": 0.05, "consent_risk": 0.03}, "needs": {"rate": 0.4}},
            {"trust": {"loss_asymmetry": 4.0, "memory": 0.9, "intrusion": 0.5}, "market": {"service_sd": 0.4}},
        ),
        [strategy(CUSTODY), SPY, *EXCHANGE[:3]],
        ("recorded", "readable", "profiles_read", "withdrawn"),
    ),
    "profiles and participation": (
        merged(
            {"insight": {"budget": 0.2}, "participation": {"effort": 0.02}, "recovery": {"data_risk": 0.02}},
            {"talk": {"base": 0.3}, "needs": {"rate": 0.5}},
        ),
        EXCHANGE,
        ("readable", "profiles_read", "invitations", "interviews", "refusals"),
    ),
    "different contact with strangers and buyers": (
        merged(LOUD, {"contact": {"budget": 0.3, "cost": 0.001}, "recovery": {"consent_risk": 0.02}}),
        [strategy(HYBRID), strategy(REVERSED), strategy(HYBRID), strategy(COMPANY), strategy(REVERSED)],
        ("sent", "push_processed", "invited"),
    ),
    "intents and bids": (
        {
            "intents": {"answering": 0.6, "risk": 1.0, "smoothing": 0.3},
            "choice": {"price_weight": 4.0, "salience_weight": 0.2},
            "needs": {"rate": 0.4},
            "trust": {"loss_asymmetry": 4.0},
            "market": {"service_sd": 0.5},
        },
        EXCHANGE,
        ("intents", "bids_won", "rebates", "silence"),
    ),
    "intents and an outside option, small sets": (
        {
            "intents": {"answering": 1.0, "start": 0.5, "fee": 0.2},
            "choice": {"price_weight": 3.0, "outside_utility": -1.0},
            "consideration": {"slots": 2, "membership": 1.0},
            "market": {"availability_floor": 0.5, "shares": UNEQUAL["shares"], "cash": 0.1, "patience": 1},
        },
        MIXED,
        ("intents", "bids_won", "rebates", "unmet"),
    ),
    "open tools and platforms": (
        {
            "market": {"coverage": 0.7, "availability_floor": 0.7},
            "experience": {"platform_uptake": 0.6, "missing_cost": 0.15, "tool_effort": 0.05, "fit_weight": 2.0},
            "consideration": {"decay": 0.999, "interference": 0.95},
            "recovery": {"data_risk": 0.02},
        },
        PLATFORMS,
        ("trials", "trial_effort", "tau_saved", "tool_uses", "owners"),
    ),
    "one customer with tools to try": (
        {
            "market": {"customers": 1},
            "network": {"kind": "complete"},
            "needs": {"rate": 3.0},
            "experience": {"tool_effort": 0.0, "fit_weight": 2.0},
        },
        PLATFORMS,
        ("purchases",),
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
    for name, mine in model.counts.items():
        theirs = plain.counts.get(name, [0] * (len(plain.firms) + 1))
        mine = np.asarray(mine).tolist()
        assert mine == theirs, f"{week}: count {name!r} is {mine} in the model, {theirs} in the plain model"
    assert model.ledger.accounts.tolist() == plain.accounts(), f"{week}: accounts differ"
    profit, sales = model.ledger.quarter_profit().tolist(), model.ledger.quarter[0].tolist()
    assert profit == [firm.profit for firm in plain.firms], f"{week}: profits since the quarter began differ"
    assert sales == [firm.sales for firm in plain.firms], f"{week}: sales since the quarter began differ"
    bids = {j: int(rebate) for j, rebate in enumerate(model.world.firms.discount) if rebate >= 0}
    assert bids == {firm.row: firm.discount for firm in plain.bidders}, f"{week}: bids differ"
    assert model.intent_benefit == plain.intent_benefit, f"{week}: rebates expected differ"
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
        for name in ("active", "quarters_in_debt", "levers", "closing", "over_claim", "estimated_equity"):
            a, b = getattr(mine, name), getattr(theirs, name)
            assert a == b, f"{week}: firm {mine.row}: {name} is {a} in the model, {b} in the plain model"
    mine = {column.name: np.ascontiguousarray(getattr(model.customers, column.name)) for column in COLUMNS}
    found = digest(model.week, mine, model.ledger.accounts, model.intent_benefit)
    assert found == plain.digest(), f"{week}: everything compared is equal, but the digests are not"


def walk_together(model, plain, weeks):
    """Step both worlds, comparing them every week; return the total of every count."""
    totals = dict.fromkeys((*COUNTS, "withdrawn", "refusals", "silence", "owners"), 0)
    sharing = set()
    for _ in range(weeks):
        model.step()
        plain.step()
        assert_same(model, plain)
        for name in COUNTS:
            totals[name] += sum(plain.counts[name])
        before, sharing = sharing, ties(plain, "shares_data")
        totals["withdrawn"] += len({tie for tie in before - sharing if tie in ties(plain, "first_week")})
        totals["refusals"] += sum(plain.counts["invitations"]) - sum(plain.counts["interviews"])
        totals["silence"] += sum(c.needs for c in plain.customers) - sum(plain.counts["intents"])
        totals["owners"] = len(ties(plain, "owns_platform"))
    return totals


def ties(plain, name):
    """Return who and whom, where something named is between a customer and a firm of the plain model."""
    return {(c.ident, r.provider) for c in plain.customers for r in c.slots if getattr(r, name)}


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


def test_worlds_agree_while_firms_close_deals_and_promise_too_much():
    """Closing and over-claim come and go, as staff are paid for deals or not; one firm presses, one lies, one both."""
    model, plain = worlds(merged(LOUD, {"contact": {"budget": 0.2}, "needs": {"rate": 0.4}}), strategy(COMPANY))
    pressed = []
    for closing, over_claim in ((0.3, 0.0), (0.0, 0.3), (2.0, 0.2)):
        for world in (model, plain):
            world.firms[0].closing = closing
            world.firms[1].over_claim = over_claim
            world.firms[2].closing, world.firms[2].over_claim = closing / 2, over_claim
            world.firms_changed()
        walk_together(model, plain, 12)
        pressed.append(ties(plain, "approached"))
    assert all(pressed)
    assert {firm for _, firm in pressed[-1]} == {0, 2}
    model.close()


def test_a_firm_reaps_the_share_it_would_have_without_a_rebate():
    """Bids undercut the list price where customers mind the price, and not where they do not."""
    for weight, undercut in ((4.0, True), (0.0, False)):
        changes = {"intents": {"answering": 1.0, "effort": 0.0, "risk": 0.0}, "choice": {"price_weight": weight}}
        _, plain = worlds(changes, strategy(COMPANY))
        plain.step()
        assert all((firm.discount > 0) == undercut for firm in plain.bidders)
        assert len(plain.bidders) == 5


def test_firms_agree_on_what_their_customers_are_worth():
    model, plain = worlds({}, strategy(COMPANY, kind=Farsighted))
    for _ in range(40):
        model.step()
        plain.step()
        mine, theirs = ([firm.estimated_equity for firm in world.firms] for world in (model, plain))
        assert mine == theirs, f"week {plain.week}: {mine} in the model, {theirs} in the plain model"
        assert_same(model, plain)
    model.close()


@pytest.mark.parametrize("strength", [0.0, 0.7])
def test_worlds_agree_on_weighted_ties(strength, tmp_path):
    rows = [f"{i} {(i + step) % 300} {0.25 * step + 0.001 * i}" for i in range(300) for step in (1, 2, 5)]
    path = tmp_path / "ties.txt"
    path.write_text("\n".join(["a b weight", *rows]))
    network = {"kind": "edge_list", "path": str(path)}
    model, plain = worlds({"network": network, "attention": {"load": 1.0},
                           "talk": {"base": 0.4, "tie_strength": strength}}, MIXED)  # fmt: skip
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


def test_the_plain_model_runs_under_batch_run():
    """In a process of its own, for Mesa's batch runner changes how a process starts others; it tells of Step 2 of 3."""
    code = (
        "import sys; sys.path.insert(0, 'tests/reference'); from mesa_batch import batch\n"
        "print([{key: row[key] for key in ('world_seed', 'Step', 'purchases')} for row in batch(60, 3, 2, 1)])"
    )
    found = {row["world_seed"]: row for row in ast.literal_eval(python(code))}
    asked = request("run", ["customers=60"])
    for seed in (1, 2):
        plain = PlainMarket(asked.setting, asked.strategies[0], seed)
        for _ in range(found[seed]["Step"]):
            plain.step()
        assert plain.week == 2
        assert found[seed]["purchases"] == sum(plain.counts["purchases"]) > 0


def test_money_is_constant():
    _, plain = worlds({}, MIXED)
    for _ in range(14):
        plain.step()
        assert sum(plain.accounts()) == 0
