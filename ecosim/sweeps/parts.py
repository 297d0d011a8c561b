"""One table, one Parquet file: written whole or not at all, and refused when a single byte is not what was written.

The writer makes a hidden temporary file in the same folder, forces it to disk, renames it, and forces the folder too.
The file carries page checksums and, in its schema metadata, the run id, the table's name and a hash of the content; the
reader verifies all of them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
import struct
import uuid
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

PREFIX = "ecosim."


class BadPart(ValueError):
    """A stored table that is not what was written: torn, changed, or another run's; ``file`` is its name."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file = file


def content_hash(table: pd.DataFrame | pa.Table) -> str:
    """Return the SHA-256 of a table's names, kinds and values, independent of file format, index and storage width.

    ``table``: any number of rows; columns of whole numbers, floats (every NaN is equal), truth values or text.
    """
    arrow = pa.Table.from_pandas(table, preserve_index=False) if isinstance(table, pd.DataFrame) else table
    digest = hashlib.sha256(struct.pack("<qq", *arrow.shape))
    for name, column in zip(arrow.column_names, arrow.columns, strict=True):
        for piece in (str(name).encode(), *_column_bytes(name, column)):
            digest.update(struct.pack("<q", len(piece)))
            digest.update(piece)
    return digest.hexdigest()


def _column_bytes(name: str, column: pa.ChunkedArray) -> tuple[bytes, ...]:
    """Return a column's kind and its values as bytes of one form; text as lengths (-1 for none) and characters."""
    kind = column.type
    if pa.types.is_boolean(kind):
        return b"bool", column.to_numpy().astype(np.uint8).tobytes()
    if pa.types.is_integer(kind):
        return b"int", column.to_numpy().astype("<i8").tobytes()
    if pa.types.is_floating(kind):
        values = column.to_numpy().astype("<f8", copy=True)
        values[np.isnan(values)] = np.nan
        return b"float", values.tobytes()
    text = (pa.types.is_string, pa.types.is_large_string, pa.types.is_dictionary, pa.types.is_null)
    if not any(is_text(kind) for is_text in text):
        raise TypeError(f"column '{name}' of type {kind}: store numbers, truth values or text")
    array = pa.chunked_array([column.cast(pa.large_string()).combine_chunks()]).combine_chunks()
    lengths = pc.fill_null(pc.binary_length(array), -1).to_numpy().astype("<i8")
    full = pc.fill_null(array, "")
    offsets = np.frombuffer(full.buffers()[1], "<i8")[full.offset : full.offset + len(full) + 1]
    data = full.buffers()[2]
    return b"text", lengths.tobytes(), b"" if data is None else data.to_pybytes()[offsets[0] : offsets[-1]]


def write_bytes(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path`` at one stroke; on any failure the old file, or none, is there, and no rubbish."""
    temporary = path.parent / f".{path.name}.{socket.gethostname()}.{os.getpid()}.{uuid.uuid4().hex}.tmp"
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno:
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Force a folder's names to disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_part(
    path: Path, table: pd.DataFrame, run_id: str, name: str, extra: Mapping[str, object] | None = None
) -> str:
    """Write one table of one run and return its content hash.

    ``run_id`` and ``name`` say whose table it is; ``extra`` is kept as JSON in the file's metadata.
    """
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    digest = content_hash(arrow)
    labels = {"run_id": run_id, "table": name, "sha256": digest, "extra": json.dumps(dict(extra or {}), sort_keys=True)}
    kept = dict(arrow.schema.metadata or {})
    kept.update({(PREFIX + key).encode(): value.encode() for key, value in labels.items()})
    sink = pa.BufferOutputStream()
    pq.write_table(
        arrow.replace_schema_metadata(kept),
        sink,
        compression="zstd",
        write_page_checksum=True,
        write_statistics=False,
    )
    write_bytes(path, sink.getvalue().to_pybytes())
    return digest


def read_part(path: Path, run_id: str, name: str) -> tuple[pd.DataFrame, dict[str, object]]:
    """Return ``(table, extra)`` of a stored part as `read_arrow` does, the table as a data frame."""
    arrow, extra = read_arrow(path, run_id, name)
    return arrow.to_pandas(), extra


def read_arrow(path: Path, run_id: str, name: str) -> tuple[pa.Table, dict[str, object]]:
    """Return ``(table, extra)`` of a stored part, or raise `BadPart` saying what is wrong with it.

    A missing file raises `FileNotFoundError`, an unreadable disk its own `OSError`.
    """
    data = path.read_bytes()
    try:
        arrow = pq.read_table(pa.BufferReader(data), page_checksum_verification=True, use_threads=False)
        labels = {key.decode(): value.decode() for key, value in (arrow.schema.metadata or {}).items()}
        digest = content_hash(arrow)
        extra = json.loads(labels.get(PREFIX + "extra", "null"))
    except Exception as error:  # corrupt bytes may raise anything
        reason = str(error).splitlines()[0] if str(error) else repr(error)
        raise BadPart(path.name, f"cannot be read ({reason})") from error
    for key, wanted in (("run_id", run_id), ("table", name), ("sha256", digest)):
        found = labels.get(PREFIX + key)
        if found != wanted:
            raise BadPart(path.name, f"its {key} says '{found}' where '{wanted}' belongs")
    if not isinstance(extra, dict):
        raise BadPart(path.name, "its metadata is incomplete")
    return arrow.replace_schema_metadata(None), extra
