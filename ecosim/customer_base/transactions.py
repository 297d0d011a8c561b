"""A user's transactions: CSV with a header row, plain or gzip, read strictly.

Values are separated by commas, semicolons or tabs, whichever the header row has. A date is YYYY-MM-DD, with or without
a time of day, which is not used, or YYYYMMDD; or else a whole number of a period, such as a week. All rows are of one
kind. Amounts are plain numbers, not negative, with a decimal point. Whatever is malformed is refused with its row;
rows are counted from 1, the header row.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ecosim.errors import UserError, nearest
from ecosim.networks.text_source import chunks, opening, refuse_nul

ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?")
PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})")
PERIOD = re.compile(r"\d{1,6}")
AMOUNT = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
FORMS = "a date such as 2024-01-31 or 20240131, or the number of a period, is needed"


class Columns(NamedTuple):
    """Names of the columns; ``amount`` is "" where none was named, and then "amount" is read if it is there."""

    customer: str = "customer"
    date: str = "date"
    amount: str = ""


@dataclass(frozen=True)
class Transactions:
    """What a file holds: ``customer`` [m] text, ``time`` [m] int64 days or periods, ``amount`` [m] float64 or None."""

    customer: np.ndarray
    time: np.ndarray
    amount: np.ndarray | None
    dated: bool
    digest: str


def read(path: str | Path, columns: Columns = Columns()) -> Transactions:  # noqa: B008
    """Return the transactions in a file, or raise `UserError` in one sentence that names file, row and mend."""
    file = found(path)
    text, digest = content(file)
    lines = parsed(file, text)
    head = header(file, lines)
    places = [place(file, head, name, key) for key, name in zip(("customer", "date"), columns, strict=False)]
    name = columns.amount or ("amount" if "amount" in head else "")
    money = place(file, head, name, "amount") if name else None
    customers, times, amounts = [], [], []
    known: dict[str, tuple[int, bool]] = {}
    dated = None
    for row, values in lines:
        if not values:
            continue
        where = f"{file} row {row}"
        if len(values) != len(head):
            raise UserError(f"{where}: {len(values)} values; {len(head)} are needed, as in the header row")
        who, when = values[places[0]].strip(), values[places[1]].strip()
        if not who:
            raise UserError(f"{where}: no {columns.customer}; every row needs one")
        if when not in known:
            known[when] = moment(where, when)
        time, is_date = known[when]
        if dated is None:
            dated = is_date
        elif dated != is_date:
            raise UserError(f"{where}: {when!r} among {'dates' if dated else 'numbered periods'}; keep to one kind")
        customers.append(who)
        times.append(time)
        if money is not None:
            amounts.append(quantity(where, values[money].strip()))
    if not customers:
        raise UserError(f"{file}: no rows below the header; at least 30 customers' purchases are needed")
    amount = None if money is None else np.array(amounts, float)
    return Transactions(np.array(customers, object), np.array(times, np.int64), amount, bool(dated), digest)


def found(path: str | Path) -> Path:
    """Return the file's path, or raise `UserError` if it is not an ordinary file with something in it."""
    try:
        file = Path(path).expanduser()
        info = file.stat()
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such file") from None
    except (OSError, ValueError, RuntimeError) as error:
        raise UserError(f"{path}: cannot be opened ({getattr(error, 'strerror', None) or error})") from None
    if not stat.S_ISREG(info.st_mode):
        raise UserError(f"{path}: this is {'a folder' if file.is_dir() else 'no ordinary file'}; name a CSV file")
    if info.st_size == 0:
        raise UserError(f"{path}: the file is empty; a header row and rows of transactions are needed")
    return file


def content(file: Path) -> tuple[str, str]:
    """Return the unpacked text of a file and the SHA-256 of its unpacked bytes."""
    data = b"".join(chunks(file))
    digest = hashlib.sha256(data).hexdigest()
    data = opening(file, data)
    refuse_nul(file, data)
    try:
        return data.decode("utf-8"), digest
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise UserError(f"{file} row {row}: not UTF-8 (perhaps Latin-1 or Windows-1252); save it as UTF-8") from None


def parsed(file: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and values of each row; blank rows are empty."""
    first = text.split("\n", 1)[0]
    mark = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    while True:
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UserError(f"{file} row {reader.line_num}: not CSV ({error})") from None
        yield reader.line_num, values


def header(file: Path, lines: Iterator[tuple[int, list[str]]]) -> list[str]:
    """Return the names in the first row."""
    names = [name.strip() for name in next(lines, (1, []))[1]]
    for name in names:
        if name and names.count(name) > 1:
            raise UserError(f"{file}: column {name!r} is there twice; keep one")
    return names


def place(file: Path, head: Sequence[str], name: str, key: str) -> int:
    """Return where a column stands."""
    if name not in head:
        raise UserError(f"{file}: no column {name!r}{nearest(name, head)} (or name it: {key}=COLUMN)")
    return head.index(name)


def moment(where: str, text: str) -> tuple[int, bool]:
    """Return the day of a date, counted as Python's ordinals are, or a period's number; and whether it is a date."""
    match = ISO.fullmatch(text) or PACKED.fullmatch(text)
    if match:
        try:
            return date(*map(int, match.groups())).toordinal(), True
        except ValueError:
            raise UserError(f"{where}: {text[:40]!r} is not in the calendar; {FORMS}") from None
    if PERIOD.fullmatch(text):
        return int(text), False
    raise UserError(f"{where}: {text[:40]!r} is no date; {FORMS}")


def quantity(where: str, text: str) -> float:
    """Return an amount of money, 0 or more."""
    if not AMOUNT.fullmatch(text) or not math.isfinite(float(text)):
        raise UserError(f"{where}: {text[:40]!r} is no amount; a plain number such as 12.50 is needed")
    value = float(text)
    if value < 0:
        raise UserError(f"{where}: the amount {text} is negative; take returns and credits out of the file")
    return value
