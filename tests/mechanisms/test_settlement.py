"""Settlement: counts times whole prices, and bankruptcy after patience runs out."""

import numpy as np
import pytest
from worlds import CORE, HOST, RICH, live, rich, world

from ecosim.ledger import PURPOSES, to_money
from ecosim.mechanisms.base import FIXED


def test_every_flow_is_a_count_times_a_whole_price():
    model = rich(CORE, {"choice": {"price_weight": 4.0, "outside_utility": -6.0}})
    seen = dict.fromkeys([*expected_flows(live(model, 1)), "rebates", "trials"], False)
    for _ in range(30):
        live(model, 1)
        expected = expected_flows(model)
        for k, purpose in enumerate(PURPOSES):
            paid = expected.get(purpose, np.zeros(4, int))
            assert model.ledger.flows[k, :4].tolist() == (-paid).tolist(), purpose
        for name in seen:
            seen[name] |= bool(expected.get(name, model.counts.get(name)).any())
    assert all(seen.values()), seen


def expected_flows(model):
    """Return what each firm pays this week by purpose, ``[f] int`` each; what it is paid is negative."""
    s, n = model.setting, {name: count[:4] for name, count in model.counts.items()}
    style = [to_money(s.experience.style_cost * firm.levers.offer.experience) for firm in model.firms]
    read, asked = to_money(s.insight.profile_cost), to_money(s.insight.interview_cost)
    return {
        "sales": n["rebates"] - n["purchases"] * to_money(1.0),
        "production": n["purchases"] * to_money(0.5),
        "contact": n["sent"] * to_money(s.contact.cost),
        "listening": n["heard"] * to_money(s.talk.listening_cost),
        "tool": (n["tool_uses"] + n["trials"]) * to_money(s.experience.tool_cost),
        "recovery": n["recovered"] * to_money(s.recovery.cost),
        "experience": n["purchases"] * style,
        "insight": n["profiles_read"] * read + n["interviews"] * asked,
        "bidding": bidding(model),
    }


def bidding(model):
    """Return what answering firms pay for bids and for the broker this week, ``[f]``."""
    p, counts, answers = model.setting.intents, model.counts, model.world.firms.discount >= 0
    taken = counts["bids_won"][:4] * to_money(1.0) - counts["rebates"][:4]
    paid = [counts["intents"].sum() * to_money(p.bid_cost) + round(p.fee * int(money)) for money in taken]
    return np.where(answers, paid, 0)


def doomed(patience=2):
    """A world in which the price is below cost and nobody has cash."""
    return world(
        RICH, {"market": {"price": 0.4, "unit_cost": 0.5, "cash": 0.0, "patience": patience}}, CORE, line_up=HOST
    )


@pytest.mark.parametrize("patience", [1, 2, 4])
def test_debt_is_borne_as_long_as_patience_lasts(patience):
    model = doomed(patience)
    for quarter in range(1, patience + 1):
        live(model, 12)
        assert all(firm.active for firm in model.firms)
        live(model, 1)
        assert [firm.quarters_in_debt for firm in model.firms] == [quarter] * 4
    assert not any(firm.active for firm in model.firms)


def test_the_bankrupt_sell_and_write_no_more_and_the_world_goes_on():
    model = live(doomed(), 27)
    before = model.ledger.accounts.copy()
    live(model, 8)
    for name in ("purchases", "sent", "noticed", "invited", "talks"):
        assert model.counts[name].sum() == 0, name
    assert model.counts["unmet"].sum() == model.customers.needs.sum() > 0
    assert np.all(model.ledger.accounts[:4] <= before[:4])
    assert not any(model.world.firms.discount >= 0)
    assert model.ledger.accounts.sum() == 0


def test_a_good_quarter_starts_the_count_anew():
    model = doomed(patience=3)
    live(model, 13)
    for firm in model.firms:
        model.ledger.transfer(13, model.ledger.outside, firm.row, "endowment", 10**9)
    live(model, 13)
    assert [firm.quarters_in_debt for firm in model.firms] == [0] * 4


def test_starting_cash_is_quarters_of_expected_sales():
    model = world({"market": {"customers": 100, "firms": 2, "cash": 2.0}})
    expected = to_money(2.0 * 13 * 100 * (1.456 / 13) / 2)
    assert model.ledger.accounts.tolist() == [expected, expected, -2 * expected]
    assert model.counts["invited"].sum() / FIXED == 0
