"""The longest kernel may be compiled by a second process: once, where that pays, and waited for."""

from types import SimpleNamespace

import pytest
from worlds import live, rich

from ecosim import ahead
from ecosim.jit import ELSEWHERE, JIT_ON, Calls, kernel
from ecosim.networks.complete import complete

pytestmark = pytest.mark.skipif(not JIT_ON, reason="nothing is compiled")


@kernel
def twice(x):
    return 2 * x


@pytest.fixture
def orders(monkeypatch, tmp_path):
    """Return the second processes that were asked for; none is started, and nothing is cached."""
    given = []

    def helper(command, **options):
        given.append("ordered")
        return SimpleNamespace(wait=lambda: given.append("waited"))

    monkeypatch.setattr(ahead, "_begun", False)
    monkeypatch.setattr(ahead, "longest", lambda: twice)
    monkeypatch.setattr(ahead, "CACHES", {False: tmp_path})
    monkeypatch.setattr(ahead.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(ahead.subprocess, "Popen", helper)
    yield given
    ELSEWHERE.pop(twice, None)


def test_a_cold_kernel_is_ordered_once_and_waited_for_once(orders):
    ahead.begin()
    ahead.begin()
    assert orders == ["ordered"]
    call = Calls()
    assert call(twice, 1.5) == call(twice, 1.5) == 3.0
    assert orders == ["ordered", "waited"]


def test_what_is_in_the_cache_is_not_ordered(orders, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "test_ahead.twice-14.py311.nbi").touch()
    ahead.begin()
    assert orders == []


@pytest.mark.parametrize("reason", ["one core", "a worker of a sweep", "no cache"])
def test_no_process_where_it_would_not_pay(orders, monkeypatch, reason):
    if reason == "one core":
        monkeypatch.setattr(ahead.os, "cpu_count", lambda: 1)
    elif reason == "no cache":
        monkeypatch.setattr(ahead, "CACHES", {False: None})
    else:
        monkeypatch.setattr(ahead.multiprocessing, "parent_process", lambda: object())
    ahead.begin()
    assert orders == []


@pytest.mark.parametrize(
    ("layers", "more"),
    [({}, {}), ({"consideration": {"slots": 3}}, {}), ({"market": {"customers": 40}}, {"graph": complete(40, 1)})],
)
def test_every_world_calls_its_kernels_with_the_types_of_the_small_one(layers, more):
    known = set(ahead.longest().signatures)  # a world of one customer has others, for its records are in one piece
    model = live(rich(layers, **more), 15)
    assert ahead.signature(model) == ahead.signature(ahead.small_world())
    assert set(ahead.longest().signatures) == known | {ahead.signature(model)}


def test_the_longest_kernel_is_the_one_of_most_steps():
    assert ahead.longest().__qualname__ == "seek_choose_fulfil_evaluate_speak_learn"
