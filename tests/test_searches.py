"""``ecosim boundary`` and ``calibrate``: refused at the door, resumed to the same answer, told in plain words."""

import io
import json
import shutil

import numpy as np
import pandas as pd
import pytest

from ecosim import cli
from ecosim.analysis.boundary import Crossing, Found
from ecosim.analysis.boundary_words import answer, percent
from ecosim.commands import calibrate

SMALL = ("customers=150", "weeks=52", "history=13", "burn_in=0", "replications=2", "executor=serial", "threads=1",
         "progress=none", "results=here", "study=s")  # fmt: skip
LOAD = "vary={attention.load: [1, 2000, log]}"


@pytest.fixture(autouse=True)
def desk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ecosim(*words):
    return cli.main(
        [*words, *(word for word in SMALL if word.partition("=")[0] not in {w.partition("=")[0] for w in words})]
    )


REFUSED = [
    (("boundary",), "vary=: say what varies"),
    (("boundary", "vary={attention.load: [1, 5], attention.load: [2, 3]}"), "attention.load"),
    (("boundary", "vary={network.kind: [ring, grid]}"), "network.kind: a range [low, high]"),
    (("boundary", LOAD, "attention.load=3"), "attention.load: it varies"),
    (("boundary", LOAD, "archetypes=[crm1]"), "between two strategies"),
    (("boundary", LOAD, "archetypes=[crm1,cmr,vrm]"), "between two strategies"),
    (("boundary", LOAD, "outcome=adopters.profits"), "did you mean 'adopters.profit'"),
    (("boundary", LOAD, "outcome=profit"), "WHO.OUTCOME is needed"),
    (("boundary", LOAD, "points=3"), "points=3: at least 6"),
    (("boundary", LOAD, "doubt=0"), "doubt"),
    (("boundary", LOAD, "replications=1"), "replications=1: at least 2"),
    (("boundary", LOAD, "design=grid"), "design: no such key"),
    (("calibrate", LOAD), "targets=: name a file"),
    (("calibrate", LOAD, "targets=no.csv"), "no such file"),
    (("calibrate", LOAD, "targets=bad.csv"), "no such statistic; did you mean 'market.effort'"),
    (("calibrate", LOAD, "targets=patterns", "scenario=equal_firms"), "8 brands"),
    (("calibrate", LOAD, "targets=patterns", "weeks=26"), "weeks=26"),
    (("calibrate", LOAD, "targets=patterns", "archetypes=[crm1,cmr]"), "one strategy"),
    (("calibrate", LOAD, "targets=patterns", "points=4"), "points=4: at least"),
]


@pytest.mark.parametrize(("words", "told"), REFUSED)
def test_mistakes_are_refused_before_anything_is_written(words, told, desk, capsys):
    (desk / "bad.csv").write_text("statistic,value,tolerance\nmarket.efort,1,1\n")
    if "scenario=equal_firms" in words:
        words = (*words, "firms=4")
    assert ecosim(*words) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
    assert sorted(path.name for path in desk.iterdir()) == ["bad.csv"]


def test_a_dry_run_writes_nothing(desk, capsys):
    assert ecosim("boundary", LOAD, "points=8", "--dry-run", "format=json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["points_there"], told["points_to_do_at_most"], told["worlds"]) == (0, 8, 16)
    assert list(desk.iterdir()) == []


def test_a_boundary_cut_off_goes_on_to_the_same_answer_and_further(desk, capsys):
    words = ("boundary", LOAD, "points=9", "round=3", "doubt=0.001", "format=json")
    assert ecosim(*words) == 0
    whole = json.loads(capsys.readouterr().out)
    folder = desk / "here" / "s"
    points = (folder / "points.csv").read_bytes()
    assert len(pd.read_csv(folder / "points.csv")) == whole["points"] == 9
    assert whole["positive"] + whole["negative"] + whole["doubt"] == pytest.approx(1)
    assert (folder / "figures" / "boundary.png").exists()
    parts = sorted((folder / "parts").glob("*.parquet"), key=lambda path: path.stat().st_mtime_ns)
    for path in parts[1:]:
        path.unlink()
    assert ecosim(*words, "--dry-run") == 0
    assert json.loads(capsys.readouterr().out)["points_to_do_at_most"] > 0
    assert ecosim(*words) == 0
    assert json.loads(capsys.readouterr().out) == whole
    assert (folder / "points.csv").read_bytes() == points
    assert ecosim("boundary", LOAD, "points=11", "round=3", "doubt=0.001", "format=json") == 0
    more = pd.read_csv(folder / "points.csv")
    assert len(more) == 11
    assert more.head(9).equals(pd.read_csv(io.BytesIO(points)))


def test_a_calibration_told_again_says_the_same(desk, capsys):
    (desk / "t.csv").write_text("statistic,value,tolerance\nmarket.attention_spent,0.5,0.02\n")
    words = ("calibrate", "vary={attention.load: [5, 100, log]}", "targets=t.csv", "points=13", "format=json")
    assert ecosim(*words) == 0
    first = json.loads(capsys.readouterr().out)
    assert [row["key"] for row in first["parameters"]] == ["attention.load"]
    assert [row["statistic"] for row in first["targets"]] == ["market.attention_spent"]
    assert first["points"] == 13
    assert ecosim(*words) == 0
    assert json.loads(capsys.readouterr().out) == first
    shutil.rmtree(desk / "here")
    assert ecosim(*words) == 0
    assert json.loads(capsys.readouterr().out) == first
    assert {path.name for path in (desk / "here" / "s" / "figures").glob("*.png")} == {
        "targets.png", "identifiability.png",
    }  # fmt: skip


def test_the_published_panel_meets_its_own_targets():
    """A run that shows just what was published obtains each target to within rounding of the published table."""
    from ecosim.patterns import validate

    targets = calibrate.published()
    assert len({target.statistic for target in targets}) == len(targets) == 28
    found = validate(calibrate.as_published())
    columns = (found[name] for name in ("pattern", "brand", "metric", "obtained"))
    obtained = {calibrate.statistic(p, b, m): value for p, b, m, value in zip(*columns, strict=True)}
    for target in targets:
        assert abs(obtained[target.statistic] - target.value) <= 0.5 * target.tolerance, target


def test_statistics_that_are_infinite_or_there_once_are_not_defined():
    from ecosim.commands.searching import series

    table = pd.DataFrame({"strategy": "a", "seed": [2, 1, 3], "x": [1.0, np.inf, np.nan]})
    assert series(table, "a", "x").to_dict() == {2: 1.0}
    assert series(table, "b", "x").empty
    assert series(table, "a", "y").empty


def found(**keys):
    known = {"points": 40, "undefined": 0, "positive": 0.3, "negative": 0.6, "doubt": 0.1, "both": 1.0,
             "coverage": 0.95, "least_sure": {"a.b": 3.14159, "firms": 4}, "reason": "budget"}  # fmt: skip
    return Found(**(known | keys))


def test_answers_in_words():
    one = answer(found(), [Crossing(3.25, 3.0, 3.5, True)], "profit", ["a.b"])
    assert "profit changes sign" in one
    assert "crosses zero upwards at a.b=3.25 (95 %: 3 to 3.5)" in one
    assert "Above zero over 30 %" in one
    assert "along a line" in answer(found(), [], "profit", ["a", "b"])
    none = answer(found(positive=0.0, negative=0.99, doubt=0.01, both=0.02, undefined=3), [], "profit", ["a", "b"])
    assert "No change of sign was found: profit is below zero" in none
    assert "about 2 %" in none
    assert "a.b=3.142, firms=4" in none
    assert "At 3 of them" in none
    assert "below 0.1 %" in answer(found(positive=1.0, negative=0.0, both=0.0), [], "profit", ["a"])
    assert "cannot be told" in answer(found(both=0.5), [], "profit", ["a"])
    assert "Do not trust" in answer(found(coverage=0.8), [], "profit", ["a"])
    assert "Do not trust" not in answer(found(coverage=0.9), [], "profit", ["a"])


def test_shares_in_words():
    assert [percent(share) for share in (0, 0.001, 0.5, 0.999, 1)] == ["0 %", "under 1 %", "50 %", "over 99 %", "100 %"]
