"""The wheel: what is in it, and that it works from another folder; and every other way of starting."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SMALL = ["customers=20", "weeks=13", "burn_in=0", "threads=1"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Build the wheel from a copy of the sources, so that nothing is left in the checkout."""
    copy = tmp_path_factory.mktemp("source")
    for name in ("ecosim", "configs", "experiments"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    code = "import setuptools.build_meta as b; b.build_wheel('dist')"
    done = subprocess.run([sys.executable, "-c", code], cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (found,) = (copy / "dist").glob("ecosim-*.whl")
    return found


@pytest.fixture(scope="module")
def site(wheel, tmp_path_factory) -> Path:
    """Unpack the wheel into a folder that can be put on the path."""
    folder = tmp_path_factory.mktemp("site")
    zipfile.ZipFile(wheel).extractall(folder)
    return folder


def start(*words: str, cwd: Path, path: Path | None) -> subprocess.CompletedProcess[str]:
    """Run Python with compiled kernels off: a compile would take longer than what is tested here."""
    env = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}
    env |= {"NUMBA_DISABLE_JIT": "1"} | ({"PYTHONPATH": str(path)} if path else {})
    return subprocess.run([sys.executable, *words], cwd=cwd, env=env, capture_output=True, text=True, check=False)


def test_the_wheel_holds_everything_and_nothing_else(wheel):
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    places = {"ecosim": "ecosim", "configs": "ecosim/configs", "experiments": "ecosim/experiments"}
    suffixes = {".py", ".yaml", ".html", ".css", ".csv", ".json", ".bib"}
    wanted = {
        f"{inside}/{path.relative_to(ROOT / outside).as_posix()}"
        for outside, inside in places.items()
        for path in (ROOT / outside).rglob("*")
        if path.suffix in suffixes and "__pycache__" not in path.parts
    }
    assert packed == wanted


def test_every_package_is_declared():
    declared = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    folders = [(ROOT, "ecosim", ""), (ROOT, "experiments", "ecosim.")]
    found = {"ecosim.configs"} | {
        prefix + ".".join(path.parent.relative_to(root).parts)
        for root, name, prefix in folders
        for path in (root / name).rglob("__init__.py")
    }
    assert declared == found


def test_a_wheel_lists_its_scenarios_from_another_folder(site, tmp_path):
    done = start("-m", "ecosim", "list", "scenarios", "format=json", cwd=tmp_path, path=site)
    assert done.returncode == 0, done.stderr
    assert "baseline_fmcg" in {row["name"] for row in json.loads(done.stdout)["scenarios"]}


def test_a_wheel_compares_from_another_folder(site, tmp_path):
    words = [*SMALL, "weeks=26", "history=13", "replications=2", "format=json"]
    words.remove("weeks=13")
    done = start("-m", "ecosim.experiments.compare", *words, cwd=tmp_path, path=site)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert Path(document["report"]).is_file() and Path(document["study"]).parent == tmp_path / "results"
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


@pytest.mark.parametrize("how", ["wheel", "script", "module"])
def test_hydra_multirun_works_where_the_user_stands(how, site, tmp_path):
    first = {"wheel": ["-m", "ecosim.experiments.run"], "script": [str(ROOT / "experiments/run.py")]}
    words = [*first.get(how, ["-m", "experiments.run"]), "-m", "seed=1,2", *SMALL, "attention.load=5"]
    if how == "module":
        for name in ("experiments", "configs", "ecosim"):
            (tmp_path / name).symlink_to(ROOT / name)
    done = start(*words, cwd=tmp_path, path=site if how == "wheel" else ROOT)
    assert done.returncode == 0, done.stderr
    runs = sorted(path.parent.name for path in (tmp_path / "multirun").rglob(".hydra"))
    assert runs == ["0", "1"]
    assert "seed 1," in done.stdout and "seed 2," in done.stdout
    assert not (ROOT / "multirun").exists() and not (site / "multirun").exists()


@pytest.mark.parametrize("words", [["seed=1,2"], ["-m", "seed=1,-2"], ["-m", "atention.load=1,2"], ["+x=1"]])
def test_multirun_refuses_a_mistake_before_the_first_run(words, tmp_path):
    done = start(str(ROOT / "experiments/run.py"), *words, *SMALL, cwd=tmp_path, path=ROOT)
    assert done.returncode == 2
    assert done.stderr.startswith("ecosim: ") and done.stderr.count("\n") == 1 and done.stdout == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words", [["experiments/compare.py"], ["-m", "experiments.compare"], ["-m", "ecosim", "compare"]]
)
def test_a_checkout_starts_in_every_way(words, tmp_path):
    """A refusal is enough to see that the entry point reaches the gate."""
    done = start(*words, "customers=0", cwd=ROOT, path=ROOT)
    assert done.returncode == 2 and done.stderr.startswith("ecosim: customers=0"), done.stderr


def test_constraints_hold_no_addresses():
    text = (ROOT / "constraints.txt").read_text()
    assert "://" not in text and "--" not in text and " @ " not in text
    pinned = {re.split(r"[=<>~ ]", line)[0].lower() for line in text.splitlines()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [
        *project["dependencies"],
        *(word for extra in project["optional-dependencies"].values() for word in extra),
    ]
    assert {re.split(r"[\[=<>~; ]", word)[0].lower() for word in wanted} - {"ecosim"} <= pinned


@pytest.mark.campaign
def test_the_wheel_in_a_fresh_environment(wheel, tmp_path):
    """Install the wheel with its dependencies into a new environment and compare from another folder."""
    venv.create(tmp_path / "env", with_pip=True)
    binary = tmp_path / "env" / "bin"
    pip = [str(binary / "python"), "-m", "pip", "install", "-q", "-c", str(ROOT / "constraints.txt"), str(wheel)]
    subprocess.run(pip, check=True)
    work = tmp_path / "work"
    work.mkdir()
    words = ["customers=200", "weeks=26", "history=13", "burn_in=0", "replications=2", "format=json"]
    done = subprocess.run(
        [str(binary / "ecosim"), "compare", *words], cwd=work, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert Path(json.loads(done.stdout)["report"]).is_file()
