"""Every engine stores what a serial sweep stores, survives workers that die, and names runs that always kill them."""

import os
import subprocess
import threading
import time
from pathlib import Path

import pytest

from ecosim.errors import UserError
from ecosim.sweeps.executors import MODULES, Engine
from ecosim.sweeps.slurm_executor import Calls, SlurmExecutor
from faults import slurm
from faults.sweeps import PATH, SERIAL, litter, recorded, stored, sweep, wanted

FAULTS = {3: "fail", 6: "kill", 17: "kill"}
ONCE = {6}


def judge(root, engine):
    """Check that workers that die once cost nothing, and that exactly what always fails is set apart."""
    done, failed = sweep(root, 24, engine, FAULTS, once=ONCE, batch=4)
    assert set(failed) == {3, 17} == recorded(done.folder)
    assert failed[3] == "RuntimeError: step 57: NaN"
    assert failed[17].startswith("WorkerDied: its worker died 3 times")
    assert len(list(root.glob("marker-*"))) == len(ONCE)
    assert stored(done.folder)[1] == 2 * 22
    again, failed = sweep(root, 24, SERIAL)
    assert failed == {}
    assert stored(again.folder) == wanted(24)
    assert litter(root) == []


@pytest.fixture
def importable(monkeypatch):
    """Let workers that are not this process's children find the modules of the tests."""
    monkeypatch.setenv("PYTHONPATH", PATH)


@pytest.mark.parametrize("kind", MODULES)
def test_an_engine_whose_library_is_missing_says_what_to_install(kind, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(
        UserError, match=f"executor={kind}: {MODULES[kind]} is not installed; pip install 'ecosim.{kind}.'"
    ):
        Engine(kind)


@pytest.mark.filterwarnings("ignore")
def test_dask(tmp_path, importable):
    pytest.importorskip("distributed")
    judge(tmp_path, Engine("dask", workers=2))


@pytest.mark.campaign
@pytest.mark.filterwarnings("ignore")
def test_ray(tmp_path, importable):
    pytest.importorskip("ray")
    judge(tmp_path, Engine("ray", workers=2))


@pytest.mark.campaign
@pytest.mark.filterwarnings("ignore")
def test_submitit_without_slurm(tmp_path, importable):
    pytest.importorskip("submitit")
    judge(tmp_path, Engine("slurm", workers=2, options={"cluster": "local"}))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    pytest.importorskip("submitit")
    if slurm.missing():
        pytest.skip(slurm.missing())
    with slurm.cluster(tmp_path_factory.mktemp("slurm")) as config, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLURM_CONF", str(config))
        patch.setenv("PYTHONPATH", PATH)
        yield config


@pytest.mark.campaign
def test_slurm(tmp_path, cluster):
    judge(tmp_path, Engine("slurm", workers=2))


def queue(*words):
    """Return the ids of all jobs in the queue."""
    command = ["squeue", "-h", "-r", "-o", "%i", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def empty(seconds=20.0):
    """Return whether the queue is empty soon."""
    until = time.monotonic() + seconds
    while queue() and time.monotonic() < until:
        time.sleep(0.2)
    return queue() == []


@pytest.mark.campaign
def test_slurm_jobs_that_are_cancelled_or_out_of_time_cost_nothing(tmp_path, cluster):
    """A cancelled job leaves the queue without a result; one told that its time is up hands over what it finished."""
    root = tmp_path

    def disturb():
        until = time.monotonic() + 60
        while len(list(root.glob("s/parts/[!.]*"))) < 2 and time.monotonic() < until:
            time.sleep(0.1)
        jobs = queue("-t", "R")
        subprocess.run(["scancel", jobs[0]], check=True)
        subprocess.run(["scancel", "--signal=USR2", *jobs[1:2]], check=False)

    other = threading.Thread(target=disturb)
    other.start()
    done, failed = sweep(root, 24, Engine("slurm", workers=2), seconds=0.5, batch=2)
    other.join()
    assert failed == {}
    assert stored(done.folder) == wanted(24)
    assert empty()
    assert not list((done.folder / ".slurm").glob("*.pkl"))


@pytest.mark.campaign
def test_slurm_jobs_are_cancelled_when_the_sweep_is_left(tmp_path, cluster):
    with pytest.raises(KeyboardInterrupt), SlurmExecutor(2) as pool:
        task = type("Task", (), {"folder": str(tmp_path)})()
        pool.submit(rest, task)
        until = time.monotonic() + 60
        while not queue() and time.monotonic() < until:
            time.sleep(0.1)
        assert queue()
        raise KeyboardInterrupt
    assert empty()


def rest(task):
    time.sleep(1000)


def test_calls_of_an_element_are_done_in_turn_and_those_without_time_are_left_out():
    def good(n):
        return n

    def bad():
        raise ValueError("no")

    def signalled():
        os.kill(os.getpid(), 12)

    found = Calls([(good, (1,)), (bad, ()), (good, (2,)), (signalled, ()), (good, (3,))])()
    assert found == [(True, 1), (False, "ValueError: no"), (True, 2)]


@pytest.mark.parametrize("options", [{"slurm_partitoin": "x"}, {"cluster": "nowhere"}, {"timeout_min": "long"}])
def test_options_that_submitit_does_not_know_are_refused_in_a_sentence(options, tmp_path):
    pytest.importorskip("submitit")
    settings = {"cluster": "local", **options}
    with pytest.raises(UserError, match="executor=slurm: .*(partitoin|nowhere|timeout_min)"):
        sweep(tmp_path, 3, Engine("slurm", options=settings))
    assert not list(Path(tmp_path).glob("s/parts/*"))
