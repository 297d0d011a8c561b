"""Targets of a calibration: numbers that statistics of the model should come near, each with a tolerance."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ecosim.errors import UserError, nearest

COLUMNS = ("statistic", "value", "tolerance")
MOST_BYTES = 1_000_000


class Target(NamedTuple):
    """A statistic, the value it should have, and how far off is one unit of misfit (a standard error, say)."""

    statistic: str
    value: float
    tolerance: float


def read_targets(path: str | Path, known: Iterable[str] = ()) -> tuple[Target, ...]:
    """Return the targets of a CSV file (header statistic,value,tolerance) or a YAML list of such records.

    ``known``: the statistics there are; none means any. What is malformed is refused, row named.
    """
    text = _text(path)
    yes = str(path).endswith((".yaml", ".yml"))
    rows = _yaml_rows(text, path) if yes else _csv_rows(text, path)
    names = list(known)
    targets = [_target(row, where, names) for where, row in rows]
    if not targets:
        raise UserError(f"targets={path}: no targets; a row needs {', '.join(COLUMNS)}")
    seen: set[str] = set()
    for (where, _), target in zip(rows, targets, strict=True):
        if target.statistic in seen:
            raise UserError(f"{where}: {target.statistic} is given twice; keep one")
        seen.add(target.statistic)
    return tuple(targets)


def _text(path: str | Path) -> str:
    file = Path(path)
    try:
        if not file.is_file():
            raise UserError(f"targets={path}: no such file; a CSV with the columns {','.join(COLUMNS)} is needed")
        if file.stat().st_size > MOST_BYTES:
            raise UserError(f"targets={path}: larger than {MOST_BYTES} bytes")
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"targets={path}: not UTF-8 (byte {error.start}); save it as UTF-8") from None
    except (OSError, ValueError) as error:
        if isinstance(error, UserError):
            raise
        raise UserError(f"targets={path}: cannot be read ({getattr(error, 'strerror', None) or error})") from None


def _csv_rows(text: str, path: str | Path) -> list[tuple[str, Mapping[str, Any]]]:
    try:
        reader = csv.reader(io.StringIO(text), strict=True)
        lines = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(c.strip() for c in row)]
    except csv.Error as error:
        raise UserError(f"targets={path}: not CSV ({error})") from None
    if not lines or sorted(lines[0][1]) != sorted(COLUMNS):
        found = ",".join(lines[0][1]) if lines else "nothing"
        raise UserError(f"targets={path} line 1: {found[:80]}; the header {','.join(COLUMNS)} is needed")
    header = lines[0][1]
    rows: list[tuple[str, Mapping[str, Any]]] = []
    for number, cells in lines[1:]:
        where = f"targets={path} line {number}"
        if len(cells) != len(header):
            raise UserError(f"{where}: {len(cells)} values; {len(header)} are needed")
        rows.append((where, dict(zip(header, cells, strict=True))))
    return rows


def _yaml_rows(text: str, path: str | Path) -> list[tuple[str, Mapping[str, Any]]]:
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise UserError(f"targets={path}: aliases are not allowed; write the value out")
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise UserError(f"targets={path}{f' line {mark.line + 1}' if mark else ''}: not YAML") from None
    if not isinstance(data, list):
        raise UserError(f"targets={path}: a list of records is needed, each with {', '.join(COLUMNS)}")
    rows: list[tuple[str, Mapping[str, Any]]] = []
    for n, row in enumerate(data):
        where = f"targets={path} record {n + 1}"
        if not isinstance(row, dict):
            raise UserError(f"{where}: {str(row)[:60]!r}; the keys {', '.join(COLUMNS)} are needed")
        for key in row:
            if key not in COLUMNS:
                raise UserError(f"{where}: {key}: no such key{nearest(str(key), COLUMNS)}")
        for key in COLUMNS:
            if key not in row:
                raise UserError(f"{where}: {key} is missing")
        rows.append((where, row))
    return rows


def _target(row: Mapping[str, Any], where: str, known: list[str]) -> Target:
    name = row["statistic"]
    if not isinstance(name, str) or not name or not name.isprintable():
        raise UserError(f"{where}: statistic={name!r}: a name is needed")
    if known and name not in known:
        raise UserError(f"{where}: statistic={name}: no such statistic{nearest(name, known)}")
    value, tolerance = (_number(row[key], key, where) for key in ("value", "tolerance"))
    if tolerance <= 0:
        raise UserError(f"{where}: tolerance={row['tolerance']}: a number above 0 is needed")
    return Target(name, value, tolerance)


def _number(given: Any, key: str, where: str) -> float:
    try:
        number = math.nan if isinstance(given, bool) else float(given)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number) or "_" in str(given):
        raise UserError(f"{where}: {key}={given!r}: a finite number is needed")
    return number
