"""Fits: simulated customers give their parameters back, whatever the unit; CDNOW gives the published ones."""

import math
import warnings

import numpy as np
import pytest

from ecosim.customer_base import bg_nbd, cdnow, gamma_gamma, pareto_nbd, simulate
from ecosim.customer_base.bg_nbd import BgNbd
from ecosim.customer_base.gamma_gamma import GammaGamma
from ecosim.customer_base.pareto_nbd import ParetoNbd
from ecosim.customer_base.table import recency_frequency, rows

BG, PARETO = BgNbd(0.6, 4.0, 0.8, 2.5), ParetoNbd(0.9, 8.0, 0.7, 9.0)


def drawn(p, n=3000, seed=1, end=40.0):
    found = simulate.base(simulate.traits(p, n, seed), end, seed)
    return rows(found["x"].to_numpy(), found["t_x"].to_numpy(), found["T"].to_numpy())


@pytest.fixture(scope="module")
def data():
    found = cdnow.summary()
    if found is None:
        pytest.skip("the CDNOW files of the distribution lifetimes are not installed")
    return found


def known(data):
    return rows(data["x"].to_numpy(), data["t_x"].to_numpy(), data["T"].to_numpy())


@pytest.mark.parametrize(("module", "p"), [(bg_nbd, BG), (pareto_nbd, PARETO)])
def test_simulated_customers_give_their_parameters_back(module, p):
    """3,000 customers: all four within 3 standard errors; the truth is less likely than the fit, but hardly."""
    table = drawn(p)
    found = module.fit(table)
    z = (np.log(found.estimates) - np.log(p)) / np.sqrt(np.diag(found.covariance))
    assert np.abs(z).max() < 3
    truth = float(table.weight @ module.log_likelihood(p, table.x, table.t_x, table.T))
    assert 0 < found.log_likelihood - truth < 10
    assert found.n == 3000


def test_standard_errors_are_those_of_repeated_samples():
    """24 samples of 1,500: the spread of log r is its standard error within 40 % (chi-square, 23 degrees)."""
    fits = [bg_nbd.fit(drawn(BG, 1500, seed)) for seed in range(24)]
    spread = np.std([math.log(fit.value("r")) for fit in fits], ddof=1)
    told = np.mean([math.sqrt(fit.covariance[0, 0]) for fit in fits])
    assert 0.6 < spread / told < 1.6


@pytest.mark.parametrize(("module", "p"), [(bg_nbd, BG), (pareto_nbd, PARETO)])
def test_the_unit_of_time_changes_nothing_but_the_unit(module, p):
    weeks = drawn(p, 1000)
    days = weeks._replace(t_x=7 * weeks.t_x, T=7 * weeks.T)
    left, right = module.fit(weeks), module.fit(days)
    assert right.value("alpha") == pytest.approx(7 * left.value("alpha"), rel=1e-4)
    assert right.value("r") == pytest.approx(left.value("r"), rel=1e-4)
    assert right.error("r") == pytest.approx(left.error("r"), rel=1e-3)
    assert right.log_likelihood == pytest.approx(left.log_likelihood - weeks.x @ weeks.weight * math.log(7), abs=1e-4)


def test_without_dropout_its_parameters_have_no_standard_error_and_the_rate_has():
    """Nobody leaves: the data cannot tell how dropout is spread, and say so; r and r / alpha come back."""
    table = drawn(BgNbd(0.8, 8.0, 1e-9, 1.0), 4000)
    found = bg_nbd.fit(table)
    a, b = found.value("a"), found.value("b")
    assert a / (a + b) < 0.01
    rate, error = found.ratio("r", "alpha")
    assert abs(rate - 0.1) < 3 * error
    assert abs(found.value("r") - 0.8) < 3 * found.error("r")


def test_amounts_give_the_spend_model_back_in_any_currency():
    g = GammaGamma(4.0, 3.5, 20.0)
    customer, _ = simulate.purchases(simulate.traits(BgNbd(2.0, 10.0, 0.1, 5.0), 3000, 5), 60.0, 5)
    amount = simulate.amounts(g, customer, 5)
    x = np.bincount(customer)
    z = np.bincount(customer, amount)[x > 0] / x[x > 0]
    found = gamma_gamma.fit(x[x > 0], z)
    assert np.all(np.abs(np.array(found.estimates) - g) < 3 * np.array(found.errors))
    cents = gamma_gamma.fit(x[x > 0], 100 * z)
    assert cents.value("v") == pytest.approx(100 * found.value("v"), rel=1e-4)


def test_the_table_by_hand():
    """Two purchases of a day are one; the first is no repeat; what comes after the end does not count."""
    customer = np.array(["b", "a", "a", "a", "a", "b", "c"], object)
    time, amount = np.array([3, 1, 1, 8, 22, 30, 16]), np.array([5.0, 1.0, 2.0, 6.0, 8.0, 9.0, 4.0])
    found = recency_frequency(customer, time, amount, 22, step=7.0)
    assert found["customer"].tolist() == ["a", "b", "c"]
    assert found["x"].tolist() == [2, 0, 0]
    assert found["t_x"].tolist() == [3.0, 0.0, 0.0]
    assert found["T"].tolist() == [3.0, 19 / 7, 6 / 7]
    assert found["spend"].tolist() == [7.0, 0.0, 0.0]
    alike = rows(*(found[name].to_numpy() for name in ("x", "t_x", "T")))
    assert alike.n == 3


# -- CDNOW -------------------------------------------------------------------------------------------------------------


def test_cdnow_bg_nbd_to_three_digits(data):
    found = bg_nbd.fit(known(data))
    assert [float(f"{value:.3g}") for value in found.estimates] == [0.243, 4.41, 0.793, 2.43]
    assert found.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    p = BgNbd(*found.estimates)
    repeats = bg_nbd.expected_repeats(p, np.array([0.1429, 1.0, 3.0, 31.857, 32.0, 78.0]))
    np.testing.assert_allclose(repeats, [0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576], atol=5e-4)
    life = (np.array([2.0]), np.array([30.43]), np.array([38.86]))
    assert bg_nbd.expected_purchases(p, 39.0, *life)[0] == pytest.approx(1.226, abs=5e-4)


def test_cdnow_pareto_nbd_and_spend(data):
    found = pareto_nbd.fit(known(data))
    np.testing.assert_allclose(found.estimates, [0.553, 10.578, 0.606, 11.669], rtol=1e-3)
    again = data["x"] > 0
    spend = gamma_gamma.fit(data["x"][again], data["spend"][again])
    np.testing.assert_allclose(spend.estimates, [6.25, 3.74, 15.44], rtol=2e-3)


def test_cdnow_transactions_give_the_summary(data):
    """The table made from 6,919 transactions is the one its authors published, to its two digits."""
    from ecosim.customer_base.transactions import moment

    found = cdnow.transactions()
    time = np.array([moment("", text)[0] for text in found["date"]])
    table = recency_frequency(
        found["customer"].to_numpy(), time, found["amount"].to_numpy(float), moment("", "19970930")[0], step=7.0
    )
    assert table["x"].tolist() == data["x"].tolist()
    np.testing.assert_allclose(table["T"], data["T"], atol=0.006)
    np.testing.assert_allclose(table["t_x"], data["t_x"], atol=0.006)
    np.testing.assert_allclose(table["spend"], data["spend"], atol=0.006)


# -- independent library -----------------------------------------------------------------------------------------------


@pytest.mark.oracle
def test_lifetimes_agrees(data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lifetimes = pytest.importorskip("lifetimes")
        bg, pareto, spend = lifetimes.BetaGeoFitter(), lifetimes.ParetoNBDFitter(), lifetimes.GammaGammaFitter()
        columns = [data[name] for name in ("x", "t_x", "T")]
        bg.fit(*columns)
        pareto.fit(*columns, maxiter=2000)
        again = data["x"] > 0
        spend.fit(data["x"][again], data["spend"][again])
        p = BgNbd(*(float(bg.params_[name]) for name in bg_nbd.NAMES))
        q = ParetoNbd(*(float(pareto.params_[name]) for name in pareto_nbd.NAMES))
        g = GammaGamma(*(float(spend.params_[name]) for name in gamma_gamma.NAMES))
        arrays = [column.to_numpy(float) for column in columns]
        theirs = [
            bg.conditional_expected_number_of_purchases_up_to_time(30.0, *columns),
            bg.conditional_probability_alive(*columns),
            pareto.conditional_expected_number_of_purchases_up_to_time(30.0, *columns),
            pareto.conditional_probability_alive(*columns),
            spend.conditional_expected_average_profit(data["x"], data["spend"]),
        ]
    ours = [
        bg_nbd.expected_purchases(p, 30.0, *arrays), bg_nbd.alive(p, *arrays),
        pareto_nbd.expected_purchases(q, 30.0, *arrays), pareto_nbd.alive(q, *arrays),
        gamma_gamma.expected_spend(g, arrays[0], data["spend"].to_numpy()),
    ]  # fmt: skip
    for left, right in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(left, np.asarray(right, float), rtol=1e-6)
    np.testing.assert_allclose(bg_nbd.fit(known(data)).estimates, p, rtol=2e-3)
    np.testing.assert_allclose(pareto_nbd.fit(known(data)).estimates, q, rtol=1e-2)
