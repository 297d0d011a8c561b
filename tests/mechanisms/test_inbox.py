"""Inbox: open and lost messages add up to what firms write, and none that is processed is lost."""

import math
from collections import namedtuple

import numpy as np
import pytest
from worlds import BARE, live, world

from ecosim.jit import kernel
from ecosim.mechanisms.inbox import most_processed, note
from ecosim.parameters import build
from ecosim.strategies import Levers, Strategy

Room = namedtuple("Room", ["writers", "open", "lost"])


def room(n=6):
    return Room(*np.zeros((3, n), np.int64))


@kernel
def write(room, firms, opened, lost):
    """Note messages of firms in this order; return how many write."""
    n = 0
    for k in range(firms.size):
        n = note(room, firms[k], opened[k], lost[k], n)
    return n


def test_writers_are_listed_once_in_the_order_of_their_ids():
    here = room()
    n = write(here, np.array([4, 1, 5, 1, 0, 4]), np.array([1, 0, 0, 2, 0, 1]), np.array([0, 3, 0, 1, 1, 0]))
    assert here.writers[:n].tolist() == [0, 1, 4]
    assert here.open.tolist() == [0, 2, 0, 0, 2, 0]
    assert here.lost.tolist() == [1, 4, 0, 0, 0, 0]


@pytest.mark.parametrize(("load", "best"), [(20.0, 2.5 / 20), (2.5, 1.0), (0.0, 1.0)])
def test_no_message_is_processed_more_often_than_the_weightiest_in_an_empty_inbox(load, best):
    rules = world(BARE, {"attention": {"load": load, "trust_gain": 0.5, "relevance_gain": 1.0}}).world.rules.attention
    assert most_processed(rules) == best


def writing(control=0.0, control_buyers=-1.0, **attention):
    """A world of 4,000 customers, half of whom have bought from the second of two firms, and of no needs."""
    levers = build(Levers, {"contact": {"control": control, "control_buyers": control_buyers}})
    layers = {
        "market": {"customers": 4000, "firms": 2, "shares": (0.5, 0.5)},
        "attention": {"trust_gain": 0.0, **attention},
        "trust": {"reactance": 0.0, "intrusion": 0.0},
        "consideration": {"decay": 1.0, "floor": 0.0},
    }
    model = world(BARE, layers, line_up=Strategy("writing", levers))
    for firm in model.firms:
        firm.contact_budget = 0.8 * 4000 * model.setting.contact.cost
    c = model.customers
    c.need_rate[:] = 0
    c.provider[:], c.consent[:], c.first_week[:] = -1, 0, 0
    c.provider[:2000, 0], c.salience[:2000, 0], c.first_week[:2000, 0] = 1, 1.0, 1
    return model


@pytest.mark.parametrize("load", [0.5, 3.0, 20.0, 1e4])
@pytest.mark.parametrize("control_buyers", [-1.0, 0.5, 1.0])
def test_what_is_sent_is_what_was_planned(load, control_buyers):
    """Read or not, open or lost, spared or not: within 5 standard errors, and Poisson in the variance too."""
    model = writing(control_buyers=control_buyers, load=load)
    sent = np.array([live(model, 1).counts["sent"][:2] for _ in range(40)]).astype(float)
    kept = 1.0 if control_buyers < 0 else 1.0 - control_buyers
    for firm, mean in ((0, 0.8 * 4000), (1, 0.8 * (2000 + 2000 * kept))):
        assert abs(sent[:, firm].mean() - mean) < 5 * math.sqrt(mean / 40)
        assert abs(sent[:, firm].var(ddof=1) / mean - 1) < 5 * math.sqrt(2 / 39)


def test_invited_messages_are_sent_too():
    """Buyers who gave leave invite 0.3 messages a week each; nobody else is written to."""
    model = writing(control=1.0, load=20.0)
    model.customers.ideal_contact[:], model.customers.consent[:2000, 0] = 0.3, 1
    sent = np.array([live(model, 1).counts["sent"][:2] for _ in range(40)]).astype(float)
    assert sent[:, 0].sum() == 0
    assert abs(sent[:, 1].mean() - 600) < 5 * math.sqrt(600 / 40)
    assert abs(sent[:, 1].var(ddof=1) / 600 - 1) < 5 * math.sqrt(2 / 39)


def test_a_firm_that_writes_more_leaves_what_others_write_as_it_is():
    """Messages are keyed by firm: with twice the budget of the first firm, the second's are processed by the same."""

    def processed(budget):
        model = writing(load=1e-3, capacity=1e6, capacity_sd=0.0)
        model.firms[0].contact_budget *= budget
        live(model, 1)
        return model.counts["push_processed"][:2]

    (first, second), (more, same) = processed(1.0), processed(2.0)
    assert second == same > 0
    assert more > first
