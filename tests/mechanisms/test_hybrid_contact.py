"""Contact that differs by what a customer is to the firm: buyers are thinned, strangers are not, spending follows."""

import math
from dataclasses import replace

import numpy as np
import pytest
from worlds import BARE, CMR, CRM1, MIXED, RICH, assert_same, columns, live, merged, rich, world

from ecosim.ledger import PURPOSES
from ecosim.strategies import Contact, Levers, Strategy

CONTACT = PURPOSES.index("contact")
WRITES = merged(
    BARE, {"market": {"customers": 500, "firms": 2}, "contact": {"budget": 0.02}, "recovery": {"consent_risk": 100.0}}
)
"""About 20 messages a week and customer in all; nobody gives leave."""


def policy(strangers, buyers):
    return Strategy("policy", Levers(Contact(strangers, 0.0, 0.0, buyers)))


def sent(line_up, bought=()):
    """Return this week's messages per firm if these customers have bought from every firm."""
    model = world(WRITES, line_up=line_up)
    model.customers.first_week[list(bought)] = 1
    return live(model, 1).counts["sent"][:-1]


@pytest.mark.parametrize("line_up", [CRM1, CMR], ids=lambda s: s.name)
def test_minus_one_means_the_same_as_towards_strangers(line_up):
    """To the bit: lever -1, and the lever set to what it is towards strangers."""
    contact = replace(line_up.levers.contact, control_buyers=line_up.levers.contact.control)
    explicit = Strategy("explicit", replace(line_up.levers, contact=contact))
    left, right = rich(line_up=line_up, weeks=12), rich(line_up=explicit, weeks=12)
    assert_same(columns(left), columns(right))
    np.testing.assert_array_equal(left.ledger.accounts, right.ledger.accounts)


def test_buyers_are_thinned_and_strangers_are_not():
    """Firms that do not write to buyers send strangers what they sent anyway, message by message, and buyers none."""
    hybrid, plain = policy(0.0, 1.0), policy(0.0, -1.0)
    np.testing.assert_array_equal(sent(hybrid), sent(plain))
    assert sent(hybrid, range(500)).sum() == 0
    model = world(WRITES, line_up=plain)
    model.customers.need_rate[250:] = 0
    ours = sent(hybrid, range(250))
    theirs = sent(plain, range(250))
    assert np.all(ours < theirs)
    assert abs(ours.sum() - theirs.sum() / 2) < 5 * math.sqrt(theirs.sum() / 2)


@pytest.mark.parametrize(("strangers", "buyers"), [(0.0, 0.75), (0.75, 0.0), (1.0, 0.0), (0.2, 0.2)])
def test_each_gets_his_own_cadence(strangers, buyers):
    """200 buyers and 300 strangers: Poisson around the planned rates, 5 standard deviations."""
    model = world(WRITES, line_up=policy(strangers, buyers))
    model.customers.first_week[:200] = 1
    model.step()
    limit = model.firms[0].contact_budget / (500 * model.setting.contact.cost)
    mean = 2 * limit * (200 * (1 - buyers) + 300 * (1 - strangers))
    assert abs(model.counts["sent"].sum() - mean) < 5 * math.sqrt(mean)
    assert limit > 0.5


def test_spending_falls_with_what_is_not_sent():
    """The more of the market has bought, the less a firm spends that leaves its buyers alone."""
    spent = []
    for bought in (0, 100, 300, 500):
        model = world(WRITES, line_up=policy(0.0, 1.0))
        model.customers.first_week[:bought] = 1
        model.step()
        spent.append(-model.ledger.flows[CONTACT].sum())
        assert spent[-1] == model.counts["sent"].sum() * 20
    assert spent == sorted(spent, reverse=True)
    assert spent[-1] == 0 < spent[-2]


def test_who_is_a_buyer_has_nothing_to_do_with_his_slot():
    """Swapping the slots of every row changes no message: draws are keyed by firm."""
    model, other = (world(WRITES, line_up=policy(0.0, 0.6)) for _ in range(2))
    for m in (model, other):
        m.customers.first_week[:250, 0] = 1
    c = other.customers
    for name in ("provider", "salience", "first_week", "flags", "consent", "expected", "kept", "broken", "error"):
        getattr(c, name)[:, :2] = getattr(c, name)[:, 1::-1].copy()
    model.step()
    other.step()
    for name in ("sent", "push_processed", "purchases"):
        np.testing.assert_array_equal(model.counts[name], other.counts[name])


def test_invitations_are_not_thinned():
    """Leave given outdoes the cadence: buyers who asked are written to at the rate they welcome."""
    model = world(WRITES, {"recovery": {"consent_risk": 0.0}}, line_up=policy(0.0, 1.0))
    model.customers.first_week[:] = 1
    model.customers.consent[:, :2] = 1
    model.step()
    limit = model.world.firms.contact_limit
    welcome = np.minimum(model.customers.ideal_contact.astype(float)[:, None], limit).sum()
    assert abs(model.counts["sent"].sum() - welcome) < 5 * math.sqrt(welcome)


def test_the_whole_line_up_may_mix():
    hybrid = (policy(0.0, 0.9), *MIXED[1:])
    model, plain = world(RICH, line_up=hybrid, weeks=20), world(RICH, line_up=MIXED, weeks=20)
    assert 0 < model.quarter["sent"][0] < plain.quarter["sent"][0]
