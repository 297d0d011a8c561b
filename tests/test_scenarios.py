"""Scenarios: each is a few changes with a reason, runs small, and answers its question in one line."""

from __future__ import annotations

import json
import re

import pytest

from ecosim import cli
from ecosim.commands.compare import changes
from ecosim.conf import request
from ecosim.errors import UserError
from ecosim.keys import Keys
from ecosim.parameters import walk
from ecosim.scenario import data, scenario
from ecosim.setting import Setting
from ecosim.tree import configs, names

SMALL = ("customers=150", "weeks=27", "history=13", "burn_in=0", "replications=2", "threads=1")
EARLY = ("entry.week=16", "deployment.hosted_week=5", "deployment.platform_week=10")
"""Dates of the model that are moved into the short time a test has."""

PRESETS = {
    "baseline_fmcg", "disney_cmr", "microsoft_health_aggregator", "nbc_youtube", "hosted_crm_arms_race",
    "odm_creation_net", "ibm_social_business", "beta_program", "attention_flood", "vrm_intentcast",
    "collaborative_value_chain", "sales_comp", "influencer_seeding", "agency_cem", "equal_firms",
}  # fmt: skip


def story(name):
    text = (configs() / "scenario" / f"{name}.yaml").read_text(encoding="utf-8")
    return scenario(name, data(text, name), name)


def test_all_presets_are_there():
    assert set(names("scenario")) >= PRESETS


@pytest.mark.parametrize("name", names("scenario"))
def test_a_scenario_is_deltas_with_a_question_a_reason_and_an_answer(name):
    told, asked = story(name), request("compare", [f"scenario={name}"])
    assert told.question.endswith("?") and told.why.endswith(".") and told.answer
    given = {f"{group}.{key}": value for group, keys in told.setting.items() for key, value in keys.items()}
    same = [key for key in given if key not in changes(asked)]
    assert same == ["market.firms"] * (name == "baseline_fmcg"), "these are the defaults already"
    assert not set(given) - set(dict(walk(Setting)))
    assert all(getattr(asked, key) != getattr(Keys(), key) for key in told.run)
    assert all(event["why"] for event in told.events)
    for clause in told.answer:
        assert clause["strategy"] in ("best", "each", *told.archetypes[1:]), clause
        assert all(clause[word] for word in ("higher", "lower", "unclear")), clause


@pytest.mark.parametrize("name", names("scenario"))
def test_a_scenario_answers_its_question_in_one_line(name, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("ecosim.report.page._figures", lambda *_: [])
    arms = story(name).archetypes[:3]
    words = (f"scenario={name}", f"archetypes=[{','.join(arms)}]", f"results={tmp_path}", *SMALL, *EARLY)
    assert cli.main(["compare", *words]) == 0
    lines = capsys.readouterr().out.splitlines()
    (line,) = [line for line in lines if line.startswith("Answer: ")]
    assert lines[lines.index(line) - 1] == story(name).question
    assert line.endswith(".") and "a claim needs 6" in line and "{" not in line
    (page,) = tmp_path.glob("*/report.html")
    shown = re.sub(r"&#39;", "'", page.read_text(encoding="utf-8"))
    assert line.removeprefix("Answer: ").split(" (")[0] in shown


def test_the_answer_is_in_the_document_for_machines_too(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("ecosim.report.page._figures", lambda *_: [])
    assert cli.main(["compare", "scenario=agency_cem", "format=json", f"results={tmp_path}", *SMALL]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["question"] == story("agency_cem").question and told["answer"].endswith(".")


def test_dated_levers_reach_the_arms_they_are_meant_for(tmp_path):
    from ecosim.commands.worlds import job
    from ecosim.job import run

    asked = request("compare", [
        "scenario=collaborative_value_chain", "archetypes=[crm1,chain,chain_without_1]", "customers=100", "burn_in=0",
        "history=104", "weeks=160", "threads=1",
    ])  # fmt: skip
    wanted = {}

    def observe(arm, model):
        focal = model.firms[model.setting.market.focal].target
        wanted[arm, model.week] = (focal.organisation.objective, focal.contact.dialogue, focal.contact.control)

    run(job(asked), observe=observe)
    assert wanted["chain", 106] == (0.8, 0.1, 0.0)
    assert wanted["chain", 160] == (0.8, 0.9, 0.5)
    assert wanted["chain_without_1", 160] == (0.0, 0.9, 0.5)
    assert wanted["crm1", 160] == (0.0, 0.1, 0.0)


def test_a_shorter_run_leaves_out_what_would_come_later_and_a_file_may_not_be_late_itself(tmp_path):
    assert [e["week"] for e in request("plan", ["scenario=attention_flood", "weeks=200"]).events] == [105, 157]
    chain = request("plan", ["scenario=collaborative_value_chain", "history=140", "archetypes=[crm1,chain]"])
    assert [e["week"] for e in chain.events] == [157, 183, 209]
    path = tmp_path / "late.yaml"
    path.write_text("run: {weeks: 300}\nevents: [{week: 301, set: {attention.load: 5}}]\n", encoding="utf-8")
    with pytest.raises(UserError, match="weeks 1 to 300"):
        request("plan", [f"scenario={path}"])


def test_double_jeopardy_is_a_slope():
    import numpy as np

    from ecosim.outcomes import double_jeopardy

    class Record:
        quarters = [
            {"week": 13, "penetration": np.array([0.1, 0.2, 0.4]), "purchases_per_buyer": np.array([1.0, 1.1, 1.21])}
        ]

    slope = np.log(1.1) / np.log(2.0)
    assert double_jeopardy(Record, 0) == pytest.approx(slope)
    Record.quarters[0]["penetration"] = np.full(3, 0.2)
    assert np.isnan(double_jeopardy(Record, 0))
