"""The ledger: whole money, two sides to every transfer, and a total that never changes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.errors import UserError
from ecosim.ledger import OPERATING, PURPOSES, UNIT, Ledger, check_bound, to_money

FIRMS, PARTNERS = 3, 2
TRANSFERS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.sampled_from(PURPOSES), st.integers(0, 2**50)), max_size=30
)


@given(TRANSFERS)
def test_no_transfer_makes_or_loses_money(transfers):
    """Between any two of firms, partners and the rest of the world; the books know each account but the last."""
    ledger = Ledger(FIRMS, PARTNERS)
    ledger.journal = []
    expected = [0] * 6
    for payer, payee, purpose, amount in transfers:
        ledger.transfer(1, payer, payee, purpose, amount)
        expected[payer] -= amount
        expected[payee] += amount
        assert ledger.accounts.sum() == 0
    assert ledger.accounts.tolist() == expected
    assert ledger.flows.sum(axis=0).tolist() == expected[:-1]
    assert ledger.journal == [(1, *transfer) for transfer in transfers if transfer[3]]
    operating = [t for t in transfers if t[2] in OPERATING]
    for account in range(5):
        found = sum(t[3] * ((t[1] == account) - (t[0] == account)) for t in operating)
        assert ledger.profit()[account] == found


@given(st.lists(st.integers(0, 2**40), min_size=FIRMS, max_size=FIRMS), st.booleans(), st.booleans())
def test_a_trade_is_a_transfer_of_every_firm(amounts, to_firms, with_journal):
    found, expected = Ledger(FIRMS, PARTNERS), Ledger(FIRMS, PARTNERS)
    found.journal = [] if with_journal else None
    found.trade(3, "tool", np.array(amounts), to_firms)
    for firm, amount in enumerate(amounts):
        payer, payee = (expected.outside, firm) if to_firms else (firm, expected.outside)
        expected.transfer(3, payer, payee, "tool", amount)
    for name in ("accounts", "flows", "quarter"):
        assert getattr(found, name).tolist() == getattr(expected, name).tolist()
    assert found.accounts.sum() == 0


@given(st.lists(st.integers(0, 2**40), min_size=FIRMS, max_size=FIRMS), st.booleans())
def test_spending_is_a_trade_for_every_purpose(amounts, with_journal):
    found, expected = Ledger(FIRMS, PARTNERS), Ledger(FIRMS, PARTNERS)
    for ledger in (found, expected):
        ledger.journal = [] if with_journal else None
    paid = {"contact": np.array(amounts), "tool": np.array(amounts)[::-1], "insight": np.zeros(FIRMS, np.int64)}
    found.spend(3, tuple(paid), np.array(list(paid.values())))
    for purpose, amount in paid.items():
        expected.trade(3, purpose, amount)
    for name in ("accounts", "flows", "quarter"):
        assert getattr(found, name).tolist() == getattr(expected, name).tolist()
    assert found.accounts.sum() == 0
    assert found.journal == expected.journal


def test_spending_less_than_nothing_is_refused():
    ledger = Ledger(2)
    with pytest.raises(ValueError, match="-5"):
        ledger.spend(1, ("tool", "contact"), np.array([[0, 3], [0, -5]]))


def test_a_trade_of_less_than_nothing_is_refused():
    ledger = Ledger(2)
    with pytest.raises(ValueError, match="-5"):
        ledger.trade(1, "tool", np.array([0, -5]))


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


def test_profit_is_what_comes_in_less_what_goes_out_and_endowment_is_no_profit():
    ledger = Ledger(2, 1)
    ledger.transfer(1, ledger.outside, 0, "sales", 1000)
    ledger.transfer(1, ledger.outside, 0, "endowment", 77)
    ledger.transfer(1, 0, 2, "acquisition", 5)
    for k, purpose in enumerate(OPERATING[1:]):
        ledger.transfer(1, 0, 2 if purpose in ("supply", "royalties") else ledger.outside, purpose, k + 1)
    paid = sum(range(1, len(OPERATING)))
    shared = sum(k for k, purpose in enumerate(OPERATING) if purpose in ("supply", "royalties"))
    assert ledger.profit().tolist() == [1000 - paid, 0, shared]
    assert ledger.accounts[:3].tolist() == [1000 - paid + 77 - 5, 0, shared + 5]
    assert set(PURPOSES) - set(OPERATING) == {"endowment", "acquisition"}


def test_weeks_and_quarters_begin_with_clean_books():
    ledger = Ledger(2)
    for _ in range(2):
        ledger.open_week()
        ledger.transfer(1, ledger.outside, 1, "sales", 10)
    assert (ledger.profit()[1], ledger.quarter_profit()[1]) == (10, 20)
    ledger.open_quarter()
    assert (ledger.profit()[1], ledger.quarter_profit()[1]) == (10, 0)
    assert ledger.accounts.tolist() == [0, 20, -20]


def test_currency_becomes_whole_units_rounded_half_to_even():
    assert to_money(1.0) == UNIT == 10_000
    assert to_money(0.002) == 20
    assert [to_money(k / (2 * UNIT)) for k in (1, 2, 5)] == [0, 1, 2]
    assert type(to_money(np.float64(3.2))) is int


def test_a_world_whose_money_could_overflow_is_refused():
    check_bound(100_000_000, 10_000, 0.112, 1.0)
    with pytest.raises(UserError, match="overflow"):
        check_bound(100_000_000, 10_000, 5.0, 1e6)
