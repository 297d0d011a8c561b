"""Text for people and JSON for machines: aligned tables, and documents without NaN."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence
from typing import Any

GAP = "  "


def cell(value: Any) -> str:
    """Return a value as people read it: four significant digits, a dash for what is not defined."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return "-" if not math.isfinite(value) else f"{value:.4g}"
    return "-" if value is None else str(value)


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] = ()) -> str:
    """Return rows as an aligned table with headings; numbers stand to the right."""
    names = list(columns or (rows[0] if rows else ()))
    cells = [[cell(row.get(name)) for name in names] for row in rows]
    right = [all(isinstance(row.get(name), int | float) or row.get(name) is None for row in rows) for name in names]
    widths = [max(len(text) for text in column) for column in zip(names, *cells, strict=True)] if names else []
    lines = []
    for line in [names, *cells]:
        parts = [t.rjust(w) if r else t.ljust(w) for t, w, r in zip(line, widths, right, strict=True)]
        lines.append(GAP.join(parts).rstrip())
    return "\n".join(lines)


def show(rows: Sequence[Mapping[str, Any]], form: str, columns: Sequence[str] = ()) -> None:
    """Print rows as one JSON document or as a table."""
    if form == "json":
        document(list(rows))
    else:
        print(table(rows, columns))


def document(value: Any) -> None:
    """Print one JSON document on standard output; what is not finite becomes null."""
    json.dump(plain(value), sys.stdout, indent=1, ensure_ascii=False, allow_nan=False)
    print()


def plain(value: Any) -> Any:
    """Return a document of plain values: tables as lists of rows, what is no finite number as null."""
    if hasattr(value, "item") and not hasattr(value, "__len__"):
        value = value.item()
    if hasattr(value, "to_dict") and hasattr(value, "columns"):
        value = value.to_dict("records")
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)
