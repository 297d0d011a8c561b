"""Figures: same bytes each time, every awkward table drawn, nothing in a name can break or smuggle anything."""

import warnings

import matplotlib
import numpy as np
import pandas as pd
import pytest
import synthetic_tables

from ecosim.analysis import bands, compare
from ecosim.figures import boundary_map, differences, patterns, save, series, to_svg
from ecosim.figures.style import label

AXES = {"x_label": "attention load (1/week)", "y_label": "mean degree (1)", "value_label": "difference (%)"}
LIFTS = {("adopters", "profit"): 0.05, ("adopters", "roi"): 2.0, ("market", "customer_surplus"): -0.04}


def draw(name):
    tables = {
        "differences": lambda: differences(compare(synthetic_tables.outcomes(LIFTS), "crm1")),
        "series": lambda: series(bands(synthetic_tables.quarterly(seeds=3))),
        "patterns": lambda: patterns(synthetic_tables.pattern_table()),
        "boundary_map": lambda: boundary_map(synthetic_tables.map_table(), **AXES),
    }
    return tables[name]()


NAMES = ("differences", "series", "patterns", "boundary_map")


@pytest.mark.parametrize("name", NAMES)
def test_two_builds_are_byte_equal_and_say_nothing_of_when_or_where(name, tmp_path):
    first, second = (save(draw(name), tmp_path / folder, name) for folder in ("a", "b"))
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes()
    svg = first[1].read_text(encoding="utf-8")
    assert "<dc:date>" not in svg
    assert "matplotlib.org" not in svg
    assert first[0].read_bytes().startswith(b"\x89PNG")


def test_png_has_200_dots_an_inch(tmp_path):
    png, _ = save(draw("series"), tmp_path, "series")
    header = png.read_bytes()[16:24]
    assert int.from_bytes(header[:4], "big") == 11 * 200


def test_the_users_own_settings_do_not_matter():
    before = to_svg(draw("patterns"))
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "pink", "svg.hashsalt": None}):
        assert to_svg(draw("patterns")) == before
        assert matplotlib.rcParams["font.size"] == 30


def test_no_window_and_no_figure_is_left_open():
    from matplotlib import pyplot

    before = pyplot.get_fignums()
    draw("differences")
    assert pyplot.get_fignums() == before


AWKWARD = ["a$b$", r"$\frac{", "<script>alert(1)</script>", "名前\n\u202eabc", "_" + "x" * 300]


@pytest.mark.parametrize("name", AWKWARD)
def test_names_are_text_and_nothing_else(name):
    warnings.simplefilter("error")
    strategies = ("crm1", name)
    comparison = compare(synthetic_tables.outcomes(LIFTS, seeds=6, strategies=strategies), "crm1")
    table = synthetic_tables.pattern_table().assign(brand=name)
    plane = synthetic_tables.map_table()
    for svg in (
        to_svg(differences(comparison)),
        to_svg(series(bands(synthetic_tables.quarterly(seeds=2, strategies=strategies)))),
        to_svg(patterns(table)),
        to_svg(boundary_map(plane, **{**AXES, "x_label": name}, title=name, low_label=name, high_label=name)),
    ):
        assert b"<script" not in svg


def test_label_keeps_one_line_of_known_characters():
    assert label("a\n b") == "a b"
    assert label("名") == "?"
    assert len(label("x" * 300, 20)) == 20


def test_differences_of_degenerate_comparisons():
    few = compare(synthetic_tables.outcomes(LIFTS, seeds=2), "crm1")
    assert to_svg(differences(few))
    same = compare(synthetic_tables.pairs([5.0] * 6, [5.0] * 6), "base")
    assert to_svg(differences(same))
    nothing = compare(synthetic_tables.pairs([0.0] * 6, [1.0] * 6), "base")
    assert to_svg(differences(nothing))


def test_differences_show_one_strategy_with_its_groups():
    comparison = compare(synthetic_tables.outcomes(LIFTS, strategies=("crm1", "cmr", "vrm")), "crm1")
    figure = differences(comparison, "vrm")
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["Adopter", "Customers and market", "Rivals"]
    assert "vrm less crm1" in figure.axes[-1].get_xlabel()


def test_values_off_the_scale_become_arrows_and_keep_their_number():
    figure = differences(compare(synthetic_tables.outcomes(LIFTS), "crm1"))
    axes = figure.axes[0]
    arrows = [line for line in axes.lines if line.get_marker() == ">"]
    assert len(arrows) == 1
    assert any("pts" in text.get_text() for text in axes.texts)
    assert axes.get_xlim()[1] < 100


def test_series_marks_the_treatment_and_every_strategy():
    figure = series(bands(synthetic_tables.quarterly(seeds=3, strategies=("crm1", "cmr", "vrm"))))
    axes = figure.axes[0]
    assert [line.get_xdata()[0] for line in axes.lines if line.get_linestyle() == ":"] == [0]
    assert len(axes.collections) == 3


def test_empty_tables_say_so():
    empty_bands = bands(synthetic_tables.quarterly(seeds=1), ("absent",))
    for figure in (series(empty_bands), patterns(synthetic_tables.pattern_table().iloc[:0])):
        assert figure.axes[0].texts
    one_line = synthetic_tables.map_table().query("x == 1")
    assert boundary_map(one_line, **AXES).axes[0].texts


def test_patterns_mark_what_lies_outside_its_tolerance():
    figure = patterns(synthetic_tables.pattern_table())
    colours = [line.get_color() for line in figure.axes[0].lines if line.get_marker() == "o" and len(line.get_xdata())]
    assert colours.count("#D55E00") == 1


def test_map_hatches_exactly_the_uncertain_cells_and_draws_the_boundary():
    table = synthetic_tables.map_table()
    figure = boundary_map(table, **AXES)
    uncertain = ((table["low"] <= 0) & (table["high"] >= 0)).sum()
    assert len(figure.axes[0].patches) == uncertain
    assert figure.axes[0].get_xlabel() == AXES["x_label"]


@pytest.mark.parametrize("shift", [-100.0, 100.0, np.nan])
def test_maps_without_a_boundary_or_with_gaps(shift):
    table = synthetic_tables.map_table()
    if np.isnan(shift):
        table = table.drop(index=[0, 5, 11]).assign(difference=lambda t: t["difference"].where(t["x"] > 1))
    else:
        table = table.assign(**{name: table[name] + shift for name in ("difference", "low", "high")})
    assert to_svg(boundary_map(table, **AXES))
    assert isinstance(table, pd.DataFrame)
