"""Rights: what contributors get of each sale, and for how long."""

import pytest
from innovation_worlds import school, still, week

from ecosim.agents.firm import Claim
from ecosim.mechanisms.rights import exclusive_part, record_right
from ecosim.mechanisms.settlement import settle


def granted(gain=0.05, layer=(), **lever):
    lever = {"share": 0.4, "term": 6, **lever}
    model = still(*layer, line_up=[school(**lever), school()])
    record_right(model, model.firms[0], (1, 3), model.ledger.outside, gain)
    return model, model.firms[0]


def test_royalty_by_hand():
    """Share .4 of margin .5 times 2 (value weight) times a gain of .05: .02 a sale."""
    model, firm = granted()
    assert firm.claims == [Claim(model.ledger.outside, "royalties", 200)]
    right = firm.rights[0]
    assert (right.components, right.share, right.expires, right.exclusive) == ((1, 3), 0.4, model.week + 6, False)


def test_it_is_paid_with_each_sale_until_it_ends():
    model, firm = granted()
    for left in range(6, -2, -1):
        assert sum(claim.amount for claim in firm.claims) == (200 if left >= 0 else 0) or left == -1
        week(model)
        assert bool(firm.rights) == (left >= 1)


def test_royalties_leave_other_claims_alone():
    model, firm = granted()
    firm.claims.insert(0, Claim(2, "supply", 500))
    record_right(model, firm, (2,), 1, 0.05)
    record_right(model, firm, (2,), 1, 0.05)
    outside = model.ledger.outside
    assert firm.claims == [Claim(2, "supply", 500), Claim(outside, "royalties", 200), Claim(1, "royalties", 400)]
    for _ in range(7):
        week(model)
    assert firm.claims == [Claim(2, "supply", 500)]


def test_never_more_than_the_sale_leaves():
    model, firm = granted(gain=1.0, share=1.0)
    assert firm.claims[0].amount == 5000
    record_right(model, firm, (0,), 1, 0.5)
    assert len(firm.rights) == 1


@pytest.mark.parametrize(("gain", "lever"), [(0.05, {"share": 0.0}), (-0.1, {}), (0.05, {"term": 0}), (0.0, {})])
def test_nothing_shared_nothing_recorded(gain, lever):
    model, firm = granted(gain, **lever)
    assert firm.rights == []
    assert firm.claims == []


def test_exclusive_part():
    model, firm = granted(exclusive=True)
    assert exclusive_part(firm) == 1.0
    firm.rights[0].exclusive = False
    assert exclusive_part(firm) == 0.0
    assert exclusive_part(model.firms[1]) == 0.0


def test_money_goes_to_the_contributor():
    model, firm = granted()
    model.week += 1
    model.ledger.open_week()
    model._tally[0, model.tallies[0]._fields.index("purchases"), 0] = 7
    total = model.ledger.accounts.sum()
    settle(model)
    assert model.ledger.flows[model_row("royalties"), 0] == -1400
    assert model.ledger.accounts.sum() == total


def model_row(purpose):
    from ecosim.ledger import PURPOSES

    return PURPOSES.index(purpose)
