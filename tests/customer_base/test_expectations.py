"""What customers are expected to do: closed forms against integrals, limits, identities, and simulated customers."""

import math

import numpy as np
import pytest
from scipy import integrate, stats

from ecosim.customer_base import bg_nbd, gamma_gamma, pareto_nbd, simulate
from ecosim.customer_base.bg_nbd import BgNbd
from ecosim.customer_base.gamma_gamma import GammaGamma
from ecosim.customer_base.pareto_nbd import ParetoNbd
from ecosim.customer_base.retention import cohort_elasticity, cohort_value, elasticity, luck, multiple
from ecosim.customer_base.value import discounted_purchases

BG, PARETO = BgNbd(0.6, 4.0, 0.8, 2.5), ParetoNbd(0.55, 10.6, 0.6, 11.7)


@pytest.mark.parametrize(("a", "b"), [(0.8, 2.5), (1.0, 2.0), (1.0 + 1e-6, 2.0), (0.4, 0.6), (0.3, 0.4), (3.0, 1.0)])
def test_bg_nbd_repeats_are_an_integral_over_dropout(a, b):
    """E[X(t)] = E[(1 - (alpha / (alpha + p t))^r) / p]; also where the closed form is 0/0."""
    found, _ = integrate.quad(
        lambda p: (1 - (4.0 / (4.0 + 30.0 * p)) ** 0.6) / p * stats.beta.pdf(p, a, b), 0, 1, epsrel=1e-10, limit=400
    )
    assert float(bg_nbd.expected_repeats(BgNbd(0.6, 4.0, a, b), 30.0)) == pytest.approx(found, rel=1e-5)


def test_without_dropout_repeats_are_those_of_the_nbd():
    assert float(bg_nbd.expected_repeats(BgNbd(0.6, 4.0, 1e-9, 2.0), 30.0)) == pytest.approx(0.6 / 4 * 30, rel=1e-6)
    assert float(pareto_nbd.expected_repeats(ParetoNbd(0.6, 4.0, 2.0, 1e9), 30.0)) == pytest.approx(4.5, rel=1e-6)
    x, t_x, T = np.array([3.0]), np.array([10.0]), np.array([30.0])
    kept = bg_nbd.expected_purchases(BgNbd(0.6, 4.0, 1e-9, 2.0), 10.0, x, t_x, T)
    assert kept[0] == pytest.approx((0.6 + 3) / (4 + 30) * 10, rel=1e-5)
    nbd = stats.nbinom.pmf(np.arange(6), 0.6, 4 / 34)
    np.testing.assert_allclose(bg_nbd.probabilities(BgNbd(0.6, 4.0, 1e-9, 2.0), 5, 30.0), nbd, rtol=1e-6)
    np.testing.assert_allclose(pareto_nbd.probabilities(ParetoNbd(0.6, 4.0, 2.0, 1e9), 5, 30.0), nbd, rtol=1e-6)


def test_pareto_nbd_repeats_go_smoothly_through_s_equal_to_one():
    exact = 0.55 / 10.6 * 11.7 * math.log((11.7 + 30) / 11.7)
    for s in (1.0, 1 + 1e-12, 1 - 1e-7, 1 + 1e-6):
        assert float(pareto_nbd.expected_repeats(ParetoNbd(0.55, 10.6, s, 11.7), 30.0)) == pytest.approx(
            exact, rel=1e-5
        )


def test_who_is_still_there():
    """Without a repeat all are there in BG/NBD; a customer seen now is there in Pareto/NBD; silence tells."""
    x, T = np.array([0.0, 3.0, 3.0, 3.0]), np.full(4, 30.0)
    t_x = np.array([0.0, 30.0, 20.0, 5.0])
    found = bg_nbd.alive(BG, x, t_x, T)
    assert found[0] == 1
    assert found[1] == pytest.approx(1 / (1 + 0.8 / (2.5 + 3 - 1)))
    assert np.all(np.diff(found[1:]) < 0)
    other = pareto_nbd.alive(PARETO, x, t_x, T)
    assert other[1] == pytest.approx(1.0)
    assert np.all(np.diff(other[1:]) < 0)
    assert pareto_nbd.alive(PARETO, x[:1], t_x[:1], np.array([1e9]))[0] < 1e-4


@pytest.mark.parametrize(("module", "p"), [(bg_nbd, BG), (pareto_nbd, PARETO)])
def test_alive_is_the_share_of_the_likelihood_without_departure(module, p):
    """P(alive) L = the likelihood of x purchases and no departure, integrated over both traits."""
    x, t_x, T = 2.0, 12.0, 20.0
    life = [np.array([value]) for value in (x, t_x, T)]
    rates = math.gamma(p.r + x) / math.gamma(p.r) * p.alpha**p.r / (p.alpha + T) ** (p.r + x)
    if module is bg_nbd:
        stays = math.exp(math.lgamma(p.b + x) - math.lgamma(p.b) + math.lgamma(p.a + p.b) - math.lgamma(p.a + p.b + x))
    else:
        stays = (p.beta / (p.beta + T)) ** p.s
    share = module.alive(p, *life)[0] * math.exp(module.log_likelihood(p, *life)[0])
    assert share == pytest.approx(rates * stays, rel=1e-9)


@pytest.mark.parametrize(("module", "p"), [(bg_nbd, BG), (pareto_nbd, PARETO)])
def test_expectations_are_met_by_simulated_customers(module, p):
    """100,000 customers, 30 weeks seen and 20 to come: by frequency within 5 standard errors; and those there."""
    n, seed = 100_000, 3
    who = simulate.traits(p, n, seed)
    seen, later = simulate.base(who, 30.0, seed), simulate.base(who, 50.0, seed)["x"]
    x, t_x, T = (seen[name].to_numpy(float) for name in ("x", "t_x", "T"))
    expected = module.expected_purchases(p, 20.0, x, t_x, T)
    for k in range(5):
        chosen = x == k
        came = (later - seen["x"])[chosen].to_numpy()
        assert abs(came.mean() - expected[chosen].mean()) < 5 * came.std() / np.sqrt(chosen.sum()), k
    shares = module.probabilities(p, 4, 30.0)
    for k, share in enumerate(shares):
        assert abs((x == k).mean() - share) < 5 * math.sqrt(share / n)
    assert x.mean() == pytest.approx(float(module.expected_repeats(p, 30.0)), abs=5 * x.std() / math.sqrt(n))
    if module is pareto_nbd:
        assert (who.leaves > 30.0).mean() == pytest.approx(
            module.alive(p, x, t_x, T).mean(), abs=5 * 0.5 / math.sqrt(n)
        )


def test_the_same_seed_gives_the_same_customers_and_a_longer_life_the_same_start():
    who = simulate.traits(BG, 200, 7)
    early, late = simulate.purchases(who, 20.0, 7), simulate.purchases(who, 40.0, 7)
    again = simulate.purchases(simulate.traits(BG, 200, 7), 40.0, 7)
    np.testing.assert_array_equal(late[1], again[1])
    np.testing.assert_array_equal(early[1], late[1][late[1] <= 20.0])
    few = simulate.traits(BG, 50, 7)
    np.testing.assert_array_equal(few.rate, who.rate[:50])
    assert not np.array_equal(simulate.traits(BG, 50, 8).rate, few.rate)


def test_spend_shrinks_to_the_mean_of_all():
    """Nothing bought: the mean of all, p v / (q - 1); very much bought: one's own mean."""
    g = GammaGamma(6.25, 3.74, 15.44)
    mean = gamma_gamma.mean_spend(g)
    assert mean == pytest.approx(6.25 * 15.44 / 2.74)
    found = gamma_gamma.expected_spend(g, np.array([0, 1, 10**7]), np.array([0.0, 100.0, 100.0]))
    assert found[0] == pytest.approx(mean)
    assert found[1] == pytest.approx(6.25 * (15.44 + 100) / (6.25 + 2.74))
    assert found[2] == pytest.approx(100, rel=1e-5)
    assert math.isnan(gamma_gamma.mean_spend(GammaGamma(1.0, 0.9, 1.0)))


def test_value_is_purchases_times_discounts():
    """A steady rate of one a week for a year at 10 %: the integral of 1.1^-t; without discount, 52."""
    steady = discounted_purchases(lambda t: np.array([t]), 52.0, 0.1, 52.0)[0]
    assert steady == pytest.approx(52 * (1 - 1 / 1.1) / math.log(1.1), rel=1e-5)
    assert discounted_purchases(lambda t: np.array([t]), 52.0, 0.0, 52.0)[0] == pytest.approx(52)


def test_constant_retention():
    """The published multiples, elasticities of the closed form, and a cohort that has them."""
    assert multiple(0.8, 0.12) == pytest.approx(2.5)
    assert elasticity(0.8, 0.12) == pytest.approx(3.5)
    u = luck(50_000, 1)
    assert cohort_value(u, 0.8, 0.12) == pytest.approx(2.5, rel=0.02)
    assert cohort_value(u, 0.8, 0.0) == pytest.approx(4.0, rel=0.02)
    assert cohort_elasticity(u, 0.8, 0.12, "retention") == pytest.approx(3.5, rel=0.05)
    assert cohort_elasticity(u, 0.8, 0.12, "margin") == pytest.approx(1.0)
    cost = 0.2 * cohort_value(u, 0.8, 0.12)
    assert cohort_elasticity(u, 0.8, 0.12, "cost", cost) == pytest.approx(-0.25)
