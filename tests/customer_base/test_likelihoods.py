"""Likelihoods of the models: by hand, by integration over what customers differ in, and adding up to one."""

import math

import numpy as np
import pytest
from scipy import integrate, special, stats

from ecosim.customer_base import bg_nbd, gamma_gamma, pareto_nbd
from ecosim.customer_base.bg_nbd import BgNbd
from ecosim.customer_base.gamma_gamma import GammaGamma
from ecosim.customer_base.pareto_nbd import ParetoNbd

LIVES = [(0, 0.0, 5.0), (1, 2.0, 2.0), (1, 0.5, 8.0), (4, 7.5, 9.0), (12, 3.0, 40.0)]
BG = [BgNbd(0.6, 4.0, 0.8, 2.5), BgNbd(2.0, 3.0, 1.0, 1.5)]
PARETO = [ParetoNbd(0.55, 10.6, 0.6, 11.7), ParetoNbd(1.5, 8.0, 0.9, 3.0), ParetoNbd(0.8, 5.0, 1.4, 5.0)]


def one(function, p, life):
    """Return a function of one customer."""
    return float(function(p, *(np.array([value]) for value in life))[0])


def test_bg_nbd_by_hand():
    """All parameters 1: without a repeat alpha / (alpha + T); one at the very end, half of 1/4 + 1/4."""
    p = BgNbd(1.0, 1.0, 1.0, 1.0)
    assert one(bg_nbd.log_likelihood, p, (0, 0.0, 1.0)) == pytest.approx(math.log(1 / 2))
    assert one(bg_nbd.log_likelihood, p, (1, 1.0, 1.0)) == pytest.approx(math.log(1 / 4))


def test_pareto_nbd_by_hand():
    """All parameters 1, no repeat: integral of e^-(l+m)T + m (1 - e^-(l+m)T)/(l+m), alpha = beta; F = 1/(2 (1+y)^2)."""
    p = ParetoNbd(1.0, 1.0, 1.0, 1.0)
    expected = 1 / 4 + 1 / 2 * (1 - 1 / 4)
    assert one(pareto_nbd.log_likelihood, p, (0, 0.0, 1.0)) == pytest.approx(math.log(expected))


def test_gamma_gamma_by_hand():
    """p = q = v = x = 1: the density of a Lomax law, 1 / (1 + z)^2."""
    assert one(gamma_gamma.log_likelihood, GammaGamma(1.0, 1.0, 1.0), (1, 2.0)) == pytest.approx(math.log(1 / 9))


def rates(p, x, y):
    """Return the mean of rate^x exp(-rate y) over the gamma distribution of rates."""
    return special.poch(p.r, x) * p.alpha**p.r / (p.alpha + y) ** (p.r + x)


@pytest.mark.parametrize("life", LIVES)
@pytest.mark.parametrize("p", BG)
def test_bg_nbd_is_the_mixture_over_dropout(p, life):
    """A customer stays after every purchase, or leaves after the last one."""
    x, t_x, T = life

    def density(dropout):
        leaves = dropout * (1 - dropout) ** (x - 1) * rates(p, x, t_x) if x else 0.0
        return ((1 - dropout) ** x * rates(p, x, T) + leaves) * stats.beta.pdf(dropout, p.a, p.b)

    found, _ = integrate.quad(density, 0, 1, epsabs=0, epsrel=1e-8, limit=200)
    assert one(bg_nbd.log_likelihood, p, life) == pytest.approx(math.log(found), abs=1e-6)


def test_rates_are_a_mixture_too():
    """One case integrated over rates and dropout together."""
    p, (x, t_x, T) = BG[1], (4, 7.5, 9.0)

    def density(dropout, rate):
        stays = (1 - dropout) ** x * math.exp(-rate * T) + dropout * (1 - dropout) ** (x - 1) * math.exp(-rate * t_x)
        return rate**x * stays * stats.gamma.pdf(rate, p.r, scale=1 / p.alpha) * stats.beta.pdf(dropout, p.a, p.b)

    found, _ = integrate.dblquad(density, 0, 10, 0, 1, epsabs=0, epsrel=1e-4)
    assert one(bg_nbd.log_likelihood, p, (x, t_x, T)) == pytest.approx(math.log(found), abs=1e-3)


@pytest.mark.parametrize("life", LIVES)
@pytest.mark.parametrize("p", PARETO)
def test_pareto_nbd_is_the_mixture_over_rates_and_lifetimes(p, life):
    """Purchases until T, or until an unseen departure at y between the last purchase and T."""
    x, t_x, T = life

    leaves, _ = integrate.quad(
        lambda y: rates(p, x, y) * p.s / p.beta * (p.beta / (p.beta + y)) ** (p.s + 1), t_x, T, epsabs=0, epsrel=1e-10
    )
    found = rates(p, x, T) * (p.beta / (p.beta + T)) ** p.s + leaves
    assert one(pareto_nbd.log_likelihood, p, life) == pytest.approx(math.log(found), abs=1e-9)


def test_pareto_nbd_is_continuous_where_alpha_meets_beta():
    for life in LIVES:
        around = [one(pareto_nbd.log_likelihood, ParetoNbd(0.8, 5.0 + d, 1.4, 5.0), life) for d in (-1e-7, 0.0, 1e-7)]
        assert max(around) - min(around) < 1e-6


@pytest.mark.parametrize(("b", "c", "z"), [(80.0, 83.0, 0.9), (0.3, 3.3, 0.999), (30.0, 31.2, 0.9999), (1.4, 1.9, 0.0)])
def test_the_hypergeometric_function_is_its_integral(b, c, z):
    """2F1(1, b; c; z) = the mean of 1 / (1 - z t) over t ~ Beta(b, c - b)."""
    found = pareto_nbd.hypergeometric(np.array([b]), np.array([c]), np.array([z]))[0]
    mean, _ = integrate.quad(
        lambda u: 1 / (1 - z * special.betaincinv(b, c - b, u)), 0, 1, epsrel=1e-9, limit=1000, points=[0.9, 0.999]
    )
    assert found == pytest.approx(mean, rel=1e-6)


def test_extreme_customers_have_finite_likelihoods():
    """Hundreds of purchases and distant alpha and beta overflow the hypergeometric function of the paper."""
    x, t_x, T = np.array([0.0, 300.0, 900.0]), np.array([0.0, 50.0, 99.0]), np.array([100.0, 100.0, 100.0])
    for p in (ParetoNbd(0.5, 100.0, 0.5, 0.1), ParetoNbd(0.5, 0.1, 3.0, 1000.0)):
        assert np.isfinite(pareto_nbd.log_likelihood(p, x, t_x, T)).all()
        assert np.all((pareto_nbd.alive(p, x, t_x, T) >= 0) & (pareto_nbd.alive(p, x, t_x, T) <= 1))
    assert np.isfinite(bg_nbd.log_likelihood(BG[0], x, t_x, T)).all()
    assert np.isfinite(bg_nbd.expected_purchases(BG[0], 50.0, x, t_x, T)).all()


@pytest.mark.parametrize(("x", "z"), [(1, 3.0), (5, 20.0)])
def test_gamma_gamma_is_the_mixture_over_means(x, z):
    g = GammaGamma(2.0, 3.0, 15.0)
    found, _ = integrate.quad(
        lambda nu: stats.gamma.pdf(z, g.p * x, scale=1 / (nu * x)) * stats.gamma.pdf(nu, g.q, scale=1 / g.v), 0, 20
    )
    assert one(gamma_gamma.log_likelihood, g, (x, z)) == pytest.approx(math.log(found), abs=1e-7)


@pytest.mark.parametrize(("module", "p"), [(bg_nbd, BG[0]), (pareto_nbd, PARETO[0]), (pareto_nbd, PARETO[1])])
def test_probabilities_add_up_to_one_and_to_the_mean(module, p):
    found = module.probabilities(p, 3000, 20.0)
    assert found.sum() == pytest.approx(1.0, abs=1e-9)
    assert found @ np.arange(3001) == pytest.approx(float(module.expected_repeats(p, 20.0)), rel=1e-6)


def test_no_repeat_is_the_same_in_both_tables():
    """P(X(T) = 0) is the likelihood of a customer without a repeat."""
    for module, p in ((bg_nbd, BG[0]), (pareto_nbd, PARETO[1])):
        found = math.exp(one(module.log_likelihood, p, (0, 0.0, 20.0)))
        assert module.probabilities(p, 0, 20.0)[0] == pytest.approx(found, rel=1e-9)
