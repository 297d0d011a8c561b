"""Lanes: each lane is what a lone number would be, to the last bit."""

import numpy as np
import pytest

from ecosim import draws
from ecosim.jit import JIT_ON, kernel
from ecosim.lanes import (
    WIDTH,
    bits_of,
    floor,
    from_bits,
    integer,
    lane,
    largest,
    load,
    lowest,
    marked,
    number,
    numbers,
    root,
    store,
    take,
    where,
)

ODD = np.array([[0.0, -0.0, 1.0, -1.5, 1e-300, 1e300, 0.1, np.inf], [2.0, 0.5, -1.0, 3.25, 1e-5, 7.0, -0.1, 1.0]])


def lots(values):
    """Return values in rows of one lot each."""
    return np.asarray(values, float).reshape(-1, WIDTH)


@kernel
def reckon(a, b, out):
    """Do to lanes what `expected` does to arrays."""
    x, y = load(a, 0, 0), load(a, 1, 0)
    store(out, 0, 0, x + y)
    store(out, 1, 0, x - 2.0 * y)
    store(out, 2, 0, x / y)
    store(out, 3, 0, -x)
    store(out, 4, 0, where((x < y) & (y != 1.0), x, 7))
    store(out, 5, 0, floor(y))
    store(out, 6, 0, number(load(b, 0, 0) >> 1))
    store(out, 7, 0, number((load(b, 0, 0) & 5) | 8))
    store(out, 8, 0, from_bits(bits_of(x)))
    store(out, 9, 0, number(integer(floor(y))))
    store(out, 10, 0, number(x > y))
    store(out, 11, 0, root(where(x < 0.0, 0.0, x)))


def test_lanes_reckon_as_numbers_do():
    whole = np.array([[5, -3, 0, 1, -1, 1 << 40, 7, 2]])
    found = np.full((12, WIDTH), 99.0)
    reckon(ODD, whole, found)
    x, y = ODD
    expected = [
        x + y, x - 2.0 * y, x / y, -x, np.where((x < y) & (y != 1.0), x, 7), np.floor(y), whole[0] >> 1,
        (whole[0] & 5) | 8, x, np.floor(y), x > y, np.sqrt(np.where(x < 0, 0, x)),
    ]  # fmt: skip
    assert found.tobytes() == np.array(expected, float).tobytes()


@kernel
def abreast(u, x, out):
    """Do to lots what `alone` does to numbers."""
    for i in range(u.shape[0]):
        store(out, i, 0, draws.normals(load(u, i, 0)))
        store(out, u.shape[0] + i, 0, draws.log(load(x, i, 0)))
        store(out, 2 * u.shape[0] + i, 0, draws.exp(load(x, i, 0) - 700.0))
        store(out, 3 * u.shape[0] + i, 0, draws.gumbel(load(u, i, 0)))
        key = draws.agent_key(np.uint64(7), WIDTH * i + numbers())
        store(out, 4 * u.shape[0] + i, 0, draws.uniform(key, 3))


def test_rules_take_lanes_and_give_the_bits_of_numbers():
    rng = np.random.default_rng(1)
    u = lots(np.concatenate([rng.random(800), 10.0 ** -rng.uniform(1, 15, 160), 1 - 10.0 ** -rng.uniform(1, 15, 160)]))
    x = lots(np.concatenate([10.0 ** rng.uniform(-300, 300, 800), rng.uniform(1e-3, 1500, 320)]))
    found = np.empty((5 * len(u), WIDTH))
    abreast(u, x, found)
    alone = [
        [draws.normal(each) for each in u.flat],
        [draws.log(each) for each in x.flat],
        [draws.exp(each - 700.0) for each in x.flat],
        [draws.gumbel(each) for each in u.flat],
        [draws.uniform(draws.own_key(np.uint64(7), k), 3) for k in range(u.size)],
    ]
    assert found.tobytes() == np.array(alone).tobytes()


@kernel
def move(source, target, i, first):
    """Copy a lot."""
    store(target, i, first, load(source, i, first))


@pytest.mark.parametrize("dtype", ["float32", "float64", "int8", "uint8", "int16", "uint16", "int32", "int64"])
def test_every_dtype_is_loaded_and_stored(dtype):
    source = (np.arange(48) * 5 - 20).astype(dtype).reshape(3, 16)
    target = np.zeros_like(source)
    move(source, target, 1, 8)
    assert (target[1, 8:] == source[1, 8:]).all()
    assert np.count_nonzero(target) == np.count_nonzero(source[1, 8:])


@kernel
def look_up(table, at, out):
    """Take from a table at lanes and at a lone index."""
    store(out, 0, 0, take(table, load(at, 0, 0)))
    return take(table, at[0, 3])


def test_tables_are_looked_up():
    table, at, out = np.arange(20, dtype=np.float32) ** 2, np.array([[3, 0, 19, 19, 4, 5, 1, 2]]), np.zeros((1, 8))
    assert look_up(table, at, out) == 361.0
    assert (out[0] == table[at[0]]).all()


@kernel
def sum_up(x):
    """Return the bits of lanes above 2, the lowest of them, what stands there, and the largest."""
    x = load(x, 0, 0)
    marks = marked(x > 2.0)
    at = lowest(marks)
    return marks, at, lane(x, at), largest(x)


def test_lanes_become_one_number():
    x = np.array([[0.0, 5.0, 2.0, 9.0, -3.0, 2.5, 9.0, 1.0]])
    assert sum_up(x) == (0b01101010, 1, 5.0, 9.0)


@pytest.mark.skipif(not JIT_ON, reason="there are no types where nothing is compiled")
def test_bits_of_whole_numbers_are_refused():
    """Bits of an integer taken for those of a float would be nonsense."""
    from numba.core.errors import TypingError

    with pytest.raises(TypingError, match="a value of type Float is needed"):
        kernel(lambda x: bits_of(x))(1)
