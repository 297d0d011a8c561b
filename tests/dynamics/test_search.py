"""Search on a rugged landscape: heights against the model's, where climbing ends, and what copies carry over."""

import math

import numpy as np
import pytest

from ecosim.draws import stream_key
from ecosim.dynamics.process import Process
from ecosim.dynamics.search import climb, copy_best, forms, height, highest, searchers
from ecosim.mechanisms.landscape import all_designs, fit, heights, landscape, neighbours, peaks
from ecosim.networks import Graph

STREAM = stream_key(1, np.uint64(11), 0)


@pytest.mark.parametrize(("d", "k"), [(1, 0), (6, 0), (8, 3), (10, 9)])
def test_heights_are_the_models(d, k):
    for adjacent in (False, True):
        land = landscape(5, d, k, adjacent)
        found = [height(land.ties, land.table, design) for design in range(1 << d)]
        np.testing.assert_allclose(found, fit(land, all_designs(d)).mean(axis=1), atol=1e-14)
        assert highest(land.ties, land.table) == pytest.approx(heights(land).max(), abs=1e-12)


def test_neighbours_that_follow_in_a_circle_by_hand():
    """Five components that depend on the two that follow: the last on the first two; rows are in rising order."""
    land = landscape(1, 5, 2, True)
    assert land.ties.tolist() == [[1, 2], [2, 3], [3, 4], [0, 4], [0, 1]]
    bits = np.array([1, 0, 0, 1, 0], np.int8)  # number 9
    states = [1, 0 + 2 * 0 + 4 * 1, 0 + 2 * 1, 1 + 2 * 1, 0 + 2 * 1]
    expected = [land.table[j, state] for j, state in enumerate(states)]
    assert fit(land, bits).tolist() == expected
    assert height(land.ties, land.table, 9) == pytest.approx(np.mean(expected))
    assert landscape(1, 5, 9, True).ties.tolist() == landscape(1, 5, 9).ties.tolist()


def test_searchers_start_anywhere_with_the_height_of_their_design():
    land = landscape(2, 10, 4)
    x = searchers(500, land, STREAM, 3)
    assert x[:, 1].tolist() == [height(land.ties, land.table, int(design)) for design in x[:, 0]]
    assert x[:, 0].min() >= 0 and x[:, 0].max() < 1024
    assert abs(x[:, 0].mean() - 511.5) < 5 * 1024 / math.sqrt(12 * 500)
    assert forms(x) == len({int(design) for design in x[:, 0]}) > 350
    assert forms(np.array([[3.0, 0.1], [3.0, 0.1], [4.0, 0.1]])) == 2


def test_climbing_ends_on_peaks_one_bit_at_a_time():
    land = landscape(2, 10, 4)
    values = heights(land)
    process = Process(climb, searchers(200, land, STREAM), (land.ties, land.table, False), order="synchronous")
    before = process.x[:, 0].astype(int)
    while process.advance(1, still=True) and (process.x[:, 0] != before).any():
        now = process.x[:, 0].astype(int)
        moved = now != before
        assert (np.bitwise_count(now ^ before) == moved).all()
        assert (values[now[moved]] > values[before[moved]]).all() and peaks(values)[before[~moved]].all()
        before = now
    assert peaks(values)[before].all()
    assert len(set(before.tolist())) > 3


def test_the_first_better_neighbour_is_any_of_them():
    """K = 0, from the foot: each of four bits is better, and each is found in a quarter of 8,000 first steps."""
    land = landscape(3, 4, 0)
    foot = int(heights(land).argmin())
    x = np.tile([foot, heights(land)[foot]], (8000, 1))
    process = Process(climb, x, (land.ties, land.table, False), order="synchronous")
    process.advance()
    bit = np.log2(process.x[:, 0].astype(int) ^ foot).astype(int)
    assert np.abs(np.bincount(bit, minlength=4) - 2000).max() < 5 * math.sqrt(1500)


def test_long_jumps_find_the_highest_in_the_end():
    """A jump lands on the highest of 256 designs with 1/256: of 50, none is elsewhere after 5,000 periods (1e-7)."""
    land = landscape(4, 8, 7)
    process = Process(climb, searchers(50, land, STREAM), (land.ties, land.table, True), order="synchronous")
    first = process.x[:, 1].copy()
    process.advance()
    assert (process.x[:, 1] >= first).all()
    step = process.x.copy()
    process.advance(5000)
    assert set(process.x[:, 0]) == {heights(land).argmax()}
    assert (np.bitwise_count(step[:, 0].astype(int) ^ searchers(50, land, STREAM)[:, 0].astype(int)) > 1).any()


# -- copying -----------------------------------------------------------------------------------------------------------

LAND = landscape(3, 6, 0)
VALUES = heights(LAND)
TOP, FOOT = int(VALUES.argmax()), int(VALUES.argmin())
"""Without interactions the lowest design differs from the highest in every bit."""


def state(*designs):
    return np.array([(design, height(LAND.ties, LAND.table, design)) for design in designs], float)


def copied(x, graph, velocity=1.0, error=0.0, periods=1, order="synchronous"):
    process = Process(copy_best, x, (LAND.ties, LAND.table, velocity, error), order=order, graph=graph)
    process.advance(periods)
    return process.x


def star(leaves):
    """Return a hub, agent 0, and its leaves."""
    starts = np.concatenate([[0], np.arange(leaves, 2 * leaves + 1)])
    return Graph(leaves + 1, starts, np.concatenate([np.arange(1, leaves + 1), np.zeros(leaves)]).astype(np.int32))


def test_copying_by_hand_on_a_path():
    """Path 0 - 1 - 2 with the top at 2: 1 copies it, 0 sees only 1, no better, and tries a bit; 2 stays."""
    path = Graph(3, np.array([0, 1, 3, 4]), np.array([1, 0, 2, 1], np.int32))
    found = copied(state(FOOT, FOOT, TOP), path)
    assert found[1:].tolist() == state(TOP, TOP).tolist()
    assert np.bitwise_count(int(found[0, 0]) ^ FOOT) == 1 and found[0, 1] > VALUES[FOOT]
    assert copied(state(FOOT, FOOT, TOP), path, periods=2).tolist() == state(TOP, TOP, TOP).tolist()
    swept = copied(state(TOP, FOOT, FOOT), path, order="sweep")
    assert swept.tolist() == state(TOP, TOP, TOP).tolist()
    better = FOOT ^ 1 << 3
    assert copied(state(better, FOOT, TOP), path)[1].tolist() == state(TOP)[0].tolist()


def test_errors_leave_bits_out():
    """Of 2,000 leaves around the best each keeps each of its six wrong bits with `error`; 1: all of them."""
    for error in (0.25, 1.0):
        found = copied(state(TOP, *[FOOT] * 2000), star(2000), error=error)[1:]
        missing = np.bitwise_count(found[:, 0].astype(int) ^ TOP)
        assert abs(missing.mean() / 6 - error) <= 5 * math.sqrt(error * (1 - error) / 12_000)
        np.testing.assert_array_equal(found[:, 1], [height(LAND.ties, LAND.table, int(one)) for one in found[:, 0]])
        assert (missing.std() > 0.5) == (error < 1)


@pytest.mark.parametrize("velocity", [0.0, 0.3, 1.0])
def test_velocity_is_how_many_look(velocity):
    """Of 2,000 leaves that share looks and copies, the others change one bit for the better."""
    found = copied(state(TOP, *[FOOT] * 2000), star(2000), velocity)[1:, 0].astype(int)
    looked = found == TOP
    assert abs(looked.mean() - velocity) <= 5 * math.sqrt(velocity * (1 - velocity) / 2000)
    assert (np.bitwise_count(found[~looked] ^ FOOT) == 1).all()


def test_nobody_falls_who_copies_without_errors():
    values = neighbours(VALUES)
    x = searchers(40, LAND, STREAM)
    for _ in range(30):
        then = copied(x, star(39))
        assert (then[:, 1] >= x[:, 1]).all()
        x = then
    assert (x[:, 1] == x[0, 1]).all() and values.shape == (64, 6)
