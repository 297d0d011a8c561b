"""Finished runs onto disk: one part a run, or one a batch of short runs, sealed by the table written last.

A part is a table in ``parts/NAME.TABLE.parquet``; NAME is the run id, or for a batch a hash of its run ids. The seal,
table ``outcomes``, is written last and lists the runs and the hashes of the other tables: without it nothing counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ecosim.sweeps.parts import BadPart, content_hash, read_arrow, write_part

SEAL = "outcomes"
Row = dict[str, Any]
Tables = Mapping[str, pd.DataFrame | list[Row]]
"""The tables of a run by name; one that is given as rows is made into a table together with those of its batch."""


def unit_name(run_ids: Sequence[str]) -> str:
    """Return the name of the part that holds these runs: a single run's id, or a hash of the ids of a batch."""
    if len(run_ids) == 1:
        return run_ids[0]
    return "b" + hashlib.sha256(",".join(sorted(run_ids)).encode()).hexdigest()[:23]


def part(folder: Path, name: str, table: str) -> Path:
    """Return where a table of a unit lies."""
    return folder / "parts" / f"{name}.{table}.parquet"


def save(folder: Path, results: Mapping[str, Tables], about: Mapping[str, Any] | None = None) -> str:
    """Store the tables of finished runs, by run id, as one unit; return its name.

    Each run needs its ``outcomes``; in a batch every row carries its ``run_id``. ``about``: what else to note in the
    seal, outside its hash. Storing the same again is allowed; other content under the same name is a `RuntimeError`.
    """
    name = unit_name(list(results))
    if any(SEAL not in tables for tables in results.values()):
        raise ValueError(f"{name}: each run needs its '{SEAL}' table")
    names = dict.fromkeys(table for tables in results.values() for table in tables)
    tables = {each: _joined([found[each] for found in results.values() if each in found]) for each in names}
    others = {each: content_hash(table) for each, table in tables.items() if each != SEAL}
    if _is_there(folder, name, content_hash(tables[SEAL]), others):
        return name
    for each in others:
        write_part(part(folder, name, each), tables[each], name, each)
    write_part(part(folder, name, SEAL), tables[SEAL], name, SEAL,
               {"tables": others, "runs": list(results), **(about or {})})  # fmt: skip
    return name


def _joined(tables: Sequence[pd.DataFrame | list[Row]]) -> pd.DataFrame:
    rows = [row for table in tables if isinstance(table, list) for row in table]
    frames = [table for table in tables if isinstance(table, pd.DataFrame)] + ([pd.DataFrame(rows)] if rows else [])
    joined = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
    if len(tables) > 1 and "run_id" not in joined:
        raise ValueError("in a batch every row carries its run_id")
    return joined


def _is_there(folder: Path, name: str, seal: str, others: Mapping[str, str]) -> bool:
    """Return whether the unit is stored and whole; one with other content is an error, a damaged one is not there."""
    try:
        table, extra = read_arrow(part(folder, name, SEAL), name, SEAL)
        same = content_hash(table) == seal and sealed(extra) == dict(others)
        whole = {each: content_hash(read_arrow(part(folder, name, each), name, each)[0]) for each in sealed(extra)}
    except (FileNotFoundError, BadPart):
        return False
    if whole != sealed(extra):
        return False
    if not same:
        raise RuntimeError(f"run {name}: done twice with different results; the model is not reproducible here")
    return True


def sealed(extra: Mapping[str, Any]) -> dict[str, str]:
    """Return the hashes of a unit's other tables from the metadata of its seal."""
    tables = extra.get("tables")
    return {str(key): str(value) for key, value in tables.items()} if isinstance(tables, Mapping) else {}


def runs_of(extra: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return the ids of the runs in a unit from the metadata of its seal."""
    runs = extra.get("runs")
    return tuple(str(each) for each in runs) if isinstance(runs, list) else (name,)
