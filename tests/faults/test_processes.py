"""Runs that die, hang, leave or run out of memory are set apart and named, and harm no others (F1, F2, F15)."""

import pytest

from faults.sweeps import LOCAL, SERIAL, Engine, litter, recorded, stored, sweep, wanted

HARMLESS = {5: "fail", 9: "exits", 17: "no_memory", 20: "large"}
DEADLY = {3: "kill"}
ENDLESS = {23: "hang", 31: "hang_in_c"}
ALWAYS = HARMLESS | DEADLY | ENDLESS


def judge(done, failed, count, faults):
    """Check that exactly these runs failed, each with its reason, and that resumption makes good for them."""
    assert set(failed) == set(faults) == recorded(done.folder)
    for n, error in failed.items():
        assert error.startswith(REASONS[faults[n]])
    assert stored(done.folder)[1] == 2 * (count - len(faults))
    assert litter(done.folder) == []
    again, failed = sweep(done.folder.parent, count)
    assert failed == {}
    assert recorded(again.folder) == set()
    assert stored(again.folder) == wanted(count)


REASONS = {
    "fail": "RuntimeError: step 57: NaN",
    "exits": "SystemExit: 4",
    "no_memory": "MemoryError: no room for 7 agents",
    "large": "MemoryError",
    "kill": "WorkerDied: its worker died 3 times while doing this run alone (a crash, or out of memory: killed)",
    "hang": "TimeoutError: stopped after 1.5 seconds (timeout=)",
    "hang_in_c": "TimeoutError: stopped after 1.5 seconds",
    "hang_in_a_kernel": "TimeoutError: stopped after 6 seconds",
}


def test_an_undisturbed_sweep_stores_what_is_wanted(tmp_path):
    done, failed = sweep(tmp_path, 30)
    assert failed == {}
    assert stored(done.folder) == wanted(30)


def test_runs_that_always_fail_are_set_apart_and_the_rest_is_stored(tmp_path):
    done, failed = sweep(tmp_path, 40, LOCAL, ALWAYS, once=False, batch=10, timeout=1.5)
    judge(done, failed, 40, ALWAYS)


def test_in_this_process_errors_are_set_apart_too(tmp_path):
    done, failed = sweep(tmp_path, 30, SERIAL, HARMLESS, once=False, batch=10)
    judge(done, failed, 30, HARMLESS)


def test_workers_that_die_once_cost_nothing(tmp_path):
    faults = {0: "kill", 7: "leave", 25: "kill"}
    done, failed = sweep(tmp_path, 30, LOCAL, faults, batch=5)
    assert failed == {}
    assert len(list(tmp_path.glob("marker-*"))) == len(faults)
    assert stored(done.folder) == wanted(30)
    assert done.manifest["status"] == "complete"
    assert litter(done.folder) == []


@pytest.mark.campaign
@pytest.mark.parametrize("workers", [1, 3])
def test_a_kernel_that_never_returns_is_stopped(workers, tmp_path):
    faults = {4: "hang_in_a_kernel", 8: "kill", 9: "kill"}
    done, failed = sweep(tmp_path, 12, Engine("local", workers), faults, once=False, timeout=6.0)
    judge(done, failed, 12, faults)
