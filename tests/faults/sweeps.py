"""Small sweeps of `faulty` runs: planned, done, resumed, and judged by the hash of what an undisturbed one stores."""

import json
import os
import sys
from pathlib import Path

import pandas as pd

from ecosim.sweeps import Study, StudyFolder, content_hash
from ecosim.sweeps.campaign import Campaign
from ecosim.sweeps.executors import Engine
from ecosim.sweeps.manifest import run_ids
from faults.faulty import work

ROOT = Path(__file__).resolve().parents[2]
PATH = os.pathsep.join([str(ROOT / "tests"), str(ROOT), os.environ.get("PYTHONPATH", "")])
"""Where a fresh interpreter finds these modules and the package."""

CONFIG = {"model": "faulty"}
SERIAL = Engine("serial")
LOCAL = Engine("local", workers=2)


def ids(count):
    return list(run_ids(CONFIG, range(count)))


def study(root, count, name="s"):
    """Return a study of ``count`` runs, each of two strategies."""
    rows = [
        {"run_id": run, "scenario": "w", "strategy": strategy, "adopters": "focal", "replication": 0, "seed": n,
         "parameters": "{}", "point": n}
        for n, run in enumerate(ids(count)) for strategy in ("crm1", "cmr")
    ]  # fmt: skip
    return Study(name, CONFIG, pd.DataFrame(rows), root=root)


def sweep(root, count, engine=SERIAL, faults=None, *, once=True, name="s", seconds=0.0, **settings):
    """Do what is missing of a sweep; return the study and what failed, by number of run.

    ``faults``: by number of run, the name of a fault of `faulty`; each happens once, or with ``once=False`` always;
    a set of numbers names those that happen once.
    """
    planned = study(root, count, name)
    number = {run: n for n, run in enumerate(ids(count))}

    def job(run_id):
        n = number[run_id]
        fault = (faults or {}).get(n, "")
        marker = str(Path(root) / f"marker-{n}") if fault and (n in once if isinstance(once, set) else once) else ""
        return {"n": n, "fault": fault, "marker": marker, "seconds": seconds}

    with planned:
        failed = Campaign(planned, work, job, engine, progress="none", **settings).run()
    return planned, {number[run]: record["error"] for run, record in failed.items()}


def stored(folder):
    """Return the hash of all outcomes of a study, and how many rows there are."""
    table = StudyFolder(folder).table()
    return content_hash(table), len(table)


def wanted(count):
    """Return the hash and rows of an undisturbed sweep, without a sweep."""
    tables = [work(run, {"n": n, "fault": "", "marker": ""})["outcomes"] for n, run in enumerate(ids(count))]
    return content_hash(pd.concat(tables, ignore_index=True)), 2 * count


def recorded(folder):
    """Return the numbers of the runs whose failure the folder records."""
    records = [json.loads(path.read_text()) for path in sorted((Path(folder) / "failures").glob("*.json"))]
    number = {run: n for n, run in enumerate(ids(1000))}
    return {number[record["run_id"]] for record in records}


def litter(folder):
    """Return the hidden temporary files left in a study."""
    return sorted(path.name for path in Path(folder).rglob(".*.tmp"))


if __name__ == "__main__":
    _, told = sweep(sys.argv[1], int(sys.argv[2]), Engine(sys.argv[3], workers=2), seconds=float(sys.argv[4]), batch=2)
    sys.exit(bool(told))
