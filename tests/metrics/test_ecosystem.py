"""K11: concentration and entropy by hand, and who makes and earns what in a small world."""

import math

import numpy as np
import pytest
from partner_worlds import together

from ecosim.ledger import UNIT
from ecosim.metrics.ecosystem import (
    delegated,
    ecosystem,
    entropy,
    gini,
    herfindahl,
    makers_per_job,
    partner_survival,
    providers_per_job,
    sourced,
    supplier_entropy,
    surplus_split,
)


def test_concentration_by_hand():
    assert herfindahl(np.array([1, 1, 2])) == pytest.approx(0.375)
    assert gini(np.array([1.0, 1.0, 1.0])) == pytest.approx(0.0)
    assert gini(np.array([0.0, 0.0, 4.0])) == pytest.approx(2 / 3)
    assert gini(np.array([1.0, 3.0])) == pytest.approx(0.25)
    assert entropy(np.array([1, 1, 0, 2])) == pytest.approx(1.5 * math.log(2))
    assert entropy(np.array([5])) == 0.0


@pytest.mark.parametrize("measure", [herfindahl, gini, entropy])
def test_nothing_has_no_concentration(measure):
    assert math.isnan(measure(np.zeros(3)))


@pytest.fixture(scope="module")
def quarter():
    """A world at the end of its third quarter, as a recorder sees it, with what was found there."""
    model, found = together(), {}
    for _ in range(38):
        model.step()

    def look(m):
        found.update(
            ecosystem(m), split=surplus_split(m), delegated_=delegated(m), providers=providers_per_job(m),
            makers=makers_per_job(m), sourced_=sourced(m), entropy_=supplier_entropy(m),
            sold=m.quarter["purchases"][:-1].copy(), paid=dict(m.ledger.between),
            costs={r: [(c.cost, f) for f, c in p.contracts.items()] for r, p in ((p.row, p) for p in m.partners)},
            terms=[(f.sourcing.surplus, f.sourcing.given, f.supplier.copy(), f.covered.copy()) for f in m.firms],
        )  # fmt: skip

    model.observers.append(look)
    model.step()
    return found


def test_shares_of_the_job(quarter):
    sold = quarter["sold"] / quarter["sold"].sum()
    missing = np.array([(~covered).sum() for *_, covered in quarter["terms"]])
    assert quarter["providers"] == pytest.approx(1 + sold @ missing)
    assert quarter["delegated_"] == pytest.approx(1 - sold @ missing / 8)
    assert 0 < quarter["sourced_"] < quarter["delegated_"] <= 1
    assert quarter["makers"] > 1
    assert 0 < quarter["entropy_"] < math.log(17)


def test_the_surplus_is_split_between_firms_and_partners(quarter):
    split = quarter["split"]
    added = sum(s * n for (s, *_), n in zip(quarter["terms"], quarter["sold"], strict=True))
    assert split["firms"] + split["partners"] == pytest.approx(added)
    assert split["firms"] > 0 < split["partners"]
    paid = sum(amount for (payer, _), amount in quarter["paid"].items() if payer < 4) / UNIT
    assert split["partners"] < paid


def test_who_left_has_not_survived():
    model = together()
    model.partners[0].active = False
    assert partner_survival(model) == 7 / 8
    assert math.isnan(partner_survival(together({"partners": {"number": 0, "complementors": 0, "orchestrators": 0,
                                                              "experts": 0}})))  # fmt: skip
