"""Columns: declared, allocated, saved and loaded; and seen through agents of one's own model only."""

import numpy as np
import pytest

from ecosim.agents.customers import COLUMNS
from ecosim.columns import LINE, Column, Table, row_view, view_type
from ecosim.lanes import WIDTH

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
    assert t.view.height is t.height
    assert np.shares_memory(t.view.marks, t.marks)
    with pytest.raises(AttributeError):
        _ = t.weight


def test_kernels_see_whole_lots_of_slots_and_the_rest_of_them_empty():
    t = table()
    t.marks[:] = 7
    assert t.view.marks.shape == (3, WIDTH)
    assert (t.view.marks[:, 2:] == -1).all()


def test_what_belongs_together_stands_together():
    """One record a row, on whole cache lines, but for what is swept week by week or goes by firm."""
    columns = (
        *TWO,
        Column("swept", "int32", 0, "read every week", swept=True),
        Column("by_firm", "int8", 0, "x", axes="nf"),
    )
    t = Table(columns, view_type("Crowd", columns, __name__), {"n": 5, "k": 2, "f": 3})
    assert t.view.height.strides == (LINE,)
    assert t.view.marks.strides == (LINE, 2)
    assert t.view.marks.ctypes.data % LINE == 0
    assert t.view.height.ctypes.data - t.view.marks.ctypes.data == 2 * WIDTH
    assert t.view.swept.strides == (4,)
    assert t.view.by_firm.strides == (3, 1)


def test_a_copy_is_laid_out_alike_and_independent():
    t = table()
    t.marks[:] = 3
    twin = t.copy()
    t.marks[:] = 4
    assert (twin.marks == 3).all()
    assert twin.view.marks.strides == t.view.marks.strides
    assert (twin.view.marks[:, 2:] == -1).all()


def test_state_is_a_copy_and_loads_in_place():
    t = table()
    state = t.state()
    held = t.marks
    t.marks[:] = 7
    assert (state["marks"] == -1).all()
    t.load(state)
    assert np.shares_memory(t.marks, held)
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
