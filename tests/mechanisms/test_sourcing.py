"""Sourcing: which components, from whom, and on what terms, worked out by hand."""

import numpy as np
import pytest
from partner_worlds import ALL, even, together
from worlds import MIXED, live

from ecosim.agents.firm import Claim
from ecosim.mechanisms.acquisition import acquire
from ecosim.mechanisms.landscape import fit, land_of
from ecosim.mechanisms.partners import SPLITS
from ecosim.strategies import Levers, Offer, Strategy
from ecosim.strategies.levers import Innovation


def supply(firm):
    """Return what a firm owes for supply, by account."""
    return {claim.payee: claim.amount for claim in firm.claims if claim.purpose == "supply"}


def test_a_supplier_by_hand():
    """Two of four components, .2 better: worth 2 (.1), coordination .02, so .18; three quarters of it, and cost."""
    model = even()
    firm, partner = model.firms[0], model.partners[0]
    assert firm.supplier.tolist() == [4, 4, -1, -1]
    assert firm.parts() == pytest.approx([0.8, 0.8, 0.6, 0.6])
    assert firm.production_cost == pytest.approx(0.2)
    assert supply(firm) == {4: 2000 + 1350, 5: 200}
    assert (firm.sourcing.surplus, firm.sourcing.given) == pytest.approx((0.18, 0.135))
    contract = partner.contracts[0]
    assert (contract.amount, contract.cost, contract.components) == (3350, 2000, [0, 1])
    assert contract.mean == pytest.approx(0.135 / 0.5)
    assert partner.firms == [0]
    assert model.per_sale[1].tolist() == [2000, 4000, 4000, 4000]


@pytest.mark.parametrize(("split", "share"), [("commission", 1350), ("equal", 900), ("nash", 900), ("shapley", 900)])
def test_each_rule_by_hand(split, share):
    """With one partner, every rule but the commission halves what it adds."""
    assert supply(even({"partners": {"split": split}}).firms[0])[4] == 2000 + share


@pytest.mark.parametrize("split", SPLITS)
def test_what_is_paid_stays_within_the_margin(split):
    """What is worth more than the price leaves cannot be shared; what does not cover costs is shared."""
    rich = even({"choice": {"value_weight": 50.0}, "partners": {"split": split}}).firms[0]
    margin = 10_000 - 2000 - 200
    assert 2000 < supply(rich)[4] <= margin
    assert rich.sourcing.surplus == pytest.approx((margin - 2000) / 10_000)
    poor = even({"market": {"price": 0.3}, "choice": {"value_weight": 9.0}, "partners": {"split": split,
                "reservation": -1.0}}).firms[0]  # fmt: skip
    assert supply(poor)[4] == 3000 - 2000 - 200
    assert poor.sourcing.surplus == 0.0


def test_without_a_price_weight_value_counts_as_money():
    assert even({"choice": {"price_weight": 0.0}}).firms[0].sourcing.surplus == pytest.approx(0.18)


def test_what_is_not_covered_comes_first_then_what_gains_most():
    half = Strategy("half", Levers(offer=Offer(aggregation=0.5)))
    model = even({"market": {"coverage": 0.75}, "partners": {"number": 2}}, levers=half)
    assert model.firms[0].scope.tolist() == [True, True, True, False]
    assert model.firms[0].supplier.tolist() == [4, -1, -1, 5]


def test_only_something_better_replaces_what_a_firm_makes_but_an_assembler_takes_what_pays():
    worse = {"partners": {"number": 2, "bonus": -0.01, "cost_factor": 0.2}}
    assert (even(worse).firms[0].supplier == -1).all()
    assembling = {"market": {"aggregators": [0]}}
    assert (even(worse, assembling).firms[0].supplier != -1).all()
    assert (even(worse, assembling, {"partners": {"listing": 0.6}}).firms[0].supplier == -1).all()


def test_nothing_is_sourced_that_adds_nothing():
    assert (even({"partners": {"coordination": 0.2}}).firms[0].supplier == -1).all()
    assert (even({"partners": {"cost_factor": 3.0}}).firms[0].supplier == -1).all()


def test_at_no_transaction_cost_aggregation_brings_no_convenience():
    """Where elsewhere is as good and costs no effort, there is nothing to gather; otherwise just the saved effort."""
    same = {"market": {"coverage": 0.0, "quality": 0.5}, "partners": {"number": 2, "bonus": 0.0}}
    free = even(same, {"experience": {"missing_cost": 0.0}})
    assert (free.firms[0].supplier == -1).all()
    dear = even(same, {"experience": {"missing_cost": 0.1}})
    assert (dear.firms[0].supplier != -1).all()
    value = [m.world.firms.value[:, 0] for m in (dear, free)]
    others = dear.world.firms.value[:, 1]
    assert value[0] == pytest.approx(value[1])
    assert value[0] - others == pytest.approx(np.full(others.size, 4 * 0.1))


def test_complementors_build_on_a_platform_where_nothing_is_sourced():
    closed, opened = Levers(), Levers(offer=Offer(extensibility=0.5))
    layers = {"market": {"coverage": 0.5}, "partners": {"number": 3, "complementors": 1}}
    found = [even(layers, levers=Strategy("x", levers)).firms[0].supplier for levers in (closed, opened)]
    assert (found[0] == -1).all()
    assert (found[1] == -1).all()
    layers["partners"]["complementors"] = 2
    found = even(layers, levers=Strategy("x", opened)).firms[0].supplier
    assert found.tolist() == [-1, -1, 6, 6]


def test_complementors_replace_nothing():
    assert (even({"partners": {"number": 2, "complementors": 2}}).firms[0].supplier == -1).all()


def test_a_partner_that_may_not_multi_home_serves_who_pays_best():
    layers = {"market": {"shares": [0.2, 0.5, 0.2, 0.1]}, "partners": {"paperwork": 0.0}}
    everywhere = even(layers, line_up=ALL)
    assert everywhere.partners[0].firms == [0, 1, 2, 3]
    assert even(layers, {"partners": {"multi_homing": False}}, line_up=ALL).partners[0].firms == [1]


def test_an_exclusive_firm_wins_a_partner_only_if_it_pays_more_than_all_others():
    mine = Strategy("mine", Levers(offer=Offer(aggregation=1.0), innovation=Innovation(exclusive=True)))
    small = {"market": {"shares": [0.04, 0.32, 0.32, 0.32]}}
    large = {"market": {"shares": [0.97, 0.01, 0.01, 0.01]}}
    assert even(small, line_up=(mine, ALL, ALL, ALL)).partners[0].firms == [1, 2, 3]
    assert even(large, line_up=(mine, ALL, ALL, ALL)).partners[0].firms == [0]


def test_what_others_are_owed_stays_and_comes_first():
    model = even({"choice": {"value_weight": 50.0}}, weeks=12)
    model.firms[0].claims.append(Claim(model.ledger.outside, "royalties", 500))
    model.step()
    firm = model.firms[0]
    assert Claim(model.ledger.outside, "royalties", 500) in firm.claims
    assert sum(claim.amount for claim in firm.claims) + 2000 <= 10_000
    assert firm.sourcing.surplus == pytest.approx((10_000 - 2000 - 200 - 500 - 2000) / 10_000)


def test_a_switch_back_to_making_brings_everything_back():
    model = even()
    model.firms[0].adopt(MIXED[0])
    for _ in range(13):
        model.step()
    firm = model.firms[0]
    assert (firm.supplier == -1).all()
    assert firm.claims == []
    assert firm.production_cost == firm.unit_cost
    assert model.partners[0].firms == []


def test_weak_links_hold_assembling_back():
    """With a weakest-component job, one bad component listed costs more than it does where they add up."""
    bad = {"market": {"aggregators": [0]}, "partners": {"number": 1, "bonus": -0.3, "cost_factor": 0.2}}
    added = even(bad, {"experience": {"elasticity": 1.0}}).firms[0]
    weakest = even(bad, {"experience": {"elasticity": -4.0}}).firms[0]
    values = [f.offer_value(np.full(4, 0.25)) for f in (added, weakest)]
    assert values[1] < values[0]


def test_how_a_component_fits_depends_on_the_design_whoever_makes_it():
    """On the landscape own and supplied components share the fit; what is bought lies on it from then on."""
    model = even({"innovation": {"active": True, "staff_ideas": 0.0, "copying": 0.0}, "partners": {"number": 2}})
    firm = model.firms[0]
    lift = model.setting.innovation.amplitude * (fit(land_of(model), firm.innovation.bits) - 0.5)
    assert firm.supplied[firm.supplier >= 0] == pytest.approx(np.full((firm.supplier >= 0).sum(), 0.8))
    assert firm.own_parts() == pytest.approx(0.6 + lift)
    assert (firm.supplier >= 0).any()
    assert firm.parts() == pytest.approx(np.where(firm.supplier >= 0, np.clip(0.8 + lift, 1e-3, 1.0), 0.6 + lift))
    assert acquire(model, firm, 2)
    assert firm.contributions == pytest.approx([0.6, 0.6, 0.8, 0.8])
    assert firm.own_parts() == pytest.approx(np.clip(np.array([0.6, 0.6, 0.8, 0.8]) + lift, 1e-3, 1.0))


def test_a_firm_sources_by_what_it_believes():
    half = Strategy("half", Levers(offer=Offer(aggregation=0.5)))
    for weights, picked in (([0.4, 0.4, 0.1, 0.1], [4, 4, -1, -1]), ([0.1, 0.1, 0.4, 0.4], [-1, -1, 5, 5])):
        model = even({"partners": {"number": 2}}, levers=half, weeks=0)
        model.firms[0].innovation.belief.weights[:] = weights
        assert live(model, 13).firms[0].supplier.tolist() == picked


def test_many_partners_of_all_kinds_agree():
    model = together({"partners": {"number": 20, "split": "shapley", "block": 1}}, weeks=26)
    for firm in model.firms:
        rows = set(firm.supplier[firm.supplier != -1].tolist())
        assert rows == {p.row for p in model.partners if firm.row in p.contracts}
        assert all(
            q.quality[d] == firm.supplied[d] for q in model.partners for d in np.flatnonzero(firm.supplier == q.row)
        )
