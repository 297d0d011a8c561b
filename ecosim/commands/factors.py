"""From the words of a sweep to its design: what varies, over which values, checked like any other value."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ecosim.cast import choice
from ecosim.errors import UserError, nearest
from ecosim.keys import ALIASES, SweepKeys
from ecosim.parameters import check_value
from ecosim.scenario import data, plain
from ecosim.sweeps.designs import KINDS, Design, Factor

FIXED = frozenset({
    "archetypes", "seed", "replications", "record", "results", "study", "format", "threads", "digest", "validate",
    "market.shares", "market.aggregators", "network.path",
})  # fmt: skip
"""Keys that cannot vary: what names, stores or seeds a sweep."""

DEFAULT_SIZE = {"lhs": 100, "sobol": 64, "morris": 10}
SCALES = ("linear", "log")
MOST_BYTES = 50_000_000


def design_of(keys: SweepKeys, known: Mapping[str, Any], seed: int) -> Design:
    """Return the design that a sweep's keys describe; ``known`` are the keys of the world with their fields."""
    if keys.design.endswith(".csv"):
        if keys.vary:
            raise UserError("vary: a CSV design has its own values; leave vary= out")
        return table_design(Path(keys.design), known)
    kinds = [kind for kind in KINDS if kind != "csv"]
    if keys.design not in kinds:
        raise UserError(f"design={keys.design}: no such design{nearest(keys.design, kinds)}; or name a .csv file")
    if not keys.vary:
        raise UserError("vary=: say what varies, such as 'vary={attention.load: [1, 50]}'")
    factors = tuple(factor(key, values, known, keys) for key, values in data(keys.vary, "vary").items())
    if not factors:
        raise UserError("vary={}: say what varies, such as 'vary={attention.load: [1, 50]}'")
    doubled = [f.key for n, f in enumerate(factors) if f.key in {g.key for g in factors[:n]}]
    if doubled:
        raise UserError(f"vary: {doubled[0]} is given twice; keep one")
    n = keys.n or DEFAULT_SIZE.get(keys.design, 0)
    if keys.design == "sobol" and n & (n - 1):
        raise UserError(f"n={n}: a Sobol design needs a power of 2, such as {1 << (n.bit_length() - 1)}")
    if keys.design == "morris" and keys.levels % 2:
        raise UserError(f"levels={keys.levels}: a Morris design needs an even number of levels")
    dummy = keys.dummy and keys.design != "grid"
    second = keys.second and keys.design == "sobol"
    return Design(keys.design, factors, n, seed, second, keys.levels, dummy)


def factor(name: str, values: Any, known: Mapping[str, Any], keys: SweepKeys) -> Factor:
    """Return one factor of ``vary``: a range of two numbers, with ``log`` after them if so wished, or a list."""
    key, field = _key(name, known)
    if not isinstance(values, list) or len(values) < 2:
        raise UserError(f"vary: {name}={values!r}: a list is needed: [low, high], [low, high, log] or values")
    scale = values[2] if len(values) == 3 and values[2] in SCALES else ""
    numbers = values[:2] if scale else values
    whole = _is(field, "int")
    checked = tuple(_checked(name, key, value, field) for value in numbers)
    as_range = (whole or _is(field, "float")) and len(checked) == 2
    if as_range and (keys.design != "grid" or keys.n or scale):
        return _range(name, key, checked, whole, scale or "linear", keys)
    if scale:
        raise UserError(f"vary: {name}: {scale} is for a range of two numbers")
    if len(set(checked)) < len(checked):
        raise UserError(f"vary: {name}={values!r}: each value is needed once")
    return Factor(key, "whole" if whole else "real" if _is(field, "float") else "words", values=checked)


def _range(name: str, key: str, ends: tuple[Any, ...], whole: bool, scale: str, keys: SweepKeys) -> Factor:
    low, high = ends
    if not low < high:
        raise UserError(f"vary: {name}=[{low}, {high}]: a range needs its lower end first")
    if scale == "log" and low <= 0:
        raise UserError(f"vary: {name}=[{low}, {high}, log]: logarithms need a range above 0")
    if keys.design == "grid" and keys.n < 2:
        raise UserError(f"n={keys.n}: say into how many levels the range of {name} is cut (2 or more)")
    return Factor(key, "whole" if whole else "real", float(low), float(high), scale)


def table_design(path: Path, known: Mapping[str, Any]) -> Design:
    """Return the design of a CSV file: a heading of keys, then one row a point, every cell filled."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UserError(f"design={path}: larger than {MOST_BYTES // 10**6} MB")
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"design={path}: cannot be read ({error})") from None
    if len(rows) < 2:
        raise UserError(f"design={path}: a heading of keys and at least one row are needed")
    columns = [_key(name.strip(), known, str(path)) for name in rows[0]]
    names = [key for key, _ in columns]
    if len(set(names)) < len(names):
        raise UserError(f"design={path}: a key stands over two columns; keep one")
    points = tuple(_row(path, line, row, columns) for line, row in enumerate(rows[1:], 2))
    factors = []
    for k, (key, field) in enumerate(columns):
        seen = tuple(dict.fromkeys(row[k] for row in points))
        kind = "whole" if _is(field, "int") else "real" if _is(field, "float") else "words"
        ranged = kind != "words" and len(seen) > 1
        factors.append(
            Factor(key, kind, float(min(seen)), float(max(seen))) if ranged else Factor(key, kind, values=seen)
        )
    return Design("csv", tuple(factors), rows=points)


def _row(path: Path, line: int, row: Sequence[str], columns: Sequence[tuple[str, Any]]) -> tuple[Any, ...]:
    if len(row) != len(columns):
        raise UserError(f"{path} line {line}: {len(row)} cells under {len(columns)} headings")
    try:
        return tuple(
            _checked(key, key, cell if _is(field, "str") else plain(cell.strip()), field)
            for cell, (key, field) in zip(row, columns, strict=True)
        )
    except UserError as error:
        raise UserError(f"{path} line {line}: {error}") from None


def _key(name: str, known: Mapping[str, Any], where: str = "vary") -> tuple[str, Any]:
    key = ALIASES.get(name, name)
    allowed = [each for each in known if each not in FIXED]
    if key in FIXED:
        raise UserError(f"{where}: {name}: this cannot vary in a sweep")
    if key not in known:
        raise UserError(f"{where}: {name}: no such key{nearest(name, [*allowed, *ALIASES])}")
    return key, known[key]


def _is(field: Any, kind: str) -> bool:
    return field is not None and field.type in (kind, {"int": int, "float": float, "str": str}[kind])


def _checked(name: str, key: str, value: Any, field: Any) -> Any:
    if field is None:
        return choice(key, value)
    if key == "scenario":
        return str(value)
    return check_value(name, value, field)
