"""The driver is killed, or asked to end: workers go with it, and resumption completes the sweep (F3, F4, F10)."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ecosim import cli
from ecosim.errors import UserError
from experiments.kill_campaign import alive, workers
from faults.sweeps import PATH, SERIAL, litter, stored, study, sweep, wanted

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
ENVIRONMENT = {**os.environ, "PYTHONPATH": PATH}


def begin(*command):
    words = [sys.executable, *map(str, command)]
    return subprocess.Popen(words, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def until(true, seconds=300.0):
    """Wait until something is so; return how long it took."""
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < seconds
        time.sleep(0.01)
    return time.monotonic() - begun


def parts(root):
    return list((root / "s" / "parts").glob("[!.]*.parquet"))


@pytest.mark.parametrize(
    ("kind", "moment"),
    [
        ("local", "workers begin"),
        ("local", "runs go on"),
        pytest.param("dask", "runs go on", marks=pytest.mark.campaign),
    ],
)
def test_workers_end_with_a_killed_driver_and_the_sweep_resumes(kind, moment, tmp_path):
    with begin("-m", "faults.sweeps", tmp_path, 40, kind, 0.1) as driver:
        until(lambda: len(workers(driver.pid)) == 2 and (moment == "workers begin" or parts(tmp_path)))
        pids = workers(driver.pid)
        driver.kill()
        assert until(lambda: not any(alive(pid) for pid in pids)) < 5
    assert len(stored_runs(tmp_path)) < 40
    done, failed = sweep(tmp_path, 40, SERIAL)
    assert failed == {}
    assert stored(done.folder) == wanted(40)
    assert litter(done.folder) == []


def test_a_worker_is_bound_to_its_parent_before_it_imports_much():
    code = "import sys, ecosim.workers; print({'numpy', 'pandas', 'pyarrow'} & set(sys.modules))"
    with begin("-c", code) as fresh:
        assert fresh.communicate()[0] == "set()\n"


def stored_runs(root):
    return {run for _, runs, _, _ in study(root, 40).units() for run in runs}


def test_a_second_sweep_is_told_who_holds_the_folder(tmp_path):
    with study(tmp_path, 3), pytest.raises(UserError, match=f"in use by pid {os.getpid()} on host"):
        sweep(tmp_path, 3)


WORDS = [
    "vary={attention.load: [5, 20]}", "customers=60", "weeks=26", "history=13", "burn_in=0", "replications=16",
    "archetypes=[crm1,cmr]", "threads=1", "batch=1", "study=s",
]  # fmt: skip
ALONE = ["executor=serial", "progress=none"]


def status(root):
    return json.loads((root / "s" / "manifest.json").read_text())


def interrupted(number, root, *command):
    """Start a command, send a signal once it has stored a few worlds more; return code and what it said."""
    there = len(parts(root))
    with begin("-m", "ecosim", *command, "workers=2", "progress=json") as driver:
        until(lambda: len(parts(root)) > there + 3)
        pids = workers(driver.pid)
        driver.send_signal(number)
        assert until(lambda: driver.poll() is not None) < 5
        said = driver.stderr.read()
    assert pids and not any(alive(pid) for pid in pids)
    assert f"go on with: ecosim resume {root / 's'}" in said
    assert "Traceback" not in said
    assert status(root)["status"] == "interrupted"
    return driver.returncode


def test_ctrl_c_and_sigterm_stop_a_sweep_within_seconds_and_it_resumes(tmp_path, capsys):
    root, straight = tmp_path / "a", tmp_path / "b"
    assert interrupted(signal.SIGINT, root, "sweep", *WORDS, f"results={root}") == 130
    assert interrupted(signal.SIGTERM, root, "resume", root / "s") == 143
    there = len(parts(root))
    assert there < 32
    assert cli.main(["resume", str(root / "s"), *ALONE]) == 0
    assert f"({there} were already there)" in capsys.readouterr().out
    assert cli.main(["sweep", *WORDS, *ALONE, f"results={straight}"]) == 0
    assert status(root)["summary_sha256"] == status(straight)["summary_sha256"]
