"""The experiment of Kempe, Kleinberg & Tardos: with its public graph, without it, and with another in its place."""

import json

import pytest

from ecosim import cli
from ecosim.published import judge, status
from ecosim.published.shelf import experiment

from .test_multigraph import PUBLIC

FEW = {"lt": ("lt", 0.01, 20_000), "wc": ("wc", 0.01, 20_000), "ic1": ("ic", 0.01, 20_000), "ic10": ("ic", 0.1, 10_000)}


@pytest.fixture
def module():
    return experiment("kempe_2003")[0]


def test_without_the_graph_it_says_so_and_is_partly_reproduced(tmp_path, monkeypatch, capsys, module):
    monkeypatch.delenv("ECOSIM_DATA", raising=False)
    assert cli.main(["reproduce", "kempe_2003", f"results={tmp_path}"]) == 1
    out = capsys.readouterr().out
    assert "PARTLY" in out and "Not run: 10 of 14, which need NetHEPT" in out
    found = json.loads((tmp_path / "kempe_2003" / "verdict.json").read_text())
    assert {row["name"] for row in found["quantities"] if row["passed"] is None} == set(found["not_run"])
    assert not any(name.startswith("made") for name in found["not_run"])
    assert (tmp_path / "kempe_2003" / "kempe_2003.png").exists()


def test_another_graph_is_not_taken_for_it(tmp_path, monkeypatch, capsys):
    (tmp_path / "nethept.txt").write_text("3 2\n0 1\n1 2\n", encoding="utf-8")
    monkeypatch.setenv("ECOSIM_DATA", str(tmp_path))
    assert cli.main(["reproduce", "kempe_2003", f"results={tmp_path / 'out'}"]) == 2
    assert "3 nodes and 2 rows" in capsys.readouterr().err and not (tmp_path / "out").exists()


def test_with_the_graph_on_few_sets(monkeypatch, module):
    """Four standard errors of so few sets; the full run meets the tolerances themselves."""
    if not (PUBLIC / "nethept.txt.gz").exists():
        pytest.skip("the public networks folder has no nethept.txt.gz; set ECOSIM_DATA to a folder that has it")
    monkeypatch.setenv("ECOSIM_DATA", str(PUBLIC))
    monkeypatch.setattr(module, "PANELS", FEW)
    findings = module.run(False, 1)
    values = findings.values
    judged = judge(experiment("kempe_2003")[1], findings)
    assert judged["passed"].notna().all() and status(judged) in ("reproduced", "partly")
    assert values["lt_greedy"].value == pytest.approx(989, abs=25 + 4 * values["lt_greedy"].se)
    assert values["lt_degree"].value > 1.05
    assert values["lt_central"].value > 1.25
    assert values["ic10_rise"].value < 1
    assert all(findings.values[f"{name}_forward"].value < 2 + 4 * values[f"{name}_forward"].se for name in FEW)


def test_the_generated_network_is_a_multigraph_of_clustered_hubs(module):
    graph = module.co_authors(1)
    assert graph.n == 2000
    assert graph.count.max() > 5
    busiest = graph.degree.argsort()[-20:] // module.MEMBERS
    assert len(set(busiest.tolist())) < 10
