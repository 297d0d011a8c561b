"""Processes: one pool for all strategies, adopted by a rule worked out by hand."""

import numpy as np
import pytest
from worlds import CMR, CRM1, RICH, live, rich, world

from ecosim.mechanisms.organisation import Organisation
from ecosim.mechanisms.processes import pool, worth
from ecosim.strategies import Levers, Strategy
from ecosim.strategies import Organisation as Own

MANY = {"organisation": {"processes": 4.0, "saving_sd": 0.05, "impact_sd": 0.05}}


def test_the_pool_is_normal_correlated_and_poisson():
    p = Organisation(processes=3.0, saving_sd=0.02, impact_sd=0.1, correlation=-0.8)
    pools = [pool(p, 1, week, row) for week in range(13, 2613, 13) for row in range(10)]
    sizes = np.array([len(each) for each in pools])
    assert sizes.mean() == pytest.approx(3.0, abs=4 * np.sqrt(3 / sizes.size))
    assert sizes.var() == pytest.approx(3.0, rel=0.15)
    found = np.array([each for some in pools for each in some])
    assert found.std(axis=0) == pytest.approx([0.02, 0.1], rel=0.05)
    assert np.corrcoef(found.T)[0, 1] == pytest.approx(-0.8, abs=0.03)


def test_every_strategy_meets_the_same_processes():
    met = []
    for line_up in (CRM1, CMR):
        model = world(RICH, MANY, line_up=line_up, weeks=26)
        met.append([firm.processes.met for firm in model.firms])
    assert met[0] == met[1]
    assert min(met[0]) > 0


def test_worth_by_hand():
    model = rich(weeks=12)
    model.step()
    model.quarter["purchases"][:4] = [100, 50, 25, 25]
    firm = model.firms[0]
    firm.estimated_equity, firm.unit_cost = 1000.0, 0.5
    firm.become(Levers(organisation=Own(objective=0.5)))
    by_hand = 0.02 * 0.5 * 100 + 0.5 * 1000 * model.setting.choice.value_weight * -0.01 * 0.5
    assert worth(model, firm, 0.02, -0.01) == pytest.approx(by_hand)
    firm.become(Levers())
    assert worth(model, firm, 0.02, -1.0) == pytest.approx(1.0)


def test_who_looks_at_money_alone_saves_and_who_looks_at_customers_pleases():
    harsh = {"organisation": {**MANY["organisation"], "correlation": -0.8}}
    found = {}
    for theta in (0.0, 1.0):
        model = world(RICH, harsh, line_up=Strategy("x", Levers(organisation=Own(objective=theta))), weeks=52)
        found[theta] = [sum(getattr(f.processes, name) for f in model.firms) for name in ("saved", "impact")]
        for firm in model.firms:
            assert firm.unit_cost == pytest.approx(0.5 - firm.processes.saved)
            assert firm.service_mean == pytest.approx(firm.processes.impact)
            assert firm.unit_cost >= 0
        value = model.world.firms.value[:, 0]
        offer = [model.firms[0].offer_value(w) for w in model.segment_weights]
        np.testing.assert_array_equal(value, offer)
        np.testing.assert_array_equal(model.per_sale[1], [round(firm.unit_cost * 10_000) for firm in model.firms])
    assert found[0.0][0] > found[1.0][0]
    assert found[0.0][1] < 0 < found[1.0][1]


def test_branches_meet_the_same():
    model = world(RICH, MANY, weeks=12)
    twin = model.branch()
    assert live(model, 14).digest() == live(twin, 14).digest()
