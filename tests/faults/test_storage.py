"""Disks that fail, fill, vanish or forget, and two writers at once (F5, F6, F11, F12, F13, F17, F18)."""

import errno
import fcntl
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import uuid
from pathlib import Path

import pytest

import ecosim.sweeps.manifest
from ecosim.sweeps.execute import StoreTrouble
from ecosim.sweeps.folder import sweep_temporaries
from ecosim.sweeps.saving import save
from ecosim.sweeps.tasks import Task, perform
from faults import syscalls
from faults.faulty import work
from faults.sweeps import LOCAL, PATH, ids, litter, stored, study, sweep, wanted

ROOT = os.geteuid() == 0


@pytest.fixture(autouse=True)
def no_git(monkeypatch):
    """Manifests ask git for the code's revision; here that is only slow."""
    monkeypatch.setattr(ecosim.sweeps.manifest, "code_revision", lambda: {"revision": None, "dirty": None})


# system calls that fail or kill


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace (apt-get install strace)")
@pytest.mark.parametrize(
    ("injected", "code"),
    [("signal=SIGKILL", -signal.SIGKILL), ("error=ENOSPC", errno.ENOSPC), ("error=EIO", errno.EIO)],
)
def test_a_fault_at_any_system_call_of_the_writer_leaves_all_or_nothing(injected, code, tmp_path):
    kinds = ",".join(syscalls.CALLS)
    fault = f"inject={kinds}:{injected}:when={syscalls.AT}"
    trace = ["strace", "-f", "-o", "/dev/null", "-e", f"trace={kinds}", "-e", fault]
    done = subprocess.run(
        [*trace, sys.executable, "-m", "faults.syscalls", tmp_path], env={**os.environ, "PYTHONPATH": PATH},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    told = json.loads(done.stdout)
    for kind, calls in syscalls.CALLS.items():
        assert [told[f"{kind}-{place}"] for place in range(1, calls + 2)] == [code] * calls + [0]
    (tmp_path / "whole" / "parts").mkdir(parents=True)
    name = save(tmp_path / "whole", syscalls.batch())
    whole = {path.name: path.read_bytes() for path in (tmp_path / "whole" / "parts").iterdir()}
    for place in told:
        there = tmp_path / place / "parts"
        parts = {path.name: path.read_bytes() for path in there.glob("[!.]*")}
        assert parts.items() <= whole.items()
        assert f"{name}.outcomes.parquet" not in parts or len(parts) == 2
        if injected.startswith("error"):
            assert list(there.glob(".*")) == []
        assert save(tmp_path / place, syscalls.batch()) == name
        assert {path.name: path.read_bytes() for path in there.glob("[!.]*")} == whole


# disks that fill, folders that vanish


def test_a_disk_that_fills_stops_the_sweep_with_a_reason_and_it_resumes(tmp_path):
    with pytest.raises(StoreTrouble, match="finished runs could not be stored .File too large"):
        sweep(tmp_path, 30, LOCAL, {8: "disk_full", 9: "disk_full"}, batch=5)
    assert litter(tmp_path) == []
    done, failed = sweep(tmp_path, 30)
    assert failed == {}
    assert stored(done.folder) == wanted(30)


def mount(*words):
    done = subprocess.run(["mount", *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"cannot mount here: {done.stderr.strip()}")


@pytest.mark.skipif(not ROOT, reason="needs root to mount a small disk")
def test_a_full_disk_stops_the_sweep_with_a_reason_and_it_resumes(tmp_path):
    mount("-t", "tmpfs", "-o", "size=120k", "none", tmp_path)
    try:
        with pytest.raises(StoreTrouble, match="No space left on device"):
            sweep(tmp_path, 60)
        rows = stored(tmp_path / "s")[1]
        assert 0 < rows < 120
        assert litter(tmp_path) == []
        mount("-o", "remount,size=4m", tmp_path)
        done, failed = sweep(tmp_path, 60)
        assert failed == {}
        assert stored(done.folder) == wanted(60)
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def disturbed(monkeypatch, at, action):
    """Let something happen to the folder when run ``at`` is done; count the runs that are done."""
    calls = []

    def disturb(run_id, job):
        calls.append(job["n"])
        if job["n"] == at:
            action()
        return work(run_id, job)

    monkeypatch.setattr("faults.sweeps.work", disturb)
    return calls


def test_a_folder_deleted_in_the_middle_is_told_and_nothing_loops(tmp_path, monkeypatch):
    calls = disturbed(monkeypatch, 4, lambda: shutil.rmtree(tmp_path / "s"))
    with pytest.raises(StoreTrouble, match=f"{tmp_path}/s: finished runs could not be stored .No such file"):
        sweep(tmp_path, 10)
    assert calls == [0, 1, 2, 3, 4]
    monkeypatch.undo()
    done, _ = sweep(tmp_path, 10)
    assert stored(done.folder) == wanted(10)


def test_a_folder_made_read_only_in_the_middle_is_told_and_nothing_loops(tmp_path, monkeypatch):
    parts = tmp_path / "s" / "parts"

    def read_only():
        if ROOT:
            mount("--bind", parts, parts)
            mount("-o", "remount,bind,ro", parts)
        else:
            parts.chmod(0o555)

    calls = disturbed(monkeypatch, 4, read_only)
    try:
        with pytest.raises(StoreTrouble, match="could not be stored .(Read-only file system|Permission denied)"):
            sweep(tmp_path, 10)
    finally:
        subprocess.run(["umount", parts], check=False) if ROOT else parts.chmod(0o755)
    assert calls == [0, 1, 2, 3, 4]
    monkeypatch.undo()
    done, _ = sweep(tmp_path, 10)
    assert stored(done.folder) == wanted(10)


def test_a_failure_that_cannot_be_recorded_stops_the_sweep_too(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device", "failures/x.json")

    disturbed(monkeypatch, 0, lambda: monkeypatch.setattr("ecosim.sweeps.runs.write_bytes", full))
    with pytest.raises(StoreTrouble, match="failures/x.json: No space left"):
        sweep(tmp_path, 3, faults={1: "fail"}, once=False)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_rubbish_of_a_writer_that_nobody_asked_after_is_swept(tmp_path):
    """Where the first process of a container does not look after orphans, dead ones stay on the list."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, dead.pid, os.WEXITED | os.WNOWAIT)
    rubbish = tmp_path / f".x.{socket.gethostname()}.{dead.pid}.{uuid.uuid4().hex}.tmp"
    rubbish.touch()
    assert sweep_temporaries(tmp_path) == 1
    assert not rubbish.exists()
    dead.wait()


# two at once


def task(folder, doing=work, count=6):
    jobs = tuple((run, {"n": n, "fault": "", "marker": "", "seconds": 0.01}) for n, run in enumerate(ids(count)))
    return Task(str(folder), doing, jobs)


def test_the_same_runs_done_by_two_at_once_are_stored_once(tmp_path):
    with study(tmp_path, 6) as planned:
        reports = []
        twice = [threading.Thread(target=lambda: reports.append(perform(task(planned.folder)))) for _ in range(2)]
        for each in twice:
            each.start()
        for each in twice:
            each.join()
        assert [(set(report.done), report.trouble) for report in reports] == [(set(ids(6)), "")] * 2
        assert planned.refresh() == []
    assert stored(planned.folder) == wanted(6)


def other(run_id, job):
    tables = work(run_id, job)
    return {"outcomes": tables["outcomes"].assign(value=lambda table: table["value"] + 1e-12)}


def test_a_run_that_comes_out_differently_the_second_time_is_a_loud_error(tmp_path):
    with study(tmp_path, 6) as planned:
        assert perform(task(planned.folder)).trouble == ""
        assert "done twice with different results" in perform(task(planned.folder, other)).trouble
    assert stored(planned.folder) == wanted(6)


@pytest.fixture
def no_locks(monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)


def test_where_there_are_no_locks_two_sweeps_share_a_folder(tmp_path, no_locks):
    with study(tmp_path, 12) as one:
        assert perform(task(one.folder, count=4)).trouble == ""
        other, failed = sweep(tmp_path, 12, batch=5)
        assert failed == {}
        assert perform(task(one.folder, count=8)).trouble == ""
        assert one.refresh() == []
    assert stored(other.folder) == wanted(12)


# renames that come late or never, and power that fails


@pytest.mark.parametrize("late", [1, 4, 50])
def test_renames_that_are_seen_late_lose_nothing(late, tmp_path, monkeypatch):
    """As on a network file system: a rename is seen only after some more, and by its reader last."""
    real, waiting = os.replace, []

    def replace(source, target):
        if Path(target).parent.name != "parts":
            return real(source, target)
        shutil.copy(source, f"{source}.late")
        os.unlink(source)
        waiting.append((f"{source}.late", target))
        if len(waiting) > late:
            real(*waiting.pop(0))
        return None

    monkeypatch.setattr(os, "replace", replace)
    done, failed = sweep(tmp_path, 20)
    assert failed == {}
    assert done.missing == [] or late == 50
    while waiting:
        real(*waiting.pop(0))
    monkeypatch.undo()
    again, _ = sweep(tmp_path, 20)
    assert stored(again.folder) == wanted(20)
    assert again.manifest["status"] == "complete"


class Disk:
    """What a disk would hold if power failed at any moment: contents and names count once they are synced.

    ``states`` has two trees (file to bytes) for each moment: names ahead of contents, where what is not synced is cut
    in half; and names that are not synced forgotten.
    """

    def __init__(self, root, monkeypatch):
        self.root, self.fsync, self.replace = root, os.fsync, os.replace
        self.content, self.names, self.states, self.held = {}, {}, [], []
        monkeypatch.setattr(os, "fsync", self.sync)
        monkeypatch.setattr(os, "replace", self.rename)

    def sync(self, handle):
        self.fsync(handle)
        self.fail()
        path, about = Path(os.readlink(f"/proc/self/fd/{handle}")), os.fstat(handle)
        if stat.S_ISDIR(about.st_mode):
            self.names[path] = {each.name: each.stat().st_ino for each in path.iterdir()}
        else:
            self.content[about.st_ino] = path.read_bytes()
            self.held.append(os.open(path, os.O_RDONLY))  # the number of the file is not given to another
        self.fail()

    def rename(self, source, target):
        self.fail()
        self.replace(source, target)
        self.fail()

    def fail(self):
        ahead, behind = {}, {}
        for folder, subs, files in os.walk(self.root):
            ahead |= {f"{folder}/{sub}/": b"" for sub in subs}
            for name in files:
                path = Path(folder, name)
                data = path.read_bytes()
                ahead[str(path)] = self.content.get(path.stat().st_ino, data[: len(data) // 2])
            for name, number in self.names.get(Path(folder), {}).items():
                path = Path(folder, name)
                behind[f"{path}/" if path.is_dir() else str(path)] = self.content.get(number, b"")
        for state in (ahead, behind):
            if state not in self.states:
                self.states.append(state)


def test_power_that_fails_at_any_moment_loses_nothing(tmp_path, monkeypatch):
    real = tmp_path / "real"
    with monkeypatch.context() as patch:
        disk = Disk(real, patch)
        sweep(real, 2, batch=2)
        sweep(real, 4, batch=1)
    for handle in disk.held:
        os.close(handle)
    assert len(disk.states) > 40
    there = []
    for n, state in enumerate(disk.states):
        root = tmp_path / str(n)
        for name, data in state.items():
            path = root / Path(name).relative_to(real)
            (path if name.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
            if not name.endswith("/"):
                path.write_bytes(data)
        there.append(len(list(root.glob("s/parts/[!.]*.parquet"))))
        done, failed = sweep(root, 4)
        assert failed == {}
        assert stored(done.folder) == wanted(4)
        assert not done.bad or list(root.glob("s/quarantine/*"))
    assert set(there) == {0, 1, 2, 3}
    assert stored(real / "s") == wanted(4)
