"""Evaluation: disconfirmation, complaints and recovery, and consent that has to be earned."""

import numpy as np
import pytest
from worlds import BARE, live, rich, world

from ecosim.mechanisms.base import FIXED
from ecosim.mechanisms.trust import kept_share, learn, trust
from ecosim.strategies import Contact, Levers, Strategy

LISTENER = Strategy("listener", Levers(Contact(0.0, 1.0, 0.0)))


def one_need(*layers, line_up=LISTENER):
    return world(BARE, {"market": {"customers": 600, "firms": 2}, "needs": {"rate": 0.1}}, *layers, line_up=line_up)


def purchases(model):
    for e in model.events:
        yield from zip(e.customer, e.provider, e.experience.astype(float), e.gap.astype(float), strict=True)


def test_satisfaction_is_what_was_lived_minus_what_was_expected():
    model = live(one_need(), 1)
    e0 = float(np.float32(model.setting.trust.expected_start))
    single = [(i, j, x) for i, j, x, _ in purchases(model) if model.customers.needs[i] == 1]
    total = model.counts["disconfirmation"].sum() / FIXED
    if len(single) == model.counts["purchases"].sum():
        assert total == pytest.approx(sum(x - e0 for _, _, x in single), abs=1e-4)
    worse = sum(x < e0 for _, _, x in single)
    better = sum(x - e0 > model.setting.trust.scale for _, _, x in single)
    more = model.counts["purchases"].sum() - len(single)
    assert worse <= model.counts["disappointed"].sum() <= worse + more
    assert better <= model.counts["delighted"].sum() <= better + more


@pytest.mark.parametrize("earshot", [0.0, 1.0])
def test_a_firm_makes_good_only_what_it_hears(earshot):
    model = live(one_need({"talk": {"earshot": earshot, "listening": 1e6}, "market": {"service_sd": 0.5}}), 2)
    heard = model.counts["heard"].sum()
    assert heard == (model.counts["disappointed"].sum() if earshot else 0)
    before = heard
    model.step()
    assert model.counts["recovered"].sum() == before
    assert (before > 0) == (earshot > 0)


def test_a_recovery_is_one_more_experience_halfway_to_what_was_expected():
    model = one_need(
        {
            "talk": {"earshot": 1.0, "listening": 1e6},
            "market": {"service_sd": 0.5},
            "trust": {"memory": 1.0},
            "recovery": {"share": 0.5, "delay": 0},
        }
    )
    model.step()
    p = model.setting.trust
    e0 = float(np.float32(p.expected_start))
    seen = 0
    for i, j, x, gap in purchases(model):
        s = list(model.customers.provider[i]).index(j)
        if model.customers.needs[i] != 1 or gap == 0:
            continue
        z = kept_share(x, e0, p.margin, p.scale)
        e, r, b = np.float32(learn(e0, x, 1.0, 0, 0, p.prior_weight)), np.float32(z), np.float32(1.5 * (1 - z))
        e, r, b = float(e), float(r), float(b)
        good = x + 0.5 * gap
        assert gap == pytest.approx(e0 - x, abs=1e-6)
        assert model.customers.expected[i, s] == pytest.approx(learn(e, good, 1.0, r, b, p.prior_weight), abs=1e-6)
        assert model.customers.kept[i, s] == pytest.approx(r + kept_share(good, e, p.margin, p.scale), abs=1e-5)
        seen += 1
    assert seen > 10
    assert model.counts["recovered"].sum() == model.counts["heard"].sum() >= seen


@pytest.mark.parametrize("delay", [0, 1, 5])
def test_recovery_takes_its_time(delay):
    model = one_need({"talk": {"earshot": 1.0, "listening": 1e6}, "recovery": {"delay": delay}})
    heard, recovered = [], []
    for _ in range(12):
        model.step()
        heard.append(int(model.counts["heard"].sum()))
        recovered.append(int(model.counts["recovered"].sum()))
    assert recovered[delay:] == heard[: 12 - delay]
    assert not any(recovered[:delay])


@pytest.mark.parametrize("risk", [0.0, 0.01, 0.03, 100.0])
def test_consent_needs_trust_and_knowledge_to_outweigh_concern(risk):
    """At a purchase, before the purchase itself teaches the firm: yes if T (P0 - P) fit_weight > concern risk."""
    model = one_need({"recovery": {"consent_risk": risk}, "insight": {"drift_sd": 0.0, "drift_pull": 0.0}})
    model.customers.error[:, :2] = np.linspace(0, 1 / 12, 600)[:, None]
    error = model.customers.error[:, :2].astype(float)
    model.step()
    c, agreed, asked = model.customers, 0, 0
    for i, j, _, _ in purchases(model):
        if c.needs[i] != 1:
            continue
        s = list(c.provider[i]).index(j)
        gain = trust(float(c.kept[i, s]), float(c.broken[i, s])) * (1 / 12 - error[i, s]) * 0.6
        if abs(gain - c.concern[i] * risk) > 1e-6:
            assert c.consent[i, s] == (gain > c.concern[i] * risk)
        agreed += int(c.consent[i, s])
        asked += 1
    assert (agreed == 0) == (risk == 100.0)
    assert asked > 20


def test_a_repeat_is_a_purchase_after_the_first():
    model = one_need()
    first = set()
    for _ in range(10):
        model.step()
        repeats = 0
        for i, j, _, _ in purchases(model):
            repeats += (i, j) in first
            first.add((i, j))
        assert model.counts["repeat"].sum() == repeats


def test_last_experiences_are_published_after_the_week():
    model = live(rich(), 5)
    last = {}
    for i, j, x, _ in purchases(model):
        if j >= 0:
            last[int(i)] = (int(j), np.float32(x))
    assert last
    for i, (j, x) in last.items():
        assert model.customers.last_provider[i] == j
        assert model.customers.last_value[i] == x
