"""The published side of an experiment: claim, citation and quantities, read strictly from the YAML beside its code.

Each quantity has a ``label``, the ``published`` number, its ``grade`` of evidence and one test: ``within`` (absolute),
``within_percent``, ``below``, ``above``, ``between``, or ``holds`` (a statement, obtained as 1 or 0). Grades: P read in
the paper, S in a secondary source, R recomputed from the rule, M from memory, M+ from memory and passing a check. What
is remembered only is never presented as published. ``needs`` says in words what a quantity cannot be obtained without,
such as a file that is not part of the project; where that is missing, the quantity is not run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecosim.errors import UserError, nearest
from ecosim.scenario import data

GRADES = {
    "P": "the paper", "S": "a secondary source", "R": "recomputed from the rule", "M+": "from memory, checked",
    "M": "from memory",
}  # fmt: skip
TESTS = ("within", "within_percent", "below", "above", "between", "holds")
HEAD = ("number", "title", "cite", "claim", "bears_on", "cost", "quantities")
PARTS = ("label", "published", "grade", "quick", "needs", *TESTS)


@dataclass(frozen=True)
class Quantity:
    """One thing to compare; ``published`` may be None where only the test claims; ``quick``: in quick runs too.

    ``needs``: what must be there for it to be run, in words; empty if nothing.
    """

    name: str
    label: str
    published: float | None
    grade: str
    test: str
    limit: tuple[float, ...]
    quick: bool = True
    needs: str = ""

    @property
    def tolerance(self) -> str:
        """Return the test in words."""
        ends = " to ".join(f"{end:g}" for end in self.limit)
        words = {
            "within": "±",
            "within_percent": "± ",
            "below": "at most ",
            "above": "at least ",
            "between": "",
            "holds": "holds",
        }
        return (
            words[self.test] + (ends if self.test != "holds" else "") + (" %" if self.test == "within_percent" else "")
        )


@dataclass(frozen=True)
class Numbers:
    """What is claimed: ``number`` in the list of experiments, ``cite`` a key of the references."""

    number: str
    title: str
    cite: str
    claim: str
    bears_on: str
    cost: str
    quantities: tuple[Quantity, ...]


def read_numbers(path: Path) -> Numbers:
    """Return the published numbers in a file, or raise `UserError` naming file and key."""
    found = data(path.read_text(encoding="utf-8"), path.name)
    for key in found:
        if key not in HEAD:
            raise UserError(f"{path.name}: {key}: no such key{nearest(str(key), HEAD)}")
    for key in HEAD:
        if key not in found:
            raise UserError(f"{path.name}: {key} is missing")
    texts = {key: str(found[key]) for key in HEAD[:-1]}
    return Numbers(**texts, quantities=tuple(_quantity(path.name, *item) for item in found["quantities"].items()))


def _quantity(file: str, name: str, parts: Mapping[str, Any]) -> Quantity:
    where = f"{file}: {name}"
    for key in parts:
        if key not in PARTS:
            raise UserError(f"{where}: {key}: no such key{nearest(str(key), PARTS)}")
    tests = [key for key in TESTS if key in parts]
    if len(tests) != 1 or parts.get("grade") not in GRADES:
        raise UserError(f"{where}: one test ({', '.join(TESTS)}) and a grade ({', '.join(GRADES)}) are needed")
    limit = parts[tests[0]]
    limits = tuple(float(end) for end in (limit if isinstance(limit, list) else [limit]))
    published = parts.get("published")
    if tests[0].startswith("within") and published is None:
        raise UserError(f"{where}: {tests[0]} needs the published number")
    number = None if published is None else float(published)
    return Quantity(
        name, str(parts["label"]), number, str(parts["grade"]), tests[0], limits, bool(parts.get("quick", True)),
        str(parts.get("needs", "")),
    )  # fmt: skip
