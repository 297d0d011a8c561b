"""Identities that hold in every week of every world: money, people, shares, counts, and columns within their ranges.

Hypothesis makes up small worlds, line-ups and levers; extreme worlds are listed by name.
"""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from worlds import MIXED, RICH, live, rich, world

from ecosim.ledger import OPERATING, to_money
from ecosim.mechanisms.base import APPROACHED, FIXED, PLATFORM
from ecosim.metrics import panel
from ecosim.metrics.equity import look
from ecosim.parameters import build, walk
from ecosim.records import Recorder
from ecosim.strategies import Levers, Strategy

UNITS = st.floats(0, 1)
FEW = {"innovation.testers": 200, "innovation.term": 30}
"""Levers whose range is too wide to be drawn from evenly, and the most to draw."""


def values_of(key, field):
    """Return the values that a lever may take, as hypothesis draws them."""
    info = field.metadata["info"]
    if info.choices:
        return st.sampled_from(info.choices)
    if isinstance(field.default, bool):
        return st.booleans()
    if isinstance(field.default, int):
        return st.integers(int(info.low), FEW.get(key, int(info.high)))
    return st.floats(info.low, info.high)


@st.composite
def levers(draw):
    """Return levers drawn from all five groups, each within its range."""
    found = {}
    for key, field in walk(Levers):
        group, name = key.split(".")
        found.setdefault(group, {})[name] = draw(values_of(key, field))
    return build(Levers, found)


LEVERS = levers()
NETWORKS = st.sampled_from(
    [
        {"kind": "complete"},
        {"kind": "ring", "mean_degree": 4.0},
        {"kind": "erdos_renyi", "mean_degree": 3.0},
        {"kind": "watts_strogatz", "mean_degree": 6.0},
        {"kind": "barabasi_albert", "mean_degree": 4.0},
    ]
)
CES = st.sampled_from([1.0, 0.0, -4.0])


@st.composite
def small_worlds(draw):
    """Return changes of the default setting and a line-up."""
    firms = draw(st.integers(2, 6))
    changes = {
        "market": {
            "customers": draw(st.integers(50, 300)),
            "firms": firms,
            "segments": draw(st.integers(1, 5)),
            "components": draw(st.integers(1, 9)),
            "shares": draw(st.lists(st.floats(0.1, 9), min_size=firms, max_size=firms)),
            "quality_spread": draw(st.floats(0, 1)),
            "coverage": draw(UNITS),
            "price": draw(st.floats(0, 3)),
            "unit_cost": draw(st.floats(0, 2)),
            "availability_floor": draw(UNITS),
            "cash": draw(st.floats(0, 3)),
            "patience": draw(st.integers(1, 2)),
        },
        "network": draw(NETWORKS),
        "contact": {"budget": draw(st.floats(0, 0.5)), "cost": draw(st.floats(1e-4, 0.01))},
        "attention": {"load": draw(st.sampled_from([0.0, 0.3, 5.0, 20.0])), "relevance_gain": draw(st.floats(0, 2))},
        "consideration": {"slots": draw(st.integers(1, 8)), "membership": draw(st.floats(0, 10))},
        "needs": {"rate": draw(st.floats(0, 2)), "season_amplitude": draw(UNITS)},
        "choice": {"outside_utility": draw(st.sampled_from([-100.0, -1.0, 1.0])), "notice": draw(UNITS)},
        "talk": {"base": draw(UNITS), "reach": draw(st.floats(0, 20)), "listening": draw(st.floats(0, 1e5))},
        "recovery": {"delay": draw(st.integers(0, 3)), "consent_risk": draw(UNITS), "data_risk": draw(UNITS)},
        "search": {"neighbours": draw(st.integers(0, 3)), "threshold": draw(UNITS)},
        "insight": {"budget": draw(UNITS), "profile_cost": draw(st.floats(1e-4, 0.1))},
        "participation": {"effort": draw(st.floats(0, 0.1)), "prize": draw(UNITS)},
        "experience": {"platform_uptake": draw(UNITS), "platform_saving": draw(UNITS), "elasticity": draw(CES)},
        "intents": {
            "answering": draw(UNITS), "effort": draw(st.floats(0, 0.1)), "risk": draw(UNITS), "fee": draw(UNITS),
            "start": draw(UNITS), "smoothing": draw(UNITS),
        },
        "partners": {"number": draw(st.integers(0, 3))},
        "entry": {"firms": draw(st.integers(0, 1)), "week": draw(st.integers(1, 16))},
    }  # fmt: skip
    return changes, draw(st.lists(LEVERS, min_size=firms, max_size=firms)), draw(st.integers(0, 2**63 - 1))


def check_money(model, before):
    """No money is made or lost; every transfer has two ends among firms, partners and outside; flows explain accounts.

    What customers and staff pay and are paid stands outside, so a firm's sales come from there and wages go there.
    """
    ledger = model.ledger
    assert ledger.accounts.sum() == 0
    assert ledger.outside == len(model.firms) + len(model.partners)
    booked, profit = np.zeros(ledger.accounts.size, np.int64), np.zeros(ledger.accounts.size, np.int64)
    for week, payer, payee, purpose, amount in ledger.journal:
        assert week == model.week
        assert amount > 0
        assert payer != payee
        assert {payer, payee} <= set(range(ledger.outside + 1))
        booked[payer] -= amount
        booked[payee] += amount
        profit[payer] -= amount * (purpose in OPERATING)
        profit[payee] += amount * (purpose in OPERATING)
    assert booked.tolist() == (ledger.accounts - before).tolist()
    assert booked[:-1].tolist() == ledger.flows.sum(axis=0).tolist()
    assert profit[:-1].tolist() == ledger.profit().tolist()


def check_counts(model):
    """What is processed was sent, what is bought was needed, what is heard was voiced, and so on."""
    n, f = model.counts, len(model.firms)
    assert all(np.all(count >= 0) for name, count in n.items() if name != "disconfirmation")
    assert np.all(n["push_processed"] <= n["sent"])
    assert np.all(n["peer_processed"] <= n["peer_received"])
    assert np.all(n["met"] <= n["peer_processed"])
    assert n["purchases"].sum() + n["unmet"].sum() == model.customers.needs.sum()
    assert np.all(n["heard"] <= n["voiced"])
    assert np.all(n["repeat"] <= n["purchases"])
    assert np.all(n["disappointed"] + n["delighted"] <= n["purchases"])
    assert np.all(n["praise"] <= n["talks"])
    assert np.all(n["passed_on"] <= n["talks"])
    assert np.all(n["talks"] <= n["purchases"])
    assert np.all(n["tool_uses"] <= n["purchases"])
    assert not n["purchases"][f:].any()
    check_sharing(model)
    check_intents(model)
    assert sum(e.customer.size for e in model.events) == model.customers.needs.sum()
    for e in model.events:
        assert np.all((e.provider >= -1) & (e.provider < f))
        assert np.all(np.isfinite(e.experience))
        assert np.all(e.gap >= 0)


def check_sharing(model):
    """What firms learn they learn from purchases; who gives an interview was invited; tools are tried with effort."""
    n, p = model.counts, model.setting.experience
    for name in ("recorded", "readable", "invitations"):
        assert np.all(n[name] <= n["purchases"]), name
    assert np.all(n["profiles_read"] <= n["readable"])
    assert np.all(n["interviews"] <= n["invitations"])
    assert np.all(n["trial_effort"] <= n["trials"] * p.tool_effort * FIXED)
    most = p.platform_saving * p.missing_cost * model.setting.market.components
    assert np.all(n["tau_saved"] <= n["purchases"] * most * FIXED)


def check_intents(model):
    """An intent is won once at most, by a firm that bids, and saves no more than its price."""
    n, f, discount = model.counts, len(model.firms), model.world.firms.discount
    assert n["bids_won"].sum() <= n["intents"].sum() <= model.customers.needs.sum()
    assert np.all(n["bids_won"] <= n["purchases"])
    assert np.all(n["rebates"][:f] == n["bids_won"][:f] * np.maximum(discount, 0))
    assert not n["bids_won"][:f][discount < 0].any()
    assert all(discount[firm.row] <= to_money(firm.price) for firm in model.firms)
    assert all(firm.active for firm in model.firms if discount[firm.row] >= 0 and model.week % 13)
    assert np.isfinite(model.intent_benefit)
    assert model.intent_benefit >= 0


def check_columns(model):
    """Every column is finite and within its declared range; a considered provider appears once in a row."""
    c = model.customers
    for column in c.columns:
        array = getattr(c, column.name)
        assert np.all(np.isfinite(array)), column.name
        assert np.all((array >= column.low) & (array <= column.high)), column.name
    provider = np.sort(c.provider, axis=1)
    assert np.all((provider[:, 1:] != provider[:, :-1]) | (provider[:, 1:] == -1))
    assert provider.max() < len(model.firms)
    assert not c.salience[c.provider < 0].any()
    assert not c.consent[c.provider < 0].any()
    assert not c.first_week[c.provider < 0].any()
    assert not c.flags[c.provider < 0].any()
    assert c.approach_week.max() <= model.week
    assert not (c.flags[c.approach_week < 0] & APPROACHED).any()
    owners = np.unique(c.provider[(c.flags & PLATFORM) > 0])
    assert all(builds(model.firms[j]) for j in owners)
    assert np.array_equal(np.sort(c.ident), np.arange(len(c)))
    assert np.all(c.last_provider < len(model.firms))


def builds(firm):
    """Return whether a firm is, was or will be a platform that others can build on."""
    return any(levers.offer.extensibility for levers in (firm.levers, firm.previous, firm.target))


def check_shares(model):
    """Panel shares add up to one; penetrations, loyals and requirements are shares; rates are at least one."""
    found = panel.quarter(model)
    ratios = panel.shares(found, len(model.customers))
    if found.purchases.sum():
        assert ratios["share"].sum() == pytest.approx(1.0, abs=1e-12)
    for name in ("share", "penetration", "loyals", "share_of_requirements"):
        known = ratios[name][np.isfinite(ratios[name])]
        assert np.all((known >= 0) & (known <= 1)), name
    assert found.frequency.sum() == len(model.customers)
    assert np.array_equal(found.both.diagonal(), found.buyers)
    assert np.array_equal(found.both, found.both.T)
    assert np.all(found.buyers <= found.purchases)
    assert np.all(found.purchases <= found.category)
    sums, market = look(model)
    assert np.all(np.isfinite(sums))
    assert np.all(np.isfinite(market))
    assert sums[0].sum() <= len(model.customers) * (1 + 1e-6)


def check_every_week(model, weeks):
    """Live ``weeks`` weeks and check all identities after each."""
    model.ledger.journal = []
    bought = model.customers.bought.sum(axis=0, dtype=np.int64)
    interviews, quarter = model.customers.contributed.sum(dtype=np.int64), model.ledger.quarter.copy()
    check_shares_on = lambda m: check_shares(m) if m.week % 13 in (0, 5) else None  # noqa: E731
    model.observers.append(check_shares_on)
    for _ in range(weeks):
        before = model.ledger.accounts.copy()
        model.ledger.journal.clear()
        model.step()
        check_money(model, before)
        check_counts(model)
        check_columns(model)
        bought += model.counts["purchases"][:-1]
        quarter += model.ledger.flows
        interviews += model.counts["interviews"].sum()
        assert model.customers.contributed.sum(dtype=np.int64) >= interviews
        if model.week % 13 == 0:
            bought[:] = quarter[:] = 0
        assert model.customers.bought.sum(axis=0).tolist() == bought.tolist()
        assert model.ledger.quarter.tolist() == quarter.tolist()


@settings(max_examples=40)
@given(small_worlds(), st.integers(1, 16))
@example(({}, [Levers()] * 8, 0), 2)
def test_identities_hold_in_any_small_world(drawn, weeks):
    changes, levers, seed = drawn
    line_up = [Strategy(f"s{k}", lever) for k, lever in enumerate(levers)]
    model = world({"market": {"customers": 200}}, changes, line_up=line_up, seed=seed)
    check_every_week(model, weeks)


def test_identities_hold_for_years_with_many_strategies():
    check_every_week(rich(), 60)


EXTREMES = {
    "one customer": {"market": {"customers": 1}, "network": {"kind": "complete", "mean_degree": 10.0}},
    "two customers": {"market": {"customers": 2}, "network": {"kind": "ring", "mean_degree": 0.0}},
    "two firms": {"market": {"firms": 2, "shares": [1.0, 1.0]}},
    "a firm without share": {"market": {"shares": [1.0, 0.0, 1.0, 0.0]}},
    "no noise at all": {"attention": {"load": 0.0}},
    "deafening noise": {"attention": {"load": 1e4}},
    "hardly any capacity": {"attention": {"capacity": 1e-3, "load": 0.0}},
    "nothing costs anything": {"market": {"price": 0.0, "unit_cost": 0.0}, "contact": {"budget": 0.1}},
    "huge value": {"choice": {"value_weight": 1e4}},
    "huge price": {"market": {"price": 1e6}, "needs": {"rate": 0.01}},
    "huge dislike of price": {"choice": {"price_weight": 1e4}},
    "huge worth of not buying": {"choice": {"outside_utility": 1e4}},
    "nobody can be swayed": {"trust": {"prior_weight": 100.0, "peer_weight": 0.0, "claim_weight": 0.0}},
    "everybody is swayed at once": {"trust": {"prior_weight": 0.0, "memory": 0.0}},
    "no memory": {"consideration": {"decay": 0.0, "interference": 0.0}},
    "one slot": {"consideration": {"slots": 1}},
    "a very sharp judgement": {"trust": {"scale": 1e-6}},
    "many needs": {"needs": {"rate": 5.0, "growth": 10.0}},
    "hardly any needs": {"needs": {"rate": 0.0}},
    "all tell all": {"talk": {"base": 1.0, "reach": 1e6, "propensity_sd": 0.0}},
    "bankrupt at once": {"market": {"price": 0.1, "unit_cost": 1.0, "cash": 0.0, "patience": 1}},
    "writing to death": {"contact": {"budget": 10.0}, "market": {"cash": 0.0, "patience": 1}},
    "ideals without limit": {"trust": {"ideal_contact": 100.0, "ideal_contact_sd": 5.0}, "contact": {"cost": 1e-4}},
    "strangers are known": {"insight": {"prior_variance": 1e-6}},
    "taste flies about": {"insight": {"drift_sd": 0.5, "drift_pull": 1.0}},
    "nothing to learn": {"insight": {"data_noise": 1e6, "profile_noise": 1e6, "interview_noise": 1e6}},
    "all is told at once": {"insight": {"data_noise": 1e-9, "interview_noise": 1e-9, "budget": 10.0}},
    "everybody answers": {"intents": {"answering": 1.0, "effort": 0.0, "risk": 0.0}, "choice": {"price_weight": 8.0}},
    "the broker takes all": {"intents": {"answering": 1.0, "fee": 1.0, "bid_cost": 100.0, "risk": 0.0}},
    "answers without a price": {
        "intents": {"answering": 1.0, "start": 10.0}, "market": {"price": 0.0, "unit_cost": 1.0},
    },
    "everybody takes part": {"participation": {"effort": 0.0, "prize": 10.0}, "insight": {"budget": 10.0}},
    "nobody lets anybody know": {"recovery": {"data_risk": 100.0, "consent_risk": 100.0}, "trust": {"intrusion": 10.0}},
    "nothing is covered": {"market": {"coverage": 0.0}, "experience": {"missing_cost": 1.0, "platform_uptake": 1.0}},
    "tools cost nothing": {"experience": {"tool_effort": 0.0, "fit_weight": 100.0}},
}  # fmt: skip


@pytest.mark.parametrize("name", EXTREMES)
def test_identities_hold_at_the_edges(name):
    layers = (RICH, {"market": {"customers": 120}}, EXTREMES[name])
    firms = EXTREMES[name].get("market", {}).get("firms", 4)
    model = world(*layers, line_up=[MIXED[j] for j in range(firms)])
    check_every_week(model, 28)


def test_a_bankrupt_firm_leaves_and_the_books_still_balance():
    model = rich({"market": {"patience": 1}})
    live(model, 5)
    ledger = model.ledger
    ledger.transfer(5, 1, ledger.outside, "endowment", int(ledger.accounts[1]) + 10**9)
    check_every_week(model, 30)
    assert [firm.active for firm in model.firms] == [True, False, True, True]
    assert model.counts["purchases"][1] == model.counts["sent"][1] == 0
    record = Recorder()
    model.observers = [record]
    live(model, 26)
    assert record.quarters[-1]["customer_equity"][1] == 0
    assert record.quarters[-1]["share"][1] == 0
    assert np.isfinite(record.quarters[-1]["customer_equity"]).all()
