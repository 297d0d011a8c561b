"""Partners: what they earn, when they leave, what they refuse; every parameter matters, and money is constant."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from partner_worlds import ASSEMBLER, LINE_UP, PARTNERS, alone, together
from worlds import MIXED, RICH, assert_same, columns, live, setting, world

from ecosim.errors import UserError
from ecosim.ledger import PURPOSES, UNIT
from ecosim.mechanisms.partners import SPLITS, Contract, leave, pass_on, stays, threshold
from ecosim.parameters import walk
from ecosim.setting import Setting
from ecosim.strategies import Levers, Offer, Strategy
from ecosim.strategies.levers import Innovation, Insight

QUIET = {"partners": {"distrust": 0.0, "paperwork": 0.0}, "needs": {"season_amplitude": 0.0}}


def contracts(model, row=0):
    """Return the contracts of a firm by partner."""
    return {p.row: p.contracts[row] for p in model.partners if row in p.contracts}


def check_money(model, before):
    """Nothing is made or lost, the journal explains every account, and flows those of the purposes."""
    ledger = model.ledger
    assert ledger.accounts.sum() == 0
    moved = np.zeros_like(ledger.accounts)
    for week, payer, payee, purpose, amount in ledger.journal:
        assert (week, amount > 0, purpose in PURPOSES) == (model.week, True, True)
        moved[payer] -= amount
        moved[payee] += amount
    assert (ledger.accounts - before == moved).all()
    assert (ledger.flows.sum(axis=0) == moved[:-1]).all()


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("elasticity", [1.0, -4.0])
def test_money_is_constant_with_every_split_exit_acquisition_and_orchestrator(split, elasticity):
    busy = {"split": split, "acquisitions": 4.0, "risk_aversion": 20.0, "cash": 0.0}
    model = together({"partners": busy, "experience": {"elasticity": elasticity}})
    model.ledger.journal = []
    for week in range(66):
        before = model.ledger.accounts.copy()
        model.ledger.journal.clear()
        if week == 40:
            leave(model, next(p for p in model.partners if p.active and p.contracts))
            model.firms_changed()
        model.step()
        check_money(model, before)
        for firm in model.firms:
            owed = sum(claim.amount for claim in firm.claims) + round(firm.production_cost * UNIT)
            assert owed <= round(firm.price * UNIT)
            assert set(firm.supplier[firm.supplier >= 0]) == set(contracts(model, firm.row))
    assert any(p.contracts for p in model.partners)
    assert not all(p.active for p in model.partners)


UNITS = st.floats(0, 1)


@settings(max_examples=15)
@given(
    st.fixed_dictionaries(
        {
            "number": st.integers(3, 12), "block": st.integers(1, 10), "bonus": st.floats(-1, 1),
            "complementors": st.integers(0, 1), "orchestrators": st.integers(0, 1), "experts": st.integers(0, 1),
            "sub_partners": st.integers(1, 5), "fee": UNITS, "split": st.sampled_from(SPLITS), "commission": UNITS,
            "cost_factor": st.floats(0, 3), "coordination": st.floats(0, 0.1), "listing": UNITS,
            "risk_aversion": st.floats(0, 1000), "memory": st.floats(0.01, 1), "reservation": st.floats(-1, 1),
            "distrust": UNITS, "paperwork": UNITS, "multi_homing": st.booleans(), "cash": st.floats(0, 2),
            "acquisitions": st.floats(0, 52), "support_cost": UNITS,
        }
    ),
    st.lists(st.tuples(UNITS, UNITS, st.booleans()), min_size=4, max_size=4),
    st.fixed_dictionaries(
        {"price": st.floats(0, 3), "unit_cost": st.floats(0, 2), "components": st.integers(1, 9), "coverage": UNITS}
    ),
    st.integers(0, 2**63 - 1),
)  # fmt: skip
def test_money_is_constant_in_any_small_world(partners, levers, market, seed):
    line_up = [
        Strategy(f"s{k}", Levers(offer=Offer(aggregation=a, extensibility=b), innovation=Innovation(exclusive=c)))
        for k, (a, b, c) in enumerate(levers)
    ]
    small = {"market": {"customers": 60, "cash": 20.0, "aggregator_coverage": -1.0, **market}, "partners": partners}
    model = together(small, line_up=line_up, seed=seed)
    model.ledger.journal = []
    for _ in range(41):
        before = model.ledger.accounts.copy()
        model.ledger.journal.clear()
        model.step()
        check_money(model, before)
        check_contracts(model)
    assert live(model.branch(), 13).digest() == live(model, 13).digest()


def check_contracts(model):
    """Firms and partners agree on who supplies what; nobody is paid more than a sale brings; all is finite."""
    for firm in model.firms:
        found = contracts(model, firm.row)
        assert {row for row in found} == set(firm.supplier[firm.supplier >= 0].tolist())
        for row, contract in found.items():
            assert np.flatnonzero(firm.supplier == row).tolist() == contract.components
            assert math.isfinite(contract.mean + contract.variance + contract.sales)
            assert contract.variance >= 0
        supply = sum(claim.amount for claim in firm.claims if claim.payee != model.ledger.outside)
        assert supply <= max(0, round(firm.price * UNIT))


def test_without_partners_nothing_is_different():
    """Aggregation, listing policy and rules of the money have no effect where there is nobody to work with."""
    lever = Strategy("crm1", Levers(MIXED[0].levers.contact, MIXED[0].levers.insight, Offer("none", 0.1, False, 1.0)))
    off = {"innovation": {"active": False}}
    other = {"partners": {"commission": 0.3, "split": "nash", "reservation": 0.5, "support_cost": 0.1}}
    plain = world(RICH, off, line_up=MIXED, weeks=30)
    with_lever = world(RICH, off, other, line_up=(lever, *MIXED[1:]), weeks=30)
    assert_same(columns(plain), columns(with_lever))
    assert (plain.ledger.accounts == with_lever.ledger.accounts).all()
    assert world(RICH, off, other, line_up=MIXED, weeks=30).digest() == plain.digest()


def test_firms_that_make_everything_are_left_alone():
    """Where nobody sources, partners sit there with their cash and customers notice nothing."""
    there = {"partners": {"number": 3, "support_cost": 0.0}, "market": {"coverage": 1.0}}
    off = {"innovation": {"active": False}, "market": {"coverage": 1.0}}
    plain, there = world(RICH, off, line_up=MIXED, weeks=30), world(RICH, off, there, line_up=MIXED, weeks=30)
    assert_same(columns(plain), columns(there))
    assert (plain.ledger.accounts[:4] == there.ledger.accounts[:4]).all()
    assert not any(p.contracts for p in there.partners)


def test_e26_by_hand():
    assert stays(0.10, 0.02, 1.0, 0.09)
    assert not stays(0.10, 0.03, 1.0, 0.09)
    assert stays(0.10, 0.03, 0.0, 0.10)
    strategy = Strategy("open", Levers(insight=Insight(custody=0.5), innovation=Innovation(governance=0.4)))
    model = alone({"partners": {"reservation": 0.02, "distrust": 0.1, "paperwork": 0.05}}, levers=strategy)
    assert threshold(model, model.firms[0]) == pytest.approx(0.02 + 0.05 + 0.02)


def test_a_partner_learns_what_it_earns():
    """The profit of a quarter is what the firm paid less what making cost; mean and variance follow it."""
    model = alone(QUIET, weeks=13)
    before = {row: (c.mean, c.variance, c.sales) for row, c in contracts(model).items()}
    accounts = model.ledger.accounts.copy()
    live(model, 12)
    last = model.ledger.accounts.copy()
    live(model, 1)
    a = model.setting.partners.memory
    for row, contract in contracts(model).items():
        assert last[row] > accounts[row]
        profit = (model.ledger.accounts[row] - accounts[row]) / UNIT
        mean, variance, sales = before[row]
        surprise = profit / sales - mean
        assert contract.mean == pytest.approx(mean + a * surprise)
        assert contract.variance == pytest.approx((1 - a) * (variance + a * surprise**2))


def test_a_partner_averse_to_risk_leaves_when_variance_rises():
    """The same seasons that an indifferent partner lives through drive one away that minds them; it forgets in time."""
    waves = {"needs": {"season_amplitude": 0.9}}
    calm, rough, bold = (
        alone(QUIET, {"partners": {"risk_aversion": 40.0}}, weeks=52),
        alone(QUIET, waves, {"partners": {"risk_aversion": 40.0}}),
        alone(QUIET, waves, {"partners": {"risk_aversion": 0.0}}),
    )
    assert contracts(calm)
    left = 0
    for _ in range(8):
        live(rough, 13)
        live(bold, 13)
        left += len(contracts(bold)) - len(contracts(rough))
    assert contracts(bold)
    assert left > 0
    assert any(p.memory for p in rough.partners)
    assert all(variance > 0 and gap <= 0 for p in rough.partners for gap, variance in p.memory.values())


def test_revocable_data_is_distrusted_and_partners_refuse():
    """The firm that lets customers hold their data wins none of the partners it needs if they distrust that."""
    held = Strategy("held", Levers(insight=Insight(custody=1.0), offer=Offer(aggregation=1.0)))
    counts = [
        len(contracts(alone({"partners": {"distrust": d, "paperwork": 0.0}}, levers=held, weeks=13)))
        for d in (0.0, 0.1, 1.0)
    ]
    assert counts[0] >= counts[1] > counts[2] == 0
    kept = Strategy("kept", Levers(offer=Offer(aggregation=1.0)))
    assert len(contracts(alone({"partners": {"distrust": 1.0}}, levers=kept, weeks=13))) == counts[0]


def test_contracts_put_partners_off_too():
    bound = Strategy("bound", Levers(offer=Offer(aggregation=1.0), innovation=Innovation(governance=1.0)))
    assert not contracts(alone({"partners": {"paperwork": 1.0}}, levers=bound, weeks=13))
    assert contracts(alone({"partners": {"paperwork": 0.0}}, levers=bound, weeks=13))


def test_an_orchestrator_passes_on_all_but_its_fee_to_the_unit():
    model = together()
    partner = next(p for p in model.partners if p.kind == "orchestrator")
    subs = [sub.row for sub in partner.subs]
    contract = Contract([0, 1, 2], [subs[0], subs[1], subs[1]], 1000, 300, 0.1, 0.1, 0.0, 1.0)
    before = model.ledger.accounts.copy()
    pass_on(model, partner, contract, 7)
    moved = model.ledger.accounts - before
    fee = round(0.1 * 7 * 700)
    assert -moved[partner.row] == 7000 - fee
    assert moved[subs[0]] + moved[subs[1]] == 7000 - fee
    assert moved[subs[1]] == pytest.approx(2 * moved[subs[0]], abs=2)
    contract.amount = 200
    before = model.ledger.accounts.copy()
    pass_on(model, partner, contract, 7)
    assert model.ledger.accounts[partner.row] - before[partner.row] == -1400


def test_an_orchestrators_net_is_paid_through_it():
    only = {"partners": {"number": 1, "orchestrators": 1, "complementors": 0, "experts": 0, "fee": 0.2, "memory": 1.0}}
    model = together(QUIET, only, line_up=(ASSEMBLER, *MIXED[1:]), weeks=13)
    contract = contracts(model)[4]
    assert set(contract.makers) <= {sub.row for sub in model.partners[0].subs}
    cash = model.ledger.accounts.copy()
    sold = 0
    for _ in range(13):
        model.step()
        sold += int(model.counts["purchases"][0])
    moved = model.ledger.accounts - cash
    profit = sold * (contract.amount - contract.cost)
    assert moved[4] == pytest.approx(0.2 * profit, abs=13)
    assert moved[4:-1].sum() == profit
    assert contract.mean > 0


def test_long_debt_ends_a_partner_and_a_sub_partner():
    model = together({"market": {"patience": 2}}, weeks=13)
    partner = next(p for p in model.partners if p.contracts and p.kind == "supplier")
    net = next(p for p in model.partners if p.kind == "orchestrator")
    sub, outside = net.subs[0], model.ledger.outside
    made = set(np.flatnonzero(sub.quality))
    for row in (partner.row, sub.row):
        model.ledger.transfer(13, row, outside, "risk", 10**10)
    live(model, 13)
    assert (partner.active, sub.active) == (True, True)
    live(model, 13)
    assert (partner.active, sub.active) == (False, False)
    assert not partner.contracts
    assert not any((firm.supplier == partner.row).any() for firm in model.firms)
    others = {d for other in net.subs[1:] for d in np.flatnonzero(other.quality)}
    assert set(net.components.tolist()) == others
    assert made - others == set() or not made & set(net.components.tolist()) - others


def test_a_firm_that_leaves_the_market_loses_its_partners():
    model = alone(QUIET, weeks=13)
    assert contracts(model)
    model.firms[0].leave_market()
    live(model, 13)
    assert not contracts(model)
    assert not any(claim.purpose == "supply" for claim in model.firms[0].claims)


def test_a_platform_costs_its_support():
    model = together()
    live(model, 5)
    ledger, offer = model.ledger, ASSEMBLER.levers.offer
    row = PURPOSES.index("support")
    assert -ledger.flows[row, 0] == round(0.005 * offer.extensibility * int(ledger.flows[0, 0]))
    assert not ledger.flows[row, 3:].any()


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"partners": {"number": 2, "experts": 2, "orchestrators": 1}}, "partners.number=2"),
        ({"market": {"aggregators": [7.0]}}, "market.aggregators: 7 is no firm"),
        ({"market": {"aggregators": [0.5]}}, "market.aggregators: 0.5 is no firm"),
    ],
)
def test_mistakes_are_refused_by_name(change, key):
    with pytest.raises(UserError, match=key):
        setting({"market": {"firms": 4}}, change)


# -- the same run gives the same bits --------------------------------------------------------------------------------


def test_branches_and_threads_agree():
    model = together({"partners": {"acquisitions": 2.0}}, weeks=30)
    twin = model.branch()
    assert twin.digest() == model.digest()
    assert live(model, 30).digest() == live(twin, 30).digest()
    assert together({"partners": {"acquisitions": 2.0}}, threads=2, weeks=60).digest() == model.digest()


def test_with_ideas_royalties_and_risk_too():
    """Partners' ideas, their royalties and the risk moved to them: money is constant, and the same bits come out."""
    new = Innovation(customers=0.5, partners=1.0, experts=0.5, share=0.3, governance=0.2, risk_transfer=1.0)
    open_ = Strategy("open", Levers(insight=Insight(participation=0.4), offer=ASSEMBLER.levers.offer, innovation=new))
    layers = {"innovation": {"active": True}, "partners": {"acquisitions": 1.0}, "market": {"customers": 200}}
    model = together(layers, line_up=(open_, *LINE_UP[1:]))
    model.ledger.journal = []
    flows = np.zeros(model.ledger.flows.shape, np.int64)
    for _ in range(91):
        before = model.ledger.accounts.copy()
        model.ledger.journal.clear()
        model.step()
        check_money(model, before)
        flows += np.abs(model.ledger.flows)
    paid = dict(zip(PURPOSES, flows[:, 4:].sum(axis=1), strict=True))
    assert min(paid[name] for name in ("supply", "production", "royalties", "risk")) > 0
    twin = together(layers, line_up=(open_, *LINE_UP[1:]), threads=2, weeks=60).branch()
    assert live(twin, 31).digest() == model.digest()


def test_a_branch_is_independent():
    model = together(weeks=30)
    digest = model.digest()
    live(model.branch(), 20)
    assert model.digest() == digest


def test_the_digest_sees_partners():
    model = together(weeks=13)
    digest = model.digest()
    next(iter(model.partners[0].contracts.values())).mean += 1e-12
    assert model.digest() != digest


# -- every parameter -------------------------------------------------------------------------------------------------

KEYS = sorted(key for key, _ in walk(Setting) if key.startswith("partners."))
SPECIAL = {
    "partners.number": ({}, 9),
    "partners.split": ({}, "equal"),
    "partners.multi_homing": ({}, False),
    "partners.sub_partners": ({}, 3),
    "partners.listing": ({}, 0.7),
    "partners.acquisitions": ({"market": {"cash": 50.0}, "partners": {"multi_homing": False}}, 20.0),
    "partners.risk_aversion": ({}, 200.0),
    "partners.cost_factor": ({}, 0.8),
    "partners.cash": ({}, 2.0),
    "partners.reservation": ({}, 0.6),
    "partners.distrust": ({}, 0.9),
    "partners.paperwork": ({}, 0.9),
    "partners.divergence": ({}, 60.0),
}


def traces(*layers):
    """Return the digests of every quarter, and partners' goals, of a year and a half."""
    model = together(*layers)
    return [live(model, 13).digest() for _ in range(6)], [p.goal.tolist() for p in model.partners]


@pytest.fixture(scope="module")
def unchanged():
    return traces()


@pytest.mark.parametrize("key", KEYS)
def test_every_parameter_changes_something(key, unchanged):
    group, name = key.split(".")
    here = getattr(setting(PARTNERS).partners, name)
    layer, value = SPECIAL.get(key, ({}, None))
    if value is None:
        value = here + 1 if isinstance(here, int) else here * 1.5
    assert value != here
    assert not isinstance(value, float) or math.isfinite(value)
    assert traces(layer, {group: {name: value}}) != (traces(layer) if layer else unchanged)


@pytest.mark.parametrize(("name", "value"), [("aggregators", []), ("aggregator_coverage", 0.5)])
def test_who_assembles_changes_something(name, value, unchanged):
    assert traces({"market": {name: value}}) != unchanged


@pytest.mark.parametrize("lever", ["aggregation", "extensibility"])
def test_levers_change_something(lever, unchanged):
    from dataclasses import replace

    offer = replace(ASSEMBLER.levers.offer, **{lever: 0.0})
    model = together(line_up=(Strategy("less", replace(ASSEMBLER.levers, offer=offer)), *LINE_UP[1:]))
    live(model, 39)
    plain = together(weeks=39)
    assert contracts(model) != contracts(plain)
