"""``ecosim parameters``: every parameter with default, unit, range, source and meaning."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import Field
from typing import Any

from ecosim.commands.text import document, table
from ecosim.commands.words import positional
from ecosim.keys import ALIASES, Keys, SweepKeys
from ecosim.parameters import Info, walk

COLUMNS = ("key", "default", "unit", "allowed", "sweep", "meaning [source]")


def rows() -> list[dict[str, Any]]:
    """Return one row per parameter of the world, lever and run key: plain data ."""
    from ecosim.setting import Setting
    from ecosim.strategies.levers import Levers

    parts = [
        *((key, key.partition(".")[0], field) for key, field in walk(Setting)),
        *((f"levers.{key}", "levers", field) for key, field in walk(Levers)),
        *((key, "keys", field) for key, field in walk(Keys)),
        *((key, "sweep", field) for key, field in walk(SweepKeys)),
    ]
    return [_row(key, group, field) for key, group, field in parts]


def _row(key: str, group: str, field: Field[Any]) -> dict[str, Any]:
    info: Info = field.metadata["info"]
    short = [name for name, full in ALIASES.items() if full == key]
    meaning = info.meaning + (f" (short: {short[0]}=)" if short else "")
    default = list(field.default) if isinstance(field.default, tuple) else field.default
    return {
        "group": group,
        "key": key,
        "default": default,
        "unit": info.unit,
        "low": None if math.isinf(info.low) else info.low,
        "high": None if math.isinf(info.high) else info.high,
        "choices": list(info.choices),
        "sweep": list(info.sweep) if info.sweep else None,
        "meaning": meaning,
        "source": info.source,
    }


def _written(row: dict[str, Any]) -> dict[str, str]:
    """Return the row as text cells."""
    low, high, sweep, default = row["low"], row["high"], row["sweep"], row["default"]
    allowed = "|".join(row["choices"])
    if not allowed and (low is not None or high is not None):
        allowed = f"{'' if low is None else format(low, 'g')} .. {'' if high is None else format(high, 'g')}".strip()
    if isinstance(default, float):
        text = format(default, "g")
    else:
        text = str(default).lower() if isinstance(default, bool) else str(default)
    return row | {
        "default": text or "-",
        "allowed": allowed or "-",
        "sweep": f"{sweep[0]:g} .. {sweep[1]:g}" if sweep else "-",
    }


def main(words: Sequence[str]) -> int:
    """Print the parameters of all groups, or of one."""
    every = rows()
    group, form = positional(words, list(dict.fromkeys(row["group"] for row in every)))
    chosen = [row for row in every if not group or row["group"] == group]
    if form == "json":
        document(chosen)
        return 0
    texts = [_written(row) for row in chosen]
    for text in texts:
        source = "" if text["source"] == "assumption" else f" [{text['source']}]"
        text["meaning [source]"] = f"{text['meaning']}{source}"
    print(table(texts, COLUMNS))
    print("\nWhere no source is given, the value is an assumption.")
    return 0
