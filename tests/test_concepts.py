"""The ideas of the literature: all are there, what expresses each exists, and every command runs small."""

from __future__ import annotations

import csv
import importlib.util
import re
import shlex
from functools import cache
from pathlib import Path

import pytest

from ecosim import cli
from ecosim.analysis.outcomes import OUTCOMES
from ecosim.commands.worlds import job
from ecosim.conf import request
from ecosim.job import run
from ecosim.parameters import walk
from ecosim.setting import Setting
from ecosim.strategies.levers import Levers
from ecosim.tree import names

DOCS = Path(__file__).resolve().parent.parent / "docs"
EXPRESSED = {"lever", "parameter", "scenario", "metric", "hypothesis"}
TYPES = {"strategy", "agent", "mechanism", "metric", "case", "hypothesis"}
SMALL = {"customers": "150", "weeks": "27", "history": "13", "burn_in": "0", "replications": "1", "threads": "1"}
EARLY = {"entry.week": "16", "deployment.hosted_week": "5", "deployment.platform_week": "10"}
"""Dates of the model that are moved into the short time a test has."""


@cache
def rows():
    with open(DOCS / "concepts.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def commands():
    return list(dict.fromkeys(row["command"] for row in rows()))


def small(words):
    """Return a command's words with sizes small enough for a test."""
    verb, *rest = words
    kept = [word for word in rest if word.partition("=")[0] not in SMALL | EARLY]
    return [verb, *kept, *(f"{key}={value}" for key, value in (SMALL | EARLY).items())]


def test_every_idea_is_there_once():
    assert [int(row["number"]) for row in rows()] == list(range(1, 139))
    assert len({row["idea"] for row in rows()}) == 138
    for row in rows():
        assert 20 <= len(row["idea"]) <= 160 and row["idea"][-1] in ".?", row["number"]
        assert row["expressed"] in EXPRESSED and set(row["type"].split("; ")) <= TYPES, row["number"]
        assert "hypothesis" not in row["expressed"] or "hypothesis" in row["type"], row["number"]


def test_what_expresses_an_idea_exists():
    known = {key for key, _ in walk(Setting)} | {key for key, _ in walk(Levers)}
    known |= {one.name for one in OUTCOMES} | {*names("scenario"), *names("archetype")}
    for row in rows():
        named = re.findall(r"`([^`]+)`", row["by"])
        assert named and not set(named) - known, (row["number"], set(named) - known)


def test_every_scenario_and_lever_expresses_some_idea():
    text = (DOCS / "concepts.csv").read_text(encoding="utf-8")
    plain = {"baseline_fmcg", "equal_firms"}
    variants = {"odm_enters", "influencer_broadcast", "sales_comp_often", "sales_comp_rarely"}
    assert [name for name in names("scenario") if name not in text and name not in plain | variants] == []
    assert [key for key, _ in walk(Levers) if key not in text and key not in TOLD_BY_OTHERS] == []


TOLD_BY_OTHERS = {"contact.control_buyers", "innovation.lead_testers"}
"""Levers that archetypes set for an idea whose row names the archetype."""


def test_the_page_is_what_the_table_says():
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    generator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)
    text = (DOCS / "concepts.md").read_text(encoding="utf-8")
    assert generator.renewed(text) == text, "run: python docs/generate.py"
    assert all(row["command"] in text for row in rows())


def whole():
    """Return the first command of each scenario: these run as they stand, with report and all."""
    first = {}
    for command in commands():
        first.setdefault(re.search(r"scenario=(\w+)", command)[1], command)
    return list(first.values())


@pytest.mark.parametrize("command", whole())
def test_a_command_of_each_scenario_tells_its_result(command, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("ecosim.report.page._figures", lambda *_: [])
    assert cli.main([*small(shlex.split(command)[1:]), f"results={tmp_path}"]) == 0
    assert "Report: " in capsys.readouterr().out


@pytest.mark.parametrize("command", [command for command in commands() if command not in whole()])
def test_every_other_command_runs(command):
    program, verb, *words = shlex.split(command)
    assert (program, verb) == ("ecosim", "compare")
    asked = request(verb, small([verb, *words])[1:])
    outcomes = run(job(asked))["outcomes"]
    assert set(outcomes["strategy"]) == {strategy.name for strategy in asked.strategies}
    assert outcomes["value"].notna().any()
