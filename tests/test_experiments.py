"""Published experiments of archetypes and orders: what they vary, how they judge, and that they run small."""

from __future__ import annotations

import math

import pandas as pd
import synthetic_tables

from ecosim.analysis import compare
from ecosim.conf import request
from ecosim.figures import places, sensitivity, to_svg
from experiments import archetype_sensitivity, value_chain_orders

TINY = ("customers=100", "weeks=26", "history=13", "burn_in=0", "replications=1", "threads=1")


def compared(*words):
    return request("compare", [*words, *TINY])


def test_every_number_lever_is_moved_both_ways_within_its_range():
    crm1, hybrid = compared("scenario=equal_firms", "archetypes=[crm1,hybrid]").strategies
    moved = {(key, value) for key, value, _ in archetype_sensitivity.variants(hybrid)}
    assert {value for key, value in moved if key == "contact.control_buyers"} == {0.7, 1.0}
    assert {value for key, value in moved if key == "contact.control"} == {0.2}
    assert {value for key, value in moved if key == "insight.personalisation"} == {0.6, 1.0}
    assert not {"contact.control_buyers"} & {key for key, _, _ in archetype_sensitivity.variants(crm1)}
    for key, value, strategy in archetype_sensitivity.variants(hybrid):
        group, name = key.split(".")
        assert getattr(getattr(strategy.levers, group), name) == value


def test_a_conclusion_that_turns_is_told():
    asked = compared("scenario=equal_firms", "archetypes=[crm1,cmr]")
    names = ["crm1", "cmr", *(each.name for _, _, each in archetype_sensitivity.variants(asked.strategies[1]))]
    lift = {("adopters", "profit_plus_equity"): 0.1}
    table = synthetic_tables.outcomes(lift, strategies=tuple(names))
    table = table.loc[table["outcome"].isin(["profit_plus_equity", "customer_surplus"])]
    turned = (table["strategy"] == names[2]) & (table["outcome"] == "profit_plus_equity")
    table.loc[turned, "value"] *= 0.8
    found = archetype_sensitivity.judged(asked, table, 1)
    own = found.loc[found["lever"] == ""].set_index("outcome")["verdict"]
    assert own["profit_plus_equity"] == "higher" and not found.loc[found["lever"] == "", "changed"].any()
    assert list(found.loc[found["reversed"], "lever"]) == ["contact.control"]
    line = archetype_sensitivity.summary(found)
    assert "of 2 conclusions change" in line and "1 variants reverse one (cmr: contact.control)" in line
    assert to_svg(sensitivity(found)) == to_svg(sensitivity(found))
    assert sensitivity(found.head(0)).axes


def test_the_sensitivity_pass_runs():
    asked = compared("scenario=equal_firms", "archetypes=[crm1,tactical]")
    found = archetype_sensitivity.judged(asked, archetype_sensitivity.outcomes(asked, 0, 1), 1)
    assert set(found["outcome"]) == set(archetype_sensitivity.CONCLUSIONS) and math.isfinite(found["difference"].max())


def chain(*words):
    return request("compare", ["scenario=collaborative_value_chain", "archetypes=[crm1,chain]", *words])


def test_orders_are_all_permutations_and_each_date_has_every_step():
    taken = value_chain_orders.steps(chain().events)
    assert [step["week"] for step in taken] == [105, 131, 157, 183, 209]
    every = value_chain_orders.orders(5)
    assert len(set(every)) == 120
    events = value_chain_orders.dated(taken)
    assert len(events) == 25
    mine = sorted((e for e in events if "53214" in e.arms), key=lambda e: e.week)
    assert [dict(e.levers) for e in mine] == [dict(taken[int(digit) - 1]["levers"]) for digit in "53214"]


def test_orders_run_and_are_judged_with_the_best_first(monkeypatch):
    monkeypatch.setattr(value_chain_orders, "orders", lambda count: ["12345", "54321"])
    asked = chain("customers=100", "burn_in=0", "weeks=222", "replications=1", "threads=1")
    parts = [value_chain_orders.outcomes(asked, n) for n in range(2)]
    table = value_chain_orders.judged(compare(pd.concat(parts), "crm1"), 0.05)
    assert set(table["order"]) == {"12345", "54321"} and set(table["verdict"]) == {"open"}
    assert table["difference"].is_monotonic_decreasing
    assert "0 of 2 orders pay, 0 cost, and 2 cannot be told" in value_chain_orders.summary(table)
    mean = value_chain_orders.by_place(table)
    assert len(mean) == 9 and mean["difference"].notna().all()
    assert to_svg(places(mean)) == to_svg(places(mean)) and places(mean.head(0)).axes
