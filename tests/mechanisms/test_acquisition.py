"""Acquisition: what a supplier costs, when it is bought, and what becomes of it."""

import numpy as np
import pytest
from partner_worlds import ALL, even
from worlds import live

from ecosim.errors import UserError
from ecosim.ledger import PURPOSES, UNIT
from ecosim.mechanisms.acquisition import acquire, capitalised, price_of, saving_of

EAGER = {"market": {"aggregators": [0], "cash": 1000.0}, "partners": {"acquisitions": 52.0, "cash": 0.1}}


def test_the_price_is_the_present_value_of_profit_at_least_cash_or_debts():
    model = even({"partners": {"cash": 0.0}})
    partner = model.partners[0]
    contract = partner.contracts[0]
    profit = contract.mean * contract.sales
    assert price_of(model, partner) == pytest.approx(profit / (13 * 0.0018) * UNIT, abs=1)
    model.ledger.transfer(13, model.ledger.outside, partner.row, "endowment", 10**9)
    assert price_of(model, partner) == 10**9
    model.ledger.transfer(13, partner.row, model.ledger.outside, "endowment", 2 * 10**9)
    assert price_of(model, partner) == 10**9
    assert capitalised(model, -5.0) == 0.0


def test_an_assembler_buys_what_is_worth_its_price():
    """It gains by what the contract paid beyond cost and by coordination; price and saving differ by the latter."""
    model = even(EAGER, weeks=12)
    firm, partner = model.firms[0], model.partners[0]
    live(model, 1)
    saving, price = saving_of(model, firm, partner), price_of(model, partner)
    assert saving > price
    model.step()
    live(model, 12)
    assert not partner.active
    assert not partner.contracts
    assert firm.scope.all()
    assert (firm.supplier == -1).all()
    assert firm.contributions == pytest.approx([0.8, 0.8, 0.6, 0.6])
    assert firm.claims == []
    assert firm.production_cost == firm.unit_cost
    assert model.ledger.accounts[partner.row] == 0
    row = PURPOSES.index("acquisition")
    assert model.ledger.flows[row, 0] < 0 < -model.ledger.flows[row, partner.row] + 1
    assert model.ledger.accounts.sum() == 0


def test_others_lose_what_one_buys():
    model = even(EAGER, {"partners": {"acquisitions": 0.0}}, line_up=ALL)
    assert model.partners[0].firms == [0, 1, 2, 3]
    assert acquire(model, model.firms[2], 1)
    assert model.firms[2].contributions == pytest.approx([0.8, 0.8, 0.6, 0.6])
    for firm in model.firms:
        assert (firm.supplier == -1).all()
        assert firm.claims == []
    value = model.world.firms.value.mean(axis=0)
    assert value[2] > value[0] == pytest.approx(value[1])
    live(model, 14)


@pytest.mark.parametrize(
    "change",
    [
        {"market": {"aggregators": []}},
        {"market": {"cash": 0.0}},
        {"partners": {"acquisitions": 0.0}},
        {"partners": {"coordination": 0.0, "cash": 50.0}},
    ],
)
def test_nobody_buys_without_the_right_the_cash_the_will_or_the_gain(change):
    model = even(EAGER, change, weeks=27)
    assert model.partners[0].active
    assert not model.ledger.flows[PURPOSES.index("acquisition")].any()


def test_an_event_buys_the_supplier_of_a_component_on_credit():
    model = even({"partners": {"number": 3}, "market": {"cash": 0.0}}, weeks=3)
    firm = model.firms[1]
    before = model.ledger.accounts[firm.row]
    price = price_of(model, model.partners[1])
    assert acquire(model, firm, 3)
    assert [p.active for p in model.partners] == [True, False, True]
    assert before - model.ledger.accounts[firm.row] == price
    assert firm.contributions == pytest.approx([0.6, 0.6, 0.8, 0.8])
    assert not acquire(model, firm, 3)
    assert model.ledger.accounts.sum() == 0


def test_an_event_prefers_the_supplier_at_hand():
    model = even({"partners": {"number": 3}})
    now = int(model.firms[0].supplier[0])
    assert acquire(model, model.firms[0], 0)
    assert not model.partners[now - 4].active


def test_debts_are_taken_over():
    model = even({"partners": {"cash": 0.0}}, weeks=3)
    partner = model.partners[0]
    model.ledger.transfer(3, partner.row, model.ledger.outside, "risk", 12_345)
    assert acquire(model, model.firms[0], 0)
    assert model.ledger.accounts[partner.row] == 0


def test_an_unknown_component_is_refused():
    model = even(weeks=0)
    with pytest.raises(UserError, match="acquire=4: components are numbered 0 to 3"):
        acquire(model, model.firms[0], 4)


def test_a_better_own_component_is_kept():
    model = even({"partners": {"bonus": -0.2}}, weeks=0)
    assert acquire(model, model.firms[0], 0)
    assert np.array_equal(model.firms[0].contributions, np.full(4, 0.6))
