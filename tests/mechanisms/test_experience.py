"""Experience: CES and its limits, distance on a circle, mismatch, tools and what a purchase turns out to be worth."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import BARE, CORE, needs_met, world

from ecosim.mechanisms.experience import ces, circular
from ecosim.strategies import Insight, Levers, Offer, Strategy

WEIGHTS, PARTS = np.array([0.5, 0.3, 0.2]), np.array([0.9, 0.4, 0.6])


def test_three_values_worked_out_by_hand():
    assert ces(WEIGHTS, PARTS, 1.0) == pytest.approx(0.69, rel=1e-15)
    assert ces(WEIGHTS, PARTS, -1.0) == pytest.approx(1 / (0.5 / 0.9 + 0.3 / 0.4 + 0.2 / 0.6), rel=1e-13)
    assert ces(WEIGHTS, PARTS, 0.0) == pytest.approx(0.9**0.5 * 0.4**0.3 * 0.6**0.2, rel=1e-13)


def test_the_limits_of_ces():
    assert ces(WEIGHTS, PARTS, 1e-6) == pytest.approx(ces(WEIGHTS, PARTS, 0.0), rel=1e-5)
    assert ces(WEIGHTS, PARTS, -200.0) == pytest.approx(PARTS.min(), rel=0.01)
    for rho in (-8.0, -1.0, 0.0, 0.5, 1.0):
        assert ces(WEIGHTS, np.full(3, 0.7), rho) == pytest.approx(0.7, rel=1e-13)


@given(
    st.lists(st.floats(0.01, 1), min_size=3, max_size=3), st.lists(st.floats(1e-3, 1), min_size=3, max_size=3),
    st.floats(-8, 1), st.floats(-8, 1),
)  # fmt: skip
def test_ces_is_a_mean_that_rises_with_its_parts_and_its_exponent(weights, parts, a, b):
    w, c = np.array(weights) / sum(weights), np.array(parts)
    a, b = (round(x, 3) for x in sorted((a, b)))
    assert c.min() * (1 - 1e-9) <= ces(w, c, b) <= c.max() * (1 + 1e-9)
    assert ces(w, c, a) <= ces(w, c, b) * (1 + 1e-9)
    assert ces(w, np.minimum(1.0, c * 1.1), b) >= ces(w, c, b) * (1 - 1e-12)


def test_three_distances_on_the_circle():
    assert circular(0.1, 0.9) == pytest.approx(0.2)
    assert circular(0.25, 0.75) == 0.5
    assert circular(3.3, 0.3) == pytest.approx(0.0, abs=1e-12)


@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(-5, 5))
def test_the_circle_is_a_metric_space(a, b, c):
    d = circular(a, b)
    assert 0 <= d <= 0.5
    assert d == pytest.approx(circular(b, a), abs=1e-12)
    assert d == pytest.approx(circular(a + 2.0, b - 1.0), abs=1e-12)
    assert d <= circular(a, c) + circular(c, b) + 1e-12


def bought(personalisation, tool, design, **experience):
    """Return the model after a week without service noise, and per purchase: customer, firm, experience."""
    model = world(
        BARE,
        {
            "market": {"customers": 300, "firms": 2, "service_sd": 0.0},
            "needs": {"rate": 1.0},
            "insight": {"drift_sd": 0.2},
            "experience": experience,
        },
        line_up=Strategy("x", Levers(insight=Insight(personalisation), offer=Offer(tool, design))),
    )
    model.customers.error[:] = 0.03
    before = model.customers.error[:, :2].astype(float)
    drift = (1 - 0.01) ** 2 * before + 0.04
    model.step()
    customer, _, provider = needs_met(model)
    x = np.concatenate([e.experience for e in model.events]).astype(float)
    once = model.customers.needs[customer] == 1
    return model, customer[once], provider[once], x[once], np.minimum(1 / 12, drift[:, 0])


@pytest.mark.parametrize("personalisation", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("tool", ["none", "optional", "forced"])
def test_what_is_lived_through_is_what_the_rules_say(personalisation, tool):
    model, i, j, x, error = bought(personalisation, tool, 0.5)
    c, p = model.customers, model.setting.experience
    taste = (c.segment[i] + 0.5) / 4 + c.taste[i].astype(float)
    d = np.abs((taste - (j + 0.5) / 2 + 0.5) % 1.0 - 0.5)
    personal = 1 - (1 - personalisation) ** 2
    firm_loss = (1 - personal) * d**2 + personal * error[i]
    rest = 1 - c.skill[i].astype(float)
    own_loss = rest**2 / 12
    takes = {"none": np.zeros(i.size, bool), "forced": np.ones(i.size, bool)}.get(
        tool, (firm_loss - own_loss) * p.fit_weight > p.tool_effort * rest
    )
    value = np.array([[firm.offer_value(w) for firm in model.firms] for w in model.segment_weights])
    expected = value[c.segment[i], j] - p.fit_weight * np.where(takes, own_loss, firm_loss) + p.style * 0.5
    expected -= p.sign_in + np.where(takes, p.tool_effort * rest, 0.0)
    assert i.size > 50
    np.testing.assert_allclose(x, expected, atol=1e-6)
    if tool == "forced":
        assert model.counts["tool_uses"].sum() == model.counts["purchases"].sum()
    if tool == "none":
        assert model.counts["tool_uses"].sum() == 0


def test_service_varies_by_its_spread():
    model = world(BARE, {"market": {"customers": 2000, "firms": 2, "service_sd": 0.3}}, weeks=1)
    quiet = world(BARE, {"market": {"customers": 2000, "firms": 2, "service_sd": 0.0}}, weeks=1)
    noise = np.concatenate([e.experience for e in model.events]) - np.concatenate([e.experience for e in quiet.events])
    n = noise.size
    assert abs(noise.mean()) < 5 * 0.3 / math.sqrt(n)
    assert abs(noise.std() - 0.3) < 5 * 0.3 / math.sqrt(2 * n)


def test_components_not_covered_come_from_elsewhere_at_a_cost():
    model = world(CORE, {"market": {"customers": 20, "firms": 2, "components": 4, "coverage": 0.5, "quality": 0.8}})
    p = model.setting.experience
    assert [firm.scope.tolist() for firm in model.firms] == [[True, True, False, False], [False, True, True, False]]
    assert model.firms[0].offer_value(np.full(4, 0.25)) == pytest.approx(0.5 * 0.8 + 0.5 * p.generic - 2 * 0.05)


def test_the_effort_of_a_tool_falls_with_skill():
    model, i, *_ = bought(0.0, "forced", 0.0)
    assert model.counts["effort"].sum() / 2**24 == pytest.approx(
        np.sum(model.customers.needs * (0.02 + 0.1 * (1 - model.customers.skill.astype(float)))), rel=1e-6
    )
