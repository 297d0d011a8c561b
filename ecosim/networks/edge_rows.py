"""Rows of an edge list: one strict kernel reads the good ones, and one sentence says what is wrong with a bad one.

A row is two node labels (whole numbers 0..2^63 - 1 written as 0 or without a leading zero) and, in a file of three
columns, a weight. The separator is a comma with optional spaces, or blanks with at most one tab between two values.
"""

from __future__ import annotations

import math
import re

import numpy as np

from ecosim.errors import UserError
from ecosim.jit import kernel

LABEL = re.compile(rb"0|[1-9][0-9]*")
WEIGHT = re.compile(rb"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
WORD = re.compile(r'"?[^\W\d][^,;"%#]*"?')
MISSING = {"na", "nan", "null", "none", "nil", "inf", "infinity", "true", "false", "n/a", "missing"}
MOST_LABEL = 2**63 - 1
SPACE, TAB, COMMA, NEWLINE, RETURN = 32, 9, 44, 10, 13


@kernel
def separator(text, at, comma, edge):
    """Skip what stands between values (``edge``: before the first or after the last); -1 if it is not in order."""
    marks = 0
    while text[at] == SPACE or text[at] == TAB or (comma and text[at] == COMMA):
        if text[at] == (COMMA if comma else TAB):
            marks += 1
        elif text[at] == TAB:
            return -1
        at += 1
    if edge:
        return at if marks == 0 else -1
    return -1 if marks > 1 or (comma and marks == 0) else at


@kernel
def label(text, at):
    """Read a label at ``at``; returns (value, position after it), the value -1 if there is none."""
    if text[at] == 48:
        return np.int64(0), at + 1
    begin = at
    value = np.int64(0)
    while 48 <= text[at] <= 57:
        digit = np.int64(text[at]) - 48
        if value > (MOST_LABEL - digit) // 10:
            return np.int64(-1), at
        value = value * 10 + digit
        at += 1
    return (value if at > begin else np.int64(-1)), at


@kernel
def read_row(text, at, comma, columns, row, ends, spans):
    """Read one row into ``ends[row]`` and ``spans[row]``; returns the position of its line end, or -1."""
    at = separator(text, at, comma, True)
    for column in range(columns):
        if column > 0 and at >= 0:
            before = at
            at = separator(text, at, comma, False)
            if at == before:
                return -1
        if at < 0:
            return -1
        if column < 2:
            ends[row, column], at = label(text, at)
            if ends[row, column] < 0:
                return -1
        else:
            spans[row, 0] = at
            while 48 <= text[at] <= 57 or text[at] == 46 or text[at] == 43 or text[at] == 45 or (text[at] | 32) == 101:
                at += 1
            spans[row, 1] = at
            if at == spans[row, 0]:
                return -1
    at = separator(text, at, comma, True)
    return at if at >= 0 and (text[at] == NEWLINE or text[at] == RETURN) else -1


@kernel
def read_rows(text, comma, columns, ends, spans):
    """Read whole rows of ``text`` [b] uint8, which ends in a line end, until one is not as it should be.

    ends: [r, 2] int64 labels; spans: [r, 2] int64, where each weight begins and ends. Returns the number of good rows
    and the position of the first bad one (b if there is none).
    """
    at = 0
    row = 0
    while at < text.size:
        end = read_row(text, at, comma, columns, row, ends, spans)
        if end < 0:
            break
        if text[end] == RETURN and end + 1 < text.size and text[end + 1] == NEWLINE:
            end += 1
        at = end + 1
        row += 1
    return row, at


def shown(value: bytes | str) -> str:
    """Return a value fit for a message: quoted, escaped, at most 40 characters."""
    text = value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value
    return repr(text if len(text) <= 40 else text[:37] + "...")


def split(line: bytes, comma: bool) -> list[bytes]:
    """Return the values of a row, empty ones too."""
    if comma:
        return [v.strip(b" ") for v in line.split(b",")]
    if b"\t" in line:
        parts = [v.strip(b" ") for v in line.split(b"\t")]
        return [w for v in parts for w in (v.split() or [b""])]
    return line.split()


def decode(where: str, line: bytes) -> str:
    """Return the row as text, or raise `UserError` if it is not UTF-8."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = line[error.start]
        raise UserError(
            f"{where}: byte 0x{byte:02x} in {shown(line)} is not UTF-8 (perhaps Latin-1 or Windows-1252); save as UTF-8"
        ) from None


def is_header(values: list[bytes]) -> bool:
    """Say whether the values are two or three column names rather than data."""
    words = [v.decode("utf-8", "replace") for v in values]
    return len(words) in (2, 3) and all(WORD.fullmatch(w) and w.strip('"').lower() not in MISSING for w in words)


def refuse(where: str, line: bytes, comma: bool, columns: int) -> UserError:
    """Return the error that says what is wrong with a row the kernel did not read."""
    decode(where, line)
    if not line.strip(b" \t,"):
        return UserError(f"{where}: a blank row; only the end of the file may have blank rows")
    if line.lstrip().startswith((b"#", b"%")):
        return UserError(f"{where}: {shown(line)} is a comment, and only rows that begin with # above the data may be")
    if b";" in line:
        return UserError(f"{where}: {shown(line)} has semicolons; separate values by commas, tabs or spaces")
    values = split(line, comma)
    if len(values) != columns:
        mark = "commas" if comma else "blanks"
        return UserError(
            f"{where}: {len(values)} values separated by {mark} in {shown(line)}; {columns} are needed, "
            "as in the rows above"
        )
    for value in values[:2]:
        if not LABEL.fullmatch(value) or int(value[:30]) > MOST_LABEL:
            what = shown(value) if value else "an empty value"
            return UserError(
                f"{where}: {what} is no node label; a whole number from 0 to {MOST_LABEL} in plain digits is needed"
            )
    if columns == 3 and weight(values[2]) is None:
        what = shown(values[2]) if values[2] else "an empty value"
        return UserError(f"{where}: {what} is no weight; a finite number greater than 0, at most 1000, is needed")
    return UserError(f"{where}: {shown(line)} is not {columns} values separated by {'commas' if comma else 'blanks'}")


def weight(value: bytes) -> float | None:
    """Return a weight between 1e-37 and 1000 (beyond that a report would swamp all other evidence), or None."""
    if not WEIGHT.fullmatch(value):
        return None
    number = float(value)
    return number if math.isfinite(number) and 1e-37 <= number <= 1000 else None
