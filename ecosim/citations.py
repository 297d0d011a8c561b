"""The literature behind the model, as BibTeX by key; mechanisms, metrics and networks name the keys.

The entries are in ``references.bib`` beside this file, in the order of their keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.resources import files


def _read() -> dict[str, str]:
    text = files("ecosim").joinpath("references.bib").read_text(encoding="utf-8")
    entries = text.strip().split("\n\n")
    return {re.match(r"@\w+\{(\w+),", entry)[1]: entry for entry in entries}  # type: ignore[index]


BIBTEX: dict[str, str] = _read()
"""Entries by key, in the order of their keys."""

NETWORKS: dict[str, tuple[str, ...]] = {
    "erdos_renyi": ("gilbert1959", "erdos1959", "batagelj2005"),
    "watts_strogatz": ("watts1998",),
    "barabasi_albert": ("barabasi1999", "batagelj2005"),
    "configuration": ("molloy1995",),
    "stochastic_block": ("holland1983", "condon2001"),
    "complete": ("bass1969",),
    "ring": ("watts1998",),
}
"""The literature of each kind of network."""

ALWAYS = ("hauser1990", "peppers2005", "steele2014")
"""Behind every run: small consideration sets, return on customer, keyed draws."""


def bibtex(keys: Iterable[str]) -> str:
    """Return the entries of the keys, each once, in alphabetical order of their keys."""
    return "\n\n".join(BIBTEX[key] for key in sorted(set(keys)))
