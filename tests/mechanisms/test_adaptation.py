"""Adaptation: a firm's own estimate of its equity from its books, and decisions once a quarter."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from worlds import CORE, CRM1, RICH, live, rich, world

from ecosim.strategies import Levers, Offer, Strategy


def repeats(model, weeks):
    total = np.zeros(4)
    for _ in range(weeks):
        model.step()
        total += model.counts["repeat"][:4]
    return total


def test_the_estimate_follows_repeat_sales():
    """Two quarters worked out by hand: repeat sales a week, smoothed, over discount plus loss."""
    model = rich(CORE)
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


def test_a_strategy_is_asked_once_a_quarter_and_sees_its_own_books():
    curious = Curious()
    model = live(world(RICH, CORE, line_up=[curious, CRM1, CRM1, CRM1]), 13)
    sales = profit = 0
    for week in range(14, 27):
        assert [view.week for view in curious.seen] == [13]
        assert model.firms[0].levers == Levers()
        assert model.ledger.quarter[0, 0] == sales, week
        live(model, 1)
        sales += model.ledger.flows[0, 0]
        profit += model.ledger.profit()[0]
    view = curious.seen[1]
    assert view.cash == model.ledger.accounts[0]
    assert view.sales == sales > 0
    assert view.profit == profit
    assert not model.ledger.quarter.any()
    assert model.firms[0].levers.offer == Offer("optional", 1.0)
    assert model.world.firms.tool[0] == 1
    assert model.world.firms.style[0] == pytest.approx(0.05)
    assert model.firms[1].levers == CRM1.levers


def test_a_static_strategy_changes_nothing():
    model = rich(CORE, weeks=30)
    assert [firm.levers for firm in model.firms] == [firm.strategy.levers for firm in model.firms]
