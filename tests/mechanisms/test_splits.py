"""Splits: the axioms of the Shapley value, games worked out by hand, and what every rule has in common."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.mechanisms.splits import (
    PLAYERS,
    commission,
    equal,
    nash,
    shapley,
    shapley_in_blocs,
    shapley_with_firm,
    with_veto,
    within,
)

WORTHS = st.floats(-100, 100)


@st.composite
def games(draw, least=1, most=5):
    """Return the worth of every coalition of a few players; nobody alone is worth nothing."""
    m = draw(st.integers(least, most))
    return [0.0, *draw(st.lists(WORTHS, min_size=2**m - 1, max_size=2**m - 1))]


@st.composite
def pairs(draw):
    """Return two games of the same players."""
    m = draw(st.integers(1, 5))
    rest = st.lists(WORTHS, min_size=2**m - 1, max_size=2**m - 1)
    return [0.0, *draw(rest)], [0.0, *draw(rest)]


def by_orders(values):
    """Return the mean of what each player adds on joining, over all orders in which they may come."""
    m = len(values).bit_length() - 1
    orders = list(permutations(range(m)))
    total = [0.0] * m
    for order in orders:
        inside = 0
        for i in order:
            total[i] += values[inside | 1 << i] - values[inside]
            inside |= 1 << i
    return [t / len(orders) for t in total]


@given(games())
def test_shapley_is_efficient(values):
    assert sum(shapley(values)) == pytest.approx(values[-1], abs=1e-9)


@given(games())
def test_shapley_is_the_mean_over_all_orders(values):
    assert shapley(values) == pytest.approx(by_orders(values), abs=1e-9)


@given(games(2), st.data())
def test_shapley_treats_equals_alike(values, data):
    m = len(values).bit_length() - 1
    a, b = data.draw(st.lists(st.integers(0, m - 1), min_size=2, max_size=2, unique=True))

    def swapped(k):
        bits = k >> a & 1, k >> b & 1
        return k & ~(1 << a) & ~(1 << b) | bits[1] << a | bits[0] << b

    alike = [min(values[k], values[swapped(k)]) for k in range(len(values))]
    found = shapley(alike)
    assert found[a] == pytest.approx(found[b], abs=1e-9)


@given(games(1, 4), WORTHS)
def test_shapley_gives_a_dummy_what_it_brings(values, alone):
    m = len(values).bit_length() - 1
    with_dummy = values + [v + alone for v in values]
    assert shapley(with_dummy)[m] == pytest.approx(alone, abs=1e-9)
    assert shapley(with_dummy)[:m] == pytest.approx(shapley(values), abs=1e-9)


@given(pairs())
def test_shapley_is_additive(both):
    left, right = both
    together = [a + b for a, b in zip(left, right, strict=True)]
    apart = [a + b for a, b in zip(shapley(left), shapley(right), strict=True)]
    assert shapley(together) == pytest.approx(apart, abs=1e-9)


def test_the_glove_game():
    """One left glove, two right ones; a pair is worth 1: 4/6 for the left one, 1/6 for each right one."""
    values = [1.0 if k & 1 and k & 6 else 0.0 for k in range(8)]
    assert shapley(values) == pytest.approx([4 / 6, 1 / 6, 1 / 6])


def test_a_majority_of_three_and_an_airport():
    assert shapley([float(k.bit_count() >= 2) for k in range(8)]) == pytest.approx([1 / 3] * 3)
    cost = [max((c for i, c in enumerate((3.0, 5.0, 9.0)) if k >> i & 1), default=0.0) for k in range(8)]
    assert shapley(cost) == pytest.approx([1.0, 2.0, 6.0])


def test_a_firm_that_cannot_be_done_without():
    """Alone each partner adds 2 and 4, both together 8: half of what it adds alone, and a third of the synergy."""
    assert with_veto([0.0, 2.0]) == [0.0, 0.0, 0.0, 2.0]
    assert shapley_with_firm([0.0, 5.0]) == [2.5]
    assert shapley_with_firm([0.0, 2.0, 4.0, 8.0]) == pytest.approx([2 / 2 + 2 / 3, 4 / 2 + 2 / 3])


def test_the_largest_game_is_exact_and_a_larger_one_is_refused():
    values = [float(k.bit_count() ** 2) for k in range(2**PLAYERS)]
    assert shapley(values) == pytest.approx([float(PLAYERS)] * PLAYERS)
    with pytest.raises(ValueError, match="at most 8 players"):
        shapley([0.0] * 2 ** (PLAYERS + 1))
    with pytest.raises(ValueError, match="3 coalitions"):
        shapley([0.0, 1.0, 2.0])


def test_more_partners_than_players_act_in_blocs():
    """Where worth is additive, everyone gets half of what he adds, whether alone or in the bloc of the least."""
    sizes = [2] * 3 + [1] * 9

    def worth(members):
        return float(sum(10.0 if k < 3 else 1.0 for k in members))

    found = shapley_in_blocs(worth, sizes)
    assert found == pytest.approx([5.0] * 3 + [0.5] * 9)
    assert shapley_in_blocs(worth, sizes[:7]) == pytest.approx([5.0] * 3 + [0.5] * 4)


def test_commission_by_hand():
    assert commission(10.0, [4.0, 6.0], 0.15) == pytest.approx([3.4, 5.1])
    assert commission(10.0, [10.0, 10.0], 0.2) == pytest.approx([4.0, 4.0])
    assert commission(10.0, [4.0, -1.0], 0.0) == pytest.approx([4.0, 0.0])


def test_equal_by_hand():
    assert equal(9.0, 2) == [3.0, 3.0]


def test_nash_by_hand():
    """Half of what is won over the reserve; a partner that adds less than its reserve gets all of it."""
    assert nash(10.0, [4.0, 6.0], [0.0, 2.0]) == pytest.approx([2.0, 4.0])
    assert nash(10.0, [1.0, 6.0], [2.0, 0.0]) == pytest.approx([1.0, 3.0])
    assert nash(4.0, [4.0, 4.0, 4.0], [0.0, 0.0, 0.0]) == pytest.approx([4 / 3] * 3)


def test_for_one_partner_nash_equal_and_shapley_agree():
    assert nash(7.0, [7.0], [0.0]) == equal(7.0, 1) == shapley_with_firm([0.0, 7.0])


@given(st.lists(st.floats(0, 50), min_size=1, max_size=6), st.floats(0, 100), st.floats(0, 1))
def test_nobody_pays_and_no_more_is_given_than_there_is(added, whole, kept):
    for shares in (
        commission(whole, added, kept),
        equal(whole, len(added)),
        nash(whole, added, [kept] * len(added)),
        within(added, whole),
    ):
        assert min(shares) >= 0.0
        assert sum(shares) <= whole * (1 + 1e-12) + 1e-12
