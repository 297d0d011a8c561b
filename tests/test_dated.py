"""Line-ups, dated events and arms, as a job lives them and as a command runs them."""

import json

import pytest
from worlds import CMR, CRM1, HOST, setting

from ecosim import cli
from ecosim.job import Event, Job, run
from ecosim.records import Recorder

SMALL = {"market": {"customers": 150, "firms": 4}, "organisation": {"active": False}}


def lived(*events, line_up=(), arms=(CMR,), adopters="focal", **more):
    """Return per arm the last weeks' levers and names of all firms, and the tables."""
    found = {}

    def observe(arm, model):
        found.setdefault(arm, []).append([(firm.strategy.name, firm.levers, firm.active) for firm in model.firms])

    job = Job("x", setting(SMALL, more), CRM1, arms, adopters, weeks=30, history=15, burn_in=3, events=events,
              line_up=line_up, threads=1)  # fmt: skip
    return found, run(job, observe=observe)


def names(week):
    return [name for name, _, _ in week]


def test_a_line_up_holds_until_the_treatment():
    found, _ = lived(line_up=(CRM1, CMR, HOST, CRM1))
    assert names(found["crm1"][14]) == ["crm1", "cmr", "host", "crm1"]
    assert names(found["crm1"][-1]) == ["crm1", "cmr", "host", "crm1"]
    assert names(found["cmr"][-1]) == ["cmr", "cmr", "host", "crm1"]


def test_adopters_take_the_strategy_of_their_arm_in_the_baseline_too():
    found, _ = lived(line_up=(HOST, CMR, HOST, CRM1), adopters="all")
    assert names(found["crm1"][-1]) == ["crm1"] * 4
    assert names(found["cmr"][-1]) == ["cmr"] * 4
    alone, _ = lived(line_up=(HOST, CMR, HOST, CRM1), arms=())
    assert names(alone["crm1"][-1]) == ["host", "cmr", "host", "crm1"]


def test_levers_move_in_their_week_at_the_firms_named():
    found, _ = lived(Event(5, levers=(("contact.dialogue", 0.9),), firms=(1, 2)))
    dialogue = [[levers.contact.dialogue for _, levers, _ in week] for week in found["crm1"]]
    assert dialogue[3] == [0.1] * 4
    assert dialogue[4] == dialogue[-1] == [0.1, 0.9, 0.9, 0.1]
    assert names(found["crm1"][-1]) == ["crm1"] * 4


def test_a_strategy_is_adopted_in_one_arm_alone():
    found, _ = lived(
        Event(20, strategy=HOST, firms="all", arms=("cmr",)), Event(22, levers=(("offer.experience", 0.9),))
    )
    assert names(found["crm1"][-1]) == ["crm1"] * 4
    assert names(found["cmr"][3]) == ["cmr", "crm1", "crm1", "crm1"]
    assert names(found["cmr"][4]) == ["host"] * 4
    assert found["crm1"][-1][0][1].offer.experience == found["cmr"][-1][0][1].offer.experience == 0.9


def test_an_event_can_change_the_world_and_firms_at_once():
    _, plain = lived(arms=())
    _, flood = lived(Event(10, (("attention.load", 400.0),), levers=(("contact.control", 1.0),)), arms=())
    assert not plain["quarterly"].equals(flood["quarterly"])


def test_an_adopted_strategy_is_paid_for():
    changed = {"organisation": {"active": True}}
    found = {}

    def observe(arm, model):
        found[arm] = [firm.organisation.switches for firm in model.firms]

    event = Event(20, strategy=HOST, firms=(3,))
    job = Job("x", setting(SMALL, changed), CRM1, (CMR,), weeks=30, history=15, burn_in=0, events=(event,), threads=1)
    run(job, observe=observe)
    assert found == {"crm1": [0, 0, 0, 1], "cmr": [1, 0, 0, 1]}
    assert Recorder


FILE = """
question: Does every key run?
archetypes: [crm1, cmr]
run: {weeks: 52, history: 26, burn_in: 0, replications: 2}
setting: {market: {customers: 120, firms: 4}}
"""
KEYS = {
    "line_up": "line_up: [baseline, cmr, crm1, crm1]",
    "adaptive": "line_up: [baseline, adaptive, crm1, crm1]",
    "adopters": "",
    "set": "events: [{week: 5, set: {attention.load: 40}, why: a flood}]",
    "levers": "events: [{week: 5, levers: {contact.dialogue: 0.9, organisation.deployment: hosted}, firms: [1]}]",
    "strategy": "events: [{week: 30, strategy: adaptive, firms: all}]",
    "arms": "events: [{week: 30, strategy: crm1, firms: focal, arms: [cmr], why: back again}]",
}


@pytest.mark.parametrize("key", KEYS)
def test_every_key_of_a_scenario_runs(key, tmp_path, capsys):
    path = tmp_path / "mine.yaml"
    path.write_text(FILE + KEYS[key])
    assert cli.main(["run", f"scenario={path}", "threads=1", "archetypes=[crm1,cmr]", "format=json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["strategies"] == ["crm1", "cmr"]
    assert len(found["firms"]) == 8


def test_a_comparison_tells_what_happens(tmp_path, capsys):
    path = tmp_path / "mine.yaml"
    events = [KEYS[key].removeprefix("events: [").removesuffix("]") for key in ("set", "levers", "arms")]
    path.write_text(FILE + "events:\n" + "\n".join(f"  - {event}" for event in events))
    words = [f"scenario={path}", "threads=1", f"results={tmp_path}", "study=one", "adopters=all"]
    assert cli.main(["compare", *words]) == 0
    page = (tmp_path / "one" / "report.html").read_text()
    for text in ("Week 5: attention.load becomes 40 (a flood)", "firms [1]: contact.dialogue is to become 0.9",
                 "focal firm: crm1 is adopted; only with cmr (back again)"):  # fmt: skip
        assert text in page
    assert cli.main(["plan", *words]) == 0
    assert "adopters: all" in capsys.readouterr().out
