"""Identities that hold in every week of every world: money, people, shares, counts, and columns within their ranges.

Hypothesis makes up small worlds, line-ups and levers; extreme worlds are listed by name.
"""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from worlds import MIXED, RICH, live, rich, world

from ecosim.metrics import panel
from ecosim.metrics.equity import look
from ecosim.records import Recorder
from ecosim.strategies import Contact, Insight, Levers, Offer, Strategy

UNITS = st.floats(0, 1)
LEVERS = st.builds(
    Levers,
    st.builds(Contact, UNITS, UNITS, st.floats(0, 2)),
    st.builds(Insight, UNITS),
    st.builds(Offer, st.sampled_from(["none", "optional", "forced"]), UNITS),
)
NETWORKS = st.sampled_from(
    [
        {"kind": "complete"},
        {"kind": "ring", "mean_degree": 4.0},
        {"kind": "erdos_renyi", "mean_degree": 3.0},
        {"kind": "watts_strogatz", "mean_degree": 6.0},
        {"kind": "barabasi_albert", "mean_degree": 4.0},
    ]
)


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
        "recovery": {"delay": draw(st.integers(0, 3)), "consent_risk": draw(UNITS)},
        "search": {"neighbours": draw(st.integers(0, 3)), "threshold": draw(UNITS)},
    }
    return changes, draw(st.lists(LEVERS, min_size=firms, max_size=firms)), draw(st.integers(0, 2**63 - 1))


def check_money(model, before):
    """No money is made or lost, every transfer has the market outside at one end, and flows explain accounts."""
    ledger, f = model.ledger, len(model.firms)
    assert ledger.accounts.sum() == 0
    assert all((payer == f) != (payee == f) for _, payer, payee, _, _ in ledger.journal)
    assert all(week == model.week and amount > 0 for week, _, _, _, amount in ledger.journal)
    change = ledger.accounts[:f] - before[:f]
    assert change.tolist() == ledger.profit().tolist()
    booked = np.zeros(f, np.int64)
    for _, payer, payee, _, amount in ledger.journal:
        booked[payee if payer == f else payer] += amount if payer == f else -amount
    assert booked.tolist() == change.tolist()


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
    assert sum(e.customer.size for e in model.events) == model.customers.needs.sum()
    for e in model.events:
        assert np.all((e.provider >= -1) & (e.provider < f))
        assert np.all(np.isfinite(e.experience))
        assert np.all(e.gap >= 0)


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
    assert np.array_equal(np.sort(c.ident), np.arange(len(c)))
    assert np.all(c.last_provider < len(model.firms))


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
        if model.week % 13:
            assert model.customers.bought.sum(axis=0).tolist() == bought.tolist()
        else:
            bought[:] = 0


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
