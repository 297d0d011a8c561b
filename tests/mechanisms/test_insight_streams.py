"""The three streams of insight: their steady states, order, custody and withdrawal, budgets, and when data suffice."""

import math

import numpy as np
import pytest
from worlds import BARE, live, merged, rich, world

from ecosim.ledger import PURPOSES, UNIT
from ecosim.mechanisms.base import DATA
from ecosim.mechanisms.insight import observe
from ecosim.strategies import Insight, Levers, Strategy

P0 = 1 / 12
NOISE = {"data": 0.02, "profiles": 0.01, "participation": 0.003}
WILLING = merged(
    BARE,
    {
        "market": {"customers": 2, "firms": 2, "shares": [1.0, 0.0]},
        "consideration": {"membership": 1.0},
        "insight": {"budget": 10.0, "drift_pull": 0.0},
        "recovery": {"data_risk": 0.0},
        "participation": {"effort": 0.0, "paperwork": 0.0},
    },
)
"""One firm that can pay for everything, and customers who share their data and take part in anything."""


@pytest.fixture
def weekly(monkeypatch):
    """Everybody has exactly one need a week."""

    def once(lo, hi, w):
        w.customers.needs[lo:hi] = 1
        return hi - lo

    monkeypatch.setattr("ecosim.mechanisms.needs.count_needs", once)


def mix(data=0.0, profiles=0.0, participation=0.0, custody=0.0):
    insight = Insight(0.5, data=data, profiles=profiles, participation=participation, custody=custody)
    return Strategy("mix", Levers(insight=insight))


def known(model):
    """Return the error variance about each customer at firm 0, as it is now."""
    c = model.customers
    return np.array([c.error[i, list(c.provider[i]).index(0)] for i in range(len(c))], float)


@pytest.mark.parametrize("sd", [0.01, 0.03])
@pytest.mark.parametrize("stream", NOISE)
def test_each_stream_settles_at_its_steady_state(stream, sd, weekly):
    """P* = (sqrt(s^4 + 4 s^2 v) - s^2) / 2 after the weekly observation; the column is float32, hence 1e-5."""
    model = world(WILLING, {"insight": {"drift_sd": sd}}, line_up=mix(**{stream: 1.0}), weeks=150)
    v = NOISE[stream]
    np.testing.assert_allclose(known(model), (math.sqrt(sd**4 + 4 * sd**2 * v) - sd**2) / 2, rtol=1e-5)
    counted = {"data": "recorded", "profiles": "profiles_read", "participation": "interviews"}
    for name, count in counted.items():
        assert model.counts[count][0] == (2 if name == stream else 0), count


def test_a_week_of_all_streams_adds_their_precisions(weekly):
    model = world(WILLING, {"insight": {"drift_sd": 0.0}}, line_up=mix(1.0, 1.0, 1.0), weeks=1)
    exact = 1 / (1 / P0 + sum(1 / v for v in NOISE.values()))
    np.testing.assert_allclose(known(model), exact, rtol=1e-5)


@pytest.mark.parametrize("first", ["data", "profiles"])
def test_an_interview_comes_last(first, weekly):
    """What an interview would tell a stranger is worth its effort; after the record or the profile it no longer is.

    Gain .6 x .75 x learnt with learnt = P - P v / (P + v): .0362 from P0, at most .0060 after another observation.
    """
    deaf = {"participation": {"effort": 0.02, "talk_value": 0.0}, "insight": {"drift_sd": 0.0}}
    worth = {P: 0.6 * 0.75 * (P - observe(P, 0.003)) for P in (P0, observe(P0, 0.02), observe(P0, 0.01))}
    assert max(list(worth.values())[1:]) < 0.02 < worth[P0]
    alone = world(WILLING, deaf, line_up=mix(participation=1.0))
    after = world(WILLING, deaf, line_up=mix(**{first: 1.0}, participation=1.0))
    for model in (alone, after):
        model.customers.skill[:] = 0.0
        model.step()
        assert model.counts["invitations"][0] == 2
    assert alone.counts["interviews"][0] == 2
    assert after.counts["interviews"][0] == 0


MANY = merged(WILLING, {"market": {"customers": 400}, "insight": {"drift_sd": 0.0}})


@pytest.mark.parametrize("custody", [0.0, 0.3, 1.0])
def test_of_who_keeps_his_data_the_firm_records_what_it_holds(custody, weekly):
    """Fit is worth nothing here, so nobody shares; the number recorded is binomial: 5 standard errors."""
    model = world(MANY, {"experience": {"fit_weight": 0.0}}, line_up=mix(1.0, 1.0, 0.0, custody), weeks=1)
    n = int(model.counts["recorded"][0])
    assert abs(n - 400 * (1 - custody)) <= 5 * math.sqrt(400 * custody * (1 - custody))
    learnt = known(model) < 0.05
    assert learnt.sum() == n
    assert not (model.customers.flags & DATA).any()
    assert model.counts["readable"][0] == model.counts["profiles_read"][0] == 0


def test_a_story_told_in_public_is_read_of_those_who_keep_their_data(weekly):
    talk = {"talk": {"base": 1.0, "propensity_sd": 0.0}, "experience": {"fit_weight": 0.0}}
    model = world(MANY, talk, line_up=mix(1.0, 1.0, 0.0, 1.0), weeks=1)
    assert model.counts["recorded"][0] == 0
    assert model.counts["readable"][0] == model.counts["profiles_read"][0] == 400
    np.testing.assert_allclose(known(model), observe(P0, 0.01), rtol=1e-5)


@pytest.mark.parametrize("custody", [0.0, 0.5, 1.0])
def test_withdrawal_takes_along_what_the_customer_holds(custody, weekly):
    """P <- P0 - (1 - custody)(P0 - P), once, when the next purchase finds that sharing is worth nothing."""
    model = world(MANY, {"experience": {"fit_weight": 0.0}}, line_up=mix(custody=custody))
    c = model.customers
    slots = c.provider == 0
    c.error[slots] = 0.01
    c.flags[slots] = DATA
    model.step()
    assert not (c.flags & DATA).any()
    np.testing.assert_allclose(known(model), P0 - (1 - custody) * (P0 - 0.01), rtol=1e-5)
    once = known(model)
    model.step()
    np.testing.assert_array_equal(known(model), once)


def test_leave_to_hold_data_needs_trust_in_what_one_more_observation_would_tell(weekly):
    """After a purchase: yes if T (P0 - P') fit_weight > concern x risk x (1 - relief x custody); off the threshold."""
    model = world(MANY, {"recovery": {"data_risk": 0.1}}, line_up=mix(custody=0.3), weeks=1)
    c, s = model.customers, np.argmax(model.customers.provider == 0, axis=1)
    rows = np.arange(400)
    trust = (c.kept[rows, s] + 1.0) / (c.kept[rows, s] + c.broken[rows, s] + 2.0)
    gain = trust * (P0 - observe(P0, 0.02)) * 0.6 - c.concern * 0.1 * (1 - 0.7 * 0.3)
    clear = np.abs(gain) > 1e-6
    shares = (c.flags[rows, s] & DATA) > 0
    assert 40 < shares.sum() < 360
    np.testing.assert_array_equal(shares[clear], gain[clear] > 0)


def test_a_system_of_half_capacity_records_half(weekly):
    """Binomial with 400 purchases: 5 standard errors."""
    model = world(MANY, line_up=mix(1.0))
    model.firms[0].capacity = 0.5
    model.step()
    assert abs(model.counts["recorded"][0] - 200) <= 5 * math.sqrt(100)
    twice = live(world(MANY, line_up=mix(0.5)), 1)
    assert abs(twice.counts["recorded"][0] - 200) <= 5 * math.sqrt(100)


@pytest.mark.parametrize(("stream", "count"), [("profiles", "profiles_read"), ("participation", "invitations")])
def test_the_budget_is_kept_on_average(stream, count):
    """Opportunities abound and each week's are spread by the number of the last: what is spent in 60 weeks lies within
    8 % of the budget, that is 4 standard errors of about 1.6 % at some 60 acts a week and firm, plus the bias of
    dividing by last week's number (a few per cent at tens of purchases)."""
    cost = {"profiles": "profile_cost", "participation": "interview_cost"}[stream]
    world_of = {
        "market": {"customers": 500, "shares": [0.25, 0.25, 0.25, 0.25]}, "needs": {"rate": 2.0},
        "insight": {"budget": 0.05, cost: 0.2}, "recovery": {"data_risk": 0.0},
    }  # fmt: skip
    model = rich(world_of, line_up=mix(**{stream: 1.0}), weeks=5)
    done = np.zeros(4)
    for _ in range(60):
        model.step()
        done += model.counts[count][:-1]
    budget = np.array([firm.insight_budget for firm in model.firms])
    assert np.all(model.world.firms.reading + model.world.firms.inviting < 1)
    assert (done * 0.2).sum() / (60 * budget.sum()) == pytest.approx(1.0, abs=0.08)


def test_insight_is_paid_by_the_piece():
    model = rich({"insight": {"budget": 0.1}, "recovery": {"data_risk": 0.02}}, line_up=mix(1.0, 0.5, 0.5))
    paid = 0
    for _ in range(8):
        model.step()
        counts = {name: count[:-1] for name, count in model.counts.items()}
        cost = counts["profiles_read"] * 0.01 + counts["interviews"] * 0.2
        np.testing.assert_allclose(model.ledger.flows[PURPOSES.index("insight"), :4] / UNIT, -cost, atol=1e-9)
        paid += cost.sum()
    assert paid > 0


def unknown(rate, sd, **streams):
    """Return the mean error variance after 60 weeks in which customers need the category at ``rate``."""
    layers = {"market": {"customers": 200}, "needs": {"rate": rate}, "insight": {"drift_sd": sd, "drift_pull": 0.01}}
    model = world(WILLING, layers, line_up=mix(**streams), weeks=60)
    model.change_setting(model.setting)
    return known(model).mean()


def test_whether_data_suffice_is_purchase_frequency_against_drift():
    """Often bought and slow to change: records leave little to learn; seldom bought or quick to change: most.

    What interviews add is measured in what a standard offer loses to a stranger's taste, P0.
    """
    gap = {}
    for rate, sd in ((2.0, 0.005), (0.1, 0.005), (2.0, 0.05), (0.1, 0.05)):
        data, best = unknown(rate, sd, data=1.0), unknown(rate, sd, data=1.0, profiles=1.0, participation=1.0)
        assert best <= data
        gap[rate, sd] = (data - best) / P0
    assert gap[2.0, 0.005] < 0.02
    assert gap[2.0, 0.05] > 4 * gap[2.0, 0.005]
    assert gap[0.1, 0.005] > 4 * gap[2.0, 0.005]
    assert unknown(0.1, 0.05, data=1.0) > 0.3 * P0 > 10 * unknown(2.0, 0.005, data=1.0)
