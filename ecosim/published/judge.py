"""Does what is obtained agree with what was published? One row a quantity, and a word for the whole."""

from __future__ import annotations

import math

import pandas as pd

from ecosim.published.frame import Findings, Value
from ecosim.published.numbers import GRADES, Numbers, Quantity


def judge(numbers: Numbers, findings: Findings, quick: bool = False) -> pd.DataFrame:
    """Return one row a quantity: name, label, published, evidence, obtained, se, n, tolerance, passed.

    Every quantity must be obtained (in a quick run, those marked for it); a `KeyError` names one that is not. One that
    ``needs`` what may be missing is not run then: obtained is NaN and passed None.
    """
    rows = []
    for quantity in numbers.quantities:
        if quick and not quantity.quick:
            continue
        missing = bool(quantity.needs) and quantity.name not in findings.values  # noqa: PD011
        found = Value(math.nan, 0.0, 0) if missing else findings.values[quantity.name]  # noqa: PD011
        rows.append({
            "name": quantity.name, "label": quantity.label, "published": quantity.published,
            "evidence": GRADES[quantity.grade], "obtained": found.value, "se": found.se, "n": found.n,
            "tolerance": quantity.tolerance, "passed": None if missing else passes(quantity, found),
        })  # fmt: skip
    return pd.DataFrame(rows)


def passes(quantity: Quantity, found: Value) -> bool:
    """Return whether an obtained value meets the quantity's test; what is not a number never does."""
    value, limit = found.value, quantity.limit
    if not math.isfinite(value):
        return False
    if quantity.test in ("within", "within_percent"):
        assert quantity.published is not None
        reach = limit[0] if quantity.test == "within" else abs(quantity.published) * limit[0] / 100
        return abs(value - quantity.published) <= reach + 1e-12
    if quantity.test == "between":
        return limit[0] <= value <= limit[1]
    if quantity.test == "holds":
        return bool(value) == bool(limit[0])
    return value <= limit[0] if quantity.test == "below" else value >= limit[0]


def status(judged: pd.DataFrame) -> str:
    """Return ``reproduced``, ``partly``, ``not reproduced`` or ``not run``; at best ``partly`` if some were not run."""
    ran = [bool(passed) for passed in judged["passed"] if passed is not None]
    if not ran:
        return "not run"
    if len(ran) < len(judged):
        return "partly" if any(ran) else "not reproduced"
    return "reproduced" if all(ran) else "partly" if any(ran) else "not reproduced"
