"""Attention: messages crowd each other out, trust and relevance buy attention, capacity is not exceeded."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import BARE, RICH, live, world

from ecosim.mechanisms.attention import first_of, weight

P0 = 1 / 12


def test_three_messages_worked_out_by_hand():
    assert weight(0.0, 0.0, P0, 0.0, P0, 0.5, 0.5) == 1.25
    assert weight(2.0, 0.0, P0 / 2, 0.75, P0, 1.0, 2.0) == pytest.approx(1 + 0.75 + 2 * 0.75 * 0.5)
    assert weight(0.0, 8.0, 0.0, 1.0, P0, 0.0, 0.5) == 1.5


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, P0), st.floats(0, 1), st.floats(0, 10), st.floats(0, 10))
def test_trust_and_relevance_only_add_weight(r, s, error, personal, trust_gain, relevance_gain):
    found = weight(r, s, error, personal, P0, trust_gain, relevance_gain)
    assert 1.0 <= found <= 1 + trust_gain + relevance_gain + 1e-12
    assert weight(r + 1, s, error, personal, P0, trust_gain, relevance_gain) >= found
    assert weight(r, s, error / 2, personal, P0, trust_gain, relevance_gain) >= found
    assert weight(r, s, error, personal, P0, 0.0, 0.0) == 1.0


def test_relevance_needs_that_the_firm_uses_what_it_knows():
    assert weight(1.0, 1.0, 0.0, 0.0, P0, 0.0, 2.0) == 1.0


@given(st.lists(st.integers(0, 50), max_size=30), st.integers(0, 51))
def test_the_first_report_is_found(recipients, row):
    mail = np.array(sorted(recipients), np.int32)
    assert first_of(mail, row) == np.searchsorted(mail, row)


def loud(load, capacity=5.0, rate=10.0, **attention):
    """A world in which two firms write ``rate`` times a week to everybody and nothing else happens."""
    model = world(
        BARE,
        {
            "market": {"customers": 2000, "firms": 2},
            "attention": {"load": load, "capacity": capacity, "capacity_sd": 0.0, "trust_gain": 0.0, **attention},
            "trust": {"reactance": 0.0, "intrusion": 0.0},
        },
    )
    for firm in model.firms:
        firm.contact_budget = rate * 2000 * model.setting.contact.cost
    model.customers.need_rate[:] = 0
    return model


@pytest.mark.parametrize("rate", [0.01, 0.7, 10.0])
def test_messages_arrive_in_poisson_numbers(rate):
    """Mean and variance of the messages sent in 30 weeks to 2,000 customers, within 5 standard errors."""
    model = loud(20.0, rate=rate)
    sent = np.array([live(model, 1).counts["sent"][:2] for _ in range(30)]).astype(float)
    mean = rate * 2000
    assert abs(sent.mean() - mean) < 5 * math.sqrt(mean / 60)
    assert abs(sent.var(ddof=1) / mean - 1) < 5 * math.sqrt(2 / 59)


@pytest.mark.parametrize("load", [4.0, 20.0])
def test_thinning_means(load):
    """With few messages, the share processed is A / (load A + messages) in the mean over Poisson messages."""
    model = loud(load, capacity=2.0, rate=1.5)
    live(model, 10)
    taken = sum_over(model, "push_processed", 20)
    exact = 0.0
    for a in range(30):
        chance = math.exp(-3.0) * 3.0**a / math.factorial(a)
        exact += chance * a * min(1.0, 2.0 / (load * 2.0 + a)) if a else 0.0
    expected = exact * 2000 * 20
    assert abs(taken - expected) < 5 * math.sqrt(expected)


def sum_over(model, name, weeks):
    return sum(int(live(model, 1).counts[name].sum()) for _ in range(weeks))


@pytest.mark.parametrize("load", [0.0, 0.5, 1.0, 5.0])
@pytest.mark.parametrize("capacity", [0.05, 3.0])
def test_capacity_is_never_exceeded_in_expectation(load, capacity):
    model = loud(load, capacity=capacity, rate=15.0, trust_gain=2.0)
    taken = sum_over(model, "push_processed", 5) / (5 * 2000)
    assert taken <= capacity + 5 * math.sqrt(capacity / 10_000)
    assert taken > 0


def test_capacity_is_not_exceeded_in_a_talkative_world():
    model = world(
        RICH,
        {"attention": {"load": 0.0, "capacity": 0.5, "capacity_sd": 0.0}, "talk": {"base": 1.0, "reach": 20.0}},
        weeks=10,
    )
    total = sum_over(model, "push_processed", 20) + sum_over(model, "peer_processed", 20)
    assert total / (20 * 300) <= 2 * (0.5 + 5 * math.sqrt(0.5 / 6000))


def test_everything_is_processed_when_there_is_capacity_and_no_noise():
    model = live(loud(0.0, capacity=1e6, rate=2.0), 5)
    assert model.counts["push_processed"].sum() == model.counts["sent"].sum() > 0


def test_trust_buys_attention():
    """At high load, a trusted firm's messages are processed (1 + gain T_a) / (1 + gain T_b) times as often."""
    model = loud(50.0, rate=30.0, trust_gain=2.0)
    model.customers.kept[:, 0] = 8.0
    model.customers.broken[:, 1] = 8.0
    taken = np.zeros(2)
    for _ in range(5):
        model.step()
        taken += model.counts["push_processed"][:2]
    r = 8.0 * 0.99 ** np.arange(1, 6)
    high, low = np.mean((r + 1) / (r + 2)), np.mean(1 / (r + 2))
    assert taken[0] / taken[1] == pytest.approx((1 + 2 * high) / (1 + 2 * low), rel=5 / math.sqrt(taken.min()))


def test_a_processed_claim_moves_expectation_by_its_weight_times_trust():
    model = loud(0.0, capacity=1e6, rate=0.3)
    model.step()
    claim, p = model.world.firms.claim[0], model.setting.trust
    g = p.claim_weight * 0.5 / (p.claim_weight * 0.5 + p.prior_weight)
    e0 = float(np.float32(p.expected_start))
    steps = [e0]
    for _ in range(6):
        steps.append(steps[-1] + g * (claim - steps[-1]))
    found = np.unique(model.customers.expected[:, 0])
    assert len(found) >= 3
    assert all(np.min(np.abs(np.array(steps) - x)) < 1e-6 for x in found)


def test_peers_are_processed_as_their_weight_says():
    """Everybody tells all he bought: with no firm messages, P = min(1, w A / (load A + w reports)) per report."""
    model = world(
        BARE,
        {
            "market": {"customers": 300, "firms": 2},
            "attention": {"load": 5.0, "capacity": 4.0, "capacity_sd": 0.0, "peer_weight": 2.0},
            "talk": {"base": 1.0, "reach": 3.0},
            "needs": {"rate": 3.0},
        },
    )
    expected = taken = 0.0
    for _ in range(12):
        model.step()
        inbox = np.bincount(model.world.mail.recipient, minlength=300)
        expected += np.sum(inbox * np.minimum(1.0, 2.0 * 4.0 / (20.0 + 2.0 * inbox)))
        taken += model.counts["peer_processed"].sum()
        assert model.counts["peer_received"].sum() == inbox.sum()
    assert expected > 1000
    assert abs(taken - expected) < 5 * math.sqrt(expected)
