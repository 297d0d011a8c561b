"""Every parameter of organisation, deployment and entry is live where there is something for it to do."""

import math

import pytest
from worlds import CMR, CRM1, HOST, RICH, live, merged, setting, world

from ecosim.parameters import walk
from ecosim.setting import Setting
from ecosim.strategies import Levers, Strategy
from ecosim.strategies import Organisation as Own
from ecosim.strategies.adaptive import Adaptive, Temper

GROUPS = ("organisation", "deployment", "entry")
KEYS = [key for key, _ in walk(Setting) if key.partition(".")[0] in GROUPS]
FIELDS = dict(walk(Setting))
ELSEWHERE = {"organisation.bottleneck", "deployment.prior_weight"}
"""Used where ideas are chosen; and where adopters' results have shown, as the tests of deployment do by hand."""

LED = Strategy("led", Levers(CMR.levers.contact, organisation=Own(0.4, "platform", 0.6, 0.7, 0.5)))
RENTED = Strategy("rented", Levers(organisation=Own(deployment="hosted")))
EAGER = Adaptive("eager", CRM1.levers, (CRM1, HOST), Temper("loss", patience=1, search="step"))
BARE = Strategy("bare", Levers(organisation=Own(deployment="none")))
LINE_UP = (EAGER, CRM1, RENTED, BARE, CRM1)
BASE = merged(
    RICH,
    {
        "market": {"customers": 120, "firms": 5, "shares": [0.4, 0.3, 0.2, 0.1, 0.1]},
        "organisation": {"processes": 3.0, "training": 0.01},
        "deployment": {"innovation": 3.0, "prior_gain": 0.05, "decline": 0.1},
        "entry": {"firms": 1, "week": 8, "hollow": 0.9, "advertising": 0.1, "coverage": 0.5},
    },
)
VALUES = {
    "deployment.hosted_week": 60, "deployment.platform_week": 30, "entry.firms": 2, "entry.hollow": 0.0,
    "organisation.active": False, "deployment.active": False, "deployment.prior_gain": -0.5, "deployment.prior_sd": 0.5,
    "deployment.innovation": 0.0, "deployment.payback": 1.0,
    "deployment.decline": 0.3, "deployment.imitation": 10.0,
}  # fmt: skip


def traces(*layers):
    """Return digests of two and a half years in which a firm switches, another searches and a third enters."""
    model = world(BASE, *layers, line_up=LINE_UP, weeks=13)
    model.firms[1].adopt(LED)
    found = []
    for _ in range(9):
        found.append(live(model, 13).digest())
    return found


BASELINE = []


@pytest.mark.parametrize("key", [key for key in KEYS if key not in ELSEWHERE])
def test_every_parameter_changes_something(key):
    group, name = key.split(".")
    here, info = getattr(getattr(setting(BASE), group), name), FIELDS[key].metadata["info"]
    value = VALUES.get(key)
    if value is None and FIELDS[key].type in ("int", int):
        value = here + 1
    elif value is None:
        value = here * 1.5 if here else 0.2
        value = value if info.low <= value <= info.high else (here + info.low) / 2
    assert value != here
    assert math.isfinite(value)
    if not BASELINE:
        BASELINE.append(traces({}))
    assert traces({group: {name: value}}) != BASELINE[0]
