"""Search: only the unsure ask, neighbours answer with what they last lived through."""

from collections import namedtuple

import numpy as np
import pytest
from worlds import BARE, live, world

from ecosim.jit import kernel
from ecosim.lanes import WIDTH
from ecosim.mechanisms.search import doubt, neighbour
from ecosim.networks import Graph
from ecosim.world import make_graph

Rows = namedtuple("Rows", ["provider", "salience", "kept", "broken"])


@kernel
def doubts(rows, out):
    """Fill ``out`` with the doubt of each row."""
    for i in range(out.size):
        out[i] = doubt(rows, i)


def slots(dtype, nothing, *rows):
    """Return rows of slots, filled up with ``nothing`` to whole lots, twice."""
    found = np.full((len(rows), 2 * WIDTH), nothing, dtype)
    found[:, WIDTH - 1 : WIDTH + 1] = rows
    return found


def test_three_customers_worked_out_by_hand():
    """Nobody considered; two considered; one trusted but faint. The two slots stand in different lots."""
    rows = Rows(
        slots(np.int16, -1, [-1, -1], [0, 1], [1, 0]), slots(np.float32, 0.0, [0.0, 0.0], [0.2, 0.6], [0.1, 0.5]),
        slots(np.float32, 0.0, [0.0, 0.0], [9.0, 2.0], [8.0, 0.0]),
        slots(np.float32, 0.0, [0.0, 0.0], [9.0, 0.0], [0.0, 6.0]),
    )  # fmt: skip
    found = np.empty(3)
    doubts(rows, found)
    assert found.tolist() == [1.0, 0.5, 0.25]


def test_neighbours_are_picked_evenly_ties_and_community_alike():
    rule = neighbour.py_func if hasattr(neighbour, "py_func") else neighbour
    graph = make_graph(Graph(4, np.array([0, 2, 3, 3, 3]), np.array([1, 3, 0], np.int32), np.float32([0.5, 2.0, 1.0])))
    assert [rule(graph, 0, u, 4) for u in (0.1, 0.9)] == [(1, 0.5), (3, 2.0)]
    assert rule(graph, 2, 0.5, 4) == (-1, 0.0)
    overlay = np.full((4, 2), -1, np.int32)
    overlay[0, 0] = 2
    graph = graph._replace(community=overlay)
    assert [rule(graph, 0, u, 4)[0] for u in (0.1, 0.5, 0.9)] == [1, 3, 2]
    everybody = make_graph(Graph(4, np.zeros(1, np.int64), np.empty(0, np.int32), complete=True))
    assert [rule(everybody, 1, u, 4)[0] for u in (0.1, 0.5, 0.9)] == [0, 2, 3]


def asking(**search):
    model = world(
        BARE,
        {"market": {"customers": 100, "firms": 2}, "search": {"threshold": 0.5, **search}, "needs": {"rate": 1.0}},
    )
    return live(model, 1)


def test_the_unsure_ask_each_neighbour_once_a_need():
    model = asking(neighbours=3)
    assert model.counts["answers"].sum() == 0
    model.customers.kept[:] = 0
    model.customers.broken[:] = 0
    known = model.customers.last_provider >= 0
    model.customers.last_provider[~known] = 0
    model.step()
    needy = model.customers.needs > 0
    assert model.counts["answers"].sum() >= 3 * np.count_nonzero(needy)
    assert model.counts["answers"].sum() <= 3 * model.customers.needs.sum()


@pytest.mark.parametrize("search", [{"threshold": 1.0}, {"neighbours": 0}])
def test_search_can_be_switched_off(search):
    assert live(asking(**search), 5).counts["answers"].sum() == 0


def test_the_sure_do_not_ask():
    model = asking()
    model.customers.kept[:] = 50.0
    model.step()
    assert model.counts["answers"].sum() == 0


def test_an_answer_is_what_the_neighbour_last_lived_through():
    """Two customers: the one with a need asks the other, whose only experience was 3.0 at firm 1."""
    model = world(
        BARE,
        {
            "market": {"customers": 2, "firms": 2},
            "search": {"neighbours": 1, "threshold": 0.9},
            "consideration": {"membership": 0.0},
            "needs": {"rate": 0.2},
        },
    )
    model.customers.need_rate[1] = 0
    model.customers.last_provider[1] = 1
    model.customers.last_value[1] = 3.0
    while model.week == 0 or not model.customers.needs[0]:
        model.step()
    p = model.setting.trust
    assert model.counts["answers"].tolist() == [0, 1, 0]
    s = list(model.customers.provider[0]).index(1)
    if model.counts["purchases"][1] == 0:
        g = p.peer_weight / (p.peer_weight + p.prior_weight)
        assert model.customers.expected[0, s] == pytest.approx(p.expected_start + g * (3.0 - p.expected_start))
    assert model.customers.kept[0, s] > 0
