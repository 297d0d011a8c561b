"""Calling kernels: several as one, and again without another look at the types of what they are given."""

import numpy as np
import pytest

from ecosim.jit import JIT_ON, TURNS, Calls, in_turn, pass_kernel


@pass_kernel
def double(lo, hi, w, events, tally):
    """Double what is there."""
    tally[0] = 2 * tally[0]


@pass_kernel
def add(lo, hi, w, events, tally):
    """Add one."""
    tally[0] = tally[0] + 1


def plain(lo, hi, w, events, tally):
    """Add one, uncompiled."""
    tally[0] += 1


@pytest.mark.parametrize("pairs", [1, 3, 4, 5])
def test_kernels_in_turn_do_what_each_does_in_order(pairs):
    """Doubling and adding one, n times from 1: 2^(n + 1) - 1; the other order would give another number."""
    kernels = in_turn((double, add) * pairs)
    tally = np.ones(1, np.int64)
    for kernel in kernels:
        kernel(0, 1, 0, 0, tally)
    assert tally[0] == 2 ** (pairs + 1) - 1
    if JIT_ON:
        assert len(kernels) == -(-2 * pairs // len(TURNS))


def test_what_cannot_be_joined_stays_as_it_is():
    assert in_turn((double, plain)) == (double, plain)


def test_a_kernel_called_with_other_types_elsewhere_is_not_confused():
    """Whole numbers and real ones have the same width: taken for each other, they would come out as nonsense."""
    whole, real = np.array([3], np.int64), np.array([0.25])
    for_whole, for_real = Calls(), Calls()
    for _ in range(3):
        for_whole(add, 0, 0, 0, 0, whole)
        for_real(add, 0, 0, 0, 0, real)
        for_whole(plain, 0, 0, 0, 0, whole)
    assert whole[0] == 9
    assert real[0] == 3.25


def test_a_call_returns_what_the_kernel_returns():
    call = Calls()
    assert [call(twice, 4), call(twice, 5)] == [8, 10]


@pass_kernel
def twice(x):
    """Return 2x."""
    return 2 * x
