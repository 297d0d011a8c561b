"""The search for a change of sign: known boundaries through noise, honest doubt, the same asks for the same tells."""

import math

import numpy as np
import pytest
from scipy.stats import qmc

from ecosim.analysis.boundary import OPENING, Boundary
from ecosim.analysis.cube import lattice, place
from ecosim.analysis.level_set import fit, pooled, probability
from ecosim.errors import UserError
from ecosim.sweeps.designs import Factor
from experiments import boundary_demo

X, Y = Factor("x"), Factor("y")


def explored(factors, f, *, noise=0.05, batch=4, seed=1, **keys):
    """Return a search of ``f``, a function of the unit cube, seen through normal noise, until it ends."""
    found = Boundary(factors, seed=seed, **keys)
    rng = np.random.default_rng(seed)
    while points := found.ask(batch):
        x = place(found.factors, points)
        found.tell(points, f(x) + noise * rng.standard_normal(len(x)), np.full(len(x), noise))
    return found


def test_a_surface_through_two_points_is_the_closed_form():
    """With one length scale and amplitude given, mean and variance are those of two correlated normals."""
    from ecosim.analysis.level_set import Surface

    surface = Surface(np.array([[0.2]]), np.array([3.0]), np.array([1.0]), np.array([0.0, math.log(0.5)]), 1.0, 2.0)
    mean, sd = surface.predict(np.array([[0.2], [0.7]]))
    r = math.sqrt(5) * 0.5 / 0.5
    k = (1 + r + r * r / 3) * math.exp(-r)
    gain = 1 / (1 + 0.25)
    assert np.allclose(mean, [1 + 2 * gain, 1 + 2 * k * gain])
    assert np.allclose(sd, [2 * math.sqrt(1 - gain), 2 * math.sqrt(1 - k * k * gain)])


def test_believing_keeps_the_mean_and_shrinks_the_doubt():
    x = np.array([[0.1], [0.5], [0.8], [0.9]])
    surface = fit(x, np.array([-1.0, 0.1, 1.0, 1.2]), np.full(4, 0.1))
    where = np.linspace(0, 1, 7)[:, None]
    before, after = surface.predict(where), surface.believe(np.array([0.3])).predict(where)
    assert np.allclose(before[0], after[0])
    assert (after[1] <= before[1] + 1e-9).all()
    assert after[1][2] < 0.9 * before[1][2]


def test_standard_errors_of_few_replications_are_pooled():
    se = pooled(np.array([1.0, 3.0]), np.array([4, 4]))
    shared = (4 * 1 + 4 * 9) / 2
    assert np.allclose(se, np.sqrt([(3 * 4 + 4 * shared) / 7 / 4, (3 * 36 + 4 * shared) / 7 / 4]))
    assert np.isnan(pooled(np.array([np.nan]), np.array([1]))).all()
    assert np.allclose(pooled(np.array([2.0, np.nan]), np.array([3, 1])), [2.0, 2.0 * math.sqrt(3)])


def test_probability_of_a_normal():
    assert np.allclose(
        probability(np.array([1.96, 0, 1.0, -1.0]), np.array([1, 1, 0, 0])), [0.975, 0.5, 1, 0], atol=1e-4
    )


@pytest.mark.parametrize("name", ["line, 2 parameters", "circle, 2 parameters", "sphere, 3 parameters"])
def test_a_known_boundary_is_found_as_well_as_by_a_grid_of_four_times_the_points(name):
    """Medians over three fixed seeds: the share of the box with the wrong sign is at most that of the largest grid."""
    problem = next(each for each in boundary_demo.PROBLEMS if each.name == name)
    side = problem.sides[-1]
    most = side**problem.factors // 4
    where = qmc.Sobol(problem.factors, rng=5).random_base2(12)
    truth = problem.f(where) > 0
    grid, search = [], []
    for seed in (1, 2, 3):
        grid.append(((boundary_demo.grid_says(problem, side, seed, where) > 0) != truth).mean())
        *_, found = boundary_demo.search(problem._replace(budget=min(most, 100)), seed)
        assert len(found.y) <= most
        search.append(((found.surface.predict(where)[0] > 0) != truth).mean())
    assert np.median(search) <= np.median(grid)
    assert np.median(search) < 0.035


def test_a_root_is_found_within_its_interval():
    """Nineteen of twenty intervals hold the root at least 16 times with probability .997 if 95 % are right."""
    held = 0
    for seed in range(20):
        found = explored([X], lambda x: x[:, 0] ** 2 - 0.3, budget=20, batch=2, doubt=0.02, seed=seed)
        (crossing,) = found.crossings
        assert crossing.rising
        assert abs(crossing.at - math.sqrt(0.3)) < 0.08
        held += crossing.low <= math.sqrt(0.3) <= crossing.high
    assert held >= 16


def test_values_are_those_of_the_scale():
    """The root of log10(v) - 1 over 1 to 1000 is 10, a third of the way on a logarithmic scale."""
    factor = Factor("attention.load", "real", 1.0, 1000.0, "log")
    found = explored([factor], lambda x: x[:, 0] - 1 / 3, noise=0.01, budget=16)
    assert found.crossings[0].at == pytest.approx(10, rel=0.1)
    assert set(found.told["attention.load"]) <= {value for value in found.told["attention.load"] if 1 <= value <= 1000}
    assert found.found().positive == pytest.approx(2 / 3, abs=0.05)


def test_no_change_of_sign_is_said_to_be_none():
    found = explored([X, Y], lambda x: 0.3 + 0.2 * x[:, 0], budget=40, doubt=0.01).found()
    assert (found.verdict, found.reason) == ("positive", "doubt")
    assert found.positive > 0.99
    assert found.both <= 0.05
    assert found.points < 40


def test_what_noise_hides_is_unclear():
    found = explored([X, Y], lambda x: 0.02 * np.ones(len(x)), noise=0.3, budget=24, doubt=0.01).found()
    assert found.verdict == "unclear"
    assert found.reason == "budget"
    assert found.doubt > 0.5


def test_a_change_in_a_corner_is_not_missed():
    """A fiftieth of the box is positive; the search goes there, and says so."""
    found = explored([X, Y], lambda x: x.sum(axis=1) - 1.8, noise=0.02, budget=60, doubt=0.01).found()
    assert found.verdict == "changes"
    assert 0.005 < found.positive < 0.03


def test_points_of_a_batch_keep_apart():
    found = explored([X, Y], lambda x: x[:, 0] - 0.5, budget=24, batch=4, doubt=1e-9)
    *_, last = (found.x[n : n + 4] for n in range(12, 24, 4))
    gaps = np.linalg.norm(last[:, None] - last[None], axis=2)[np.triu_indices(4, 1)]
    assert gaps.min() > 0.02
    assert np.median(gaps) > 0.3


def test_telling_the_same_asks_the_same_to_the_bit():
    first = explored([X, Y], lambda x: x[:, 0] * x[:, 1] - 0.2, budget=40)
    again = Boundary([X, Y], budget=40, seed=1)
    told, at = first.told, 0
    while points := again.ask(4):
        part = told.iloc[at : at + len(points)]
        assert points == [{"x": row.x, "y": row.y} for row in part.itertuples()]
        again.tell(points, part["mean"], part["se"])
        again.found()
        at += len(points)
    assert at == len(told)
    assert first.surface.theta.tobytes() == again.surface.theta.tobytes()
    grid = lattice([X, Y], 5)
    assert first.map(grid).equals(again.map(grid))


def test_the_opening_set_is_spread_and_the_budget_kept():
    found = Boundary([X, Y], budget=14)
    points = found.ask(100)
    assert len(points) == 2 * OPENING
    for key in "xy":
        assert sorted(int(12 * point[key]) for point in points) == list(range(12))
    assert len(found.ask(100)) == 2
    assert found.ask(1) == []
    assert found.finished == "budget"


def test_whole_numbers_are_tried_once_each_until_none_is_left():
    factor = Factor("market.firms", "whole", 2, 9)
    found = explored([factor], lambda x: x[:, 0] - 0.45, budget=50, doubt=1e-9)
    assert sorted(found.told["market.firms"]) == list(range(2, 10))
    assert found.finished == "exhausted"


def test_points_that_cannot_be_measured_count_and_are_left_out():
    found = Boundary([X], budget=8)
    points = found.ask(6)
    found.tell(points, [math.nan, -1, math.nan, 0, 1, 2], [math.nan, 0.1, 0.1, 0.1, 0.1, 0.1])
    assert len(found.ask(6)) == 2
    assert found.found().undefined == 2


def test_equal_values_everywhere_are_no_trouble():
    found = Boundary([X], budget=6)
    points = found.ask(6)
    found.tell(points, np.zeros(6), np.zeros(6))
    assert found.found().doubt == 1.0
    assert found.found().verdict == "unclear"
    positive = Boundary([X], budget=6)
    positive.tell(positive.ask(6), np.full(6, 2.5), np.zeros(6))
    assert positive.found().verdict != "negative"


@pytest.mark.parametrize(
    ("factors", "keys", "text"),
    [
        ([], {}, "vary: 0 parameters"),
        ([Factor(f"p{n}") for n in range(4)], {}, "1 to 3"),
        ([Factor("network.kind", "words", values=("ring", "grid"))], {}, "network.kind: a range"),
        ([X], {"budget": 3}, "points=3: at least 6"),
        ([X], {"doubt": 0.0}, "doubt=0.0"),
    ],
)
def test_mistakes_are_refused_in_a_sentence(factors, keys, text):
    with pytest.raises(UserError, match=text):
        Boundary(factors, **keys)


def test_what_is_told_must_make_sense():
    found = Boundary([X], budget=6)
    for mean, se in (([1.0], [math.nan]), ([math.inf], [1.0]), ([1.0], [-1.0])):
        with pytest.raises(ValueError, match="point 0"):
            found.tell([{"x": 0.5}], mean, se)
    with pytest.raises(ValueError, match="lengths"):
        found.tell([{"x": 0.5}], [], [])
    with pytest.raises(UserError, match="defined at 0 points"):
        found.found()
