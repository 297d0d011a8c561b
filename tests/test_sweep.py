"""``ecosim sweep``, ``resume``, ``results``: what is planned, stored and told, and what is refused beforehand."""

import json

import numpy as np
import pandas as pd
import pytest

import ecosim
from ecosim import cli
from ecosim.commands.factors import design_of
from ecosim.commands.given import given
from ecosim.commands.sweeping import plan
from ecosim.conf import every_key, request
from ecosim.errors import UserError
from ecosim.keys import SweepKeys
from ecosim.sweeps import open_sweep

SMALL = [
    "customers=60", "weeks=26", "history=13", "burn_in=0", "replications=2", "archetypes=[crm1,cmr]",
    "executor=serial", "progress=none", "threads=1",
]  # fmt: skip
VARY = "vary={attention.load: [5, 20], network.mean_degree: [2, 6]}"


def sweep(root, *words):
    return cli.main(["sweep", VARY, *SMALL, f"results={root}", "study=s", *words])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("sweep")
    assert sweep(root) == 0
    return root / "s"


def test_a_sweep_is_every_point_seed_and_strategy(folder):
    found = open_sweep(folder)
    assert len(found.design) == 4 * 2 * 2
    assert list(found.points["attention.load"]) == [5, 5, 20, 20]
    assert list(found.points["network.mean_degree"]) == [2, 6, 2, 6]
    assert found.missing.empty
    assert len(found.outcomes) == 16
    assert found.outcomes.groupby(["point", "replication"])["seed"].nunique().eq(1).all()
    assert found.outcomes["seed"].nunique() == 8


def test_a_run_in_a_sweep_is_the_run_alone(folder, capsys):
    words = ["attention.load=20", "network.mean_degree=6", "seed=300001", "record=none"]
    world = [word for word in SMALL if not word.startswith(("executor", "progress", "replications"))]
    assert cli.main(["run", *world, *words, "format=json"]) == 0
    alone = {f"{o['who']}.{o['outcome']}": o["value"] for o in json.loads(capsys.readouterr().out)["outcomes"]}
    found = open_sweep(folder).outcomes
    row = found[(found["point"] == 3) & (found["replication"] == 0) & (found["strategy"] == "cmr")].iloc[0]
    assert {name for name in found if "." in name} == set(alone)
    assert {name: None if pd.isna(row[name]) else row[name] for name in alone} == alone


def test_its_runs_are_those_of_a_comparison_with_the_same_ids(folder):
    from ecosim.commands.worlds import design

    keys = [word for word in SMALL if not word.startswith(("executor", "progress"))]
    asked = request("compare", [*keys, "record=none", "attention.load=20.0", "network.mean_degree=6.0", "seed=300001"])
    ids = {row["run_id"] for row in design(asked)}
    found = open_sweep(folder).design
    assert ids == set(found.loc[found["point"] == 3, "run_id"])


def test_the_same_command_again_does_nothing(folder, capsys):
    before = {path: path.stat().st_mtime_ns for path in (folder / "parts").iterdir()}
    assert sweep(folder.parent) == 0
    assert "8 were already there" in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in (folder / "parts").iterdir()} == before


def test_more_replications_extend_a_study_and_fewer_are_refused(tmp_path, capsys):
    assert sweep(tmp_path) == 0
    more = [word.replace("replications=2", "replications=3") for word in SMALL]
    capsys.readouterr()
    assert cli.main(["sweep", VARY, *more, f"results={tmp_path}", "study=s"]) == 0
    assert "12 of 12 worlds are stored" in capsys.readouterr().out
    assert len(open_sweep(tmp_path / "s").outcomes) == 24
    assert sweep(tmp_path) == 2
    assert "replications: 3 there, 2 now" in capsys.readouterr().err


def test_batches_and_single_parts_hold_the_same(folder, tmp_path):
    assert sweep(tmp_path, "batch=100") == 0
    assert len(list((tmp_path / "s" / "parts").iterdir())) == 1
    assert len(list((folder / "parts").iterdir())) == 8
    one, two = (json.loads((f / "manifest.json").read_text())["summary_sha256"] for f in (folder, tmp_path / "s"))
    assert one == two


def test_a_missing_part_is_done_again_by_resume(tmp_path, capsys):
    assert sweep(tmp_path) == 0
    wanted = json.loads((tmp_path / "s" / "manifest.json").read_text())["summary_sha256"]
    parts = sorted((tmp_path / "s" / "parts").iterdir())
    parts[0].unlink()
    parts[1].write_bytes(parts[1].read_bytes()[:-9])
    assert sweep(tmp_path, "--dry-run") == 0
    assert "6 already there" in capsys.readouterr().out
    assert cli.main(["resume", str(tmp_path / "s"), "batch=3"]) == 0
    assert json.loads((tmp_path / "s" / "manifest.json").read_text())["summary_sha256"] == wanted


def test_results_open_as_pandas_and_as_sql(folder, capsys):
    frame = ecosim.results(folder).pandas()
    assert {"run_id", "point", "replication", "strategy", "seed", "adopters.profit"} <= set(frame.columns)
    asked = (
        'SELECT strategy, avg("adopters.profit") AS profit FROM outcomes JOIN points USING (point) '
        'WHERE "attention.load" = 20 GROUP BY 1 ORDER BY 1'
    )
    found = ecosim.results(folder).sql(asked)
    by_hand = frame[frame["point"] >= 2].groupby("strategy")["adopters.profit"].mean()
    assert np.allclose(found.set_index("strategy")["profit"], by_hand)
    assert cli.main(["results", str(folder)]) == 0
    assert "8 of 8 planned worlds" in capsys.readouterr().out
    assert cli.main(["results", str(folder), f"sql={asked}", "format=csv"]) == 0
    assert capsys.readouterr().out.startswith("strategy,profit\ncmr,")
    assert cli.main(["results", str(folder), "sql=SELECT 1 FROM nowhere"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_sql_cannot_read_other_files(folder, tmp_path):
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with pytest.raises(UserError):
        ecosim.results(folder).sql(f"SELECT * FROM read_csv('{tmp_path / 'secret.csv'}')")


def test_levers_and_groups_vary_for_the_second_strategy_and_keep_its_name(tmp_path):
    vary = "vary={strategy/contact: [pushed, invited], levers.insight.data: [0.1, 0.9]}"
    assert cli.main(["sweep", vary, *SMALL, f"results={tmp_path}", "study=s"]) == 0
    found = open_sweep(tmp_path / "s")
    assert set(found.outcomes["strategy"]) == {"crm1", "cmr"}
    adopters = (
        found.outcomes.query("strategy == 'cmr'").groupby("point").mean(numeric_only=True).filter(like="adopters.")
    )
    assert len(adopters.drop_duplicates()) == 4


def test_common_seeds_make_the_baseline_the_same_at_every_point(tmp_path):
    words = ["vary={levers.insight.data: [0.1, 0.9]}", "common=true", f"results={tmp_path}", "study=s"]
    assert cli.main(["sweep", *words, *SMALL]) == 0
    base = open_sweep(tmp_path / "s").outcomes.query("strategy == 'crm1'")
    assert base.groupby("replication")["adopters.profit"].nunique().eq(1).all()


def test_points_of_a_csv(tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text("attention.load,network\n5,ring\n20,erdos_renyi\n20,ring\n")
    words = [f"design={table}", f"results={tmp_path}", "study=s"]
    assert cli.main(["sweep", *words, *SMALL]) == 0
    assert list(open_sweep(tmp_path / "s").points["network.kind"]) == ["ring", "erdos_renyi", "ring"]


def test_a_dry_run_writes_nothing_and_counts_runs(tmp_path, capsys):
    assert sweep(tmp_path, "--dry-run", "format=json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["points"], told["worlds"], told["runs"]) == (4, 8, 16)
    assert told["seconds"] > 0 and told["bytes"] > 0
    assert not list(tmp_path.iterdir())


def test_a_large_sweep_asks_first(tmp_path, capsys):
    small = [word for word in SMALL if not word.startswith("replications")]
    words = ["sweep", "vary={attention.load: [5, 20]}", *small, "replications=6000", f"results={tmp_path}"]
    assert cli.main(words) == 2
    assert "--yes" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


MISTAKES = [
    ("vary={attention.lod: [1, 5]}", "vary: attention.lod: no such key; did you mean 'attention.load'?"),
    ("vary={attention.load: [1, -5]}", "attention.load=-5.0: out of range"),
    ("vary={attention.load: [5, 1]} design=lhs", "a range needs its lower end first"),
    ("vary={attention.load: [5, 5]}", "each value is needed once"),
    ("vary={attention.load: 5}", "a list is needed"),
    ("vary={attention.load: [0, 5, log]} design=lhs", "logarithms need a range above 0"),
    ("vary={attention.load: [1, 5]} attention.load=3", "attention.load: it varies"),
    ("vary={seed: [1, 5]}", "seed: this cannot vary"),
    ("vary={strategy/contact: [pushed, pulled]}", "did you mean 'pushed'"),
    ("vary={attention.load: [1, .nan]}", "finite"),
    ("vary={attention.load: [010, 20]}", "leading zero"),
    ("vary={attention.load: [1, 5]", "not YAML"),
    ("vary={attention.load: [1, 5]} design=sobel", "did you mean 'sobol'"),
    ("vary={attention.load: [1, 5]} design=sobol n=100", "a power of 2, such as 64"),
    ("vary={attention.load: [1, 5]} design=morris levels=3", "even number of levels"),
    ("vary={attention.load: [1, 5]} design=nowhere.csv", "leave vary= out"),
    ("design=nowhere.csv", "cannot be read"),
    ("design=lhs", "say what varies"),
    ("vary={attention.load: [1, 5]} executor=locall", "did you mean 'local'"),
    ("vary={attention.load: [1, 5]} address=here:1", "executor=serial has none"),
    ("vary={attention.load: [1, 5]} options={a:", "not YAML"),
    ("vary={attention.load: [1, 5]} workers=-1", "workers=-1: out of range"),
    ("vary={scenario: [baseline_fmcg, nowhere]}", "no such name"),
    ("vary={market.focal: [0, 9]}", "point 1 (market.focal=9): market.focal=9: firms are numbered 0 to 7"),
    ("vary={attention.load: [1, 5]} n=1 design=grid", "into how many levels"),
    ("vary={attention.load: [1, 5]} --dryrun", "did you mean '--dry-run'"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "told"), MISTAKES, ids=[line for line, _ in MISTAKES])
def test_mistakes_are_one_sentence_and_nothing_is_written(line, told, tmp_path, capsys):
    words, rest = [], line
    while rest.startswith("vary="):
        end = rest.find("} ") + 1 or len(rest)
        words, rest = [rest[:end]], rest[end:].strip()
    assert cli.main(["sweep", *words, *rest.split(), *SMALL, f"results={tmp_path}"]) == 2
    err = capsys.readouterr().err
    assert told in err
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


TABLES = [
    ("attention.load,attention.load\n1,2\n", "stands over two columns"),
    ("attention.lod\n1\n", "did you mean 'attention.load'"),
    ("attention.load\n", "at least one row"),
    ("attention.load\n1,2\n", "line 2: 2 cells under 1 headings"),
    ("attention.load\nmany\n", "line 2: attention.load='many': a number"),
    ("attention.load\n-1\n", "line 2: attention.load=-1.0: out of range"),
    ("attention.load\n007\n", "leading zero"),
    ("", "a heading of keys"),
]


@pytest.mark.parametrize(("text", "told"), TABLES)
def test_mistakes_in_a_table_name_file_and_line(text, told, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text(text)
    with pytest.raises(UserError, match="t.csv") as caught:
        design_of(SweepKeys(design=str(table)), every_key(), 1)
    assert told in str(caught.value)


@pytest.mark.parametrize(("words", "told"), [
    (["resume"], "name one study folder"),
    (["resume", "nowhere"], "not a study folder"),
    (["resume", "nowhere", "seed=3"], "resuming changes only how"),
    (["results"], "name one study folder"),
    (["results", "nowhere"], "not a study folder"),
    (["results", "nowhere", "tabel=x"], "did you mean 'table'"),
    (["results", "nowhere", "format=xml"], "format=xml"),
])  # fmt: skip
def test_resume_and_results_refuse_in_a_sentence(words, told, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(words) == 2
    err = capsys.readouterr().err
    assert told in err
    assert err.count("\n") == 1


def test_seeds_of_points_are_set_apart():
    words = [VARY, *SMALL, "seed=7"]
    asked = plan(given("sweep", words, SweepKeys, record="none"))
    assert [point.seed for point in asked.points] == [7, 100_007, 200_007, 300_007]
    assert pd.Series(asked.rows["run_id"]).nunique() == 8


def row(run_id, profit):
    return pd.DataFrame({"run_id": [run_id], "strategy": "a", "adopters.profit": float(profit)})


def test_a_store_of_batches_reads_back_in_design_order_each_run_once(tmp_path):
    from ecosim.sweeps import Study
    from ecosim.sweeps.saving import save

    ids = [f"{n:020x}" for n in range(1000)]
    same = {"scenario": "w", "strategy": "a", "adopters": "focal", "replication": 0, "parameters": "{}"}
    design = pd.DataFrame({"run_id": ids, "seed": range(1000), "point": range(1000), **same})
    with Study("s", {"x": 1}, design, root=tmp_path, about={"kind": "sweep"}) as study:
        for at in range(900, -1, -100):
            save(study.folder, {run: {"outcomes": row(run, int(run, 16))} for run in ids[at : at + 100]})
        save(study.folder, {ids[7]: {"outcomes": row(ids[7], 7)}})
        assert study.refresh() == []
    found = ecosim.results(study.folder)
    assert list(found.pandas()["adopters.profit"]) == list(range(1000))
    save(study.folder, {ids[5]: {"outcomes": row(ids[5], 9)}})
    with pytest.raises(RuntimeError, match="different results"):
        ecosim.results(study.folder).table()


def test_a_comparison_adds_seeds_until_it_is_precise(tmp_path, capsys):
    small = [word for word in SMALL if not word.startswith("replications")]
    words = ["compare", *small, "replications=3", f"results={tmp_path}", "study=c", "format=json"]
    assert cli.main([*words, "precision=0.4"]) == 0
    told = json.loads(capsys.readouterr().out)
    rows = {(row["who"], row["outcome"]): row for row in told["comparison"]}
    seeds = rows["market", "customer_surplus"]["n"]
    assert seeds >= 10
    assert cli.main([*words, "precision=0.4"]) == 0
    assert json.loads(capsys.readouterr().out)["comparison"] == told["comparison"]
    from ecosim.analysis.compare import PRIMARY, differences
    from ecosim.analysis.replications import enough

    table = ecosim.results(tmp_path / "c").pandas()
    for _, values, base in differences(table, "crm1", PRIMARY):
        assert enough(values, 0.4 * abs(base)) is not None
