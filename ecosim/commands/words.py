"""The words of the plain verbs: at most one positional word, and ``format=``."""

from __future__ import annotations

from collections.abc import Sequence

from ecosim.errors import UserError, nearest

FORMATS = ("text", "json")


def positional(words: Sequence[str], allowed: Sequence[str] = ()) -> tuple[str, str]:
    """Return (positional word or "", format); a word that is not allowed raises `UserError`."""
    name, form = "", ""
    for word in words:
        key, equals, value = word.partition("=")
        if equals and key != "format":
            raise UserError(f"{key}: no such key here; only format=text|json")
        if equals:
            if form:
                raise UserError(f"{word}: format is given twice; keep one")
            if value not in FORMATS:
                raise UserError(f"format={value}: not one of its words{nearest(value, FORMATS)}")
            form = value
        elif name or not allowed:
            raise UserError(f"{word}: one word too many")
        elif word not in allowed:
            raise UserError(f"{word}: no such name{nearest(word, allowed)}")
        else:
            name = word
    return name, form or "text"
