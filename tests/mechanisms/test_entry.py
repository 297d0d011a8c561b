"""Entry: late firms are nowhere before their week, and then what they were made to be."""

import numpy as np
import pytest
from worlds import CMR, CRM1, RICH, live, setting, world

from ecosim.errors import UserError
from ecosim.mechanisms.entry import is_hollow, opening_sizes

LATE = {"entry": {"firms": 1, "week": 10, "presence": 0.5, "price": 0.8, "unit_cost": 0.2, "coverage": 0.5}}


def test_before_its_week_a_late_firm_is_nowhere():
    model = world(RICH, LATE, line_up=[CRM1] * 4, weeks=9)
    firm = model.firms[3]
    assert not firm.active
    assert (model.customers.provider != 3).all()
    assert model.ledger.accounts[3] == 0
    assert model.world.firms.availability[3] == 0
    assert all(counts[3] == 0 for counts in model.quarter.values())


def test_in_its_week_it_is_there():
    model = world(RICH, LATE, line_up=[CRM1] * 4, weeks=10)
    firm, others = model.firms[3], model.firms[:3]
    assert firm.active
    assert (firm.price, firm.unit_cost) == (0.8, 0.2)
    assert firm.presence == pytest.approx(0.5 * sum(each.presence for each in others))
    assert firm.scope.sum() == 4
    market = model.setting.market
    relative = min(1.0, firm.presence / max(each.presence for each in others))
    assert firm.availability == pytest.approx(
        market.availability_floor + (1 - market.availability_floor) * relative**market.availability_exponent
    )
    sales = market.customers * model.setting.needs.rate * market.price
    assert model.ledger.flows[-1, 3] == round(2 * 13 * sales / 3 * 10_000)
    live(model, 12)
    assert model.counts["purchases"][3] > 0
    assert model.ledger.accounts.sum() == 0


def test_sizes_at_the_start_are_of_those_who_are_there():
    assert opening_sizes(setting(RICH, LATE)) == [0.4, 0.3, 0.2, 0.0]
    model = world(RICH, LATE, line_up=[CRM1] * 4)
    assert sum(firm.share_start for firm in model.firms) == pytest.approx(1)
    assert model.firms[3].contact_budget == 0


def test_quality_and_hollowness():
    layer = {
        "entry": {"firms": 2, "week": 2, "quality": 0.2, "hollow": 0.5, "hollow_loss": 0.4},
        "innovation": {"active": False},
    }
    kinds = set()
    for seed in range(1, 9):
        model = world(RICH, layer, line_up=[CRM1] * 4, seed=seed, weeks=2)
        for firm in model.firms[2:]:
            hollow = is_hollow(model.setting, seed, firm.row)
            kinds.add(hollow)
            assert firm.edge == pytest.approx(-0.2 if hollow else 0.2)
            own = np.clip(firm.contributions + firm.edge, 1e-3, 1.0)
            np.testing.assert_array_equal(firm.parts()[firm.scope], own[firm.scope])
    assert kinds == {True, False}


FREE = {"market": {"patience": 1}, "entry": {"firms": 1, "week": 2, "price": 0.0, "presence": 1.0}}


def test_a_free_entrant_lives_on_advertisers_or_leaves():
    poor = world(RICH, FREE, line_up=[CRM1] * 4, weeks=260)
    assert not poor.firms[3].active
    rich = world(RICH, FREE, {"entry": {**FREE["entry"], "advertising": 2.0}}, line_up=[CRM1] * 4, weeks=260)
    assert rich.firms[3].active
    rich.step()
    paid = rich.ledger.flows[14, 3]
    assert paid == rich.counts["push_processed"][3] * 20_000
    assert (rich.ledger.flows[14, :3] == 0).all()


def test_who_left_does_not_come_back():
    layer = {"market": {"patience": 1, "cash": 0.0}, "entry": {**FREE["entry"], "week": 2}}
    model = world(RICH, layer, line_up=[CRM1] * 4, weeks=60)
    assert not model.firms[3].active


def test_an_entrant_may_be_told_its_strategy_before_it_enters():
    model = world(RICH, LATE, line_up=[CRM1] * 4, weeks=5)
    model.firms[3].adopt(CMR)
    assert model.firms[3].levers == CMR.levers
    assert model.firms[3].organisation.owed == 0
    twin = model.branch()
    assert live(model, 10).digest() == live(twin, 10).digest()


def test_somebody_must_be_there_at_the_start():
    with pytest.raises(UserError, match="entry.firms=4: at most 3 of 4"):
        setting(RICH, {"entry": {"firms": 4}})
    with pytest.raises(UserError, match="there at the start"):
        setting({"market": {"firms": 2, "shares": [0, 1]}, "entry": {"firms": 1}})
