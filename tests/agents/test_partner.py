"""Partners as agents: who they are, what they can make, how their goals differ, and aggregating firms."""

import math

import numpy as np
import pytest
from partner_worlds import together

from ecosim.agents.aggregator import AssemblingFirm
from ecosim.agents.firm import Firm
from ecosim.agents.partner import Partner, count_accounts, diverging, turn
from ecosim.draws import own_key, purpose, stream_key
from ecosim.ledger import UNIT

KEY = own_key(stream_key(1, purpose("test.goal"), 0), 3)


def test_kinds_accounts_and_mesa():
    model = together()
    assert [p.kind for p in model.partners] == ["supplier"] * 5 + ["complementor", "orchestrator", "expert"]
    assert [p.row for p in model.partners] == [p.account for p in model.partners] == list(range(4, 12))
    assert count_accounts(model.partners) == 8 + 4
    assert model.ledger.outside == 4 + 12
    assert [sub.row for sub in model.partners[6].subs] == [12, 13, 14, 15]
    assert len(model.agents_by_type[Partner]) == 8
    assert [type(firm) for firm in model.firms] == [AssemblingFirm, Firm, Firm, Firm]
    assert model.firms[0].scope.sum() == 2
    assert model.firms[1].scope.sum() == 6


def test_every_component_has_a_supplier():
    model = together({"partners": {"number": 4, "complementors": 0, "orchestrators": 0, "experts": 0}})
    made = np.array([p.quality > 0 for p in model.partners])
    assert made.sum(axis=0).tolist() == [1] * 8
    assert made.sum(axis=1).tolist() == [2] * 4
    assert model.partners[1].components.tolist() == [2, 3]


def test_quality_is_that_of_firms_and_a_bonus():
    plain = {"market": {"quality": 0.6, "quality_spread": 0.0}, "partners": {"bonus": 0.15}}
    model = together(plain)
    assert model.partners[0].quality[:2] == pytest.approx([0.75, 0.75])
    assert not model.partners[7].quality.any()
    noisy = together({"market": {"quality_spread": 0.1}, "partners": {"number": 40, "block": 8}})
    found = np.concatenate([p.quality[p.components] for p in noisy.partners])
    assert found.std() == pytest.approx(0.1, rel=0.2)
    assert found.max() <= 1.0


def test_an_orchestrator_offers_the_best_of_each_component():
    model = together({"partners": {"sub_partners": 8}})
    net = model.partners[6]
    assert net.quality == pytest.approx(np.max([sub.quality for sub in net.subs], axis=0))
    for d in net.components:
        maker = next(sub for sub in net.subs if sub.row == net.maker(d))
        assert maker.quality[d] == net.quality[d]
    for sub in net.subs:
        sub.active = False
    net.gather()
    assert net.components.size == 0


@pytest.mark.parametrize("degrees", [0.0, 30.0, 90.0])
def test_goals_stand_at_the_angle_asked_for(degrees):
    weights = [0.1, 0.4, 0.3, 0.2]
    goal = diverging(weights, degrees, KEY)
    length = np.linalg.norm(weights)
    assert np.linalg.norm(goal) == pytest.approx(length)
    assert goal @ weights / length**2 == pytest.approx(math.cos(math.radians(degrees)), abs=1e-12)
    assert turn(degrees) == pytest.approx((math.cos(math.radians(degrees)), math.sin(math.radians(degrees))), abs=1e-15)


def test_a_job_of_one_component_leaves_no_room_to_differ():
    assert diverging([1.0], 60.0, KEY).tolist() == [1.0]


def test_goals_of_partners_differ():
    model = together()
    goals = np.array([p.goal for p in model.partners])
    assert len({tuple(goal) for goal in goals}) == 8
    assert goals == pytest.approx(np.array([p.goal for p in together().partners]))


def test_starting_cash_is_quarters_of_the_share_of_sales():
    model = together({"partners": {"cash": 2.0}})
    sales = 200 * 0.5 * 1.0 * 13 / 4
    assert model.ledger.accounts[4] == round(2.0 * sales * 2 / 8 * UNIT)
    assert model.partners[0].cost == pytest.approx(0.5 / 8)
    assert (model.partners[0].risk_aversion, model.partners[0].reservation) == (1.0, 0.0)
