"""The shape of the package: imports point one way, the state path uses only keyed draws, and lists are complete."""

import ast
import re
from pathlib import Path

import pytest
from worlds import ROOT, python

from ecosim.mechanisms import COUNTS, MECHANISMS, SCHEDULE, passes
from ecosim.parameters import group_of
from ecosim.setting import Setting

PACKAGE = ROOT / "ecosim"
FILES = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}
STATE_PATH = [
    name
    for name in FILES
    if name.split("/")[0] in ("mechanisms", "agents", "networks", "strategies", "metrics")
    or name in ("draws.py", "jit.py", "columns.py", "ledger.py", "model.py", "world.py", "market.py", "setting.py",
                "records.py", "job.py")
]  # fmt: skip


def tree(name):
    return ast.parse(FILES[name].read_text(encoding="utf-8"))


def imported(name):
    """Return the modules imported anywhere in a file, as dotted names, with what is taken from them."""
    found = set()
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: relative import"
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def uses(name, *modules):
    return sorted(m for m in imported(name) if any(m == target or m.startswith(target + ".") for target in modules))


MODEL = ("ecosim.model", "ecosim.world", "ecosim.job", "ecosim.agents", "ecosim.mechanisms", "ecosim.setting")
ABOVE = ("ecosim.analysis", "ecosim.figures", "ecosim.report", "ecosim.sweeps", "ecosim.commands", "ecosim.cli",
         "ecosim.conf", "ecosim.request")  # fmt: skip


@pytest.mark.parametrize("name", [n for n in FILES if n.split("/")[0] in ("analysis", "figures", "report")])
def test_what_reads_tables_never_imports_the_model(name):
    assert uses(name, *MODEL, "ecosim.draws", "ecosim.jit", "numba", "mesa") == []


@pytest.mark.parametrize("name", STATE_PATH)
def test_the_model_knows_nothing_of_what_is_made_of_its_results(name):
    assert uses(name, *ABOVE, "hydra", "omegaconf", "matplotlib", "tqdm", "jinja2") == []


@pytest.mark.parametrize("name", [n for n in FILES if n.startswith("mechanisms/")])
def test_mechanisms_know_no_strategy_and_no_model(name):
    assert uses(name, "ecosim.strategies", "ecosim.model", "ecosim.world", "ecosim.agents", "ecosim.setting") == []


@pytest.mark.parametrize("name", [n for n in FILES if n.startswith("networks/")])
def test_networks_know_only_draws_parameters_and_errors(name):
    known = ("ecosim.networks", "ecosim.draws", "ecosim.parameters", "ecosim.errors", "ecosim.jit")
    assert [m for m in uses(name, "ecosim") if not m.startswith(known)] == []


@pytest.mark.parametrize("name", [n for n in FILES if n.startswith("strategies/")])
def test_strategies_know_only_parameters(name):
    known = ("ecosim.strategies", "ecosim.parameters", "ecosim.errors")
    assert [m for m in uses(name, "ecosim") if not m.startswith(known)] == []


@pytest.mark.parametrize("name", [n for n in FILES if n.startswith("metrics/")])
def test_metrics_read_the_model_and_are_read_by_records(name):
    assert uses(name, "ecosim.model", "ecosim.agents", "ecosim.records", "ecosim.job") == []


@pytest.mark.parametrize("name", [n for n in FILES if n not in ("cli.py", "__main__.py", "conf.py")])
def test_nothing_imports_the_command_line(name):
    if not name.startswith("commands/"):
        assert uses(name, "ecosim.cli", "ecosim.conf") == []


@pytest.mark.parametrize("name", [n for n in FILES if n not in ("cli.py", "conf.py")])
def test_only_configuration_knows_hydra(name):
    assert uses(name, "hydra", "omegaconf") == []


def test_a_run_that_draws_nothing_imports_no_drawing():
    code = "import sys, ecosim.job; print([m for m in %r if m in sys.modules])"
    heavy = ["solara", "streamlit", "matplotlib.pyplot", "matplotlib", "duckdb", "hydra", "jinja2"]
    assert python(code % heavy) == "[]"


FORBIDDEN_NAMES = {"SeedSequence", "default_rng", "RandomState", "fastmath", "eval", "exec", "pickle"}
FORBIDDEN_ATTRIBUTES = {
    *((module, "random") for module in ("np", "numpy", "model", "self")),
    *((owner, "rng") for owner in ("model", "self")),
    ("time", "time"), ("yaml", "load"), ("joblib", "load"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_no_stream_of_random_numbers_no_pickle_no_eval(name):
    """Anywhere but in analysis, which resamples tables, random numbers are keyed; nothing is ever unpickled."""
    state = name in STATE_PATH
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            pair = (node.value.id, node.attr)
            if pair in FORBIDDEN_ATTRIBUTES:
                assert not state and pair in {("np", "random"), ("time", "time")}, f"{name}:{node.lineno} {pair}"
        label = node.id if isinstance(node, ast.Name) else node.arg if isinstance(node, ast.keyword) else None
        if label in ("fastmath", "eval", "exec", "pickle"):
            raise AssertionError(f"{name}:{node.lineno} {label}")
        if state:
            assert label not in FORBIDDEN_NAMES, f"{name}:{node.lineno} {label}"
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            assert isinstance(node.value, ast.Constant)
            assert node.value.value is False
    forbidden = {"pickle", "cloudpickle", "dill", "marshal", "shelve"}
    assert not forbidden & imported(name)
    if state:
        assert not [m for m in imported(name) if m.startswith(("numpy.random", "scipy.stats"))]
        assert not {"random", "time", "secrets", "uuid", "datetime"} & imported(name)


@pytest.mark.parametrize("name", [n for n in STATE_PATH if not n.startswith("networks/")])
def test_no_library_transcendentals_on_the_state_path(name):
    """exp, log and powers of arrays differ by CPU; metrics and reports, which are not state, may use them."""
    if name.startswith("metrics/") or name == "records.py":
        return
    banned = {"exp", "log", "power", "log1p", "expm1", "sin", "cos", "tan", "tanh"}
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("np", "math"):
            assert node.attr not in banned, f"{name}:{node.lineno} {node.value.id}.{node.attr}"


@pytest.mark.parametrize("name", STATE_PATH)
def test_every_sort_is_stable(name):
    """Sorting plain numbers has one result; an order of rows has one only if ties keep theirs."""
    calls = [node for node in ast.walk(tree(name)) if isinstance(node, ast.Call)]
    for node in calls:
        if isinstance(node.func, ast.Attribute) and node.func.attr == "argsort":
            kinds = [k.value.value for k in node.keywords if k.arg == "kind"]
            assert kinds == ["stable"], f"{name}:{node.lineno}"


ARCHETYPES = ("crm1", "crm2", "cmr", "vrm", "aggregator", "tactical", "hosted")


@pytest.mark.parametrize("name", [n for n in FILES if n.split("/")[0] in ("mechanisms", "agents", "metrics")])
def test_no_mechanism_names_a_strategy(name):
    words = set(re.findall(r"\w+", FILES[name].read_text(encoding="utf-8").lower()))
    assert not words & set(ARCHETYPES)


MAY_SEE_TRUE_WEIGHTS = {
    "model.py": "draws them", "agents/firm.py": "shows customers what they will live through",
    "agents/partner.py": "draws partners' goals around them", "mechanisms/belief.py": "how firms learn",
    "mechanisms/ideas.py": "a customer knows his own", "metrics/innovation.py": "measures",
}  # fmt: skip


def test_no_firm_decides_by_what_customers_truly_want():
    """True attribute weights are read where they are drawn, lived through, told by customers, or measured."""
    assert {name for name in FILES if "segment_weights" in FILES[name].read_text(encoding="utf-8")} <= set(
        MAY_SEE_TRUE_WEIGHTS
    )


def test_every_step_of_every_mechanism_is_in_the_week():
    steps = [step for mechanism in MECHANISMS for step in mechanism.steps]
    assert sorted(map(id, steps)) == sorted(map(id, SCHEDULE))
    assert [step.phase for step in SCHEDULE] == sorted(step.phase for step in SCHEDULE)
    assert [step for group in passes() for step in group] == list(SCHEDULE)
    assert len({mechanism.name for mechanism in MECHANISMS}) == len(MECHANISMS)
    for step in steps:
        assert (step.kernel is None) != (step.act is None), step.name
        assert step.every >= 1
        assert step.reads
        assert step.writes


def test_acts_wait_for_all_kernels_before_them():
    for group in passes():
        assert len(group) == 1 or all(step.kernel is not None for step in group)


def test_counts_are_named_once():
    assert len(set(COUNTS)) == len(COUNTS)


def test_every_source_of_a_step_can_be_cited():
    from ecosim.citations import BIBTEX

    cited = {source for step in SCHEDULE for source in step.source}
    assert sorted(cited - set(BIBTEX)) == []
    assert list(BIBTEX) == sorted(BIBTEX)


def test_every_mechanism_file_is_listed_or_a_seam():
    listed = {mechanism.name for mechanism in MECHANISMS} | {"base", "__init__"}
    assert [n for n in FILES if n.startswith("mechanisms/") and Path(n).stem not in listed] == []


def test_every_mechanism_file_says_its_source():
    for name in FILES:
        if name.startswith("mechanisms/") and Path(name).stem not in ("__init__", "base", "settlement"):
            assert "Source" in ast.get_docstring(tree(name)), name


@pytest.mark.parametrize("name", FILES)
def test_rooms_are_small(name):
    lines = FILES[name].read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 300, f"{name}: {len(lines)} lines"
    module = tree(name)
    if name != "__init__.py":
        assert ast.get_docstring(module), f"{name} has no docstring"
    for node in ast.walk(module):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert node.end_lineno - node.lineno < 60, f"{name}: {node.name}"


def test_groups_of_the_setting_are_the_parameter_groups_of_mechanisms():
    import dataclasses

    groups = [group_of(field) for field in dataclasses.fields(Setting)]
    assert None not in groups
    assert len(set(groups)) == len(groups)
