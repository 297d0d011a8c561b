"""What is recorded of firms: leads and their half-life, gaps of levers, engagement value, and who contributes."""

import math

import numpy as np
import pytest
from worlds import CMR, CORE, CRM1, MIXED, RICH, live, setting, world

from ecosim.analysis.outcomes import FAMILIES, OUTCOMES, family
from ecosim.job import Job, run
from ecosim.mechanisms.base import TAKES_PART
from ecosim.metrics.equity import SUMS, wrong_side
from ecosim.metrics.equity import look as look_at_customers
from ecosim.metrics.innovation import half_life, leads, look
from ecosim.metrics.organisation import gap
from ecosim.metrics.organisation import look as organisations
from ecosim.metrics.participation import contribution
from ecosim.strategies import Contact, Levers, Offer


def test_a_lead_halves_when_it_first_falls_to_half_of_its_peak():
    assert half_life(np.array([0.1, 0.4, 0.3, 0.2, 0.3])) == 26
    assert half_life(np.array([0.4, -0.1])) == 13
    assert math.isnan(half_life(np.array([0.4, 0.3])))
    assert math.isnan(half_life(np.array([-0.4, -0.3])))
    assert math.isnan(half_life(np.array([np.nan, np.nan])))


def test_leads_are_over_the_best_rival():
    model = world(RICH, weeks=1, line_up=CRM1)
    found, values = leads(model), look(model)["offer_value"]
    best = int(np.argmax(found))
    assert found[best] > 0 > np.delete(found, best).max()
    assert np.argmax(values) == best


def test_no_height_without_a_landscape():
    assert np.isnan(look(world(RICH, CORE))["landscape_height"]).all()
    height = look(world(RICH))["landscape_height"]
    assert np.all((height > 0) & (height <= 1))


def test_the_gap_counts_levers_between_zero_and_one():
    levers = Levers()
    assert gap(levers, levers) == 0
    counted = sum(
        isinstance(value, float) and 0 <= value <= 1
        for group in vars(levers).values()
        for value in vars(group).values()
    )
    moved = Levers(Contact(0.5, 0.25), offer=Offer("forced"))
    assert gap(moved, levers) == pytest.approx(0.75 / counted)


def test_organisations_close_the_gap():
    model = live(world({"market": {"customers": 100}}, line_up=CRM1), 13)
    model.firms[0].adopt(CMR)
    before = organisations(model)["lever_gap"][0]
    live(model, 13)
    after = organisations(model)
    assert before > after["lever_gap"][0] > 0
    assert after["culture"][0] < 1 == after["culture"][1]


def test_contributions_of_a_few():
    found = contribution(np.array([0, 0, 0, 4]))
    assert found == {"contributors": 0.25, "contribution_gini": pytest.approx(0.75)}


@pytest.mark.parametrize(("error", "segments"), [(0.01, 4), (0.005, 2), (1 / 12, 8)])
def test_misfiling_is_the_tail_of_a_normal(error, segments):
    from scipy.stats import norm

    assert wrong_side(error, segments) == pytest.approx(2 * norm.sf(0.5 / segments, scale=math.sqrt(error)))


def test_engagement_value_is_the_sum_of_its_parts():
    job = Job("x", setting(RICH), CRM1, (CMR,), weeks=52, history=13, burn_in=0)
    tables = run(job)
    found = tables["outcomes"].pivot_table(index=["strategy", "who"], columns="outcome", values="value")
    parts = ["lifetime_value", "referral_value", "influence_value", "knowledge_value"]
    adopters = found.xs("adopters", level="who")
    np.testing.assert_allclose(adopters["engagement_value"], adopters[parts].sum(axis=1))
    assert (adopters["lifetime_value"] > 0).all()
    ideas = tables["ideas"]
    assert len(ideas) == 2 * 4 * 5
    assert (ideas["taken_up"] <= ideas["carried_out"]).all()
    assert (ideas["accepted"] <= ideas["proposed"]).all()


def test_purchases_of_those_who_take_part_are_counted_apart():
    model = world(RICH, {"participation": {"effort": 0.0}}, line_up=MIXED, weeks=12)
    c = model.customers
    rows, slots = np.nonzero((c.provider >= 0) & (c.flags & TAKES_PART > 0))
    firms = c.provider[rows, slots]
    expected = np.bincount(firms, c.bought[rows, firms], minlength=4)
    found = dict(zip(SUMS, look_at_customers(model)[0], strict=True))
    seen = np.bincount(firms, minlength=4)
    assert expected.sum() > 0
    assert np.all(found["insiders"] <= expected)
    assert found["insiders"].sum() >= 0.9 * expected.sum()
    assert np.all(found["participants"] <= seen)


def test_every_outcome_has_one_family():
    named = [name for names in FAMILIES.values() for name in names]
    assert len(named) == len(set(named))
    assert set(named) <= {one.name for one in OUTCOMES}
    assert family("profit") == "results"
    assert family("culture") == "organisation"
