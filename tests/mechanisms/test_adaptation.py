"""Adaptation: a firm's own estimate of its equity from its books, and decisions once a quarter."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from worlds import CMR, CRM1, RICH, live, rich, world

from ecosim.strategies import Levers, Offer, Strategy
from ecosim.strategies import Organisation as Own


def repeats(model, weeks):
    total = np.zeros(4)
    for _ in range(weeks):
        model.step()
        total += model.counts["repeat"][:4]
    return total


def test_the_estimate_follows_repeat_sales():
    """Two quarters worked out by hand: repeat sales a week, smoothed, over discount plus loss."""
    model = rich()
    p, margin = model.setting.equity, 0.5
    first = repeats(model, 13) / 13
    found = np.array([firm.estimated_equity for firm in model.firms])
    np.testing.assert_allclose([firm.repeat_rate for firm in model.firms], first, rtol=1e-12)
    np.testing.assert_allclose(found, margin * first / p.discount, rtol=1e-12)
    second = first + p.smoothing * (repeats(model, 13) / 13 - first)
    loss = np.maximum(0.0, 1 - second / np.maximum(first, 1e-300)) / 13
    found = np.array([firm.estimated_equity for firm in model.firms])
    np.testing.assert_allclose(found, margin * second / (p.discount + loss), rtol=1e-12)


def test_a_quarter_counts_each_week_once():
    model = rich()
    total = {name: 0 for name in ("purchases", "repeat", "sent", "talks")}
    for _ in range(12):
        model.step()
        for name in total:
            total[name] += int(model.counts[name].sum())
    assert {name: int(model.quarter[name].sum()) for name in total} == total


@dataclass(frozen=True)
class Curious(Strategy):
    """Notes what it is shown and designs its offer from the second quarter on."""

    name: str = "curious"
    seen: list = field(default_factory=list)

    def decide(self, view):
        self.seen.append(view)
        return replace(view.levers, offer=Offer("optional", 1.0)) if view.week >= 26 else view.levers


AT_ONCE = {"organisation": {"active": False}}


def test_a_strategy_is_asked_once_a_quarter_and_sees_its_own_books():
    curious = Curious()
    model = world(RICH, AT_ONCE, line_up=[curious, CRM1, CRM1, CRM1])
    sales = profit = 0
    for _ in range(25):
        model.step()
        sales, profit = sales + model.ledger.flows[0, 0], profit + model.ledger.profit()[0]
        if model.week == 13:
            sales = profit = 0
    assert [view.week for view in curious.seen] == [13]
    assert model.firms[0].levers == Levers()
    live(model, 1)
    view = curious.seen[1]
    assert view.cash == model.ledger.accounts[0]
    assert view.sales == sales + model.ledger.flows[0, 0]
    assert view.profit == profit + model.ledger.profit()[0]
    assert model.firms[0].levers.offer == Offer("optional", 1.0)
    assert model.world.firms.tool[0] == 1
    assert model.world.firms.style[0] == pytest.approx(0.05)
    assert model.firms[1].levers == CRM1.levers


def test_a_static_strategy_changes_nothing():
    model = rich(weeks=30)
    assert [firm.levers for firm in model.firms] == [firm.strategy.levers for firm in model.firms]


def test_performance_and_aspiration_by_hand():
    model = rich()
    firm, weight = model.firms[2], model.setting.organisation.aspiration
    firm.become(replace(firm.levers, organisation=Own(objective=0.25)))
    seen = []
    for _ in range(4):
        money, before = 0, firm.estimated_equity
        for _ in range(13):
            model.step()
            money += model.ledger.profit()[2]
        books = firm.adaptation
        change = firm.estimated_equity - before if seen else 0.0
        assert books.equity_change == pytest.approx(change)
        assert books.performance == pytest.approx(0.75 * money + 0.25 * (money + 10_000 * change))
        seen.append(books.performance)
    hoped = seen[0]
    for each in seen[1:]:
        hoped += weight * (each - hoped)
    assert firm.adaptation.aspiration == pytest.approx(hoped)


def test_a_view_holds_what_is_public_and_nothing_else():
    curious = Curious()
    model = world(RICH, AT_ONCE, line_up=[curious, CRM1, CMR, CRM1], weeks=13)
    (view,) = curious.seen
    assert [rival.firm for rival in view.rivals] == [1, 2, 3]
    assert [rival.contact for rival in view.rivals] == [CRM1.levers.contact, CMR.levers.contact, CRM1.levers.contact]
    assert view.share + sum(rival.share for rival in view.rivals) == pytest.approx(1)
    assert set(view.rivals[0]._fields) == {"firm", "share", "contact", "offer"}
    assert view.calm
    assert 0 < view.luck(0) < 1
    assert view.luck(0) == view.luck(0) != view.luck(1)
    assert model.firms[0].memory == {}
