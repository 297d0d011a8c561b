"""Published experiments: what was published, what is obtained here, and whether the two agree."""

from ecosim.published.frame import Findings, Value, mean_of
from ecosim.published.judge import judge, status
from ecosim.published.numbers import Numbers, Quantity, read_numbers

__all__ = ["Findings", "Numbers", "Quantity", "Value", "judge", "mean_of", "read_numbers", "status"]
