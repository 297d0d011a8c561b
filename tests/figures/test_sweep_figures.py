"""Figures of sweeps: same bytes each time, every awkward table drawn, noise marked, names inert."""

import warnings

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from ecosim import figures
from ecosim.figures import to_svg
from ecosim.sweeps.designs import DUMMY, Factor

AWKWARD = ["a$b$", r"$\frac{", "<script>alert(1)</script>", "名前\n\u202eabc", "_" + "x" * 300]
FACTORS = (Factor("a", "real", 1, 100, "log"), Factor("b", "whole", 1, 4), Factor("c", "words", values=("x", "y")))


def ends(name, values):
    return {name: values, f"{name}_low": [v - 0.1 for v in values], f"{name}_high": [v + 0.1 for v in values]}


def indices(*kinds, names=("a", "b", DUMMY)):
    table = pd.DataFrame({"factor": list(names), "clear": [True, False, False]})
    for kind in kinds:
        table = table.assign(**ends(kind, [0.8, 0.15, 0.05]))
    return table


def morris(names=("a", "b", DUMMY)):
    return indices("mu_star", names=names).assign(mu=0.1, sigma=[0.3, 0.3, 0.0])


def swings(name="a"):
    return pd.DataFrame(
        {"factor": [name, "b"], "low_value": ["1 to 2", name], "high_value": ["9", "y"], "low_mean": [1.0, 2.0],
         "high_mean": [3.0, 2.0], "swing": [2.0, 0.0], "swing_low": [1.5, -1.0], "swing_high": [2.5, 1.0]}
    )  # fmt: skip


def curves(name="a"):
    numbers = pd.DataFrame({"factor": name, "at": [1.0, 10.0, 99.0], "label": "", "mean": [-1.0, 0.0, 1.0], "n": 9})
    words = pd.DataFrame({"factor": "c", "at": [0.25, 0.75], "label": ["x", name], "mean": [0.0, np.nan], "n": [5, 1]})
    table = pd.concat([numbers, words], ignore_index=True)
    return table.assign(low=table["mean"] - 0.2, high=table["mean"] + 0.2)


def found(values=("y",)):
    shares = {"coverage": 0.7, "density": 0.9, "mass": 0.2, "stability": 0.8, "held_out": 0.8}
    rows = [(1, "b", 3.0, 3.0, ""), (1, "c", np.nan, np.nan, ", ".join(values)), (2, "a", 1.0, 10.0, "")]
    return pd.DataFrame(rows, columns=["box", "factor", "low", "high", "values"]).assign(**shares)


def points():
    return pd.DataFrame({"a": [1.0, 10.0, 100.0, 5.0], "b": [1, 2, 3, 4], "c": ["x", "y", "x", "y"]})


HOLDS = np.array([True, False, True, False])
DRAWN = {
    "sobol": lambda: figures.indices(indices("first", "total"), "profit (1)"),
    "pawn": lambda: figures.indices(indices("index"), "profit (1)"),
    "screening": lambda: figures.screening(morris(), "profit (1)"),
    "convergence": lambda: figures.convergence(pd.concat([indices("total").assign(n=n) for n in (8, 16)])),
    "tornado": lambda: figures.tornado(swings(), "profit (1)"),
    "curves": lambda: figures.curves(curves(), "profit (1)", ("a",)),
    "boxes": lambda: figures.boxes(FACTORS, points(), HOLDS, found(), "it is above zero"),
    "running": lambda: figures.running(pd.DataFrame({"n": [2, 3], "mean": 1.0, "low": [0.0, 0.5], "high": [2.0, 1.5]})),
}


@pytest.mark.parametrize("name", DRAWN)
def test_two_builds_are_byte_equal(name):
    warnings.simplefilter("error")
    assert to_svg(DRAWN[name]()) == to_svg(DRAWN[name]())


@pytest.mark.parametrize("name", AWKWARD)
def test_names_are_text_and_nothing_else(name):
    warnings.simplefilter("error")
    factors = (Factor(name), Factor("c", "words", values=(name, "y")))
    values = pd.DataFrame({name: [0.1, 0.9], "c": [name, "y"]})
    box = found().iloc[[1]].assign(factor="c", values=name)
    for figure in (
        figures.indices(indices("first", "total", names=(name, "b", DUMMY)), name),
        figures.screening(morris((name, "b", DUMMY)), name),
        figures.convergence(indices("total", names=(name, "b", DUMMY)).assign(n=8)),
        figures.tornado(swings(name), name), figures.curves(curves(name), name, (name,)),
        figures.boxes(factors, values, np.array([True, False]), box, name),
        figures.running(pd.DataFrame({"n": [2], "mean": [1.0], "low": [0.0], "high": [2.0]}), name),
    ):  # fmt: skip
        assert b"<script" not in to_svg(figure)


def test_empty_tables_say_so():
    nothing = pd.DataFrame()
    empty = [figures.indices(indices("total").iloc[:0]), figures.screening(morris().iloc[:0]),
             figures.convergence(nothing), figures.tornado(nothing), figures.curves(curves().iloc[:0]),
             figures.running(nothing), figures.boxes((), nothing, np.array([], bool), nothing)]  # fmt: skip
    for figure in empty:
        assert figure.axes[0].texts
        assert to_svg(figure)


def test_what_does_not_clear_the_noise_is_grey_and_the_noise_is_shaded():
    axes = figures.indices(indices("total")).axes[0]
    bars = [bar for bar in axes.patches if bar.get_width() in (0.8, 0.15)]
    assert [bar.get_facecolor()[:3] for bar in bars] == [
        pytest.approx((0, 0x72 / 255, 0xB2 / 255)), pytest.approx((0xB5 / 255,) * 3)
    ]  # fmt: skip
    shade = [patch for patch in axes.patches if patch.get_alpha() == 0.6]
    assert shade[0].get_width() == pytest.approx(0.15)


def test_a_box_of_one_whole_number_can_be_seen():
    axes = figures.boxes(FACTORS, points(), HOLDS, found(), "").axes[0]
    whole = [patch for patch in axes.patches if patch.get_y() == pytest.approx(0.5)]
    assert any(patch.get_height() == pytest.approx(0.25) for patch in whole)


def test_a_logarithmic_axis_has_plain_numbers():
    figure = figures.curves(curves(), "profit", ("a",))
    texts = [text.get_text() for text in figure.axes[0].get_xticklabels()]
    assert texts and all(float(text) > 0 for text in texts)
    assert not [text for text in figure.axes[0].get_xticklabels(minor=True) if text.get_text()]


def test_legends_fit_into_the_figure():
    for figure in (figures.boxes(FACTORS, points(), HOLDS, found(), "it is above its median over the points"),
                   figures.screening(morris(), "profit (1)"), figures.indices(indices("first", "total"), "profit (1)"),
                   figures.tornado(swings(), "profit (1)")):  # fmt: skip
        to_svg(figure)
        page = figure.bbox
        for legend in figure.legends:
            box = legend.get_window_extent()
            assert page.x0 <= box.x0 and box.x1 <= page.x1


def test_names_in_the_plane_of_morris_do_not_overlap():
    names = [f"factor {n}" for n in range(25)]
    table = pd.DataFrame({"factor": names, "clear": True, **ends("mu_star", [1.0 + n / 30 for n in range(25)])})
    figure = figures.screening(table.assign(mu=1.0, sigma=[0.5 + n / 1000 for n in range(25)]))
    to_svg(figure)
    boxes = sorted((Text.get_window_extent(text) for text in figure.axes[0].texts), key=lambda box: box.y0)
    heights = [(low.y1, high.y0) for low, high in zip(boxes, boxes[1:], strict=False)]
    assert len(boxes) == 25
    assert all(top <= bottom + 1 for top, bottom in heights)
