"""Parameters: every one says what it means, checks itself at the door, and is refused by name when misspelt."""

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim.errors import UserError
from ecosim.parameters import Parameters, build, check_value, param, walk
from ecosim.setting import Setting
from ecosim.strategies import Levers

FIELDS = dict(walk(Setting)) | {f"levers.{key}": field for key, field in walk(Levers)}


@pytest.mark.parametrize("key", FIELDS)
def test_every_parameter_says_what_it_is(key):
    info = FIELDS[key].metadata["info"]
    assert len(info.meaning) > 3
    assert info.unit
    assert info.source
    kind = FIELDS[key].type
    if kind in ("float", "int", "tuple", float, int, tuple):
        assert math.isfinite(info.low) or info.low == -math.inf
        assert info.low < info.high < math.inf
    if info.sweep:
        assert info.low <= info.sweep[0] < info.sweep[1] <= info.high


@pytest.mark.parametrize("key", FIELDS)
def test_every_default_is_within_its_range(key):
    field = FIELDS[key]
    assert check_value(key, field.default, field) == field.default


@dataclasses.dataclass(frozen=True)
class Group(Parameters):
    size: int = param(3, "a size", low=1, high=9)
    share: float = param(0.5, "a share", low=0, high=1)
    open: bool = param(True, "a switch")
    name: str = param("a", "a word", choices=("a", "b"))
    parts: tuple = param((), "numbers", low=0, high=1)


@dataclasses.dataclass(frozen=True)
class Whole(Parameters):
    group: Group = dataclasses.field(default_factory=Group)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("size", 0, "from 1 to 9"),
        ("size", 1.5, "whole number"),
        ("size", True, "whole number"),
        ("share", 1.0001, "from 0 to 1"),
        ("share", -0.1, "from 0 to 1"),
        ("share", math.nan, "finite"),
        ("share", math.inf, "finite"),
        ("share", "0.5", "a number"),
        ("share", None, "a number"),
        ("share", 10**400, "too large"),
        ("open", 1, "true or false"),
        ("name", "c", "words"),
        ("parts", 0.5, "list"),
        ("parts", "12", "list"),
        ("parts", [0.5, 2.0], r"parts\[1\]"),
        ("sise", 1, "size"),
    ],
)
def test_what_is_wrong_is_refused_by_name(key, value, says):
    with pytest.raises(UserError, match=says) as caught:
        build(Whole, {"group": {key: value}})
    assert f"group.{key}" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_group_is_not_a_value():
    with pytest.raises(UserError, match="group=3"):
        build(Whole, {"group": 3})


def test_parameters_check_themselves_however_they_are_made():
    with pytest.raises(UserError):
        Group(size=100)
    with pytest.raises(UserError):
        dataclasses.replace(Group(), share=2.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        Group().size = 4


def test_whole_numbers_become_floats_where_floats_are_meant():
    assert type(Group(share=1).share) is float
    assert type(build(Whole, {"group": {"parts": [1, 0]}}).group.parts[0]) is float


@given(st.sampled_from(sorted(FIELDS)), st.one_of(st.floats(), st.integers(), st.booleans(), st.text(), st.none()))
def test_any_value_is_either_refused_in_one_sentence_or_in_range(key, value):
    field = FIELDS[key]
    info = field.metadata["info"]
    try:
        taken = check_value(key, value, field)
    except UserError as error:
        assert str(error).startswith(key)
        return
    if isinstance(taken, (int, float)) and not isinstance(taken, bool):
        assert info.low <= taken <= info.high


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"market": {"shares": [1.0, 1.0]}}, "2 shares for market.firms=8"),
        ({"market": {"shares": [0.0] * 8}}, "above 0"),
        ({"market": {"focal": 8}}, "0 to 7"),
        ({"network": {"kind": "edge_list"}}, "network.path"),
        ({"market": {"firms": 1}}, "from 2"),
        ({"market": {"customers": 0}}, "from 1"),
    ],
)
def test_a_setting_checks_what_one_parameter_cannot_show(changes, says):
    with pytest.raises(UserError, match=says):
        build(Setting, changes)
