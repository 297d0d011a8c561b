"""A cheap run that misbehaves when told to: what sweeps must survive, or set apart and name.

A job is ``{"n": number, "fault": name or "", "marker": path or ""}``. With a marker the fault happens once: it is
marked by a file before it happens, and a marked one does not happen again.
"""

import ctypes
import os
import resource
import signal
import sys
import time
from pathlib import Path

import pandas as pd


def kill():
    os.kill(os.getpid(), signal.SIGKILL)


def leave():
    os._exit(3)


def exits():
    sys.exit(4)


def fail():
    raise RuntimeError("step 57: NaN")


def no_memory():
    raise MemoryError("no room for 7 agents")


def large():
    """Ask for more than the process may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (used + 2**28, hard))
    try:
        bytearray(2**31)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def hang():
    while True:
        pass


def hang_in_c():
    """Sleep in C without letting go of Python's lock, as a kernel does: no signal handler and no thread gets a turn."""
    ctypes.PyDLL(None).sleep(1000)


def hang_in_a_kernel():
    from numba import njit

    @njit("int64(int64)")
    def spin(n):
        while n > 0:
            n = n % 1000 + 1
        return n

    spin(5)


def disk_full():
    """From now on no file of this process may grow beyond 100 bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))


FAULTS = {
    each.__name__: each
    for each in (kill, leave, exits, fail, no_memory, large, hang, hang_in_c, hang_in_a_kernel, disk_full)
}


def work(run_id, job):
    """Return the outcomes of run ``n``: two strategies, some numbers that only ``n`` decides."""
    fault, marker = job["fault"], job["marker"]
    if fault and not (marker and Path(marker).exists()):
        if marker:
            Path(marker).touch()
        FAULTS[fault]()
    time.sleep(job.get("seconds", 0.0))
    n = job["n"]
    values = [n / 7.0, (n * n) % 11 / 3.0]
    return {"outcomes": pd.DataFrame({"run_id": run_id, "strategy": ["crm1", "cmr"], "seed": n, "value": values})}
