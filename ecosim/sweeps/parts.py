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
import pyarrow.parquet as pq

PREFIX = "ecosim."


class BadPart(ValueError):
    """A stored table that is not what was written: torn, changed, or another run's; ``file`` is its name."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file = file


def content_hash(table: pd.DataFrame) -> str:
    """Return the SHA-256 of a table's names, kinds and values, independent of file format, index and storage width.

    ``table``: any number of rows; columns of whole numbers, floats (every NaN is equal), truth values or text.
    """
    digest = hashlib.sha256()
    digest.update(struct.pack("<qq", *table.shape))
    for name in table.columns:
        kind, data = _column_bytes(table[name])
        for piece in (str(name).encode(), kind.encode(), data):
            digest.update(struct.pack("<q", len(piece)))
            digest.update(piece)
    return digest.hexdigest()


def _column_bytes(column: pd.Series) -> tuple[str, bytes]:
    if pd.api.types.is_bool_dtype(column.dtype):
        return "bool", column.to_numpy(dtype=np.uint8).tobytes()
    if pd.api.types.is_integer_dtype(column.dtype):
        return "int", column.to_numpy(dtype="<i8").tobytes()
    if pd.api.types.is_float_dtype(column.dtype):
        values = column.to_numpy(dtype="<f8", copy=True)
        values[np.isnan(values)] = np.nan
        return "float", values.tobytes()
    texts = [None if pd.isna(value) else value for value in column.astype(object)]
    if not all(text is None or isinstance(text, str) for text in texts):
        raise TypeError(f"column '{column.name}' of type {column.dtype}: store numbers, truth values or text")
    pieces = (b"\0" if t is None else b"\1" + struct.pack("<q", len(t.encode())) + t.encode() for t in texts)
    return "text", b"".join(pieces)


def write_bytes(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path`` at one stroke; on any failure the old file, or none, is there, and no rubbish."""
    temporary = path.parent / f".{path.name}.{socket.gethostname()}.{os.getpid()}.{uuid.uuid4().hex}.tmp"
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
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
    digest = content_hash(table)
    arrow = pa.Table.from_pandas(table, preserve_index=False)
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
    """Return ``(table, extra)`` of a stored part, or raise `BadPart` saying what is wrong with it.

    A missing file raises `FileNotFoundError`, an unreadable disk its own `OSError`.
    """
    data = path.read_bytes()
    try:
        arrow = pq.read_table(pa.BufferReader(data), page_checksum_verification=True)
        table = arrow.to_pandas()
        labels = {key.decode(): value.decode() for key, value in (arrow.schema.metadata or {}).items()}
        digest = content_hash(table)
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
    return table, extra
