"""Imitation: how fast a visible advantage is copied, and by what it is protected."""

import numpy as np
import pytest
from innovation_worlds import CLEAR, market_weights, month, school, still

from ecosim.draws import stream_key
from ecosim.mechanisms.ideas import COPIED, parts_of
from ecosim.mechanisms.imitation import COPY, copied, exposure, from_rival, hazard, imitate
from ecosim.mechanisms.innovation import CARRIED_OUT, PROPOSED, fit_of
from ecosim.mechanisms.landscape import all_designs
from ecosim.mechanisms.rights import Right

SIMPLE = {"innovation": {"interactions": 0, "staff_ideas": 0.0, "hurdle": 0.0}}


def peak(model):
    """Return the best design on a landscape without interactions."""
    size = model.firms[0].contributions.size
    up = fit_of(model, np.ones(size, np.int8)) > fit_of(model, np.zeros(size, np.int8))
    return up.astype(np.int8)


def with_a_leader(*layers, line_up=None, seed=1):
    """Return a world in which firm 0 has the best of all designs and firm 1 the worst."""
    model = still(CLEAR, SIMPLE, *layers, line_up=line_up, seed=seed)
    for firm, bits in zip(model.firms, (peak(model), 1 - peak(model)), strict=True):
        firm.innovation.bits, firm.fit = bits, fit_of(model, bits)
    return model


def gap(model):
    """Return by how much the offer of firm 0 is worth more than that of firm 1."""
    return float((model.firms[0].parts() - model.firms[1].parts()) @ market_weights(model))


def test_hazard_by_hand():
    new = {"customers": 0.6, "partners": 0.3, "experts": 0.0, "testers": 50, "governance": 0.5}
    model = still(line_up=[school(), school(**new)])
    p = model.setting.innovation
    closed, opened = model.firms
    assert hazard(p, closed) == pytest.approx(0.02 * 0.5)
    assert exposure(opened) == pytest.approx((1 + 0.3) * (1 + 50 * 0.5 / 100) / 2)
    assert hazard(p, opened) == pytest.approx(0.02 * (1 - 0.7 * 0.5) * 1.3 * 1.25 / 2)
    opened.rights.append(Right((1,), 2, 0.3, 10, 99, True))
    opened.rights.append(Right((2,), 2, 0.3, 10, 99, False))
    assert exposure(opened) == pytest.approx((1 + 0.15) * 1.25 / 2)


def test_copies_come_as_often_as_the_hazard_says():
    """300 firms below one leader, 30 months at hazard .05 a week: 9,000 draws, 4 standard errors."""
    chance = 1 - np.exp(-4 * 0.05)
    n, months, total = 301, 30, 0
    offers = np.full((n, 2), 0.5)
    offers[0] = 0.6
    weights, chances = np.full((n, 2), 0.5), np.full(n, chance)
    for m in range(months):
        found = np.zeros((n, n), np.bool_)
        copied(stream_key(1, COPY, m), weights, offers, 1.0, chances, found)
        assert not found[:, 1:].any()
        assert not found[0].any()
        total += found[:, 0].sum()
    draws = (n - 1) * months
    assert abs(total / draws - chance) < 4 * np.sqrt(chance * (1 - chance) / draws)


def test_two_copiers_have_their_own_luck_and_keep_it():
    """A hazard raised for one rival adds copies and takes none away; another firm's number changes nothing."""
    rng = np.random.default_rng(2)
    weights, offers = np.full((6, 3), 1 / 3), rng.random((6, 3))
    low, high = np.zeros((6, 6), np.bool_), np.zeros((6, 6), np.bool_)
    copied(stream_key(1, COPY, 4), weights, offers, 1.0, np.full(6, 0.4), low)
    copied(stream_key(1, COPY, 4), weights, offers, 1.0, np.full(6, 0.7), high)
    assert (high | ~low).all()
    assert high.sum() > low.sum()
    assert not np.diag(high).any()


def test_the_bit_in_which_the_rival_is_most_ahead_is_copied():
    model = with_a_leader()
    ahead = np.arange(8.0)
    ahead[3] = 99.0
    idea = from_rival(model, model.firms[1], 0, model.firms[0].innovation.bits, ahead)
    assert (idea.source, idea.components, idea.values) == (COPIED, (3,), (int(peak(model)[3]),))
    assert from_rival(model, model.firms[1], 1, model.firms[1].innovation.bits, ahead) is None


def test_one_component_a_month_until_the_lead_is_gone():
    model = with_a_leader({"innovation": {"copying": 10.0}})
    for k in range(1, 9):
        month(model)
        assert (model.firms[1].innovation.bits == model.firms[0].innovation.bits).sum() == k
    assert gap(model) == pytest.approx(0.0, abs=1e-12)
    assert model.firms[1].innovation.record[COPIED, CARRIED_OUT] == 8
    assert model.firms[0].innovation.record[COPIED, PROPOSED] == 0


@pytest.mark.parametrize(
    ("layer", "lever"),
    [({"copying": 0.0}, {}), ({"copying": 10.0, "protection": 1.0}, {"governance": 1.0, "testers": 500})],
)
def test_leads_last_where_nothing_is_copied(layer, lever):
    model = with_a_leader({"innovation": layer}, line_up=[school(**lever), school()])
    before = gap(model)
    for _ in range(26):
        month(model)
    assert gap(model) == before > 0


def test_openness_shortens_leads():
    """Mean months to the first copy over 40 seeds, common luck: never earlier for the closed firm, later on average."""
    waits = []
    for lever in ({}, {"customers": 1.0, "partners": 1.0, "experts": 1.0, "testers": 100}):
        found = []
        for seed in range(1, 21):
            model = with_a_leader({"innovation": {"copying": 0.05, "expert_ideas": 0.0, "customer_ideas": 0.0}},
                                  line_up=[school(**lever), school()], seed=seed)  # fmt: skip
            months = 0
            while not model.firms[1].innovation.record[COPIED, PROPOSED] and months < 60:
                model.week += 4
                imitate(model)
                months += 1
            found.append(months)
        waits.append(found)
    assert all(closed >= opened for closed, opened in zip(*waits, strict=True))
    assert np.mean(waits[0]) > 1.5 * np.mean(waits[1])


def test_interactions_protect():
    """The leader has the best design: copied bit by bit it is always reached if K = 0, seldom if K = 7 (15 seeds)."""
    closed = []
    for k in (0, 7):
        reached = 0
        for seed in range(1, 16):
            model = still(CLEAR, SIMPLE, {"innovation": {"interactions": k, "copying": 10.0}}, seed=seed)
            designs = all_designs(8)
            value = parts_of(model, model.firms[0], designs) @ market_weights(model)
            best = designs[int(np.argmax(value))]
            model.firms[0].innovation.bits, model.firms[0].fit = best, fit_of(model, best)
            for _ in range(10):
                month(model)
            reached += gap(model) < 1e-12
        closed.append(reached)
    assert closed[0] == 15
    assert closed[1] <= 7
