"""Prices that answer each other: monopoly, substitutes, complements and two sides in closed form."""

import numpy as np
import pytest

from ecosim.dynamics.pricing import ORDERS, equilibrium, logit_shares, respond, two_sided_shares
from ecosim.errors import UserError


def logit(value, mu=1.0, outside=0.0, cost=0.0):
    """Return the profit function of firms that sell by logit."""
    return lambda j, prices: float((prices[j] - cost) * logit_shares(prices, value, mu, outside)[j])


def test_shares_by_hand():
    """Utilities 0, log 2 and, outside, log 1: 1/4, 1/2 and 1/4 left; without it 1/3 and 2/3, at any price level."""
    value, prices = np.array([1.0, 1.0 + np.log(2)]), np.ones(2)
    np.testing.assert_allclose(logit_shares(prices, value, 1.0, 1.0), [1 / 4, 1 / 2])
    np.testing.assert_allclose(logit_shares(prices, value), [1 / 3, 2 / 3])
    np.testing.assert_allclose(logit_shares(prices + 1e4, value), [1 / 3, 2 / 3])
    np.testing.assert_allclose(logit_shares(prices + 1e4, value, 1.0, 1.0), [0, 0], atol=1e-300)
    np.testing.assert_allclose(logit_shares(prices, value, 0.5), [1 / 5, 4 / 5])


@pytest.mark.parametrize("order", ORDERS)
def test_a_monopoly_asks_half_of_what_kills_demand(order):
    found = equilibrium(lambda j, p: float(p[j] * (1 - p[j])), np.array([0.1]), order=order, bounds=(0.0, 1.0))
    assert found == pytest.approx(0.5, abs=1e-7)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(("n", "mu", "cost"), [(2, 1.0, 0.0), (2, 2.0, 0.5), (5, 1.0, 0.0)])
def test_substitutes_ask_mu_n_over_n_minus_one(order, n, mu, cost):
    """All buy: p - c = mu / (1 - 1 / n), the same in either order; within 1e-6."""
    found = equilibrium(logit(np.zeros(n), mu, cost=cost), np.full(n, 0.7), order=order, bounds=(0.0, 10.0))
    np.testing.assert_allclose(found, cost + mu * n / (n - 1), atol=1e-6)


def test_unequal_firms_meet_their_conditions():
    """With a choice not to buy: p_j = mu / (1 - s_j), for one firm and for two of different worth; within 1e-6."""
    for value in (np.array([2.0]), np.array([2.0, 1.0])):
        found = equilibrium(logit(value, 1.0, 1.0), np.ones(len(value)), order="alternating", bounds=(0.0, 10.0))
        shares = logit_shares(found, value, 1.0, 1.0)
        np.testing.assert_allclose(found, 1 / (1 - shares), atol=1e-6)
        assert (np.diff(found) <= 0).all() and shares.sum() < 1


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_complements_ask_n_over_n_plus_one(n):
    found = equilibrium(
        lambda j, p: float(p[j] * (1 - p.sum())), np.full(n, 0.1), order="alternating", bounds=(0.0, 1.0)
    )
    np.testing.assert_allclose(found, 1 / (n + 1), atol=1e-6)


def test_orders_see_what_they_say():
    """Best responses b(p) = (1 - p) / 2 from 0: together 1/2 1/2, alternating 1/2 1/4."""

    def profit(j, prices):
        return float(prices[j] * (1 - prices.sum()))

    for order, expected in (("together", [0.5, 0.5]), ("alternating", [0.5, 0.25])):
        found = equilibrium(profit, np.zeros(2), order=order, bounds=(0.0, 1.0), rounds=1)
        np.testing.assert_allclose(found, expected, atol=1e-7)
    start = np.zeros(2)
    assert respond(profit, start, 1, (0.0, 1.0)) == pytest.approx(0.5, abs=1e-7)
    assert start.tolist() == [0, 0]


def test_an_unknown_order_is_refused():
    with pytest.raises(UserError, match=r"^order=alternate: no such order; did you mean 'alternating'\?$"):
        equilibrium(lambda j, p: 0.0, np.zeros(2), order="alternate", bounds=(0.0, 1.0))


# -- two sides ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("transport", "gain"), [((1, 1), (0.6, 0.2)), ((1, 1), (0, 0)), ((1.5, 0.8), (0.3, 0.9))])
def test_platforms_ask_transport_less_what_the_other_side_gains(transport, gain):
    """Armstrong: p_1 = t_1 - alpha_2 and p_2 = t_2 - alpha_1 at no cost, within 1e-5; each has half of both sides."""
    transport, gain = np.array(transport, float), np.array(gain, float)

    def profit(j, prices):
        share = two_sided_shares(prices, transport, gain)
        return float(prices[j] @ (share if j == 0 else 1 - share))

    found = equilibrium(
        profit, np.full((2, 2), 0.5), order="alternating", bounds=(-2.0, 3.0), exact=1e-7, look=1e-8, rounds=60
    )
    np.testing.assert_allclose(found, np.tile(transport - gain[::-1], (2, 1)), atol=1e-5)
    assert profit(0, found) == pytest.approx((transport.sum() - gain.sum()) / 2, abs=1e-5)


def test_agents_come_near_the_continuum():
    """At unequal prices m = 2 n - 1 solves m_1 = (a_1 m_2 - g_1) / t_1: within 1e-12.

    N agents round each share by 1 / 2N at most, which expectations carry on: 1 / 2N / (1 - .6) in all.
    """
    prices, transport, gain = np.array([[0.3, 0.1], [0.2, 0.25]]), np.array([1.0, 1.2]), np.array([0.6, 0.4])
    exact = (1 + np.linalg.solve(np.diag(transport) - np.diag(gain)[:, ::-1], prices[1] - prices[0])) / 2
    np.testing.assert_allclose(two_sided_shares(prices, transport, gain), exact, atol=1e-12)
    for agents in (10, 100, 1000, 10_000):
        found = two_sided_shares(prices, transport, gain, agents)
        np.testing.assert_allclose(found * agents, np.rint(found * agents), atol=1e-9)
        assert np.abs(found - exact).max() <= 0.5 / agents / 0.4


def test_a_market_tips_where_gains_exceed_transport():
    level = np.zeros((2, 2))
    for start, share in ((0.5, 0.5), (0.51, 1.0), (0.49, 0.0)):
        for agents in (0, 1000):
            found = two_sided_shares(level, np.ones(2), np.full(2, 1.3), agents, start)
            assert found.tolist() == [share, share]
