"""Columns: declared, allocated, saved and loaded; and seen through agents of one's own model only."""

import numpy as np
import pytest

from ecosim.agents.customers import COLUMNS
from ecosim.columns import Column, Table, row_view, view_type

TWO = (
    Column("height", "float32", np.nan, "height", "m"),
    Column("marks", "int16", -1, "marks by subject", "points", "nk"),
)
Pupils = view_type("Pupils", TWO, __name__)


def table():
    return Table(TWO, Pupils, {"n": 3, "k": 2})


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_every_column_says_what_it_is(column):
    assert len(column.meaning) > 3
    assert column.unit
    assert column.axes in ("n", "nk", "nf")
    assert column.low < column.high
    if not np.isnan(column.default):
        assert column.low <= column.default <= column.high
        assert np.array(column.default, column.dtype) == pytest.approx(column.default)


def test_no_two_columns_share_a_name():
    assert len({column.name for column in COLUMNS}) == len(COLUMNS)


def test_a_table_holds_what_was_declared():
    t = table()
    assert len(t) == 3
    assert t.height.dtype == np.float32
    assert np.isnan(t.height).all()
    assert t.marks.shape == (3, 2)
    assert (t.marks == -1).all()
    assert t.view.marks is t.marks
    with pytest.raises(AttributeError):
        _ = t.weight


def test_state_is_a_copy_and_loads_in_place():
    t = table()
    state = t.state()
    held = t.marks
    t.marks[:] = 7
    assert (state["marks"] == -1).all()
    t.load(state)
    assert t.marks is held
    assert (held == -1).all()


class Pupil:
    def __init__(self, model, row):
        self.model, self.row = model, row


for _name, _property in row_view(TWO).items():
    setattr(Pupil, _name, _property)


class School:
    def __init__(self):
        self.customers = table()


def test_an_agent_reads_and_writes_the_row_of_its_own_model():
    left, right = School(), School()
    a, b = Pupil(left, 1), Pupil(right, 1)
    a.height = 1.5
    assert a.height == 1.5
    assert type(a.height) is float
    assert left.customers.height[1] == 1.5
    assert np.isnan(b.height)
    a.marks = [3, 4]
    assert left.customers.marks[1].tolist() == [3, 4]
    assert (right.customers.marks == -1).all()
