"""The ledger: whole money, two sides to every transfer, and a total that never changes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.errors import UserError
from ecosim.ledger import COSTS, PURPOSES, UNIT, Ledger, check_bound, to_money

TRANSFERS = st.lists(
    st.tuples(st.integers(0, 3), st.booleans(), st.sampled_from(PURPOSES), st.integers(0, 2**50)), max_size=30
)


@given(TRANSFERS)
def test_no_transfer_makes_or_loses_money(transfers):
    ledger = Ledger(4)
    ledger.journal = []
    expected = [0] * 4
    for firm, pays, purpose, amount in transfers:
        payer, payee = (firm, ledger.outside) if pays else (ledger.outside, firm)
        ledger.transfer(1, payer, payee, purpose, amount)
        expected[firm] += -amount if pays else amount
        assert ledger.accounts.sum() == 0
    assert ledger.accounts[:4].tolist() == expected
    assert sum(entry[4] for entry in ledger.journal) == ledger.flows.sum()
    assert ledger.flows.sum() == sum(t[3] for t in transfers)


def test_a_transfer_of_less_than_nothing_is_refused():
    ledger = Ledger(2)
    with pytest.raises(ValueError, match="-1"):
        ledger.transfer(1, 0, 2, "contact", -1)
    assert not ledger.accounts.any()


def test_an_unknown_purpose_is_refused():
    ledger = Ledger(2)
    with pytest.raises(ValueError, match="not in"):
        ledger.transfer(1, 0, 2, "bribe", 5)
    assert ledger.accounts.sum() == 0


def test_profit_is_sales_minus_costs_and_endowment_is_no_profit():
    ledger = Ledger(2)
    ledger.transfer(1, ledger.outside, 0, "sales", 1000)
    ledger.transfer(1, ledger.outside, 0, "endowment", 77)
    for k, purpose in enumerate(COSTS):
        ledger.transfer(1, 0, ledger.outside, purpose, 10 ** (k % 3))
    assert ledger.profit().tolist() == [1000 - 1 - 10 - 100 - 1 - 10 - 100, 0]
    assert ledger.accounts[0] == ledger.profit()[0] + 77
    ledger.open_week()
    assert not ledger.flows.any()
    assert tuple(p for p in PURPOSES if p not in ("sales", "endowment")) == COSTS


def test_currency_becomes_whole_units_rounded_half_to_even():
    assert to_money(1.0) == UNIT == 10_000
    assert to_money(0.002) == 20
    assert [to_money(k / (2 * UNIT)) for k in (1, 2, 5)] == [0, 1, 2]
    assert type(to_money(np.float64(3.2))) is int


def test_a_world_whose_money_could_overflow_is_refused():
    check_bound(100_000_000, 10_000, 0.112, 1.0)
    with pytest.raises(UserError, match="overflow"):
        check_bound(100_000_000, 10_000, 5.0, 1e6)
