"""Figures of a calibration: same bytes each time, infinite errors and far misses drawn, names text and nothing else."""

import warnings

import numpy as np
import pandas as pd
import pytest

from ecosim.figures import to_svg
from ecosim.figures.calibration import identifiable, targets


def table(name="share"):
    return pd.DataFrame(
        {
            "statistic": [name, "effort", "trust"], "target": [0.25, 1.0, 0.5], "tolerance": [0.03, 0.1, 0.01],
            "obtained": [0.26, 1.02, 0.8], "se": [0.001, np.nan, 0.01], "misfit": [0.33, 0.2, 30.0],
        }
    )  # fmt: skip


def matrices(key="attention.load"):
    keys = [key, "network.mean_degree"]
    parameters = pd.DataFrame({"key": keys, "se": [0.04, np.inf], "identified": [True, False]})
    sensitivity = pd.DataFrame([[3.0, 0.1], [-1.0, 0.0]], index=["share", "effort"], columns=keys)
    return sensitivity, pd.DataFrame([[1.0, np.nan], [np.nan, 1.0]], index=keys, columns=keys), parameters


def test_two_builds_are_byte_equal():
    assert to_svg(targets(table())) == to_svg(targets(table()))
    assert to_svg(identifiable(*matrices())) == to_svg(identifiable(*matrices()))


def test_nothing_to_draw_is_said():
    assert targets(table().head(0)).axes


@pytest.mark.parametrize("name", [r"$\frac{", "<script>alert(1)</script>", "名前\n\u202eabc", "x" * 300])
def test_names_are_text_and_nothing_else(name):
    warnings.simplefilter("error")
    assert b"<script" not in to_svg(targets(table(name))) + to_svg(identifiable(*matrices(name)))
