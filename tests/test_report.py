"""The report and the terminal table: complete, self-contained, inert, and honest about what is missing."""

import re
import subprocess
import sys

import pandas as pd
import pytest
import synthetic_tables

from ecosim.analysis import compare
from ecosim.errors import UserError
from ecosim.report import terminal_table, write_report
from ecosim.sweeps import Study, run_id

LIFTS = {
    ("adopters", "profit_plus_equity"): 0.1,
    ("adopters", "profit"): 0.1,
    ("market", "customer_surplus"): -0.1,
    ("rivals", "profit"): -0.1,
}


def make(root, *, name="study", seeds=6, strategies=("crm1", "cmr"), scenario="baseline_fmcg", about=None, tables=()):
    outcomes = synthetic_tables.outcomes(LIFTS, seeds=seeds, strategies=strategies, scenario=scenario)
    config = {"scenario": scenario, "strategies": list(strategies)}
    ids = {int(seed): run_id(config, int(seed)) for seed in outcomes["seed"].unique()}
    rows = [(ids[s], scenario, n, "focal", r, s, "{}") for n in strategies for r, s in enumerate(ids)]
    columns = ["run_id", "scenario", "strategy", "adopters", "replication", "seed", "parameters"]
    design = pd.DataFrame(rows, columns=columns)
    told = {"scenario": scenario, "baseline": strategies[0], **(about or {})}
    with Study(
        name, config, design, root=root, command=["ecosim", "compare", f"scenario={scenario}"], about=told
    ) as study:
        for seed, one in ids.items():
            parts = {"outcomes": outcomes.loc[outcomes["seed"] == seed]}
            parts |= {key: table.loc[table["seed"] == seed] if "seed" in table else table for key, table in tables}
            study.save(one, parts)
    return study.folder


def visible(page):
    """The page without its embedded figures."""
    return re.sub(r"data:image/svg\+xml;base64,[A-Za-z0-9+/=]+", "data:", page)


def test_report_is_complete_and_self_contained(tmp_path):
    about = {
        "question": "Does ceding control pay?",
        "why": "Because it might.",
        "strategies": {"crm1": {"contact.control": 0.0}, "cmr": {"contact.control": 1.0}},
        "setting_changes": {"attention.load": 12},
        "events": [{"week": 120, "set": {"attention.load": 20}, "why": "more media"}],
        "weeks": 260,
        "history": 104,
        "customers": 20000,
        "firms": 8,
    }
    tables = [("quarterly", synthetic_tables.quarterly(seeds=6)), ("patterns", synthetic_tables.pattern_table())]
    path = write_report(make(tmp_path, about=about, tables=tables))
    page = visible(path.read_text(encoding="utf-8"))
    assert not re.search(r"https?:|//[a-z]|@import|url\(", page)
    assert not re.search(r'(?:src|href)="(?!data:)', page)
    assert page.index("Not a win for both sides: the adopter gains and customers pay.") < page.index("<table>")
    for text in (
        "Does ceding control pay?", "Because it might.", "contact.control", "attention.load becomes 20", "more media",
        "20,000 customers", "of which 104 are common history", "6 worlds", "% of the variance", "in words",
        "consider as many brands as they can", "6 of 6 planned runs are finished",
        "config_sha256", "raises profit by", "Rivals", "ecosim compare scenario=baseline_fmcg",
    ):  # fmt: skip
        assert text in page, text
    assert page.count("<img") == 3
    assert page.count("<figcaption>") == 3
    for name in ("differences", "series", "patterns"):
        assert {p.name for p in (path.parent / "figures").glob(f"{name}.*")} == {f"{name}.png", f"{name}.svg"}


def test_two_reports_of_one_study_are_byte_equal(tmp_path):
    folder = make(tmp_path)
    first = write_report(folder).read_bytes()
    assert write_report(folder).read_bytes() == first


SCRIPT = "<script>alert('x')</script>"


def test_markup_in_any_name_is_inert(tmp_path):
    about = {
        "question": SCRIPT,
        "why": f'" onmouseover="{SCRIPT}',
        "strategies": {SCRIPT: {SCRIPT: SCRIPT}},
        "setting_changes": {SCRIPT: "</pre>" + SCRIPT},
        "events": [{"week": 1, "set": {SCRIPT: SCRIPT}, "why": SCRIPT}],
    }
    folder = make(tmp_path, strategies=(SCRIPT, "a$b"), scenario=SCRIPT, about=about)
    page = visible(write_report(folder).read_text(encoding="utf-8"))
    assert "<script" not in page
    assert "alert(" in page
    assert ' onmouseover="' not in page
    assert "default-src 'none'" in page


@pytest.mark.parametrize("name", ["$x_{", "名前", "{{ 7 * 7 }}{% raw %}"])
def test_odd_names_do_not_break_the_report(tmp_path, name):
    page = visible(write_report(make(tmp_path, strategies=("crm1", name), scenario=name)).read_text(encoding="utf-8"))
    assert name in page


def test_a_run_without_comparison_still_has_a_page(tmp_path):
    page = write_report(make(tmp_path, strategies=("crm1",))).read_text(encoding="utf-8")
    assert "nothing to compare" in page


def test_several_strategies_get_a_verdict_each_before_any_table(tmp_path):
    page = visible(write_report(make(tmp_path, strategies=("crm1", "cmr", "vrm"))).read_text(encoding="utf-8"))
    assert page.count('class="verdict"') == 2
    assert page.rindex('class="verdict"') < page.index("<table>")


def test_damage_and_failures_are_told(tmp_path):
    folder = make(tmp_path)
    part = next((folder / "parts").glob("*.outcomes.parquet"))
    part.write_bytes(part.read_bytes()[:-1])
    (folder / "failures" / "0123abcd.json").write_text('{"run_id": "0123abcd", "error": "ValueError: <b>no</b>"}')
    page = visible(write_report(folder).read_text(encoding="utf-8"))
    assert "5 of 6 planned runs are finished" in page
    assert "1 stored tables are damaged" in page
    assert "Run 0123abcd failed: ValueError: &lt;b&gt;no&lt;/b&gt;" in page
    assert part.exists()


def test_report_needs_a_study_with_runs(tmp_path):
    with pytest.raises(UserError, match="not a study folder"):
        write_report(tmp_path)
    folder = make(tmp_path)
    for part in (folder / "parts").iterdir():
        part.unlink()
    with pytest.raises(UserError, match="no finished run"):
        write_report(folder)


def test_report_is_the_same_in_a_plain_c_locale(tmp_path):
    folder = make(tmp_path, about={"question": "Où va le marché — 市場?"})
    wanted = write_report(folder).read_bytes()
    code = f"from ecosim.report import write_report; write_report({str(folder)!r})"
    environment = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONPATH": ":".join(sys.path)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert (folder / "report.html").read_bytes() == wanted


def test_terminal_table_fits_and_reads():
    text = terminal_table(compare(synthetic_tables.outcomes(LIFTS), "crm1"))
    lines = text.splitlines()
    assert max(map(len, lines)) <= 100
    assert lines[0] == "baseline_fmcg: cmr against crm1 (adopters: focal, 10 seeds)"
    assert [line for line in lines if line in ("The adopter", "Customers and market", "Rivals")] == [
        "The adopter",
        "Customers and market",
        "Rivals",
    ]
    profit = next(line for line in lines if line.startswith("  profit  "))
    assert profit.endswith("100 % higher")
    assert "[+" in profit
    assert text.index("Rivals") < text.index("Not a win for both sides")


def test_terminal_columns_line_up():
    lines = terminal_table(compare(synthetic_tables.outcomes(LIFTS), "crm1")).splitlines()
    start = next(line for line in lines if line.startswith("outcome")).index("verdict")
    rows = [line for line in lines if line.startswith("  ") and line.strip() not in ("in", "")]
    assert len(rows) == 15 + 6 + 14
    assert all(line[start - 1] == " " and line[start] != " " for line in rows)


def test_terminal_table_of_extremes_stays_in_its_width():
    table = synthetic_tables.outcomes(LIFTS, strategies=("baseline_with_a_long_name", "名前" * 30 + "\x1b[31m"))
    table = table.assign(value=table["value"] * -1.23456e9)
    text = terminal_table(compare(table, "baseline_with_a_long_name"))
    assert "\x1b" not in text
    rows = [line for line in text.splitlines() if line.startswith("  ")]
    assert max(map(len, rows)) <= 100


def test_terminal_table_names_all_arms_and_hidden_outcomes():
    text = terminal_table(compare(synthetic_tables.outcomes(adopters="all", strategies=("crm1", "cmr", "vrm")), "crm1"))
    assert text.count("outcomes not defined in these worlds and left out") == 2
    assert "Rivals" not in text
    assert "The firms (all adopt)" in text
