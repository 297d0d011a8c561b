"""What a published experiment hands over: values with their standard errors, and tables for its figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd


class Value(NamedTuple):
    """An obtained number: ``se`` its standard error over ``n`` replicates; exact values have se 0 and n 1."""

    value: float
    se: float = 0.0
    n: int = 1


@dataclass(frozen=True)
class Findings:
    """Obtained values by the names of the published quantities, and the tables behind the figure."""

    values: Mapping[str, Value]
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def mean_of(values: Sequence[float] | np.ndarray) -> Value:
    """Return the mean of replicates ``values`` [n] with its standard error; truth values give a share."""
    array = np.asarray(values, float)
    n = array.size
    return Value(float(array.mean()), float(array.std(ddof=1) / np.sqrt(n)) if n > 1 else 0.0, n)
