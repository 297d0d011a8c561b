"""Designs: what they visit, that they grow without moving, and that values and places are each other's inverse."""

import numpy as np
import pytest

from ecosim.sweeps.designs import DUMMY, Design, Factor

LOAD = Factor("attention.load", "real", 1, 50)
DENSITY = Factor("network.mean_degree", "real", 2, 80, "log")
SLOTS = Factor("consideration.slots", "whole", 2, 9)
CONTACT = Factor("strategy/contact", "words", values=("pushed", "invited", "ceded"))
ALL = (LOAD, DENSITY, SLOTS, CONTACT)


@pytest.mark.parametrize(
    ("design", "points"),
    [
        (Design("grid", (LOAD, CONTACT), 4), 12),
        (Design("grid", (Factor("a", "real", values=(5, 20, 50)), CONTACT)), 9),
        (Design("lhs", ALL, 17, dummy=True), 17),
        (Design("sobol", ALL, 8), 8 * 6),
        (Design("sobol", ALL, 8, dummy=True), 8 * 7),
        (Design("sobol", ALL, 8, second=True), 8 * 10),
        (Design("morris", ALL, 5), 25),
        (Design("csv", (LOAD,), rows=((3.0,), (4.0,))), 2),
    ],
    ids=lambda value: getattr(value, "kind", value),
)
def test_sizes_are_those_of_the_methods(design, points):
    assert design.size() == len(design.points()) == len(design.unit()) == points
    assert list(design.points().columns) == [factor.key for factor in design.factors]
    assert design.unit().shape[1] == len(design.names)
    assert (DUMMY in design.names) == design.dummy


@pytest.mark.parametrize("kind", ["lhs", "sobol", "morris"])
def test_the_same_seed_gives_the_same_points_and_another_others(kind):
    first, again, other = (Design(kind, ALL, 8, seed).points() for seed in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)
    assert first["attention.load"].between(1, 50).all()
    assert first["network.mean_degree"].between(2, 80).all()
    assert set(first["consideration.slots"]) <= set(range(2, 10))
    assert set(first["strategy/contact"]) <= {"pushed", "invited", "ceded"}


def test_a_sobol_design_of_twice_the_size_begins_with_the_smaller_one():
    small, large = (Design("sobol", ALL, n, dummy=True).points() for n in (16, 32))
    assert large.iloc[: len(small)].equals(small)


def test_a_latin_hypercube_has_one_point_in_each_row_and_column():
    unit = Design("lhs", ALL, 50).unit()
    for column in unit.T:
        assert sorted(np.floor(column * 50).astype(int)) == list(range(50))


def test_grid_levels_include_both_ends_and_whole_numbers_come_once():
    assert LOAD.levels(3) == (1.0, 25.5, 50.0)
    assert DENSITY.levels(2) == (2.0, 80.0)
    assert Factor("n", "whole", 1, 3).levels(9) == (1, 2, 3)
    assert DENSITY.levels(3)[1] == pytest.approx(np.sqrt(160))


@pytest.mark.parametrize("factor", ALL, ids=lambda factor: factor.key)
def test_places_are_the_inverse_of_values(factor):
    u = (np.arange(200) + 0.5) / 200
    values = factor.at(u)
    assert factor.at(factor.place(values)) == values
    assert np.abs(factor.place(values) - u).max() < (0.26 if factor.kind != "real" else 1e-9)


def test_whole_numbers_and_words_get_equal_pieces():
    u = (np.arange(2400) + 0.5) / 2400
    for factor, n in ((SLOTS, 8), (CONTACT, 3)):
        _, counts = np.unique(np.array(factor.at(u), dtype=str), return_counts=True)
        assert (counts == 2400 // n).all()


def test_both_ends_of_the_cube_have_values():
    assert SLOTS.at(np.array([0.0, 1.0])) == [2, 9]
    assert CONTACT.at(np.array([0.0, 1.0])) == ["pushed", "ceded"]
    assert LOAD.at(np.array([0.0, 1.0])) == [1.0, 50.0]


@pytest.mark.parametrize("kind", ["grid", "lhs", "sobol", "morris"])
def test_plain_data_tells_a_design_completely(kind):
    import json

    design = Design(kind, (LOAD, SLOTS, CONTACT), 4, dummy=kind != "grid")
    assert Design.from_plain(json.loads(json.dumps(design.plain()))) == design
