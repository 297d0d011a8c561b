"""Published experiments: each meets its numbers in a quick run, refuses nonsense, and is judged as it should be."""

import json
from dataclasses import replace

import pytest

from ecosim import cli
from ecosim.errors import UserError
from ecosim.published import Findings, Value, judge, mean_of, status
from ecosim.published.numbers import Numbers, Quantity, read_numbers
from ecosim.published.shelf import experiment, experiments, numbers


@pytest.mark.parametrize("name", experiments())
def test_every_experiment_is_reproduced_in_a_quick_run(name):
    """Tolerances are those of the full run, three standard errors and more; seeds are fixed. The figure is drawn."""
    from ecosim.citations import BIBTEX
    from ecosim.figures import to_svg

    module, claimed = experiment(name)
    assert claimed.cite in BIBTEX
    findings = module.run(True, 1)
    judged = judge(claimed, findings, True)
    assert judged.loc[[not passed for passed in judged["passed"]], "label"].tolist() == []
    assert to_svg(module.draw(findings, judged)) == to_svg(module.draw(findings, judged))


@pytest.mark.parametrize("name", experiments())
def test_an_experiment_is_one_short_file(name):
    """At most 120 lines, docstring and figure included; its numbers are beside it."""
    module, _ = experiment(name)
    with open(module.__file__, encoding="utf-8") as file:
        assert len(file.readlines()) <= 120


def test_a_quick_run_is_told_and_writes_nothing(tmp_path, capsys):
    assert cli.main(["reproduce", "watts_2002", "quick=true", "format=json", f"results={tmp_path}"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["status"] == "reproduced" and found["seed"] == 1
    assert {"label", "published", "evidence", "obtained", "se", "n", "tolerance", "passed"} <= set(
        found["quantities"][0]
    )
    assert not list(tmp_path.iterdir())


def quantity(test, limit, published=1.0):
    return Quantity("x", "x", published, "R", test, tuple(limit))


@pytest.mark.parametrize(
    ("test", "limit", "value", "passed"),
    [
        ("within", [0.1], 1.1, True), ("within", [0.1], 1.11, False), ("within_percent", [2], 0.981, True),
        ("within_percent", [2], 0.979, False), ("below", [1], 1, True), ("below", [1], 1.01, False),
        ("above", [1], 1, True), ("above", [1], 0.99, False), ("between", [0.5, 0.85], 0.6, True),
        ("between", [0.5, 0.85], 0.9, False), ("holds", [1], 1, True), ("holds", [1], 0, False),
        ("within", [0.1], float("nan"), False), ("below", [1], float("nan"), False),
    ],
)  # fmt: skip
def test_judgement_by_hand(test, limit, value, passed):
    claimed = Numbers("X", "t", "c", "c", "b", "1", (quantity(test, limit),))
    table = judge(claimed, Findings({"x": Value(value)}))
    assert list(table["passed"]) == [passed]
    assert status(table) == ("reproduced" if passed else "not reproduced")


def test_some_of_it_is_partly():
    claimed = Numbers("X", "t", "c", "c", "b", "1", (quantity("within", [0.1]), quantity("above", [5])))
    assert status(judge(claimed, Findings({"x": Value(1.0)}))) == "partly"
    with pytest.raises(KeyError):
        judge(claimed, Findings({}))


def test_what_needs_a_missing_file_is_not_run():
    """Not obtained is neither passed nor failed, and the whole is at most partly reproduced."""
    here, file = quantity("within", [0.1]), replace(quantity("within", [0.1]), name="y", needs="a file")
    claimed = Numbers("X", "t", "c", "c", "b", "1", (here, file))
    absent = judge(claimed, Findings({"x": Value(1.0)}))
    assert list(absent["passed"]) == [True, None]
    assert absent["obtained"].isna().tolist() == [False, True]
    assert status(absent) == "partly"
    assert status(judge(claimed, Findings({"x": Value(2.0)}))) == "not reproduced"
    assert status(judge(claimed, Findings({"x": Value(1.0), "y": Value(1.0)}))) == "reproduced"


def test_cdnow_quantities_are_not_run_without_the_file(monkeypatch):
    module, claimed = experiment("fader_2005")
    monkeypatch.setattr(module.cdnow, "summary", lambda: None)
    monkeypatch.setattr(module, "FULL", 2)
    judged = judge(claimed, module.run(False, 1)).set_index("name")["passed"]
    assert judged["bg_nbd_r"] is None and judged["mean_repeats"] is True


def test_means_carry_their_standard_errors():
    assert mean_of([1.0, 3.0]) == Value(2.0, 1.0, 2)
    assert mean_of([True, True, False, False]).value == 0.5
    assert mean_of([4.0]) == Value(4.0, 0.0, 1)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("title: ", "tittle: "), "did you mean 'title'"),
        (("cost: ", "# cost: "), "cost is missing"),
        (("within: 0.04", "wihtin: 0.04"), "did you mean 'within'"),
        (("grade: R", "grade: Z"), "a grade"),
        (("published: 0.754, ", ""), "needs the published number"),
        ((", within: 0.04", ""), "one test"),
    ],
)
def test_mistakes_in_numbers_are_named(change, told, tmp_path):
    module, _ = experiment("watts_2002")
    text = (tmp_path / "x.yaml").with_suffix(".yaml")
    source = module.__file__.replace(".py", ".yaml")
    with open(source, encoding="utf-8") as file:
        text.write_text(file.read().replace(*change, 1), encoding="utf-8")
    with pytest.raises(UserError, match="x.yaml") as caught:
        read_numbers(text)
    assert told in str(caught.value)


def test_a_full_run_writes_its_folder(tmp_path, capsys, monkeypatch):
    module, _ = experiment("watts_2002")
    monkeypatch.setattr(module, "FULL", {"runs": 200, "graphs": 2})
    cli.main(["reproduce", "watts_2002", f"results={tmp_path}"])
    assert "watts_2002: Global cascades" in capsys.readouterr().out
    names = {path.name for path in (tmp_path / "watts_2002").iterdir()}
    assert names == {
        "quantities.csv",
        "window.csv",
        "verdict.json",
        "manifest.json",
        "watts_2002.png",
        "watts_2002.svg",
    }


@pytest.mark.parametrize(("words", "told"), [
    (["deffuant_200"], "did you mean 'deffuant_2000'"), (["watts_2002", "quik=true"], "did you mean 'quick'"),
    (["watts_2002", "quick=yes"], "not one of its words"), (["watts_2002", "all"], "one word too many"),
    (["watts_2002", "seed=-1"], "a whole number"),
])  # fmt: skip
def test_mistakes_are_one_sentence(words, told, capsys):
    assert cli.main(["reproduce", *words]) == 2
    err = capsys.readouterr().err
    assert told in err and err.count("\n") == 1


def test_the_list_names_every_experiment(capsys):
    assert cli.main(["reproduce"]) == 0
    out = capsys.readouterr().out
    assert all(name in out and numbers(name).number in out for name in experiments())
