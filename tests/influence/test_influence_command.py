"""``ecosim influence``: a table, a folder, the same bytes again; mistakes are one sentence and write nothing."""

import json

import pandas as pd
import pytest

from ecosim import cli


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [f"{7 * i},{7 * ((i + step) % 60)}" for i in range(60) for step in (1, 9)]
    (tmp_path / "friends.csv").write_text("\n".join([*rows, *rows[:30]]) + "\n", encoding="utf-8")
    return tmp_path


FAST = ["friends.csv", "k=4", "sets=2000"]


def test_it_tells_and_writes(desk, capsys):
    assert cli.main(["influence", *FAST, "model=lt"]) == 0
    out = capsys.readouterr().out
    for word in ("greedy", "celf", "degree", "central", "random", "Seeds by rank", "Forward simulation"):
        assert word in out
    (folder,) = (desk / "results").iterdir()
    assert folder.name.startswith("friends-influence-")
    assert {path.name for path in folder.iterdir()} == {
        "answer.json", "checks.csv", "manifest.json", "seeds.csv", "spread.csv", "spread.png", "spread.svg",
    }  # fmt: skip
    seeds = pd.read_csv(folder / "seeds.csv")
    assert set(seeds["node"] % 7) == {0}
    assert seeds.groupby("method")["rank"].max().tolist() == [4] * 5
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "manifest.json"}
    assert cli.main(["influence", *FAST, "model=lt"]) == 0
    assert before == {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "manifest.json"}


def test_json_is_one_document(desk, capsys):
    assert cli.main(["influence", *FAST, "p=.2", "format=json", "results=out"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["nodes"], found["pairs"], found["ties"], found["p"]) == (60, 120, 150, 0.2)
    assert [row["seeds"] for row in found["spread"] if row["method"] == "greedy"] == [1, 2, 3, 4]
    manifest = json.loads((desk / "out").glob("*/manifest.json").__next__().read_text())
    assert manifest["config"]["network_sha256"] and manifest["seeds"] == [1]


@pytest.mark.parametrize("method", ["greedy", "celf", "degree", "central", "random"])
def test_each_method_alone(desk, capsys, method):
    assert cli.main(["influence", *FAST, f"method={method}"]) == 0
    assert f"4 seeds by {'greedy' if method == 'celf' else ''}" in capsys.readouterr().out


def test_small_networks_need_no_k(desk, capsys):
    (desk / "few.csv").write_text("0 1\n1 2\n", encoding="utf-8")
    assert cli.main(["influence", "few.csv", "sets=1000", "model=wc"]) == 0
    assert "3 seeds" in capsys.readouterr().out


def test_ties_listed_both_ways_are_noticed(desk, capsys):
    (desk / "both.csv").write_text("0 1\n1 0\n1 2\n2 1\n3 3\n", encoding="utf-8")
    assert cli.main(["influence", "both.csv", "sets=1000"]) == 0
    out = capsys.readouterr().out
    assert "listed both ways" in out and "1 loops were dropped" in out and "1 nodes have no ties" in out


@pytest.mark.parametrize(("words", "told"), [
    ([], "name the file of the network"), (["none.csv"], "'none.csv': there is no such file"),
    (["friends.csv", "more.csv"], "one word too many"), (["friends.csv", "model=sir"], "not one of its words"),
    (["friends.csv", "k=61"], "the network's 60 nodes"), (["friends.csv", "k=1.5"], "a whole number"),
    (["friends.csv", "p=0"], "above 0"), (["friends.csv", "p=2"], "out of range"),
    (["friends.csv", "model=lt", "p=.1"], "p= is for model=ic"), (["friends.csv", "sets=9"], "out of range"),
    (["friends.csv", "metod=celf"], "did you mean 'method'"), (["friends.csv", "results=friends.csv"], "is a file"),
    (["friends.csv", "seed=-1"], "out of range"), (["bad.csv"], "row 2"),
    (["friends.csv", "customers=9"], "no such key"),
])  # fmt: skip
def test_mistakes_are_one_sentence_and_write_nothing(desk, capsys, words, told):
    (desk / "bad.csv").write_text("0 1\n1 x\n", encoding="utf-8")
    assert cli.main(["influence", *words]) == 2
    out, err = capsys.readouterr()
    assert told in err and err.count("\n") == 1 and out == ""
    assert not (desk / "results").exists()


@pytest.mark.parametrize(("words", "found"), [(["influence", "mod"], "model="), (["influence", "model=l"], "model=lt")])
def test_completion(words, found, capsys):
    assert cli.main(["--complete", "ecosim", *words]) == 0
    assert capsys.readouterr().out.split() == [found]
