"""A study on disk, read without changing it: manifest, design, verified tables, failures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from ecosim.errors import UserError
from ecosim.sweeps.parts import BadPart, content_hash, read_arrow, read_part
from ecosim.sweeps.saving import SEAL, part, runs_of, sealed

READERS = 4
"""Parts read at a time; most of the work is done outside Python's lock."""


class StudyFolder:
    """A finished or half-finished study on disk.

    ``manifest``: the contents of manifest.json. ``design``: one row per planned (run, strategy).
    ``bad``: what was found unreadable so far, file name to reason.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self.bad: dict[str, str] = {}
        self.manifest = read_manifest(self.folder)
        self.design = read_design(self.folder, self.manifest)

    @property
    def run_ids(self) -> list[str]:
        """Return the planned run ids in design order, each once."""
        return list(dict.fromkeys(self.design["run_id"]))

    def units(self) -> Iterator[tuple[str, tuple[str, ...], pa.Table, Mapping[str, Any]]]:
        """Yield name, run ids, outcomes and metadata of every sealed unit that is whole, in order of names."""
        names = sorted(
            path.name[: -len(f".{SEAL}.parquet")]
            for path in (self.folder / "parts").glob(f"*.{SEAL}.parquet")
            if not path.name.startswith(".")
        )
        with ThreadPoolExecutor(READERS) as pool:
            for name, found in zip(names, pool.map(self._unit, names), strict=True):
                if isinstance(found, BadPart):
                    self._found_bad(found.file, str(found))
                elif found is not None:
                    yield name, runs_of(found[1], name), *found

    def _unit(self, name: str) -> tuple[pa.Table, Mapping[str, Any]] | BadPart | None:
        """Return the seal of a unit, with its other tables verified, or what is wrong with it."""
        try:
            table, extra = read_arrow(part(self.folder, name, SEAL), name, SEAL)
            for other, digest in sealed(extra).items():
                if content_hash(read_arrow(part(self.folder, name, other), name, other)[0]) != digest:
                    raise BadPart(f"{name}.{other}.parquet", "not the table its run was sealed with")
        except FileNotFoundError:
            return None
        except BadPart as error:
            return error
        return table, extra

    def run(self, run_id: str) -> dict[str, pd.DataFrame] | None:
        """Return all tables of one run that has parts of its own, or None when it is not finished or is damaged."""
        found = self._unit(run_id)
        if isinstance(found, BadPart):
            self._found_bad(found.file, str(found))
        if found is None or isinstance(found, BadPart):
            return None
        tables = {SEAL: found[0].to_pandas()}
        for name in sealed(found[1]):
            tables[name], _ = read_part(part(self.folder, run_id, name), run_id, name)
        return tables

    def table(self, name: str = SEAL) -> pd.DataFrame:
        """Return one table of all finished runs, concatenated in design order; no rows and columns if none has it."""
        place = {run_id: n for n, run_id in enumerate(self.run_ids)}
        found: list[tuple[int, pa.Table]] = []
        for unit, runs, outcomes, extra in self.units():
            planned = [place[run] for run in runs if run in place]
            if planned and name == SEAL:
                found.append((min(planned), outcomes))
            elif planned and name in sealed(extra):
                found.append((min(planned), read_arrow(part(self.folder, unit, name), unit, name)[0]))
        if not found:
            return pd.DataFrame()
        found.sort(key=lambda each: each[0])
        return _in_order(pa.concat_tables([t for _, t in found], promote_options="permissive").to_pandas(), place)

    def failures(self) -> list[dict[str, Any]]:
        """Return the recorded failures, one dict each, sorted by run id."""
        return [json.loads(p.read_text(encoding="utf-8")) for p in sorted((self.folder / "failures").glob("*.json"))]

    def _found_bad(self, file: str, reason: str) -> None:
        self.bad[file] = reason


def _in_order(table: pd.DataFrame, place: Mapping[str, int]) -> pd.DataFrame:
    """Return rows that carry run ids in design order, each run once; runs done twice must be equal."""
    if "run_id" not in table:
        return table
    position = table["run_id"].map(place)
    table = table[position.notna()]
    order = position.dropna().sort_values(kind="stable").index
    table = table.loc[order].reset_index(drop=True)
    key = [name for name in ("run_id", "strategy") if name in table]
    if not table.duplicated(key).any():
        return table
    table = table.drop_duplicates(ignore_index=True)
    twice = table.loc[table.duplicated(key), "run_id"]
    if len(twice):
        raise RuntimeError(f"run {twice.iloc[0]}: done twice with different results; the model is not reproducible")
    return table


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a study folder, or raise `UserError` saying why this is none."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if not {"results_epoch", "config_sha256", "config", "wall_seconds", "started"} <= set(manifest):
            raise ValueError("keys are missing")
        return manifest
    except OSError:
        raise UserError(f"{folder}: no manifest.json that can be read; this is not a study folder") from None
    except (ValueError, TypeError) as error:
        raise UserError(f"{folder}/manifest.json: damaged ({error}); choose another results name") from None


def read_design(folder: Path, manifest: Mapping[str, Any]) -> pd.DataFrame:
    """Return the planned runs of a study folder, or raise `UserError`."""
    try:
        return read_part(folder / "design.parquet", manifest["config_sha256"], "design")[0]
    except (FileNotFoundError, BadPart) as error:
        raise UserError(f"{folder}: design.parquet is missing or damaged ({error}); run the study again") from None
