"""Community: buyers in groups tied to each other, rebuilt each quarter, no part of the network itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import BARE, RICH, live, rich, world

from ecosim.mechanisms.community import tie_groups
from ecosim.strategies import Contact, Levers, Strategy


def grouped(members, ties, slots=4, key=7):
    community = np.full((max(members, default=0) + 1, slots), -1, np.int32)
    tie_groups(np.uint64(key), np.array(members, np.int64), float(ties), community)
    return community


def test_three_groups_worked_out_by_hand():
    found = grouped([4, 2, 0, 1], 1.0)
    assert found[:, 0].tolist() == [1, 0, 4, -1, 2]
    assert (found[:, 1:] == -1).all()
    three = grouped([0, 1, 2, 3], 2.0)
    assert three.tolist() == [[1, 2, -1, -1], [0, 2, -1, -1], [0, 1, -1, -1], [-1] * 4]


@given(st.sets(st.integers(0, 60), min_size=2, max_size=40), st.floats(0, 4))
def test_ties_are_mutual_without_loops_and_within_the_slots(members, ties):
    found = grouped(sorted(members), ties)
    for i, row in enumerate(found):
        friends = row[row >= 0]
        assert len(set(friends.tolist())) == friends.size
        assert i not in friends
        assert all(i in found[j] for j in friends)
        assert (row[friends.size :] == -1).all()
        assert friends.size == 0 or i in members


def test_the_number_of_ties_is_right_on_average():
    """A group has 1 + k members, k = 2.5 rounded at random: the mean number of ties over groups is (2*3+3*4)/7."""
    found = grouped(range(20_000), 2.5)
    assert (found >= 0).sum(axis=1).mean() == pytest.approx(18 / 7, abs=0.05)


def test_hosts_tie_their_buyers_each_quarter_and_nobody_else():
    host, cold = Strategy("host", Levers(Contact(0.0, 1.0, 0.0))), Strategy("cold")
    model = world(RICH, line_up=[host, cold, cold, cold], weeks=12)
    assert model.world.graph.community.shape[0] == 0
    live(model, 1)
    community, last = model.world.graph.community, model.customers.last_provider
    tied = (community >= 0).any(axis=1)
    assert tied.sum() > 10
    assert (last[tied] == 0).all()
    assert (last[community[community >= 0]] == 0).all()
    held = community.copy()
    live(model, 12)
    assert np.array_equal(model.world.graph.community, held)
    indices = model.graph.indices.copy()
    live(model, 1)
    assert not np.array_equal(model.world.graph.community, held)
    assert np.array_equal(model.graph.indices, indices)


@pytest.mark.parametrize("change", [{"talk": {"community": 0}}, None])
def test_without_ties_or_dialogue_there_is_no_community(change):
    model = rich(change, weeks=13) if change else world(RICH, line_up=Strategy("x"), weeks=13)
    assert model.world.graph.community.shape[0] == 0


def test_talk_travels_on_community_ties():
    host = Strategy("host", Levers(Contact(0.0, 1.0, 0.0)))
    base = {"market": {"customers": 300, "firms": 2}, "network": {"kind": "ring", "mean_degree": 0.0}}
    model = world(BARE, base, {"talk": {"base": 1.0, "reach": 100.0}}, line_up=host, weeks=13)
    assert model.mail.recipient.size == 0
    live(model, 1)
    assert model.mail.recipient.size > 300
    community = model.world.graph.community
    assert all(to in community[of] for to, of in zip(model.mail.recipient, model.mail.sender, strict=True))
