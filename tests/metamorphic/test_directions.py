"""Each of the 18 levers moves what its source says it moves, and costs what it is said to cost.

A firm raises one lever in a world in which everything happens; what is compared is its own year in two worlds of one
seed. Directions are those of the literature on the lever's page; sizes are not claimed.
"""

import dataclasses

import numpy as np
import pytest
from worlds import setting, world

from ecosim.ledger import PURPOSES
from ecosim.mechanisms.imitation import hazard
from ecosim.strategies import Levers, Strategy

WORLD = {
    "market": {"customers": 600, "firms": 3, "coverage": 0.75},
    "network": {"kind": "barabasi_albert", "mean_degree": 6.0},
    "attention": {"load": 2.0},
    "needs": {"rate": 0.5},
    "contact": {"budget": 0.1},
    "talk": {"base": 0.1, "listening": 50.0},
    "insight": {"budget": 0.05},
    "recovery": {"consent_risk": 0.03},
    "participation": {"effort": 0.01},
    "partners": {"number": 6, "complementors": 2},
    "organisation": {"processes": 6.0, "correlation": -0.9, "impact_sd": 0.03},
    "innovation": {"partner_ideas": 4.0, "customer_ideas": 4.0},
}
OPEN = {
    "contact": {"control": 0.3, "dialogue": 0.5},
    "insight": {"personalisation": 0.6, "data": 0.5, "profiles": 0.3, "participation": 0.3, "custody": 0.2},
    "offer": {"self_service": "optional", "aggregation": 0.4, "extensibility": 0.3},
    "innovation": {"customers": 0.5, "partners": 0.5, "share": 0.2, "governance": 0.3},
    "organisation": {"champion": 0.3, "integration": 0.5},
}
SEEN: dict = {}


def levers(changes):
    from ecosim.parameters import build

    merged = {group: {**OPEN.get(group, {}), **changes.get(group, {})} for group in {**OPEN, **changes}}
    return build(Levers, merged)


def lived(changes, layer=(), seed=1):
    """Return what firm 0 has to show after a year and a quarter with its levers changed so."""
    key = repr((changes, layer, seed))
    if key in SEEN:
        return SEEN[key]
    model = world(
        WORLD, *layer, line_up=[Strategy("changed", levers(changes)), *[Strategy("same", levers({}))] * 2], seed=seed
    )
    total = {}
    for _ in range(65):
        model.step()
        for name, count in model.counts.items():
            total[name] = total.get(name, 0) + int(count[0])
        for k, name in enumerate(PURPOSES):
            total[name + " paid"] = total.get(name + " paid", 0) - int(model.ledger.flows[k, 0])
    firm, c = model.firms[0], model.customers
    mine = c.provider == 0
    buyers = mine & (c.first_week > 0)
    degree = model.graph.degree()
    rate = model.world.firms.rate[c.reach, 0]
    total |= {
        "considered": int(mine.sum()),
        "error": float(c.error[buyers].mean()),
        "shared": float((c.flags[buyers] & 1).mean()),
        "owners": int((c.flags[mine] & 8 > 0).sum()),
        "hub contacts": float((rate * degree).sum() / max(1e-12, rate.sum())),
        "ideas": int(firm.innovation.record[:, 0].sum()),
        "partner ideas": int(firm.innovation.record[1, 0]),
        "customer ideas": int(firm.innovation.record[2, 0]),
        "copying": hazard(model.setting.innovation, firm),
        "sourced": int((firm.supplier >= 0).sum()),
        "missing": int((~firm.covered).sum()),
        "service": firm.service_mean,
        "unit cost": firm.unit_cost,
        "capacity": firm.capacity,
        "over-claim": firm.over_claim,
        "closing": firm.closing,
        "contracts": sum(0 in partner.contracts for partner in model.partners),
    }
    SEEN[key] = total
    return total


UP, DOWN = 1, -1
CASES = {
    "L1 control": ("contact", "control", 0.0, 1.0, {"sent": DOWN, "contact paid": DOWN, "considered": DOWN}),
    "L2 dialogue": ("contact", "dialogue", 0.0, 1.0, {"heard": UP, "recovered": UP, "listening paid": UP}),
    "L3 influencer focus": ("contact", "influencer_focus", 0.0, 1.5, {"hub contacts": UP}),
    "L4 data": ("insight", "data", 0.0, 1.0, {"recorded": UP, "error": DOWN}),
    "L4 profiles": ("insight", "profiles", 0.0, 1.0, {"profiles_read": UP, "error": DOWN}),
    "L4 participation": ("insight", "participation", 0.0, 1.0, {"interviews": UP}),
    "L5 personalisation": ("insight", "personalisation", 0.0, 1.0, {"disconfirmation": UP}),
    "L6 self-service": ("offer", "self_service", "none", "optional", {"tool_uses": UP, "tool paid": UP}),
    "L7 partners": ("innovation", "partners", 0.0, 1.0, {"partner ideas": UP, "governance paid": UP, "copying": UP}),
    "L7 customers": ("innovation", "customers", 0.0, 1.0, {"customer ideas": UP, "invitations": UP, "copying": UP}),
    "L8 share": ("innovation", "share", 0.0, 0.6, {"royalties paid": UP, "interviews": UP}),
    "L9 governance": ("innovation", "governance", 0.0, 1.0, {"copying": DOWN, "governance paid": UP}),
    "L10 aggregation": ("offer", "aggregation", 0.0, 1.0, {"sourced": UP, "missing": DOWN, "supply paid": UP}),
    "L12 experience": ("offer", "experience", 0.0, 1.0, {"experience paid": UP, "purchases": UP}),
    "L13 custody": ("insight", "custody", 0.0, 1.0, {"shared": UP}),
    "L14 extensibility": ("offer", "extensibility", 0.0, 1.0, {"owners": UP, "support paid": UP}),
    "L15 objective": ("organisation", "objective", 0.0, 1.0, {"service": UP, "unit cost": UP}),
    "L16 deployment": ("organisation", "deployment", "none", "platform", {"capacity": UP, "heard": UP}),
    "L17 champion": ("organisation", "champion", 0.0, 1.0, {"organisation paid": UP}),
    "L17 integration": ("organisation", "integration", 0.0, 1.0, {"organisation paid": UP, "ideas": UP}),
    "L18 pay": ("organisation", "pay", 0.0, 1.0, {"over-claim": DOWN, "closing": DOWN, "recovered": UP}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_lever_moves_what_it_should(name):
    group, field, low, high, signs = CASES[name]
    below, above = (lived({group: {field: value}}) for value in (low, high))
    found = {each: np.sign(above[each] - below[each]) for each in signs}
    shown = {each: (below[each], above[each]) for each in signs}
    assert found == signs, shown


def test_risk_is_moved_to_partners_and_comes_back_as_fewer_of_them():
    """L11: what failed ideas of partners cost is paid in part by them."""
    apart = ({"partners": {"divergence": 90.0}, "innovation": {"noise": 0.3, "partner_ideas": 20.0}},)
    none, all_of_it = (
        lived({"innovation": {"partners": 1.0, "governance": 0.0, "risk_transfer": share}}, apart, seed=2)
        for share in (0.0, 1.0)
    )
    assert none["risk paid"] == 0
    assert all_of_it["risk paid"] < 0
    assert all_of_it["contracts"] <= none["contracts"]


def test_every_lever_is_among_them():
    numbers = {name.split()[0] for name in CASES} | {"L11"}
    assert numbers == {f"L{n}" for n in range(1, 19)}
    assert {f.name for f in dataclasses.fields(setting().innovation)} >= {"protection", "copying"}
