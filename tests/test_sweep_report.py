"""The page of a sweep: what it claims clears the noise, what is missing is named, and no name can break it."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from ecosim.analysis.findings import findings, main_quantity
from ecosim.analysis.findings_words import headline, sentences
from ecosim.analysis.points import Quantity, per_run
from ecosim.errors import UserError
from ecosim.report import told, write_sweep_report
from ecosim.sweeps import Study, open_sweep, run_id
from ecosim.sweeps.designs import Design, Factor

FACTORS = (
    Factor("attention.load", "real", 1, 50, "log"), Factor("levers.insight.data"),
    Factor("strategy/contact", "words", values=("pushed", "invited")), Factor("network.mean_degree", "whole", 2, 80),
)  # fmt: skip


def difference(points):
    """The strategy's advantage in per cent: attention decides, data helps, the rest does nothing."""
    return -8 + 9 * np.log10(points["attention.load"]) + 3 * points["levers.insight.data"]


def make(root, kind="sobol", n=16, *, drop=(), strategies=("crm1", "cmr"), gain=difference, about=None, noise=1.0):
    """Store a sweep of 3 worlds a point: a baseline near 1,000, the strategy ``gain`` per cent above it."""
    design = Design(kind, FACTORS, n, dummy=kind in ("sobol", "morris", "lhs"))
    points, random = design.points(), np.random.default_rng(3)
    plan, tables, gains = [], {}, gain(points)
    for point, values in enumerate(points.to_dict("records")):
        for replication in range(3):
            seed = 1 + 100_000 * point + replication
            run, base = run_id({"point": point, "values": values}, seed), 1000 + random.normal(0, 20)
            level = {strategies[0]: base}
            level |= {name: base * (1 + (gains[point] + random.normal(0, noise)) / 100) for name in strategies[1:]}
            same = {"run_id": run, "scenario": "baseline_fmcg", "adopters": "focal", "seed": seed}
            plan += [{**same, "strategy": name, "replication": replication, "point": point,
                      "parameters": json.dumps(values)} for name in strategies]  # fmt: skip
            tables[run] = [{**same, "strategy": name, "seconds": 0.1, "adopters.profit_plus_equity": level[name]}
                           for name in strategies]  # fmt: skip
    facts = {"kind": "sweep", "design": design.plain(), "scenario": "baseline_fmcg", "replications": 3,
             "baseline": strategies[0], "strategies": dict.fromkeys(strategies, {}), "customers": 1000}  # fmt: skip
    command = ["ecosim", "sweep", f"design={kind}"]
    with Study("s", {"n": n}, pd.DataFrame(plan), root=root, command=command, about=facts | (about or {})) as study:
        for number, (run, rows) in enumerate(tables.items()):
            if number not in drop:
                study.save(run, {"outcomes": pd.DataFrame(rows)})
    return study.folder


def visible(page):
    return re.sub(r"data:image/svg\+xml;base64,[A-Za-z0-9+/=]+", "data:", page)


def read(path):
    return visible(path.read_text(encoding="utf-8"))


def drawn(folder):
    return {path.name for path in (folder / "figures").iterdir()}


@pytest.mark.parametrize(
    ("kind", "n", "figures"),
    [("sobol", 16, {"indices", "tornado", "curves", "boxes", "convergence", "running"}),
     ("morris", 16, {"indices", "screening", "tornado", "curves", "boxes", "convergence", "running"}),
     ("lhs", 80, {"indices", "tornado", "curves", "boxes", "running"}),
     ("grid", 3, {"indices", "tornado", "curves", "boxes", "running"})],
)  # fmt: skip
def test_every_design_has_a_page_that_stands_alone(tmp_path, kind, n, figures):
    folder = make(tmp_path, kind, n)
    page = read(write_sweep_report(folder))
    assert not re.search(r"https?:|//[a-z]|@import|url\(", page)
    assert not re.search(r'(?:src|href)="(?!data:)', page)
    assert drawn(folder) == {f"{name}.{ending}" for name in figures for ending in ("png", "svg")}
    assert page.count("<img") == page.count("<figcaption>") == len(figures)
    assert "what matters most is attention.load" in page
    for text in ("1 to 50, in logarithms", "pushed, invited", "2 to 80, whole numbers", "crm1, cmr", "1,000 customers",
                 "config_sha256", f"ecosim sweep design={kind}"):  # fmt: skip
        assert text in page, text


def test_two_pages_of_one_sweep_are_byte_equal(tmp_path):
    folder = make(tmp_path)
    first = write_sweep_report(folder).read_bytes()
    assert write_sweep_report(folder).read_bytes() == first


def test_an_incomplete_design_falls_back_to_pawn_and_names_what_is_missing(tmp_path):
    folder = make(tmp_path, drop=(5, 6))
    (folder / "failures" / "0123abcd.json").write_text('{"run_id": "0123abcd", "error": "ValueError: <b>no</b>"}')
    missing = list(open_sweep(folder).missing["run_id"])
    page = read(write_sweep_report(folder))
    assert "2 of 336 runs of this sobol design are missing" in page
    assert "PAWN index" in page
    for row, (point, replication) in zip(missing, ((1, 2), (2, 0)), strict=True):
        assert f"{row} (point {point}, replication {replication})" in page
    assert "334 of 336 planned worlds are finished" in page
    assert "World 0123abcd failed: ValueError: &lt;b&gt;no&lt;/b&gt;" in page
    with pytest.raises(UserError, match="2 of 336 runs of this sobol design are missing"):
        write_sweep_report(folder, method="sobol")


def test_a_method_that_the_design_does_not_allow_is_refused(tmp_path):
    folder = make(tmp_path, "lhs", 60)
    with pytest.raises(UserError, match="needs a morris design, and this one is lhs"):
        told(folder, method="morris")


def test_only_what_clears_the_noise_is_said_to_matter(tmp_path):
    folder = make(tmp_path, n=32)
    found = findings(open_sweep(folder))
    first = headline(found)
    assert first.startswith("For profit + customer equity (adopters) in %: cmr − crm1, what matters most is attention")
    assert re.search(r"strategy/contact.*network\.mean_degree|network\.mean_degree.*strategy/contact", first)
    assert first.endswith("cannot be told from noise.")
    luck = make(tmp_path / "luck", gain=lambda points: 0 * points["levers.insight.data"])
    assert "no factor can be told from noise" in headline(findings(open_sweep(luck)))


def test_signs_over_points_are_counted_after_holm(tmp_path):
    sure = make(tmp_path, "grid", 3, gain=lambda points: np.where(points["attention.load"] > 10, 9.0, -9.0), noise=0.01)
    lines = "\n".join(told(sure))
    assert "above zero at 18 of 54 points; surely above at 18 and surely below at 36" in lines
    assert "Where attention.load is" in lines and "at 100 % of the points" in lines


def test_few_points_have_no_indices_and_say_so(tmp_path):
    found = findings(open_sweep(make(tmp_path, "grid", 2)))
    assert (found.method, found.indices.empty) == ("", True)
    assert "cannot be told: method=pawn: 16 finished points are too few" in headline(found)
    write_sweep_report(tmp_path / "s")


def test_a_constant_outcome_has_a_page(tmp_path):
    folder = make(tmp_path, gain=lambda points: 0 * points["levers.insight.data"], noise=0.0)
    quantity = Quantity("adopters.profit_plus_equity", "cmr", "crm1")
    assert "the outcome is the same at every point" in told(folder, quantity)[0]
    assert "the outcome is the same at every point" in read(write_sweep_report(folder, quantity))


def test_one_strategy_is_looked_at_by_its_level(tmp_path):
    sweep = open_sweep(make(tmp_path, "lhs", 60, strategies=("crm1",)))
    assert main_quantity(sweep) == Quantity("adopters.profit_plus_equity", "crm1")
    assert any(text.startswith("Over 60 points its mean runs from") for text in sentences(findings(sweep)))


def test_common_seeds_are_said_to_silence_the_dummy(tmp_path):
    folder = make(tmp_path, about={"common": True})
    assert any("its index is zero by construction" in text for text in told(folder))


def test_the_floor_of_pawn_is_not_said_to_be_zero_where_seeds_are_common(tmp_path):
    folder = make(tmp_path, "lhs", 60, about={"common": True})
    assert not any("zero by construction" in text for text in told(folder))


def test_the_running_mean_is_over_the_same_points_at_every_replication(tmp_path):
    whole = findings(open_sweep(make(tmp_path / "a", "lhs", 60))).worlds
    gaps = findings(open_sweep(make(tmp_path / "b", "lhs", 60, drop=(0, 7)))).worlds
    runs = per_run(open_sweep(tmp_path / "a" / "s").outcomes, main_quantity(open_sweep(tmp_path / "b" / "s")))
    wanted = runs.loc[runs["point"].isin([*range(1, 2), *range(3, 60)])].groupby("replication")["value"].mean()
    assert len(whole) == len(gaps) == 2
    assert gaps["mean"].iloc[-1] == pytest.approx(wanted.mean(), rel=1e-3)


def test_an_unfinished_sweep_says_how_to_go_on(tmp_path):
    folder = make(tmp_path, drop=range(336))
    with pytest.raises(UserError, match="ecosim resume"):
        write_sweep_report(folder)


SCRIPT = "<script>alert('x')</script>"


@pytest.mark.parametrize("name", [SCRIPT, '" onmouseover="x', "$x_{", "名前", "{{ 7 * 7 }}"])
def test_markup_in_any_name_is_inert(tmp_path, name):
    folder = make(tmp_path, strategies=("crm1", name), about={"question": name, "scenario": name})
    page = read(write_sweep_report(folder))
    assert "<script" not in page
    assert ' onmouseover="' not in page
    assert "49" not in re.sub(r"\d*\.\d+|\d{3,}|[0-9a-f]{12,}", "", page.split("<h2>")[0])
    assert "default-src 'none'" in page
