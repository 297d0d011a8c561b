"""Closing: what a sales effort adds to a choice, only where its message was taken in, and only that week."""

import math

import numpy as np
import pytest
from worlds import BARE, CORE, CRM1, assert_same, columns, live, merged, needs_met, rich, world

from ecosim.mechanisms.base import APPROACHED

PAIR = merged(BARE, {"market": {"customers": 500, "firms": 2}, "needs": {"rate": 1.0}})
HEARD = {"contact": {"budget": 0.5}, "attention": {"load": 0.0}}
"""Every customer gets many messages a week and takes in most of what he can process."""


def pushy(*layers, closing=0.7, weeks=0):
    model = world(PAIR, *layers, line_up=CRM1)
    model.firms[0].closing = closing
    model.firms_changed()
    return live(model, weeks)


def approached(model, j):
    """Return which customers were approached by firm ``j`` in this very week."""
    c = model.customers
    return ((c.provider == j) & ((c.flags & APPROACHED) > 0)).any(axis=1) & (c.approach_week == model.week)


def mark(model, week):
    """Let everybody have taken in a message of firm 0 in ``week``."""
    c = model.customers
    c.flags[c.provider == 0] |= APPROACHED
    c.approach_week[:] = week


def test_closing_is_added_to_the_utility():
    """Two firms alike but for closing .7 at one: a logit share of 1 / (1 + exp(-.7)) of first needs, within 4 SE."""
    model = pushy()
    model.customers.price_sensitivity[:] = 1.0
    mark(model, 1)
    model.step()
    _, occasion, provider = needs_met(model)
    first = provider[occasion == 0]
    p = 1 / (1 + math.exp(-0.7))
    assert abs(np.mean(first == 0) - p) < 4 * math.sqrt(p * (1 - p) / first.size)


@pytest.mark.parametrize("week", [0, 2, -1])
def test_a_message_of_another_week_closes_nothing(week):
    """To the bit in every purchase, whatever bits are left over."""
    model, plain = pushy(), pushy(closing=0.0)
    mark(model, week)
    model.step()
    plain.step()
    assert_same(columns(model, ("flags", "approach_week")), columns(plain, ("flags", "approach_week")))


def test_without_a_message_there_is_no_closing():
    model, plain = pushy(weeks=6), pushy(closing=0.0, weeks=6)
    assert_same(columns(model), columns(plain))


def test_who_takes_no_message_in_is_not_approached():
    """Messages are sent to everybody and drowned by noise; those taken in are counted."""
    model = pushy({"contact": {"budget": 0.5}, "attention": {"load": 200.0}}, weeks=1)
    taken = model.counts["push_processed"][0]
    assert 0 < approached(model, 0).sum() <= taken < model.counts["sent"][0]
    assert not approached(model, 1).any()


def test_closing_ends_with_the_week():
    """Approached in week 1, left alone in week 2: choices are those of a copy in which the firm no longer closes."""
    model = pushy(HEARD, weeks=1)
    assert approached(model, 0).sum() > 400
    for firm in model.firms:
        firm.contact_budget = 0.0
    twin = model.branch()
    twin.firms[0].closing = 0.0
    twin.firms_changed()
    model.step()
    twin.step()
    assert_same(columns(model), columns(twin))
    assert not approached(model, 0).any()


def test_an_approach_by_one_firm_does_not_revive_that_of_another():
    model = pushy(HEARD, weeks=1)
    model.firms[1].closing = 0.7
    model.firms[0].contact_budget = 0.0
    model.firms_changed()
    was = approached(model, 0)
    model.step()
    assert (was & approached(model, 1)).sum() > 300
    assert not approached(model, 0).any()


def test_a_slot_given_to_another_firm_forgets_the_approach():
    model = pushy(HEARD, {"consideration": {"floor": 0.05, "decay": 0.5}}, weeks=1)
    for firm in model.firms:
        firm.contact_budget = 0.0
    model.customers.need_rate[:] = 0
    live(model, 30)
    model.change_setting(model.setting)
    assert not model.customers.flags.any()
    assert (model.customers.provider < 0).all()


def test_more_closing_sells_more():
    """Common luck: with the first week's inboxes alike, every purchase won stays won as closing grows."""
    won = []
    for closing in (0.0, 0.3, 0.6, 1.2):
        model = pushy(HEARD, closing=closing, weeks=1)
        customer, occasion, provider = needs_met(model)
        won.append({(i, k) for i, k, j in zip(customer, occasion, provider, strict=True) if j == 0 and k == 0})
    assert all(fewer < more for fewer, more in zip(won, won[1:], strict=False))


def test_closing_leaves_a_world_without_it_alone():
    """Bits and weeks of approach are kept only where a firm closes."""
    model = rich(CORE, weeks=10)
    assert not (model.customers.flags & APPROACHED).any()
    assert (model.customers.approach_week == -1).all()
