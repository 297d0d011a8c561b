"""Is anything of a sweep lost when its processes are killed? Small sweeps, killed over and over at random times.

``python experiments/kill_campaign.py [kills=1000] [seed=1]`` runs sweeps of short runs on two workers and sends
SIGKILL, at random times, to a worker or to the process that drives the sweep; a killed driver is started again, as
`ecosim resume` does. When a sweep is complete, its store is compared with what an undisturbed sweep holds. Written to
``results/published/kill_campaign/``: kills.csv (each kill), sweeps.csv (each sweep and what was found), manifest.json.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

RUNS, WORKERS, SECONDS, BATCHES = 200, 2, 0.02, (1, 8)
"""Of a sweep: runs, workers, seconds a run takes at most, runs to a part in turn."""

AT_ONCE, DRIVERS, LONGEST, MOST = 4, 0.35, 3.0, 12
"""Sweeps that go on at once, share of kills that hit the driver, seconds between kills, kills of one sweep; at most."""

PATIENCE, ORPHANS = 120.0, 5.0
"""Seconds until a sweep that is left alone counts as hung, and until the workers of a killed driver must be gone."""

CONFIG = {"campaign": "kill", "runs": RUNS}
FOLDER = Path("results") / "published" / "kill_campaign"


def work(run_id: str, n: int) -> dict[str, pd.DataFrame]:
    """Return the outcomes of run ``n`` after a short while."""
    import pandas as pd

    time.sleep(SECONDS * (n % 10) / 10)
    values = [n / 7.0, (n * n) % 11 / 3.0]
    return {"outcomes": pd.DataFrame({"run_id": run_id, "strategy": ["one", "two"], "seed": n, "value": values})}


def study(root: Path) -> Any:
    """Return the study of one sweep and its run ids."""
    import pandas as pd

    from ecosim.sweeps import Study
    from ecosim.sweeps.manifest import run_ids

    ids = list(run_ids(CONFIG, range(RUNS)))
    common = {"scenario": "none", "adopters": "none", "replication": 0, "parameters": "{}"}
    rows = [
        {"run_id": run, "strategy": arm, "seed": n, **common} for n, run in enumerate(ids) for arm in ("one", "two")
    ]
    return Study("s", CONFIG, pd.DataFrame(rows), root=root), {run: n for n, run in enumerate(ids)}


def drive(root: Path, batch: int) -> None:
    """Do what is missing of the sweep in ``root``; exit with 3 if workers were killed too often to go on."""
    from ecosim.sweeps.campaign import Campaign
    from ecosim.sweeps.execute import NoWorkers
    from ecosim.sweeps.executors import Engine

    planned, number = study(root)
    with planned:
        try:
            engine = Engine("local", WORKERS)
            failed = Campaign(planned, work, number.__getitem__, engine, batch=batch, progress="none").run()
        except NoWorkers:
            sys.exit(3)
    sys.exit(bool(failed))


def found(root: Path) -> dict[str, Any]:
    """Return what is wrong with a complete sweep: runs lost, rows twice, other content, temporary files left."""
    import pandas as pd

    from ecosim.sweeps import StudyFolder, content_hash

    folder = StudyFolder(root / "s")
    table = folder.table()
    units = [run for _, runs, _, _ in folder.units() for run in runs]
    straight = pd.concat([work(run, n)["outcomes"] for n, run in enumerate(folder.run_ids)], ignore_index=True)
    return {
        "lost": RUNS - table["run_id"].nunique(),
        "duplicated": int(table.duplicated(["run_id", "strategy"]).sum()),
        "stored_twice": len(units) - len(set(units)),
        "different": int(content_hash(table) != content_hash(straight)),
        "failed": len(folder.failures()),
        "damaged": len(folder.bad) + len(list((root / "s").glob("quarantine/*"))),
        "litter": len(list((root / "s").rglob(".*.tmp"))),
    }


def start(action: Any, *words: Any) -> int:
    """Do something in a forked process, which spares the start of an interpreter; return its number."""
    pid = os.fork()
    if pid:
        return pid
    code = 99
    try:
        with open(words[0] / "log", "a", encoding="utf-8") as log:
            os.dup2(log.fileno(), 2)
        action(*words)
        code = 0
    except SystemExit as error:
        code = int(error.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def judge(root: Path) -> None:
    """Write what is `found` into a file."""
    (root / "found.json").write_text(json.dumps(found(root)), encoding="utf-8")


def ended(pid: int, seconds: float) -> int | None:
    """Wait for a process of ours some seconds; return its exit code, or None if it goes on."""
    until = time.monotonic() + seconds
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= until:
            return None
        time.sleep(0.005)


def workers(driver: int) -> list[int]:
    """Return the worker processes of a driver."""
    pids = [pid for task in Path(f"/proc/{driver}/task").glob("*/children") for pid in task.read_text().split()]
    return [int(pid) for pid in pids if alive(int(pid)) and b"spawn_main" in command(int(pid))]


def command(pid: int) -> bytes:
    """Return a process's command line, empty if it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def alive(pid: int) -> bool:
    """Return whether a process is there and not a dead one that nobody has asked after."""
    try:
        return (
            Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0] != "Z"
        )
    except OSError:
        return False


def gone(pids: list[int]) -> float:
    """Return how many seconds it takes until all these processes are gone; infinite if longer than `ORPHANS`."""
    begun = time.monotonic()
    while any(alive(pid) for pid in pids):
        if time.monotonic() - begun > ORPHANS:
            return float("inf")
        time.sleep(0.005)
    return time.monotonic() - begun


class Sweep:
    """One sweep in a folder of its own, killed up to ``most`` times; ``kills`` tells of each."""

    def __init__(self, number: int, most: int, luck: random.Random) -> None:
        self.number, self.most, self.luck = number, most, luck
        self.batch = BATCHES[number % len(BATCHES)]
        self.kills: list[dict[str, Any]] = []
        self.hung = self.starts = self.errors = 0

    def run(self) -> dict[str, Any]:
        """Kill and resume until the sweep is complete; return what is found in its store."""
        root = Path(tempfile.mkdtemp(prefix="kill-"))
        try:
            while (code := self.driven(root)) != 0 and self.starts < 10 * MOST:
                self.errors += code not in (1, 3, -signal.SIGKILL)
            if ended(start(judge, root), PATIENCE) != 0:
                print((root / "log").read_text(encoding="utf-8"), file=sys.stderr)
            told = json.loads((root / "found.json").read_text(encoding="utf-8"))
        finally:
            shutil.rmtree(root, ignore_errors=True)
        drivers = sum(kill["target"] == "driver" for kill in self.kills)
        return {"sweep": self.number, "batch": self.batch, "kills": len(self.kills), "drivers": drivers,
                "starts": self.starts, "hung": self.hung, "errors": self.errors, **told}  # fmt: skip

    def driven(self, root: Path) -> int:
        """Drive the sweep until it ends or its driver is killed; return how it ended."""
        driver, begun = start(drive, root, self.batch), time.monotonic()
        self.starts += 1
        while len(self.kills) < self.most:
            code = ended(driver, self.luck.uniform(0.0, LONGEST))
            if code is not None:
                return code
            there = workers(driver)
            hit = driver if not there or self.luck.random() < DRIVERS else self.luck.choice(there)
            stored = len(list((root / "s" / "parts").glob("[!.]*.outcomes.parquet")))
            after = round(time.monotonic() - begun, 3)
            os.kill(hit, signal.SIGKILL)
            kill = {"sweep": self.number, "target": "driver" if hit == driver else "worker", "after_seconds": after,
                    "parts_stored": stored, "workers_gone_seconds": float("nan")}  # fmt: skip
            self.kills.append(kill)
            if hit == driver:
                kill["workers_gone_seconds"] = round(gone(there), 3)
                return os.waitstatus_to_exitcode(os.waitpid(driver, 0)[1])
        code = ended(driver, PATIENCE)
        if code is None:
            self.hung += 1
            os.kill(driver, signal.SIGKILL)
            return os.waitstatus_to_exitcode(os.waitpid(driver, 0)[1])
        return code


def shard(root: Path, kills: int, seed: int, first: int) -> None:
    """Do sweeps until there were so many kills, and write what was seen into a file; sweeps are numbered in steps."""
    luck, told = random.Random(seed), {"kills": [], "sweeps": []}
    while len(told["kills"]) < kills:
        sweep = Sweep(first + AT_ONCE * len(told["sweeps"]), min(MOST, kills - len(told["kills"])), luck)
        told["sweeps"].append(sweep.run())
        told["kills"] += sweep.kills
        print(f"{len(told['kills'])} of {kills} kills", file=sys.stderr, flush=True)
    (root / "seen.json").write_text(json.dumps(told), encoding="utf-8")


def campaign(kills: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return all kills and all sweeps; a few sweeps go on at once, each with luck of its own."""
    import pandas as pd

    with tempfile.TemporaryDirectory(prefix="kills-") as place:
        roots = [Path(place, str(n)) for n in range(AT_ONCE)]
        for root in roots:
            root.mkdir()
        shares = [kills // AT_ONCE + (n < kills % AT_ONCE) for n in range(AT_ONCE)]
        pids = [start(shard, root, shares[n], AT_ONCE * seed + n, n) for n, root in enumerate(roots)]
        codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
        if any(codes):
            raise RuntimeError("".join((root / "log").read_text(encoding="utf-8") for root in roots))
        seen = [json.loads((root / "seen.json").read_text(encoding="utf-8")) for root in roots]
    tables = [pd.DataFrame([row for one in seen for row in one[name]]) for name in ("kills", "sweeps")]
    return tuple(table.sort_values("sweep", kind="stable") for table in tables)  # type: ignore[return-value]


def totals(kills: pd.DataFrame, sweeps: pd.DataFrame) -> dict[str, int]:
    """Return how often things happened in all."""
    seen = ("hung", "errors", "lost", "duplicated", "stored_twice", "different", "failed", "damaged", "litter")
    return {
        "kills": len(kills),
        "drivers": int((kills["target"] == "driver").sum()),
        "sweeps": len(sweeps),
        **{name: int(sweeps[name].sum()) for name in seen},
        "orphans": int((kills["workers_gone_seconds"] > ORPHANS).sum()),
    }


def numbers(words: list[str]) -> dict[str, int]:
    """Return the keys of the command: kills and seed."""
    from ecosim.errors import UserError, nearest

    keys = {"kills": 1000, "seed": 1}
    for word in words:
        name, _, value = word.partition("=")
        if name not in keys:
            raise UserError(f"{name}: no such key{nearest(name, keys)}")
        if not value.isdigit() or (name == "kills" and int(value) == 0):
            raise UserError(f"{name}={value}: a whole number is needed")
        keys[name] = int(value)
    return keys


def main(words: list[str]) -> None:
    """Kill, resume, compare, and write what was found."""
    import ecosim.sweeps.campaign  # noqa: F401  so that forked drivers need not import it
    from ecosim.sweeps.manifest import canonical_json, describe
    from ecosim.sweeps.parts import write_bytes

    keys = numbers(words)
    begun = time.monotonic()
    kills, sweeps = campaign(keys["kills"], keys["seed"])
    total = totals(kills, sweeps)
    config = {**CONFIG, **keys, "workers": WORKERS, "seconds": SECONDS, "batches": BATCHES, "drivers": DRIVERS,
              "longest": LONGEST, "at_once": AT_ONCE}  # fmt: skip
    about = describe(config, [keys["seed"]], ["python", "experiments/kill_campaign.py", *words], {"found": total})
    about |= {"status": "finished", "wall_seconds": round(time.monotonic() - begun, 1)}
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_bytes(FOLDER / "kills.csv", kills.to_csv(index=False).encode())
    write_bytes(FOLDER / "sweeps.csv", sweeps.to_csv(index=False).encode())
    write_bytes(FOLDER / "manifest.json", canonical_json(about).encode())
    print(", ".join(f"{name} {number:,}" for name, number in total.items()))


if __name__ == "__main__":
    from ecosim.cli import script

    sys.exit(script(main, __doc__ or ""))
