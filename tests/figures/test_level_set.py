"""Figures of boundaries: same bytes each time, awkward tables drawn, names that are text and nothing else."""

import warnings

import numpy as np
import pandas as pd
import pytest

from ecosim.figures import to_svg
from ecosim.figures.accuracy import accuracy
from ecosim.figures.level_set import curve, plane, slices

VALUE = "difference (money)"


def grid(f, x="x", y="y", n=11):
    a, b = (each.ravel() for each in np.meshgrid(np.linspace(1, 2, n), np.linspace(1, 2, n)))
    return pd.DataFrame({x: a, y: b, "mean": f(a, b), "sd": np.full(a.size, 0.1)})


def told(x="x", y="y"):
    return pd.DataFrame({x: [1.2, 1.5, 1.9], y: [1.1, 1.6, 1.8], "mean": [0.1, np.nan, -0.2], "se": [0.1, np.nan, 0.1]})


def draw(name):
    table = grid(lambda a, b: a - b)
    line = table.loc[table["y"] == 1.5]
    return {
        "curve": lambda: curve(line, told(), x="x", value_label=VALUE, log=True),
        "plane": lambda: plane(table, told(), x="x", y="y", value_label=VALUE, log=(True, False)),
        "slices": lambda: slices([(0.5, table), (1, table)], told(), x="x", y="y", z="z", value_label=VALUE),
    }[name]()


@pytest.mark.parametrize("name", ["curve", "plane", "slices"])
def test_two_builds_are_byte_equal(name):
    assert to_svg(draw(name)) == to_svg(draw(name))


@pytest.mark.parametrize("value", [-1.0, 0.0, 1.0])
def test_one_sign_alone_or_none_is_drawn_without_a_line(value):
    warnings.simplefilter("error")
    table = grid(lambda a, b: np.full(a.shape, value))
    assert to_svg(plane(table, told(), x="x", y="y", value_label=VALUE)).startswith(b"<?xml")
    assert to_svg(curve(table.loc[table["y"] == 1.0], told(), x="x", value_label=VALUE)).startswith(b"<?xml")


def test_no_point_and_one_column_are_no_trouble():
    table = grid(lambda a, b: a - b)
    nobody = told().head(0)
    to_svg(plane(table, nobody, x="x", y="y", value_label=VALUE))
    assert plane(table.loc[table["x"] == 1.0], nobody, x="x", y="y", value_label=VALUE).axes


@pytest.mark.parametrize("name", [r"$\frac{", "<script>alert(1)</script>", "名前\n\u202eabc", "x" * 300])
def test_names_are_text_and_nothing_else(name):
    table, points = grid(lambda a, b: a - b, x=name), told(x=name)
    svg = to_svg(plane(table, points, x=name, y="y", value_label=name, title=name))
    assert b"<script" not in svg


def test_accuracy_is_drawn_for_each_problem():
    rows = [
        {"problem": p, "method": m, "points": n, "seed": s, "wrong": 0.1 / n + 0.001 * s}
        for p in ("a", "b")
        for m in ("grid", "search")
        for n in (10, 20, 50)
        for s in (1, 2)
    ]
    assert len(accuracy(pd.DataFrame(rows)).axes) == 2
