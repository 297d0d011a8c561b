"""A user's text file as blocks of bytes that end at line ends: plain or gzip, opened, unpacked and capped strictly."""

from __future__ import annotations

import stat
import zlib
from collections.abc import Iterator
from pathlib import Path

from ecosim.errors import UserError

BLOCK = 1 << 20
MOST_BYTES = 2 * 10**9
"""Unpacked bytes of a gzip file at most."""
MOST_RATIO = 200
"""Unpacked to packed bytes at most, beyond the first `FREE_BYTES`; edge lists pack 3 to 20 to 1."""
FREE_BYTES = 10 * 10**6
LONGEST_ROW = 4096
UTF8_BOM = b"\xef\xbb\xbf"
OTHER_FORMATS = {
    b"\xff\xfe\x00\x00": "UTF-32 text; save it as UTF-8",
    b"\x00\x00\xfe\xff": "UTF-32 text; save it as UTF-8",
    b"\xff\xfe": "UTF-16 text; save it as UTF-8",
    b"\xfe\xff": "UTF-16 text; save it as UTF-8",
    b"PK\x03\x04": "a zip archive or spreadsheet; unpack it or save it as CSV",
    b"BZh": "a bzip2 file; unpack it or pack it with gzip",
    b"\xfd7zXZ": "an xz file; unpack it or pack it with gzip",
    b"\x28\xb5\x2f\xfd": "a zstd file; unpack it or pack it with gzip",
    b"PAR1": "a Parquet file; save it as CSV",
}


def find(path: str | Path, called: str = "network.path=") -> tuple[Path, int, int]:
    """Return the file's full path, size in bytes and time of change, or raise `UserError`.

    ``called`` is put before the path in a message.
    """
    try:
        full = Path(path).expanduser().resolve()
        info = full.stat()
    except FileNotFoundError:
        raise UserError(f"{called}{str(path)!r}: there is no such file") from None
    except (OSError, ValueError, RuntimeError) as error:
        raise UserError(f"{called}{str(path)!r}: the file cannot be opened ({error})") from None
    if stat.S_ISDIR(info.st_mode):
        raise UserError(f"{called}{str(path)!r}: this is a folder, and a file is needed")
    if not stat.S_ISREG(info.st_mode):
        raise UserError(f"{called}{str(path)!r}: this is no ordinary file; save its content to a file first")
    if info.st_size == 0:
        raise UserError(f"{full}: the file is empty; rows of two node numbers are needed")
    return full, info.st_size, info.st_mtime_ns


def is_packed(path: Path) -> bool:
    """Say whether the file begins as gzip does, whatever it is called."""
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def chunks(path: Path) -> Iterator[bytes]:
    """Yield the file's bytes, unpacked if it is a gzip file."""
    try:
        packed = is_packed(path)
        with path.open("rb") as file:
            source = iter(lambda: file.read(BLOCK), b"")
            yield from unpack(path, source) if packed else source
    except OSError as error:
        raise UserError(f"{path}: the file cannot be read ({error})") from None


def unpack(path: Path, rest: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the unpacked bytes of all gzip members; refuse truncated, damaged and explosive files."""
    data = next(rest)
    packed, unpacked = len(data), 0
    engine = zlib.decompressobj(31)
    while True:
        try:
            out = engine.decompress(data, BLOCK)
        except zlib.error as error:
            raise UserError(f"{path}: the gzip file is damaged after {unpacked:,} unpacked bytes ({error})") from None
        unpacked += len(out)
        if unpacked > MOST_BYTES or (unpacked > FREE_BYTES and unpacked > MOST_RATIO * packed):
            raise UserError(
                f"{path}: the gzip file unpacks to more than {unpacked:,} bytes from {packed:,}; at most "
                f"{MOST_BYTES:,} bytes and {MOST_RATIO} to 1 are allowed"
            )
        if out:
            yield out
        data = engine.unconsumed_tail or engine.unused_data
        if engine.eof:
            data = data.lstrip(b"\0")  # padding between or after members
            while not data:
                more = next(rest, b"")
                if not more:
                    return
                packed += len(more)
                data = more.lstrip(b"\0")
            engine = zlib.decompressobj(31)
        elif not data:
            data = next(rest, b"")
            packed += len(data)
            if not data and not out:
                raise UserError(f"{path}: the gzip file is truncated after {unpacked:,} unpacked bytes; copy it again")


def blocks(path: Path) -> Iterator[bytes]:
    r"""Yield blocks of whole lines without the byte order mark; the last one always ends in a line end.

    No NUL byte gets through. A lone ``\r`` counts as a line end, and ``\r\n`` is never cut in two.
    """
    carry, first = b"", True
    for chunk in chunks(path):
        data = carry + chunk
        if first:
            if len(data) < 8:
                carry = data
                continue
            data, first = opening(path, data), False
        refuse_nul(path, data)
        cut = max(data.rfind(b"\n"), data.rfind(b"\r", 0, -1)) + 1
        carry = data[cut:]
        if len(carry) > LONGEST_ROW:
            raise UserError(f"{path}: a row of more than {LONGEST_ROW:,} characters; two or three numbers are needed")
        if cut:
            yield data[:cut]
    if first:
        carry = opening(path, carry)
        refuse_nul(path, carry)
    if carry:
        yield carry if carry[-1:] in b"\r\n" else carry + b"\n"


def opening(path: Path, data: bytes) -> bytes:
    """Refuse other formats by their first bytes; drop the UTF-8 byte order mark."""
    for magic, what in OTHER_FORMATS.items():
        if data.startswith(magic):
            raise UserError(f"{path}: this is {what}")
    return data.removeprefix(UTF8_BOM)


def refuse_nul(path: Path, data: bytes) -> None:
    """Refuse NUL bytes, which only binary files and UTF-16 or UTF-32 text have."""
    if b"\0" in data:
        raise UserError(f"{path}: NUL bytes, so this is a binary file or UTF-16 text; UTF-8 text is needed")
