"""Quantiles of traits are SciPy's to the bit, from a table or not."""

import numpy as np
import pytest
from scipy import special

from ecosim.agents import quantiles as table
from ecosim.agents.quantiles import CELLS, WORTHWHILE, quantiles

SHAPES = [
    (special.gammaincinv, (0.78,)),
    (special.gammaincinv, (0.01,)),
    (special.gammaincinv, (1e6,)),
    (special.betaincinv, (2.0, 2.0)),
    (special.betaincinv, (0.05, 100.0)),
    (special.betaincinv, (1.5, 3.5)),
]


@pytest.mark.parametrize(("function", "shapes"), SHAPES)
@pytest.mark.parametrize("scale", [1.0, 0.1436])
def test_a_table_gives_the_same_bits(function, shapes, scale):
    u = np.random.default_rng(1).random(100_000)
    u[:6] = 2.0**-53, 1.0 - 2.0**-53, 0.5, 1.0 / CELLS, 1.0 - 1.0 / CELLS, 0.5 / CELLS
    expected = np.asarray(function(*shapes, u) * scale, np.float32)
    np.testing.assert_array_equal(quantiles(function, shapes, u, scale), expected)


def test_most_quantiles_come_from_the_table_once_it_pays(monkeypatch):
    asked = []

    def function(shape, u):
        asked.append(u.size)
        return special.gammaincinv(shape, u)

    u = np.random.default_rng(2).random(WORTHWHILE // 2)
    quantiles(function, (0.78,), u)
    assert asked == [u.size]
    quantiles(function, (0.78,), u)
    assert sum(asked[1:]) - 2 * CELLS < 0.1 * u.size


def test_a_cell_that_is_not_close_is_left_to_scipy():
    def steep(u):
        return np.where(u > 0.5, 2.0, 1.0)

    cubics, use = table._table(steep, ())
    assert not use[CELLS // 2 - 2 : CELLS // 2 + 2].any()
    assert use[CELLS // 4]
    np.testing.assert_allclose(cubics[CELLS // 4, 3], 1.0)
