"""A study: planned runs, finished runs, resumption. `Study` owns and fills a folder that `StudyFolder` reads."""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import pandas as pd
import yaml

from ecosim.errors import UserError
from ecosim.sweeps.folder import SUBFOLDERS, Lock, holds_something, study_path, sweep_temporaries
from ecosim.sweeps.manifest import RESULTS_EPOCH, canonical_json, describe, plain
from ecosim.sweeps.parts import content_hash, sync_folder, write_bytes, write_part
from ecosim.sweeps.reading import StudyFolder, read_design, read_manifest
from ecosim.sweeps.saving import save
from ecosim.sweeps.tasks import failure

DESIGN_COLUMNS = ("run_id", "scenario", "strategy", "adopters", "replication", "seed", "parameters")


class Study(StudyFolder):
    """The one owner of a study folder; use as a context manager.

    The constructor checks everything it can and writes nothing; entering creates or resumes the folder under a lock.

    ``name``: the folder's name inside ``root``. ``config``: all that changes the numbers, plain data or dataclasses.
    ``design``: one row per (run, strategy) with the columns of `DESIGN_COLUMNS`; rows that share a ``run_id`` are the
    arms of one job; ``parameters`` is a mapping or JSON text. ``about``: what the report tells the reader
    (see `ecosim.report.page`).

    After entering: ``finished`` (valid runs found), ``missing`` (runs to do, in design order), ``resumed`` (bool).
    """

    def __init__(
        self,
        name: str,
        config: Any,
        design: pd.DataFrame,
        *,
        root: Path | str = "results",
        command: Sequence[str] = (),
        about: Mapping[str, Any] | None = None,
    ) -> None:
        self.folder = study_path(name, root)
        self.bad = {}
        self.design = _checked_design(design)
        self.config = plain(config)
        self.manifest = describe(config, sorted(set(self.design["seed"])), command, about or {})
        self.finished: frozenset[str] = frozenset()
        self.resumed = False
        self._clock = time.monotonic()
        self._earlier = 0.0
        self._lock: Lock | None = None
        self._check_existing()

    @property
    def missing(self) -> list[str]:
        """Return the planned run ids that have no valid parts, in design order."""
        return [run_id for run_id in self.run_ids if run_id not in self.finished]

    def __enter__(self) -> Study:
        """Create or take over the folder, keep valid runs, quarantine bad parts."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            sync_folder(self.folder.parent)
            self._lock = Lock(self.folder)
        except OSError as error:
            raise UserError(f"results folder {self.folder}: cannot be written ({error.strerror})") from None
        try:
            self._clock = time.monotonic()
            self._check_existing()
            for sub in SUBFOLDERS[:3]:
                (self.folder / sub).mkdir(exist_ok=True)
            sweep_temporaries(self.folder)
            self._write_manifest()
            write_bytes(self.folder / "config.yaml", _yaml(self.config))
            self._write_design()
            self.refresh()
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write the summary and the final manifest if the disk allows, and release the lock."""
        assert self._lock is not None
        try:
            if kind is None:
                self.summarise()
            self.manifest["status"] = "interrupted" if kind else "incomplete" if self.missing else "complete"
            self._write_manifest()
        except OSError:
            if kind is None:
                raise
        finally:
            self._lock.release()

    def refresh(self) -> list[str]:
        """Look at all parts anew and return what is missing; the owner moves damaged parts out of the way."""
        planned = set(self.run_ids)
        self.finished = frozenset(run for _, runs, _, _ in self.units() for run in runs if run in planned)
        if self._lock is not None:
            for record in (self.folder / "failures").glob("*.json"):
                if record.stem in self.finished:
                    record.unlink(missing_ok=True)
        return self.missing

    def extend(self, design: pd.DataFrame) -> None:
        """Plan more runs: those of ``design`` that are not planned yet are added to the design, in its order."""
        more = _checked_design(design)
        self.design = _checked_design(pd.concat([self.design, more], ignore_index=True).drop_duplicates())
        self.manifest["seeds"] = sorted({int(seed) for seed in self.design["seed"]})
        self._write_design()
        self.refresh()

    def save(self, run_id: str, tables: Mapping[str, pd.DataFrame]) -> None:
        """Store all tables of one finished run; ``tables`` must hold ``outcomes``, which seals the run.

        Saving the same run again is allowed if every table is equal and is a `RuntimeError` if one differs.
        """
        self._planned(run_id)
        save(self.folder, {run_id: tables})
        self.finished |= {run_id}
        (self.folder / "failures" / f"{run_id}.json").unlink(missing_ok=True)

    def fail(self, run_id: str, error: BaseException | Mapping[str, Any]) -> None:
        """Record that a run failed, and why; it stays missing and is tried on resumption."""
        self._planned(run_id)
        path = self.folder / "failures" / f"{run_id}.json"
        attempts = json.loads(path.read_text(encoding="utf-8"))["attempts"] if path.exists() else 0
        told = failure(error) if isinstance(error, BaseException) else error
        record = {"run_id": run_id, **told, "attempts": attempts + 1}
        write_bytes(path, json.dumps(record, indent=1).encode())

    def summarise(self) -> pd.DataFrame:
        """Recompute summary.parquet, the outcomes of all finished runs, from the parts and return it."""
        summary = self.table()
        write_part(self.folder / "summary.parquet", summary, self.manifest["config_sha256"], "summary")
        self.manifest["summary_sha256"] = content_hash(summary)
        return summary

    def _check_existing(self) -> None:
        if not (self.folder / "manifest.json").exists():
            if holds_something(self.folder):
                raise UserError(f"results folder {self.folder}: it holds something else; choose another name")
            return
        old = read_manifest(self.folder)
        if old["results_epoch"] != RESULTS_EPOCH:
            raise UserError(
                f"results folder {self.folder}: made by a release with other numbers "
                f"(results epoch {old['results_epoch']}, now {RESULTS_EPOCH}); choose another name"
            )
        if old["config_sha256"] != self.manifest["config_sha256"] and not self._extends(old):
            raise UserError(
                f"results folder {self.folder}: holds a study with another configuration"
                f"{_first_change(old, self.config)}; choose another name"
            )
        self.resumed = True
        self._earlier = float(old["wall_seconds"])
        self.manifest["started"] = old["started"]

    def _extends(self, old: Mapping[str, Any]) -> bool:
        """Return whether every run planned in the folder is planned now too: then the two studies are one, grown."""
        try:
            there = read_design(self.folder, old)
        except UserError:
            return False
        return set(there["run_id"]) <= set(self.design["run_id"])

    def _write_design(self) -> None:
        write_part(self.folder / "design.parquet", self.design, self.manifest["config_sha256"], "design")

    def _write_manifest(self) -> None:
        self.manifest["wall_seconds"] = round(self._earlier + time.monotonic() - self._clock, 3)
        self.manifest["runs"] = {"planned": len(self.run_ids), "finished": len(self.finished)}
        write_bytes(self.folder / "manifest.json", (json.dumps(self.manifest, indent=1) + "\n").encode())

    def _planned(self, run_id: str) -> None:
        if run_id not in self.run_ids:
            raise ValueError(f"run {run_id} is not in this study's design")

    def _found_bad(self, file: str, reason: str) -> None:
        """Move a bad part out of the way: the run counts as missing and is done again."""
        super()._found_bad(file, reason)
        if self._lock is None:
            return
        place = self.folder / "quarantine"
        place.mkdir(exist_ok=True)
        os.replace(self.folder / "parts" / file, place / f"{file}.{uuid.uuid4().hex[:8]}")


def _checked_design(design: pd.DataFrame) -> pd.DataFrame:
    absent = [name for name in DESIGN_COLUMNS if name not in design.columns]
    if absent or design.empty:
        raise ValueError(f"the design needs rows and the columns {', '.join(DESIGN_COLUMNS)}; missing: {absent}")
    if design[["run_id", "seed"]].drop_duplicates()["run_id"].duplicated().any():
        raise ValueError("the design gives one run id two seeds")
    if design.duplicated(["run_id", "strategy", *(name for name in ("point",) if name in design)]).any():
        raise ValueError("the design names a strategy of a run twice")
    if not design["run_id"].str.fullmatch("[0-9a-f]{8,64}").all():
        raise ValueError("a run id is 8 to 64 hexadecimal digits")
    text = [value if isinstance(value, str) else canonical_json(value) for value in design["parameters"]]
    return design.assign(parameters=text).reset_index(drop=True)


def _first_change(old: Mapping[str, Any], config: Any) -> str:
    before, now = _flat(old["config"]), _flat(config)
    for key in sorted(before.keys() | now.keys()):
        if before.get(key) != now.get(key):
            return f" ({key}: {before.get(key, 'absent')} there, {now.get(key, 'absent')} now)"
    return ""


def _flat(value: Any, prefix: str = "") -> dict[str, str]:
    if isinstance(value, Mapping):
        return {k: v for key, item in value.items() for k, v in _flat(item, f"{prefix}{key}.").items()}
    return {prefix.rstrip("."): canonical_json(value)}


def _yaml(config: Any) -> bytes:
    return yaml.safe_dump(config, sort_keys=False, allow_unicode=True).encode()
