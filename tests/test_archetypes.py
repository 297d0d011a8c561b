"""Archetypes: each is what its school does, lever by lever; ablations; and all keep the contract of a strategy."""

from __future__ import annotations

import numpy as np
import pytest
from omegaconf import OmegaConf
from worlds import RICH, live, merged, setting

from ecosim.conf import request
from ecosim.keys import GROUPS
from ecosim.model import Ecosystem
from ecosim.parameters import walk
from ecosim.request import make
from ecosim.strategies.levers import Levers
from ecosim.tree import about, configs, names

COLUMNS = ("crm1", "cmr", "crm2", "vrm", "hosted", "tactical", "aggregator")
TABLE = {
    "contact.control": (0, 0.9, 0.5, 1, 0, 0, 0.5),
    "contact.dialogue": (0.1, 0.3, 0.9, 0.3, 0.2, 0.1, 0.3),
    "contact.influencer_focus": (0, 0, 0.7, 0, 0, 0, 0),
    "insight.data": (1, 0.6, 0.3, 0, 1, 1, 0.5),
    "insight.profiles": (0, 0.1, 0.3, 0.2, 0, 0, 0.3),
    "insight.participation": (0, 0.3, 0.4, 0.8, 0, 0, 0.2),
    "insight.personalisation": (0.3, 0.8, 0.6, 0.8, 0.3, 0.1, 0.5),
    "insight.custody": (0, 0.3, 0.5, 1, 0, 0, 0.5),
    "offer.self_service": ("none", "optional", "optional", "optional", "optional", "forced", "optional"),
    "offer.aggregation": (0, 0.2, 0.5, 0.3, 0, 0, 1),
    "offer.experience": (0.1, 0.4, 0.5, 0.2, 0.1, 0, 0.2),
    "offer.extensibility": (0, 0.2, 0.7, 0.6, 0.2, 0, 0.6),
    "innovation.customers": (0, 0.1, 0.6, 0.2, 0, 0, 0.1),
    "innovation.partners": (0, 0, 0.5, 0.2, 0.1, 0, 0.8),
    "innovation.experts": (0, 0, 0.3, 0, 0, 0, 0.1),
    "innovation.share": (0, 0, 0.4, 0.2, 0, 0, 0.3),
    "innovation.governance": (1, 0.5, 0.6, 0.4, 0.5, 0, 0.6),
    "innovation.risk_transfer": (0, 0, 0.2, 0, 0, 0, 0.4),
    "organisation.objective": (0, 0.6, 0.8, 0.7, 0, 0, 0.4),
    "organisation.deployment": ("custom", "custom", "platform", "thin", "hosted", "tactical", "platform"),
    "organisation.champion": (0.2, 0.5, 0.8, 0.3, 0.1, 0, 0.5),
    "organisation.integration": (0.2, 0.5, 0.8, 0.3, 0.1, 0, 0.5),
    "organisation.pay": (0.1, 0.6, 0.8, 0.6, 0.1, 0.1, 0.5),
}
"""What each school does, lever by lever."""

WORLD = merged(
    RICH,
    {"partners": {"number": 3, "experts": 1}, "intents": {"answering": 1.0}, "market": {"customers": 200}},
)
WEEKS = 27


def strategies(*archetypes, more=()):
    return request("plan", [f"archetypes=[{','.join(archetypes)}]", *more]).strategies


def levers(name):
    return dict(flat(strategies("crm1" if name != "crm1" else "cmr", name)[1].levers))


def flat(record):
    for key, _ in walk(Levers):
        group, name = key.split(".")
        yield key, getattr(getattr(record, group), name)


@pytest.mark.parametrize("name", COLUMNS)
def test_an_archetype_is_what_its_school_does(name):
    here = levers(name)
    told = {key: values[COLUMNS.index(name)] for key, values in TABLE.items()}
    assert {key: here[key] for key in told} == told


def test_what_the_table_leaves_out_is_the_default_save_the_planners_openness():
    default = dict(flat(Levers()))
    for name in COLUMNS:
        rest = {key: value for key, value in levers(name).items() if key not in TABLE and value != default[key]}
        assert rest == ({"offer.open_tool": True} if name == "cmr" else {})


def test_the_hybrid_treats_strangers_and_buyers_differently():
    hybrid, cmr = levers("hybrid"), levers("cmr")
    assert (hybrid["contact.control"], hybrid["contact.control_buyers"]) == (0.0, 0.9)
    assert {key for key in cmr if hybrid[key] != cmr[key]} == {"contact.control", "contact.control_buyers"}


@pytest.mark.parametrize("group", GROUPS)
def test_every_choice_of_a_group_says_what_it_stands_for_and_holds_that_groups_levers(group):
    for name in names(f"strategy/{group}"):
        values = OmegaConf.to_container(OmegaConf.load(configs() / "strategy" / group / f"{name}.yaml"))
        make(Levers, {f"{group}.{key}": value for key, value in values.items()})
        assert about(f"strategy/{group}", name).endswith("."), name


@pytest.mark.parametrize("group", GROUPS)
def test_an_ablation_replaces_one_group(group):
    parts = OmegaConf.load(configs() / "archetype" / "crm1.yaml").defaults
    (choice,) = [next(iter(part.values())) for part in parts if f"/strategy/{group}" in part]
    baseline, ablated = strategies("crm1", "crm2", more=[f"strategy/{group}={choice}"])
    assert getattr(ablated.levers, group) == getattr(baseline.levers, group)
    assert ablated.name == f"crm2+{group}={choice}"
    whole = strategies("crm1", "crm2")[1].levers
    assert all(getattr(ablated.levers, g) == getattr(whole, g) for g in GROUPS if g != group)


# -- the contract of a strategy, for every archetype there is -------------------------------------------------------


def world(name, threads=1, customers=200, seed=1):
    """Return a small rich world in which one firm plays ``name`` and the others the company-managed school."""
    baseline, focal = strategies("crm1" if name != "crm1" else "cmr", name)
    rich = setting(merged(WORLD, {"market": {"customers": customers}}))
    return Ecosystem(rich, [focal, *[baseline] * (rich.market.firms - 1)], seed, threads)


def check(model):
    """Assert what holds of every world: money is constant, columns are in their range, and every sale has a firm."""
    assert int(model.ledger.accounts.sum()) == 0
    for column in model.customers.columns:
        array = getattr(model.customers, column.name)
        known = array[~np.isnan(array)] if array.dtype.kind == "f" else array
        assert np.all((known >= column.low) & (known <= column.high)), column.name
    assert model.counts["purchases"][-1] == 0


@pytest.mark.parametrize("name", names("archetype"))
def test_every_archetype_keeps_the_contract(name):
    model = live(world(name, customers=2000), WEEKS)
    check(model)
    twin = live(world(name, customers=2000, threads=2), WEEKS)
    twin.close()
    assert twin.digest() == model.digest()
    branch = model.branch()
    assert live(branch, 2).digest() == live(model, 2).digest()
    branch.close()


@pytest.mark.parametrize("name", names("archetype"))
def test_a_firm_may_move_to_every_archetype(name):
    model = live(world("crm1"), 3)
    target = strategies("cmr" if name != "cmr" else "crm1", name)[1]
    model.firms[1].adopt(target)
    live(model, WEEKS)
    check(model)
    assert model.firms[1].strategy is target


@pytest.mark.campaign
@pytest.mark.parametrize("name", names("archetype"))
def test_every_archetype_keeps_the_contract_in_a_large_market(name):
    model = live(world(name, customers=200_000, threads=2), 14)
    check(model)
    model.close()
