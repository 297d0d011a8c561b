"""The writer of parts, under strace: one forked child for each place at which a system call may fail or kill.

``strace -f -e inject=...:when=AT`` counts the calls of each process. A child first makes as many harmless calls of a
kind as it takes for the injection to hit its own place, so that one interpreter serves all places. Starting Python
makes none or few of these calls.
"""

import json
import os
import sys
from pathlib import Path

import pandas as pd

from ecosim.sweeps.saving import save

AT = 30
CALLS = {"write": 2, "fsync": 4, "rename": 2}
"""System calls by which two tables are stored: each is written, synced, renamed, and its folder synced."""

RUNS = ("a" * 20, "b" * 20)


def tables(run_id, n):
    """Return two tables of a run; their parts are written one after the other."""
    outcomes = pd.DataFrame({"run_id": run_id, "strategy": ["crm1", "cmr"], "seed": n, "value": [n / 7.0, 2.5]})
    return {"outcomes": outcomes, "quarterly": outcomes.assign(quarter=1)}


def batch():
    return {run: tables(run, n) for n, run in enumerate(RUNS)}


def spend(kind, count):
    """Make harmless calls of one kind."""
    nowhere = os.open("/dev/null", os.O_WRONLY)
    for _ in range(count):
        try:
            if kind == "write":
                os.write(nowhere, b"x")
            elif kind == "fsync":
                os.fsync(nowhere)
            else:
                os.rename("/nowhere", "/nowhere-else")
        except OSError:
            pass


def child(folder, kind, place):
    """Store a batch; the injection hits the call of this kind at this place. Exit with the number of the error."""
    for sub in ("parts", "failures"):
        (folder / sub).mkdir(parents=True)
    spend(kind, AT - place)
    try:
        save(folder, batch())
    except OSError as error:
        os._exit(error.errno)
    os._exit(0)


def main(root):
    """Fork a child for every place of every kind, and for the one after the last; print how each ended."""
    told = {}
    for kind, calls in CALLS.items():
        for place in range(1, calls + 2):
            pid = os.fork()
            if pid == 0:
                child(Path(root, f"{kind}-{place}"), kind, place)
            told[f"{kind}-{place}"] = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1])
