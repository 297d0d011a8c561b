"""Participation: who gives a firm his time, who is counted, and what unfairness does."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from worlds import BARE, CRM1, live, merged, rich, world

from ecosim.mechanisms.base import DATA, FIXED, TAKES_PART
from ecosim.mechanisms.participation import Participation, survey, take_part
from ecosim.strategies import Insight, Levers, Strategy
from ecosim.strategies.levers import Innovation

RULE = take_part.py_func if hasattr(take_part, "py_func") else take_part
ASKING = merged(
    BARE,
    {
        "market": {"customers": 400, "firms": 2},
        "needs": {"rate": 1.0},
        "talk": {"propensity_sd": 1.0},
        "insight": {"budget": 10.0},
        "recovery": {"data_risk": 0.05},
    },
)
"""Every purchase is followed by an invitation to an interview."""

INVENTIVE = {"innovation": {"active": True}}
"""Only firms that innovate count who takes part."""


def asks(share=0.0, governance=0.0, custody=0.0, data=0.0):
    """Return a strategy that invites everybody, learns nothing from purchases, and shares and governs so much."""
    insight = Insight(0.5, data=data, participation=1.0, custody=custody)
    return Strategy("asks", Levers(insight=insight, innovation=Innovation(share=share, governance=governance)))


def three(talk, skill, concern, flags=0, contributed=0, **levers):
    """Return a world of one customer as `take_part` sees him, at a firm that knows 80 % of what it may use."""
    firm = {"personal": 0.8, "pay": 0.3, "custody": 0.625, "contracts": 0.5, **levers}
    return SimpleNamespace(
        customers=SimpleNamespace(
            provider=np.array([[0]]), talk=np.array([talk]), skill=np.array([skill]), concern=np.array([concern]),
            flags=np.array([[flags]], np.uint8), contributed=np.array([contributed], np.uint16),
        ),
        firms=SimpleNamespace(**{name: np.array([value]) for name, value in firm.items()}),
        rules=SimpleNamespace(
            participation=Participation(), experience=SimpleNamespace(fit_weight=0.6),
            recovery=SimpleNamespace(data_risk=0.1, custody_relief=0.8),
        ),
    )  # fmt: skip


def test_three_customers_worked_out_by_hand():
    """Gain .6 x .8 x .05 + .1 x .3 = .054, plus talk; price .04 (1 - skill) + concern x .1 (1 - .8 x .625) + .01."""
    willing = three(talk=1.0, skill=0.5, concern=0.4)  # .064 > .050
    assert RULE(willing, 0, 0, 0.05)
    assert willing.customers.flags[0, 0] == TAKES_PART
    assert willing.customers.contributed[0] == 1
    busy = three(talk=0.0, skill=0.0, concern=1.0, flags=TAKES_PART | DATA, contributed=7)  # .054 < .100
    assert not RULE(busy, 0, 0, 0.05)
    assert busy.customers.flags[0, 0] == DATA
    assert busy.customers.contributed[0] == 7
    known = three(talk=1.0, skill=0.5, concern=0.4, pay=0.0)  # .010 < .050: nothing new to tell, no share
    assert not RULE(known, 0, 0, 0.0)


def test_the_counter_stops_at_its_end():
    often = three(talk=9.0, skill=1.0, concern=0.0, contributed=65_535)
    assert RULE(often, 0, 0, 0.05)
    assert often.customers.contributed[0] == 65_535


@pytest.mark.parametrize(
    ("name", "value", "takes"),
    [("pay", 1.0, True), ("pay", 0.0, False), ("custody", 1.0, True), ("custody", 0.0, False),
     ("contracts", 0.0, True), ("contracts", 1.0, False), ("personal", 0.0, False)],
)  # fmt: skip
def test_each_lever_tips_an_undecided_customer(name, value, takes):
    """At talk .5, skill .5 and concern .56: gain .059 against price .058; every lever moves one of them."""
    assert RULE(three(0.5, 0.5, 0.56, **{name: value}), 0, 0, 0.05) is takes
    assert RULE(three(0.5, 0.5, 0.56), 0, 0, 0.05)


def participants(model):
    return {tuple(x) for x in np.argwhere((model.customers.flags & TAKES_PART) > 0)}


def test_more_share_and_more_custody_bring_more_and_contracts_fewer():
    """In the same week, with the same purchases, each set holds the other: no chance is involved."""
    sets = [
        participants(world(ASKING, line_up=asks(**levers), weeks=1))
        for levers in ({"governance": 1.0}, {}, {"share": 0.1}, {"share": 0.1, "custody": 0.5})
    ]
    sizes = [len(found) for found in sets]
    assert sizes == sorted(set(sizes))
    assert sizes[0] > 0
    assert all(fewer < more for fewer, more in zip(sets, sets[1:], strict=False))


def test_who_takes_part_is_not_like_who_declines():
    """Participants are more skilled, less concerned and more talkative than those who declined: three one-sided
    two-sample z-tests at 4, each wrong with probability 3e-5 if there were no self-selection."""
    model = world(ASKING, line_up=asks(share=0.2), weeks=4)
    c = model.customers
    asked = (c.first_week > 0).any(axis=1)
    takes = ((c.flags & TAKES_PART) > 0).any(axis=1)
    assert 50 < takes.sum() < asked.sum() - 50
    for name, sign in (("skill", 1), ("concern", -1), ("talk", 1)):
        trait = np.log(c.talk) if name == "talk" else getattr(c, name).astype(float)
        yes, no = trait[takes], trait[asked & ~takes]
        z = sign * (yes.mean() - no.mean()) / math.sqrt(yes.var() / yes.size + no.var() / no.size)
        assert z > 4, name


def test_the_counter_counts_interviews():
    model, total = world(ASKING, line_up=asks(share=0.3)), 0
    for _ in range(6):
        model.step()
        assert np.all(model.counts["interviews"] <= model.counts["invitations"])
        assert model.counts["invitations"].sum() == model.counts["purchases"].sum()
        total += model.counts["interviews"].sum()
    assert 0 < total == model.customers.contributed.sum()


def surveyed(model, grievance=0.0):
    """Give each firm what innovation would keep of it, and let ``grievance`` rest on firm 0."""
    for firm in model.firms:
        if not hasattr(firm, "innovation"):
            firm.innovation = SimpleNamespace(grievance=0.0)
        firm.innovation.grievance = grievance if firm.row == 0 else 0.0
    return model


def recount(model):
    """Return buyers, participants and the skill of participants [f, g], counted in numpy."""
    c, shape = model.customers, (len(model.firms), model.segment_sizes.size)
    buyers, people, skill = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for j in range(shape[0]):
        takes = ((c.provider == j) & ((c.flags & TAKES_PART) > 0)).any(axis=1)
        for g in range(shape[1]):
            here = c.segment == g
            buyers[j, g] = np.count_nonzero((c.bought[:, j] > 0) & here)
            people[j, g] = np.count_nonzero(takes & here)
            skill[j, g] = c.skill[takes & here].astype(float).sum()
    return buyers, people, skill


@pytest.mark.parametrize("cuts", [[(0, 400)], [(0, 7), (7, 150), (150, 400)]], ids=["whole", "cut"])
def test_the_survey_counts_what_a_recount_finds(cuts, monkeypatch):
    monkeypatch.setattr("ecosim.model.cut", lambda n, threads: cuts)
    model = world(ASKING, INVENTIVE, line_up=asks(share=0.3), threads=len(cuts))
    live(surveyed(model), 3)
    assert model.census == {}
    model.step()
    buyers, people, skill = recount(model)
    np.testing.assert_array_equal(model.census["buyers"], buyers)
    np.testing.assert_array_equal(model.census["participants"], people)
    np.testing.assert_allclose(model.census["skill"], skill, atol=400 / FIXED)
    assert people.sum() > 20
    model.close()


def test_the_order_and_cut_of_rows_do_not_matter(monkeypatch):
    found = []
    for cuts in ([(0, 300)], [(0, 1), (1, 120), (120, 300)]):
        monkeypatch.setattr("ecosim.model.cut", lambda n, threads, cuts=cuts: cuts)
        model = rich({"insight": {"budget": 1.0}}, line_up=asks(share=0.5, data=1.0), threads=len(cuts), weeks=6)
        found.append(model.digest())
        assert participants(model)
        model.close()
    assert found[0] == found[1]


def test_who_has_forgotten_the_firm_takes_no_part():
    """Rows that nobody has touched since: the provider is forgotten by now, so he is no participant of it."""
    model = surveyed(world(ASKING, INVENTIVE, {"consideration": {"floor": 0.1, "decay": 0.9}}, line_up=asks()))
    c = model.customers
    c.need_rate[:] = 0
    c.flags[:100, 0] = TAKES_PART
    c.salience[:50] = 0.11
    c.salience[50:100] = 1.0
    live(model, 4)
    assert model.census["participants"].sum() == 50
    assert len(participants(model)) == 50


@pytest.mark.parametrize("memory", [1.0, 0.9])
def test_unfair_treatment_costs_the_trust_of_participants_alone(memory):
    """Evidence of 20 weeks ago has faded, that of today has not: broken = 2 memory^20 + unfairness x grievance."""
    model = world(ASKING, INVENTIVE, {"trust": {"memory": memory}}, line_up=asks())
    c = model.customers
    c.need_rate[:] = 0
    c.flags[:50, 0] = TAKES_PART
    c.flags[50:100, 1] = TAKES_PART
    c.broken[:] = 2.0
    live(model, 20)
    surveyed(model, grievance=0.6)
    survey(model)
    assert [firm.innovation.grievance for firm in model.firms] == [0.0, 0.0]
    model.change_setting(model.setting)
    np.testing.assert_allclose(c.broken[:50, 0], 2 * memory**20 + 0.5 * 0.6, rtol=1e-5)
    np.testing.assert_allclose(c.broken[50:, 0], 2 * memory**20, rtol=1e-5)
    np.testing.assert_allclose(c.broken[:, 1], 2 * memory**20, rtol=1e-5)


def test_without_innovation_nobody_is_surveyed():
    model = surveyed(world(ASKING, {"innovation": {"active": False}}, line_up=asks()), grievance=1.0)
    live(model, 4)
    assert model.census == {}
    assert model.firms[0].innovation.grievance == 1.0


def test_nobody_is_invited_without_a_budget():
    model = rich({"insight": {"budget": 0.0}}, line_up=asks(share=1.0), weeks=5)
    assert model.counts["invitations"].sum() == 0
    assert not participants(model)
    assert rich(line_up=CRM1, weeks=5).counts["invitations"].sum() == 0
