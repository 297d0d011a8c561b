"""The documentation: its tables are the code's, its links and tests exist, and its commands and code run small."""

from __future__ import annotations

import importlib.util
import re
import shlex
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from worlds import CMR, CRM1, setting

from ecosim import cli
from ecosim.job import Job, run
from ecosim.mechanisms import SCHEDULE
from ecosim.parameters import walk
from ecosim.setting import Setting
from ecosim.strategies.levers import Levers

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)(?: title=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADINGS = ("What happens", "Meaning", "Parameters", "Source", "A limit whose answer is known", "What it leaves out")
SMALL = {"customers": "150", "weeks": "40", "history": "13", "burn_in": "0", "replications": "2", "threads": "1"}
SWEEPING = {"sweep": {"n": "2", "replications": "1", "executor": "serial", "progress": "none"}}
STUDIES = re.compile(r"results/([\w-]+)")
PATTERNS = {"customers": "1000", "weeks": "52", "burn_in": "13"}


@cache
def generator():
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def name(page):
    return page.relative_to(ROOT).as_posix()


def blocks(page, language):
    return [(title, body) for kind, title, body in BLOCK.findall(page.read_text(encoding="utf-8")) if kind == language]


def code(page):
    """Return the pieces of Python that are to be run as they stand; one with a title is a file for a command."""
    return [body for title, body in blocks(page, "python") if not title]


def commands():
    """Return every command that a page shows, as (page, words), each once.

    All of the README's run; of further comparisons on another page only the first runs and the others are planned.
    """
    found = {}
    for page in PAGES:
        compared = False
        for line in (line for _, body in blocks(page, "sh") for line in body.splitlines() if line not in found):
            words = shlex.split(line)
            is_comparison = words[:2] == ["ecosim", "compare"]
            if is_comparison and compared and page != PAGES[0]:
                words[1] = "plan"
            compared = compared or is_comparison
            found[line] = pytest.param(page, words, id=f"{name(page)}: {line}")
    return list(found.values())


def small(words, network):
    """Return the words of an `ecosim` command with sizes small enough for a test."""
    verb, *rest = words
    if verb not in ("run", "compare", *SWEEPING):
        return words
    sizes = SMALL | (PATTERNS if "validate=true" in rest else {}) | SWEEPING.get(verb, {})
    if network:
        sizes = {key: value for key, value in sizes.items() if key != "customers"}
    if verb == "run":
        sizes = {key: value for key, value in sizes.items() if key != "replications"}
    kept = [word for word in rest if word.partition("=")[0] not in sizes]
    return [verb, *kept, *(f"{key}={value}" for key, value in sizes.items())]


def make_studies(page, text):
    """Run, small, the page's own commands that make the studies which a text names."""
    named = set(STUDIES.findall(text))
    for _, body in blocks(page, "sh"):
        for line in body.splitlines():
            words = shlex.split(line)
            study = next((word.removeprefix("study=") for word in words if word.startswith("study=")), "")
            if study in named:
                assert cli.main(small(words[1:], False)) == 0


@cache
def transactions():
    """Return the transactions of 60 customers in 2024, as CSV: some come back every 20 to 100 days, some never."""
    days = {i: range(i % 60, 200 if i % 4 else 340, 20 + 9 * (i % 10)) if i % 3 else [i % 60] for i in range(60)}
    start = date(2024, 1, 1).toordinal()
    rows = [f"{i},{date.fromordinal(start + day)},{10 + 7 * i % 13 + day % 5}" for i in days for day in days[i]]
    return "\n".join(["customer,date,amount", *rows]) + "\n"


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """Stand in an empty folder that holds a small network and some transactions."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "transactions.csv").write_text(transactions(), encoding="utf-8")
    ties = [f"{i},{(i + step) % 120}" for i in range(120) for step in (1, 7)]
    (tmp_path / "friends.csv").write_text("\n".join(ties) + "\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("page", generator().pages(), ids=name)
def test_tables_are_what_the_code_says(page):
    text = page.read_text(encoding="utf-8")
    assert generator().renewed(text) == text, "run: python docs/generate.py"


def test_every_parameter_is_documented():
    text = (ROOT / "docs" / "parameters.md").read_text(encoding="utf-8")
    keys = [key for key, _ in walk(Setting)] + [f"levers.{key}" for key, _ in walk(Levers)]
    assert [key for key in keys if f"| `{key}` |" not in text] == []


def test_every_mechanism_has_a_whole_page():
    pages = {page.stem: page.read_text(encoding="utf-8") for page in (ROOT / "docs" / "mechanisms").glob("*.md")}
    assert set(pages) == set(generator().SUBMODELS) >= {step.mechanism for step in SCHEDULE}
    for text in pages.values():
        assert tuple(re.findall(r"^## (.+)$", text, re.MULTILINE)) == HEADINGS


def test_every_test_that_is_named_exists():
    named = {found for page in PAGES for found in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page.read_text("utf-8"))}
    assert len(named) > 30
    missing = [(file, test) for file, test in named if f"def {test}(" not in (ROOT / file).read_text("utf-8")]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        path = target.partition("#")[0]
        if path and not target.startswith("http"):
            assert (page.parent / path).exists(), target


def test_everything_recorded_is_explained():
    text = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    job = Job("docs", setting({"market": {"customers": 200}}), CRM1, (CMR,), weeks=52, history=13, burn_in=0)
    tables = run(Job(**{**job.__dict__, "record": "weekly", "threads": 1}))
    names = {column for table in tables.values() for column in table.columns} | set(tables)
    names |= set(tables["outcomes"]["outcome"])
    assert [each for each in sorted(names) if f"`{each}`" not in text] == []


@pytest.mark.parametrize(("page", "words"), commands())
def test_commands_run(page, words, desk, capsys):
    program, *rest = words
    if program == "make":
        assert re.search(rf"^{rest[0]}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        return
    if program == "python":
        assert (ROOT / rest[0]).exists()
        return
    assert program == "ecosim"
    for title, body in (*blocks(page, "yaml"), *blocks(page, "python")):
        if title:
            (desk / title).write_text(body, encoding="utf-8")
    network = any(word == "network=edge_list" for word in rest)
    make_studies(page, " ".join(rest))
    assert cli.main(small(rest, network)) == 0
    assert capsys.readouterr().out.strip()


@pytest.mark.parametrize("page", [page for page in PAGES if code(page)], ids=name)
def test_code_runs(page, desk, capsys):
    session = {"__name__": "__main__"}
    make_studies(page, "".join(code(page)))
    for body in code(page):
        exec(compile(body, name(page), "exec"), session)
    assert capsys.readouterr().out.strip()


def test_the_generator_writes_and_checks(tmp_path, monkeypatch, capsys):
    docs = generator()
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- generated: levers -->\nstale\n<!-- end -->\nb\n", encoding="utf-8")
    monkeypatch.setattr(docs, "pages", lambda: [page])
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    assert docs.main(["--check"]) == 1
    assert docs.main([]) == 0
    assert docs.main(["--check"]) == 0
    assert "levers.contact.control" in page.read_text(encoding="utf-8")
    assert capsys.readouterr().out.splitlines() == ["page.md: out of date", "page.md: written"]


def test_cells_escape_what_would_break_a_table():
    docs = generator()
    assert docs.markdown(("a",), [["x|y"], [None], [1.5], [True]]).splitlines()[2:] == [
        "| x\\|y |", "| – |", "| 1.5 |", "| true |",
    ]  # fmt: skip
