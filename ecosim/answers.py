"""How a scenario says what answers its question: which outcomes to look at, and words for what may be found.

An answer is a list of clauses. Each names an ``outcome`` and whose it is (``who``), and says in words what it means if
it comes out ``higher``, ``lower``, the ``same`` or ``unclear``; numbers are added when the answer is told. ``strategy``
is a name, ``best`` (the one that does best) or ``each``. ``measure`` is the ``difference`` from the baseline, or the
``level`` itself, judged against zero, under the baseline or the strategy named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ecosim.errors import UserError, nearest

WHO = ("adopters", "market", "rivals")
WORDS = ("higher", "lower", "same", "unclear")
MEASURES = ("difference", "level")
NEEDED = ("who", "outcome")
KEYS = (*NEEDED, "strategy", "measure", *WORDS)
MOST_CLAUSES = 12
MOST_LETTERS = 200
PLACES = ("{strategy}", "{baseline}")
"""What words may hold in braces: the names of the strategy and of what it is compared with."""


def answer_clauses(values: Any, source: str) -> tuple[Mapping[str, str], ...]:
    """Return the clauses of a scenario's ``answer``, each with all of `KEYS`; a mistake raises `UserError`."""
    if not isinstance(values, list) or len(values) > MOST_CLAUSES:
        raise UserError(f"{source}: answer: a list of at most {MOST_CLAUSES} is needed, each with who and outcome")
    return tuple(_clause(value, f"{source}: answer[{n}]") for n, value in enumerate(values))


def _clause(value: Any, where: str) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        raise UserError(f"{where}={value!r}: keys who and outcome are needed, and words such as higher and lower")
    for key, text in value.items():
        if key not in KEYS:
            raise UserError(f"{where}: {key}: no such key{nearest(key, KEYS)}")
        if not isinstance(text, str) or not text.strip() or not text.isprintable() or len(text) > MOST_LETTERS:
            raise UserError(f"{where}: {key}={text!r}: a text of 1 to {MOST_LETTERS} printable letters is needed")
        if key in WORDS and "{" in re.sub("|".join(map(re.escape, PLACES)), "", text):
            raise UserError(f"{where}: {key}={text!r}: in braces stand only {' and '.join(PLACES)}")
    for key in NEEDED:
        if key not in value:
            raise UserError(f"{where}: {key}= is needed")
    for key, allowed in (("who", WHO), ("measure", MEASURES)):
        if key in value and value[key] not in allowed:
            raise UserError(f"{where}: {key}={value[key]!r}: not one of its words{nearest(value[key], allowed)}")
    default = {"strategy": "best", "measure": "difference"} | dict.fromkeys(WORDS, "")
    return default | {str(key): str(text) for key, text in value.items()}


def check_outcomes(clauses: tuple[Mapping[str, str], ...], source: str) -> None:
    """Refuse a clause about an outcome that no run has."""
    from ecosim.analysis.outcomes import OUTCOMES

    known = [one.name for one in OUTCOMES]
    for n, clause in enumerate(clauses):
        name = clause["outcome"]
        if name not in known:
            raise UserError(f"{source}: answer[{n}]: outcome={name!r}: no such outcome{nearest(name, known)}")
