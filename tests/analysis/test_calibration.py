"""Calibration: known parameters come back within their standard errors, and what cannot be told is said to be so."""

import math

import numpy as np
import pytest

from ecosim.analysis.calibration import Calibration
from ecosim.analysis.targets import Target
from ecosim.errors import UserError
from ecosim.sweeps.designs import Factor

pytest.importorskip("optuna")

A, B = Factor("a", "real", 0.0, 2.0), Factor("b", "real", 0.1, 10.0, "log")
TRUE = {"a": 1.2, "b": 1.5}
TOLERANCE = np.array([0.1, 0.1, 0.03])
REPLICATIONS = 4


def settled(a, b):
    """Two parameters that three statistics settle."""
    return [a + math.log(b), a * a - 0.5 * math.log(b), math.exp(-a)]


def product(a, b, c):
    """Only the product of a and b matters; c is settled once that is."""
    return [a * b, math.sqrt(a * b), c + a * b]


def told(search, model, spread, seed, batch=5):
    """Run a calibration of ``model`` seen in four replications through normal noise."""
    rng = np.random.default_rng(seed)
    while points := search.ask(batch):
        exact = np.array([model(**point) for point in points])
        seen = exact[:, None] + spread * rng.standard_normal((len(points), REPLICATIONS, exact.shape[1]))
        search.tell(points, seen.mean(axis=1), seen.std(axis=1, ddof=1) / math.sqrt(REPLICATIONS))
    return search


def calibrated(seed):
    """Return a calibration whose targets lie as far from the truth as their tolerances say."""
    values = np.array(settled(**TRUE)) + TOLERANCE * np.random.default_rng(50 + seed).standard_normal(3)
    targets = [Target(name, value, tolerance) for name, value, tolerance in zip("xyz", values, TOLERANCE, strict=True)]
    search = Calibration([A, B], targets, budget=90, seed=seed)
    return told(search, settled, np.array([0.1, 0.1, 0.02]), seed)


def test_known_parameters_come_back_within_their_standard_errors():
    """Sixteen squared errors over their variances: within the 99.8 % interval of their chi-square distribution."""
    total = 0.0
    for seed in range(8):
        fit = calibrated(seed).fit()
        assert fit.confirmed
        assert list(fit.parameters["identified"]) == [True, True]
        assert (fit.known.se < 0.03).all()
        assert fit.known.collinearity["index"].max() < 2
        for row, factor in zip(fit.parameters.itertuples(), (A, B), strict=True):
            at = factor.place([row.value, TRUE[row.key]])
            total += ((at[0] - at[1]) / row.se) ** 2
            assert row.low < row.value < row.high
    assert 3.9 < total < 39.3


@pytest.mark.parametrize("seed", range(4))
def test_parameters_of_which_only_the_product_matters_are_said_not_to_be_identifiable(seed):
    factors = [Factor("a", "real", 0.5, 3.0), Factor("b", "real", 0.5, 3.0), Factor("c")]
    values = product(1.5, 1.2, 0.4)
    targets = [Target(name, value, 0.05) for name, value in zip("xyz", values, strict=True)]
    search = told(Calibration(factors, targets, budget=120, seed=seed), product, 0.05, seed, batch=6)
    fit = search.fit()
    assert dict(zip(fit.parameters["key"], fit.parameters["identified"], strict=True)) == {
        "a": False, "b": False, "c": True,
    }  # fmt: skip
    assert fit.known.entangled == [("a", "b")]
    where = dict(zip(fit.parameters["key"], fit.parameters["value"], strict=True))
    assert where["a"] * where["b"] == pytest.approx(1.8, abs=0.2)
    assert set(fit.known.collinearity["parameters"]) == {("a", "b"), ("a", "c"), ("b", "c"), ("a", "b", "c")}


def test_a_parameter_that_nothing_depends_on_is_said_so():
    search = Calibration([A, Factor("idle")], [Target("x", 1.2, 0.05)], budget=60, seed=3)
    fit = told(search, lambda a, idle: [a], 0.05, 3).fit()
    assert list(fit.parameters["identified"]) == [True, False]
    row = fit.parameters.iloc[1]
    assert (row["low"], row["high"]) == (0.0, 1.0)


def test_telling_the_same_asks_the_same():
    first = calibrated(1)
    again = Calibration([A, B], first.targets, budget=90, seed=1)
    table, at = first.told, 0
    while points := again.ask(5):
        part = table.iloc[at : at + len(points)]
        assert points == part[["a", "b"]].to_dict("records")
        again.tell(points, first.means[at : at + len(points)], first.se[at : at + len(points)])
        at += len(points)
    assert at == len(table) == 90
    assert table["stage"].value_counts().to_dict() == {"search": 59, "look": 30, "confirm": 1}
    assert first.fit().parameters.equals(again.fit().parameters)


def test_what_is_obtained_is_what_the_last_point_showed():
    search = calibrated(2)
    fit = search.fit()
    assert list(fit.targets["obtained"]) == list(search.means[-1])
    assert fit.misfit == pytest.approx((((search.means[-1] - search.value) / TOLERANCE) ** 2).sum())
    assert fit.best_misfit <= fit.misfit


def test_undefined_statistics_count_and_are_left_out():
    search = Calibration([A], [Target("x", 1.0, 0.1)], budget=30, seed=1)
    told(search, lambda a: [a if a < 1.5 else math.nan], 0.01, 1)
    fit = search.fit()
    assert fit.points == 30
    assert fit.undefined > 0
    assert fit.parameters["value"][0] == pytest.approx(1.0, abs=0.1)
    nothing = Calibration([A], [Target("x", 1.0, 0.1)], budget=20, seed=1)
    with pytest.raises(UserError, match="at 0 points only"):
        told(nothing, lambda a: [math.nan], 0.01, 1)


def test_the_look_waits_for_the_search():
    search = Calibration([A], [Target("x", 1.0, 0.1)], budget=20, seed=1)
    points = search.ask(100)
    assert len(points) == search.searches
    assert search.stage == "look"
    assert search.ask(5) == []
    search.tell(points[:-1], np.ones((len(points) - 1, 1)), np.ones((len(points) - 1, 1)))
    assert search.ask(5) == []


def test_mistakes_are_refused():
    target = Target("x", 1.0, 0.1)
    with pytest.raises(UserError, match="points=5: at least 12"):
        Calibration([A], [target], budget=5)
    with pytest.raises(UserError, match="targets: at least one"):
        Calibration([A], [], budget=50)
    with pytest.raises(UserError, match="k: a range"):
        Calibration([Factor("k", "words", values=("a", "b"))], [target], budget=50)
    search = Calibration([A], [target], budget=20)
    points = search.ask(1)
    with pytest.raises(ValueError, match="not asked"):
        search.tell([{"a": 0.123}], [[1.0]], [[1.0]])
    with pytest.raises(ValueError, match="infinite"):
        search.tell(points, [[math.inf]], [[1.0]])
    with pytest.raises(ValueError, match="one row a point"):
        search.tell(points, [[1.0, 2.0]], [[1.0]])
