"""Platforms save trouble with what is missing, where they fit together; open tools let prospects try."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from worlds import BARE, live, merged, needs_met, rich, world

from ecosim.ledger import PURPOSES
from ecosim.mechanisms.base import DATA, FIXED, PLATFORM, USED_TOOL
from ecosim.mechanisms.experience import Experience, saved
from ecosim.mechanisms.insight import observe
from ecosim.strategies import Levers, Offer, Strategy

SAVED = saved.py_func if hasattr(saved, "py_func") else saved
TRIALS = PURPOSES.index("tool")
GAPS = merged(
    BARE,
    {
        "market": {"customers": 400, "firms": 2, "components": 4, "coverage": 0.5, "service_sd": 0.0},
        "needs": {"rate": 1.0},
        "experience": {"platform_uptake": 0.0},
    },
)
"""Each firm misses two of four components, at .05 each; nobody takes to a platform by himself."""


def builder(extensibility, tool="none", open_tool=False):
    return Strategy("builder", Levers(offer=Offer(tool, open_tool=open_tool, extensibility=extensibility)))


def owner(flags, extensible=(0.8, 0.4, 0.0), missing=(0.1, 0.2, 0.3)):
    """Return a world of one customer who considers firms 2, 0 and 1 in this order, with these flags."""
    return SimpleNamespace(
        customers=SimpleNamespace(provider=np.array([[2, 0, 1, -1]]), flags=np.array([[*flags, PLATFORM]], np.uint8)),
        firms=SimpleNamespace(extensible=np.array(extensible), missing=np.array(missing)),
        rules=SimpleNamespace(experience=Experience()),
    )


@pytest.mark.parametrize(
    ("flags", "savings"),
    [
        ((0, 0, 0), (0.0, 0.0, 0.0)),
        ((0, PLATFORM, 0), (0.5 * 0.8 * 0.1, 0.5 * 0.4 * 0.2, 0.0)),
        ((0, DATA, PLATFORM | DATA), (0.5 * 0.4 * 0.1, 0.5 * 0.4 * 0.2, 0.0)),
        ((0, PLATFORM, PLATFORM), (0.5 * 0.8 * 0.1, 0.5 * 0.4 * 0.2, 0.0)),
        ((PLATFORM, 0, 0), (0.0, 0.0, 0.0)),
    ],
)
def test_savings_worked_out_by_hand(flags, savings):
    """Half of tau, times the lesser openness of maker and firm, by the best platform owned; empty slots own nothing."""
    assert [SAVED(owner(flags), 0, j) for j in range(3)] == pytest.approx(savings, abs=1e-15)


def test_savings_never_exceed_the_trouble():
    """The whole of tau at most: everything open, every platform owned, all of it saved."""
    w = owner((PLATFORM,) * 3, extensible=(1.0, 1.0, 1.0))
    w.rules.experience = Experience(platform_saving=1.0)
    assert [SAVED(w, 0, j) for j in range(3)] == [0.1, 0.2, 0.3]


def lived(model):
    customer, _, provider = needs_met(model)
    return customer, provider, np.concatenate([e.experience for e in model.events]).astype(float)


def test_owners_live_through_the_savings():
    """The same purchases with and without a platform of firm 0 in hand: .5 x min(.8, .4) x .1 more at firm 1."""
    line_up = (builder(0.8), builder(0.4))
    plain, owners = world(GAPS, line_up=line_up), world(GAPS, line_up=line_up)
    owners.customers.flags[owners.customers.provider == 0] = PLATFORM
    plain.step()
    owners.step()
    once = owners.customers.needs[lived(plain)[0]] == 1
    (i, j, x), (k, m, y) = lived(plain), lived(owners)
    np.testing.assert_array_equal(i, k)
    np.testing.assert_array_equal(j[once], m[once])
    gain = np.where(j == 0, 0.5 * 0.8 * 0.1, 0.5 * 0.4 * 0.1)
    np.testing.assert_allclose((y - x)[once], gain[once], atol=1e-6)
    assert set(j[once]) == {0, 1}
    assert plain.counts["tau_saved"].sum() == 0
    total = owners.counts["purchases"][:-1] * [0.04, 0.02]
    np.testing.assert_allclose(owners.counts["tau_saved"][:-1] / FIXED, total, rtol=1e-5)


@pytest.mark.parametrize(
    "layer",
    [{"experience": {"platform_saving": 0.0}}, {"experience": {"missing_cost": 0.0}}, {"market": {"coverage": 1.0}}],
    ids=["saves nothing", "costs nothing", "nothing missing"],
)
def test_where_there_is_nothing_to_save_platforms_save_nothing(layer):
    model = world(GAPS, layer, line_up=builder(1.0))
    model.customers.flags[model.customers.provider >= 0] = PLATFORM
    model.step()
    assert model.counts["purchases"].sum() > 0
    assert model.counts["tau_saved"].sum() == 0


def test_closed_firms_have_no_platform_to_own():
    model = world(GAPS, {"experience": {"platform_uptake": 1.0}}, line_up=(builder(1.0), builder(0.0)), weeks=3)
    c = model.customers
    assert not (c.flags[c.provider == 1] & PLATFORM).any()
    assert model.counts["tau_saved"][0] > 0 == model.counts["tau_saved"][1]


@pytest.mark.parametrize(("openness", "uptake"), [(1.0, 0.3), (0.5, 0.6), (0.2, 1.0)])
def test_buyers_take_to_a_platform_with_its_probability(openness, uptake):
    """Of those who bought once, the share that owns it is binomial around openness x uptake: 5 standard errors."""
    model = world(GAPS, {"experience": {"platform_uptake": uptake}}, line_up=builder(openness), weeks=1)
    c, (i, j, _) = model.customers, lived(model)
    once = c.needs[i] == 1
    owns = np.array(
        [c.flags[a, list(c.provider[a]).index(b)] & PLATFORM > 0 for a, b in zip(i[once], j[once], strict=True)]
    )
    p = openness * uptake
    assert abs(owns.mean() - p) < 5 * math.sqrt(p * (1 - p) / owns.size)
    never = (c.flags & PLATFORM > 0) & (c.first_week == 0)
    assert not never.any()


def test_more_openness_is_taken_up_by_more():
    """Common luck: whoever takes to a platform of less openness takes to one of more."""
    owners = []
    for openness in (0.2, 0.5, 1.0):
        model = world(GAPS, {"experience": {"platform_uptake": 0.5}}, line_up=builder(openness), weeks=1)
        owners.append(set(np.flatnonzero((model.customers.flags & PLATFORM).any(axis=1))))
    assert owners[0] < owners[1] < owners[2]


ASKING = merged(
    BARE,
    {
        "market": {"customers": 400, "firms": 2, "service_sd": 0.0},
        "needs": {"rate": 0.3},
        "search": {"threshold": 0.5, "neighbours": 0},
        "recovery": {"data_risk": 0.0},
        "experience": {"tool_effort": 0.02},
        "insight": {"drift_sd": 0.0, "drift_pull": 0.0},
    },
)
"""People unsure of everybody look around at a need, and ask nobody."""


def prospects(tool="optional", open_tool=True, threshold=0.5):
    """Return the world after its first week, in which nobody knows anybody, and its customers' traits."""
    model = world(ASKING, {"search": {"threshold": threshold}}, line_up=builder(0.0, tool, open_tool))
    model.customers.kept[:] = model.customers.broken[:] = 0.0
    return live(model, 1)


@pytest.mark.parametrize(
    ("tool", "open_tool", "threshold"), [("none", True, 0.5), ("optional", False, 0.5), ("optional", True, 1.0)]
)
def test_no_tool_none_open_or_nobody_in_doubt_means_no_trials(tool, open_tool, threshold):
    assert prospects(tool, open_tool, threshold).counts["trials"].sum() == 0


@pytest.mark.parametrize("tool", ["optional", "forced"])
def test_prospects_try_what_is_worth_the_effort(tool):
    """At the first need: yes where (d^2 - (1 - skill)^2 P0) .6 > .02 (1 - skill), with a standard offer."""
    model = prospects(tool)
    c = model.customers
    once = np.flatnonzero(c.needs == 1)
    rest = 1 - c.skill[once].astype(float)
    taste = (c.segment[once] + 0.5) / 4 + c.taste[once].astype(float)
    expected, cost = 0, 0.0
    for j in range(2):
        d = np.abs((taste - (j + 0.5) / 2 + 0.5) % 1.0 - 0.5)
        margin = (d**2 - rest**2 / 12) * 0.6 - 0.02 * rest
        tried = np.array([c.flags[i, list(c.provider[i]).index(j)] & USED_TOOL > 0 for i in once])
        bought = np.array([model.customers.bought[i, j] > 0 for i in once])
        clear = (np.abs(margin) > 1e-6) & ~bought
        np.testing.assert_array_equal(tried[clear], margin[clear] > 0)
        expected += np.count_nonzero(margin > 0)
        cost += 0.02 * rest[margin > 0].sum()
    if (c.needs <= 1).all():
        assert model.counts["trials"].sum() == expected
        assert model.counts["trial_effort"].sum() / FIXED == pytest.approx(cost, abs=1e-4)
    assert 0 < expected <= model.counts["trials"].sum()


def test_buyers_do_not_try_again():
    model = world(ASKING, line_up=builder(0.0, "optional", True))
    model.customers.kept[:] = model.customers.broken[:] = 0.0
    model.customers.first_week[:] = 1
    model.step()
    assert model.counts["trials"].sum() == 0


def test_a_trial_brings_to_mind_and_tells_the_firm_something():
    """A prospect who tried one firm's tool and bought at neither that week: salience, and one observation of taste."""
    model = prospects()
    c, seen = model.customers, 0
    for i in np.flatnonzero(c.needs == 1):
        for s in range(2):
            if c.flags[i, s] & USED_TOOL and c.first_week[i, s] == 0:
                assert c.flags[i, s] & DATA
                assert c.error[i, s] == pytest.approx(observe(1 / 12, 0.02), rel=1e-5)
                assert c.salience[i, s] == pytest.approx(0.35 + 0.3)
                seen += 1
    assert seen > 10


def test_trials_are_paid_for_as_uses_of_the_tool():
    line_up = (builder(0.0, "optional", True), builder(0.0), builder(0.0, "forced", True), builder(0.0, "optional"))
    model, tried = rich({"search": {"threshold": 0.3}}, line_up=line_up), np.zeros(4)
    for _ in range(8):
        model.step()
        uses = (model.counts["tool_uses"] + model.counts["trials"])[:-1]
        np.testing.assert_array_equal(model.ledger.flows[TRIALS, :4], -200 * uses)
        tried += model.counts["trials"][:-1]
    assert tried[0] > 0 < tried[2]
    assert tried[1] == tried[3] == 0


def test_an_open_tool_of_a_firm_that_has_left_is_closed():
    model = rich({"search": {"threshold": 0.0}}, line_up=builder(0.0, "optional", True), weeks=3)
    assert model.quarter["trials"][1] > 0
    model.firms[1].leave_market()
    model.step()
    assert model.counts["trials"][1] == 0 < model.counts["trials"].sum()


def test_slots_have_no_say_in_what_platforms_save():
    w = owner((PLATFORM, PLATFORM | DATA, 0))
    turned = replace_slots(w, [3, 2, 1, 0])
    assert [SAVED(w, 0, j) for j in range(3)] == [SAVED(turned, 0, j) for j in range(3)]


def replace_slots(w, order):
    c = w.customers
    return SimpleNamespace(
        **{**w.__dict__, "customers": SimpleNamespace(provider=c.provider[:, order], flags=c.flags[:, order])}
    )
