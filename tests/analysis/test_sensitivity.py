"""Sensitivity through our own designs: known indices, refusals, and what the noise floor says."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ecosim.analysis import sensitivity
from ecosim.errors import UserError
from ecosim.sweeps.designs import DUMMY, Design, Factor

ANGLES = tuple(Factor(name, "real", -np.pi, np.pi) for name in ("x1", "x2", "x3"))
CUBE = tuple(Factor(name) for name in ("a", "b", "c"))


def ishigami(points):
    x1, x2, x3 = (points[name].to_numpy() for name in ("x1", "x2", "x3"))
    return np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)


def linear(points):
    return 4 * points["a"].to_numpy() + 2 * points["b"].to_numpy() + points["c"].to_numpy()


def test_ishigami_has_its_known_indices():
    """Closed form for a = 7, b = .1: S = .3139, .4424, 0 and T = .5576, .4424, .2437; n = 4096 is exact to .02."""
    design = Design("sobol", ANGLES, 4096)
    found = sensitivity.sobol(design, ishigami(design.points())).set_index("factor")
    assert found["first"].to_numpy() == pytest.approx([0.3139, 0.4424, 0.0], abs=0.02)
    assert found["total"].to_numpy() == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.02)
    inside = (found["first_low"] <= [0.3139, 0.4424, 0]) & (found["first_high"] >= [0.3139, 0.4424, 0])
    assert inside.all()


def test_another_library_agrees_on_ishigami():
    design = Design("sobol", ANGLES, 1024)
    ours = sensitivity.sobol(design, ishigami(design.points()))
    theirs = stats.sobol_indices(
        func=lambda x: np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0]),
        n=4096, dists=[stats.uniform(-np.pi, 2 * np.pi)] * 3, rng=1,
    )  # fmt: skip
    assert ours["first"].to_numpy() == pytest.approx(theirs.first_order, abs=0.06)
    assert ours["total"].to_numpy() == pytest.approx(theirs.total_order, abs=0.06)


def test_a_linear_model_has_the_squares_of_its_coefficients():
    design = Design("sobol", CUBE, 1024, dummy=True)
    found = sensitivity.sobol(design, linear(design.points())).set_index("factor")
    wanted = np.array([16, 4, 1, 0]) / 21
    assert found["first"].to_numpy() == pytest.approx(wanted, abs=0.01)
    assert found["total"].to_numpy() == pytest.approx(wanted, abs=0.01)
    assert list(found["clear"]) == [True, True, True, False]


def test_interactions_are_second_order():
    design = Design("sobol", CUBE[:2], 2048, second=True)
    points = design.points()
    found = sensitivity.second_order(design, ((points["a"] - 0.5) * (points["b"] - 0.5)).to_numpy())
    assert found.loc[0, "index"] == pytest.approx(1.0, abs=0.05)
    with pytest.raises(UserError, match="second=true"):
        sensitivity.second_order(Design("sobol", CUBE, 8), np.zeros(40))


def test_morris_of_a_linear_model_is_its_coefficients_exactly():
    design = Design("morris", CUBE, 20, dummy=True)
    found = sensitivity.morris(design, linear(design.points())).set_index("factor")
    assert found["mu_star"].to_numpy() == pytest.approx([4, 2, 1, 0], abs=1e-9)
    assert found["sigma"].to_numpy() == pytest.approx([0, 0, 0, 0], abs=1e-9)
    assert list(found["clear"]) == [True, True, True, False]


def test_the_dummy_shows_how_much_is_luck():
    """With noise of variance v, a dummy's total index is v / (v + V) on the mean: here one half."""
    design = Design("sobol", CUBE, 1024, dummy=True)
    random = np.random.default_rng(5)
    signal = linear(design.points())
    noisy = signal + random.normal(0, signal.std(), len(signal))
    found = sensitivity.sobol(design, noisy).set_index("factor")
    assert found.loc[DUMMY, "total"] == pytest.approx(0.5, abs=0.08)
    assert found.loc["a", "clear"]
    assert not found.loc["c", "clear"]


def test_luck_is_the_share_of_variance_between_points_that_seeds_make():
    random = np.random.default_rng(5)
    point = np.repeat(np.arange(400), 10)
    runs = pd.DataFrame({"point": point, "value": np.repeat(random.normal(0, 1, 400), 10) + random.normal(0, 3, 4000)})
    assert sensitivity.luck(runs) == pytest.approx(0.9 / 1.9, abs=0.06)


def test_convergence_ends_with_the_whole_design():
    design = Design("sobol", CUBE, 256)
    y = linear(design.points())
    found = sensitivity.convergence(design, y)
    assert list(dict.fromkeys(found["n"])) == [32, 64, 128, 256]
    whole = found[found["n"] == 256].drop(columns="n").reset_index(drop=True)
    pd.testing.assert_frame_equal(whole, sensitivity.sobol(design, y))


def test_convergence_of_the_smallest_design_is_the_design():
    design = Design("morris", CUBE, 2)
    assert set(sensitivity.convergence(design, linear(design.points()))["n"]) == {2}
    with pytest.raises(UserError, match="this one is lhs"):
        sensitivity.convergence(Design("lhs", CUBE, 20), np.arange(20.0))


def test_pawn_looks_at_every_level_of_listed_values():
    """A word that matters and comes last in one row of ten: its slice is one of ten, all of it another outcome."""
    design = Design("grid", (Factor("a", "words", values=tuple("qrstuvwxyz")), CUBE[1], CUBE[2]), 5)
    points = design.points()
    ranks = sensitivity._ranks(design.unit())
    last = points["a"] == "z"
    assert (np.floor(ranks[:, 0] * 10)[last] == 9).all()
    assert (np.bincount((ranks[:, 0] * 10).astype(int)) == 25).all()
    assert sorted(ranks[:, 1]) == pytest.approx(np.arange(250) / 250)


def test_pawn_of_two_words_is_their_distance():
    """Half the points are 0, half 10: within a word the distribution is one step, half a unit from that of all."""
    design = Design("grid", (Factor("a", "words", values=("x", "y")), CUBE[1]), 50)
    y = 10.0 * (design.points()["a"] == "y").to_numpy()
    found = sensitivity.pawn(design, range(100), y).set_index("factor")
    assert found.loc["a", "index"] == pytest.approx(0.5)
    assert found.loc["a", "clear"] and not found.loc["b", "clear"]


def test_pawn_ranks_factors_of_any_points_and_is_repeatable():
    design = Design("lhs", CUBE, 300)
    points = design.points()
    kept = points.index[::2]
    y = linear(points)[::2]
    found = sensitivity.pawn(design, kept, y).set_index("factor")
    assert found.loc["a", "index"] > found.loc["b", "index"] > found.loc[DUMMY, "index"]
    assert found.loc["a", "clear"]
    pd.testing.assert_frame_equal(
        found.reset_index(), sensitivity.pawn(design, kept, y).set_index("factor").reset_index()
    )
    with pytest.raises(UserError, match="at least 50"):
        sensitivity.pawn(design, kept[:20], y[:20])


def test_pawn_is_not_fooled_by_rows_that_share_values():
    """A Sobol' base point repeats its values over rows: what does nothing must not clear for that.

    Ten part-finished designs with two such factors each, seeds fixed: at most one claim in twenty.
    """
    random, claims, found = np.random.default_rng(3), 0, 0
    for seed in range(1, 11):
        design = Design("sobol", (*CUBE, Factor("d")), 16, seed)
        points = design.points()
        y = 10 * points["a"].to_numpy() + 3 * points["b"].to_numpy() + random.normal(0, 1, len(points))
        kept = np.sort(random.choice(len(points), int(0.9 * len(points)), replace=False))
        clear = sensitivity.pawn(design, kept, y[kept]).set_index("factor")["clear"]
        claims += int(clear["c"]) + int(clear["d"])
        found += int(clear["a"])
    assert claims <= 1
    assert found >= 7


def fake(design, missing=()):
    rows = pd.DataFrame({"run_id": [f"{n:08x}" for n in range(design.size())], "point": range(design.size())})
    return SimpleNamespace(
        folder="results/s", plan=design, run_ids=list(rows["run_id"]), missing=rows.iloc[list(missing)]
    )


def runs_of(design, y):
    return pd.DataFrame({"run_id": [f"{n:08x}" for n in range(len(y))], "point": range(len(y)), "value": y})


def test_an_incomplete_design_is_refused_and_its_missing_runs_named():
    design = Design("sobol", CUBE, 8)
    y = linear(design.points())
    with pytest.raises(UserError, match=r"2 of 40 runs of this sobol design are missing \(00000003, 00000007\).*pawn"):
        sensitivity.checked(fake(design, (3, 7)), runs_of(design, y))
    y[5] = np.nan
    with pytest.raises(UserError, match=r"not defined in 1 of 40 runs \(00000005\).*pawn"):
        sensitivity.checked(fake(design), runs_of(design, y))


def test_an_outcome_that_never_varies_is_refused():
    design = Design("sobol", CUBE, 8)
    with pytest.raises(UserError, match="the same at every point"):
        sensitivity.checked(fake(design), runs_of(design, np.full(40, 3.0)))
