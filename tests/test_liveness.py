"""Every parameter is live: changing it alone, within its range, changes the state or a recorded table.

The world is rich: four unequal firms with different levers, low noise so that contacts get through, an outside
option, incomplete coverage, communities, recovery, a tool that is optional at one firm and forced at another, firms
that read profiles, give interviews, bid for intents and are platforms. What needs a world of its own (another network,
a fixed elasticity, bankruptcy) says so in `SPECIAL`, or for a lever in `SPECIAL_LEVERS`.
"""

import atexit
import hashlib
import math
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import pytest
from worlds import CMR, GUEST, MIXED, RICH, merged, setting, world

from ecosim.job import Job, run
from ecosim.parameters import build, walk
from ecosim.records import Recorder
from ecosim.setting import Setting
from ecosim.strategies import Levers, Strategy

FIELDS = dict(walk(Setting))
ELSEWHERE = {"innovation", "partners", "deployment", "organisation", "entry"}
"""Groups of parameters and of levers about what firms do among themselves and within."""
ELSEWHERE_KEYS = {"participation.unfairness", "offer.aggregation", "market.aggregators", "market.aggregator_coverage"}
"""Parameters and levers of other groups that act on or through these."""
NETWORK = {"network.kind", "network.path", "network.blocks", "network.within", "network.exponent", "network.width",
           "network.torus", "network.rewiring"}  # fmt: skip
BASE = merged(RICH, {"market": {"customers": 200, "patience": 2}, "talk": {"listening": 1000.0}})
TIES = Path(tempfile.mkdtemp(prefix="ecosim-ties-")) / "ties.txt"
TIES.write_text(
    "\n".join(["a b weight", *(f"{i} {(i + step) % 200} {step / 4}" for i in range(200) for step in (1, 3))])
)
atexit.register(shutil.rmtree, TIES.parent)
WEIGHTED = {"network": {"kind": "edge_list", "path": str(TIES), "mean_degree": 10.0}}
POOR = {"market": {"price": 0.45, "cash": 0.2}}

SPECIAL = {
    "market.shares": ({}, [0.1, 0.2, 0.3, 0.4]),
    "market.patience": (POOR, 1),
    "market.firms": ({"market": {"shares": []}}, 5),
    "needs.season_peak": ({}, 20.0),
    "market.availability_exponent": ({}, 3.0),
    "network.mean_degree": ({}, 10.0),
    "market.segments": ({}, 3),
    "market.components": ({}, 5),
    "consideration.slots": ({}, 2),
    "consideration.membership": ({}, 1.0),
    "experience.elasticity": ({}, -3.0),
    "experience.skill_a": ({}, 4.0),
    "attention.load": ({}, 8.0),
    "market.price": ({}, 1.5),
    "trust.margin": ({}, 0.5),
    "talk.norm": ({}, 0.7),
    "talk.tie_strength": (WEIGHTED, 1.0),
    "choice.outside_utility": ({}, 0.5),
    "choice.unknown_value": ({}, 0.6),
    "trust.expected_start": ({}, 0.8),
    "search.threshold": ({}, 0.9),
    "insight.prior_variance": ({}, 0.05),
}  # fmt: skip


def other(key):
    """Return the world's changes and another allowed value for a parameter than it has in the rich world."""
    layer, value = SPECIAL.get(key, ({}, None))
    group, name = key.split(".")
    here = getattr(getattr(setting(BASE, layer), group), name)
    info = FIELDS[key].metadata["info"]
    if value is None and FIELDS[key].type in ("int", int):
        value = here + 1 if here + 1 <= info.high else here - 1
    elif value is None:
        value = here * 1.5 if here else 0.2
        value = value if info.low <= value <= info.high else (here + info.low) / 2
    assert value != here
    assert math.isfinite(value) if isinstance(value, float) else True
    return layer, {group: {name: value}}


def state_of(model):
    """Return SHA-256 over columns and accounts: what a parameter or lever must move, not only be stored in."""
    sha = hashlib.sha256(model.ledger.accounts.tobytes())
    for array in model.customers.state().values():
        sha.update(array.tobytes())
    return sha.hexdigest()


def traces(*layers):
    """Return what is to be seen in every week of three quarters, and all tables."""
    chosen = setting(BASE, *layers)
    line_up = (MIXED * 2)[: chosen.market.firms]
    model = world(BASE, *layers, line_up=list(line_up))
    record = Recorder()
    model.observers.append(record)
    digests = []
    for _ in range(39):
        model.step()
        digests.append(state_of(model))
    tables = [record.weekly(), record.quarterly(pd.Series([True] * len(line_up)).to_numpy(), 13)]
    return digests, tables, [firm.estimated_equity for firm in model.firms]


BASELINE = {}


def baseline(layer):
    """Return the traces of the unchanged world, made once."""
    key = repr(layer)
    if key not in BASELINE:
        BASELINE[key] = traces(layer)
    return BASELINE[key]


def same(left, right):
    """Return whether two sets of traces are equal in every number."""
    return left[0] == right[0] and left[2] == right[2] and all(
        a.shape == b.shape and a.equals(b) for a, b in zip(left[1], right[1], strict=True)
    )  # fmt: skip


def is_ours(key):
    """Return whether a parameter or lever is looked at here."""
    return key.split(".")[0] not in ELSEWHERE and key not in ELSEWHERE_KEYS


KEYS = sorted(filter(is_ours, set(FIELDS) - NETWORK - {"market.focal"}))


def test_the_comparison_can_tell():
    assert same(traces({}), baseline({}))


@pytest.mark.parametrize("key", KEYS)
def test_every_parameter_changes_something(key):
    layer, change = other(key)
    assert not same(traces(layer, change), baseline(layer))


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("watts_strogatz", {"rewiring": 0.7}),
        ("stochastic_block", {"blocks": 4}),
        ("stochastic_block", {"within": 0.3}),
        ("configuration", {"exponent": 3.5}),
        ("grid", {"width": 20}),
        ("grid", {"torus": False}),
        ("ring", {"kind": "grid"}),
    ],
)
def test_every_parameter_of_networks_changes_something(kind, change):
    degree = 10.0 if "grid" in (kind, change.get("kind")) else 6.0
    start = {"network": {"kind": kind, "mean_degree": degree}, "market": {"customers": 100}}
    assert not same(traces(start, {"network": change}), traces(start))


def test_the_focal_firm_is_the_one_that_adopts():
    found = []
    for focal in (0, 1):
        job = Job("x", setting(BASE, {"market": {"focal": focal}}), MIXED[0], (CMR,), weeks=26, history=13, burn_in=0)
        found.append(run(job)["quarterly"])
    assert [set(table.loc[table["adopter"], "firm"]) for table in found] == [{0}, {1}]


LEVERS = dict(walk(Levers))
SPECIAL_LEVERS = {
    "contact.control_buyers": [-1.0, 0.5, 1.0],
    "insight.profiles": [0.0, 0.02, 0.08],
    "innovation.testers": [0, 10, 100],
    "innovation.term": [1, 26, 104],
}


def some_values(key):
    """Return three values of a lever, or two if it has no more."""
    field = LEVERS[key]
    if key in SPECIAL_LEVERS:
        return SPECIAL_LEVERS[key]
    if isinstance(field.default, bool):
        return [False, True]
    return list(field.metadata["info"].choices) or [0.0, 0.5, 1.0]


@pytest.mark.parametrize("key", list(filter(is_ours, LEVERS)))
def test_every_lever_changes_something(key):
    """Whatever a firm does that has everything else a firm can have, its customers or its books show it."""
    group, name = key.split(".")
    values = some_values(key)
    found = set()
    for value in values:
        levers = build(Levers, merged(asdict(GUEST.levers), {group: {name: value}}))
        model = world(BASE, {"market": {"customers": 100}}, line_up=[Strategy("x", levers), *MIXED[1:]], weeks=26)
        found.add(state_of(model))
    assert len(found) == len(values)
