"""Talk: who speaks, who is told, what firms hear; and deliveries that arrive next week in the right order."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import BARE, live, rich, world

from ecosim.mechanisms.talk import skip
from ecosim.strategies import Contact, Levers, Strategy


def test_three_skips_worked_out_by_hand():
    assert skip(0.6, 0.5) == 0
    assert skip(0.3, 0.5) == 1
    assert skip(0.2, 0.5) == 2
    assert skip(0.5, 1.0) == 0
    assert skip(0.5, 0.0) >= 2**40


@given(st.floats(1e-12, 1 - 1e-12), st.floats(1e-6, 1 - 1e-6))
def test_skips_are_geometric_quantiles(u, chance):
    k = skip(u, chance)
    assert (1 - chance) ** (k + 1) <= u * (1 + 1e-6)
    assert k >= 1e12 or u <= (1 - chance) ** k * (1 + 1e-6)


def talking(n=1000, kind="complete", reach=3.0, rate=1.0, talk=None, **network):
    return world(
        BARE,
        {
            "market": {"customers": n, "firms": 2},
            "network": {"kind": kind, **network},
            "needs": {"rate": rate},
            "talk": {"reach": reach, **({"base": 1.0} if talk is None else talk)},
        },
    )


@pytest.mark.parametrize(("base", "surprise"), [(0.2, 0.0), (0.0, 0.5), (0.1, 1.0)])
def test_talk_rises_with_the_distance_from_the_norm(base, surprise):
    """The number of stories is the sum of base + surprise |x - norm|, within 5 standard errors."""
    model = talking(3000, rate=2.0, talk={"base": base, "surprise": surprise, "norm": 0.5})
    model.step()
    x = np.concatenate([e.experience for e in model.events]).astype(float)
    expected = np.minimum(1.0, base + surprise * np.abs(x - 0.5)).sum()
    assert abs(model.counts["talks"].sum() - expected) < 5 * math.sqrt(expected)
    told = np.concatenate([e.depth for e in model.events]) > 0
    assert model.counts["talks"].sum() == told.sum()
    assert model.counts["praise"].sum() == (x[told] > np.float32(0.5)).sum()


@pytest.mark.parametrize(("kind", "network"), [("complete", {}), ("ring", {"mean_degree": 10.0}), ("erdos_renyi", {})])
@pytest.mark.parametrize("reach", [0.5, 3.0, 1e6])
def test_reach_is_the_expected_number_told(kind, network, reach):
    """Each talker tells each neighbour with probability min(1, reach / degree), within 5 standard errors."""
    model = live(talking(600, kind, reach=min(reach, 1e6) if kind != "complete" else min(reach, 50.0), **network), 1)
    degree = model.graph.degree()[talkers(model)]
    expected = np.minimum(degree, model.setting.talk.reach).sum()
    assert abs(model.mail.recipient.size - expected) <= 5 * math.sqrt(expected)
    if reach == 1e6 and kind != "complete":
        assert model.mail.recipient.size == degree.sum()


def talkers(model):
    return np.unique(np.concatenate([e.customer[e.depth > 0] for e in model.events]))


def test_mail_goes_along_ties_sorted_and_tells_the_last_story():
    model = live(rich({"talk": {"base": 1.0}}, weeks=3), 1)
    mail, graph = model.mail, model.graph
    assert mail.recipient.size > 50
    order = np.lexsort((model.customers.ident[mail.sender], mail.recipient))
    assert np.array_equal(order, np.arange(order.size))
    story = {}
    for e in model.events:
        for i, j, x, d in zip(e.customer, e.provider, e.experience, e.depth, strict=True):
            if d:
                story[int(i)] = (j, x)
    for to, of, j, x in zip(mail.recipient, mail.sender, mail.provider, mail.value, strict=True):
        assert to != of
        assert to in graph.indices[graph.indptr[of] : graph.indptr[of + 1]]
        assert story[int(of)] == (j, x)
    assert np.all(mail.tie == 1.0)


def test_nobody_to_tell():
    model = live(talking(50, "ring", mean_degree=0.0), 3)
    assert model.counts["talks"].sum() > 0
    assert model.mail.recipient.size == 0
    alone = live(talking(1, "complete"), 3)
    assert alone.mail.recipient.size == 0


def test_a_report_arrives_next_week():
    model = talking(200, rate=1.0)
    live(model, 1)
    posted = model.mail.recipient.size
    assert posted > 0
    assert model.counts["peer_received"].sum() == 0
    live(model, 1)
    assert model.counts["peer_received"].sum() == posted


@pytest.mark.parametrize("dialogue", [0.0, 0.5, 1.0])
def test_firms_hear_what_is_in_earshot_up_to_their_capacity(dialogue):
    model = world(
        BARE,
        {
            "market": {"customers": 4000, "firms": 2},
            "needs": {"rate": 2.0},
            "talk": {"base": 0.5, "earshot": 0.4, "listening": 300.0},
        },
        line_up=Strategy("x", Levers(Contact(0.0, dialogue, 0.0))),
        weeks=2,
    )  # fmt: skip
    last = model.counts["voiced"][:2].copy()
    model.step()
    capacity = 300.0 * 0.4 * dialogue
    chance = np.minimum(1.0, capacity / last)
    np.testing.assert_allclose(model.world.firms.listening, chance, rtol=1e-12)
    voiced, heard = model.counts["voiced"][:2], model.counts["heard"][:2]
    assert np.all(np.abs(heard - voiced * chance) <= 5 * np.sqrt(voiced * chance * (1 - chance)) + 1e-9)
    stories = (model.counts["talks"] + model.counts["disappointed"])[:2]
    assert np.all(np.abs(voiced - 0.4 * stories) < 5 * np.sqrt(0.24 * stories))


def test_stories_passed_on_grow_deeper():
    """Who last heard of a provider from a peer and then talks of it passes the story on, one link deeper."""
    model = live(talking(300, rate=2.0), 8)
    assert 0 < model.counts["passed_on"].sum() <= model.counts["talks"].sum()
    assert model.counts["talk_depth"].sum() > model.counts["passed_on"].sum()
    heard = model.customers.heard_provider >= 0
    assert heard.any()
    assert model.customers.heard_depth[~heard].max(initial=0) == 0


def test_talkativeness_has_mean_one():
    model = world({"market": {"customers": 20_000, "firms": 2}, "talk": {"propensity_sd": 0.7}})
    assert model.customers.talk.mean() == pytest.approx(1.0, abs=5 * math.sqrt(math.exp(0.49) - 1) / math.sqrt(20_000))
