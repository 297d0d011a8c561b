"""Tables in, tables and words out: paired comparisons, verdicts, series. Knows no model and draws nothing."""

from ecosim.analysis.answer import answer
from ecosim.analysis.compare import compare, records, rows_of
from ecosim.analysis.outcomes import OUTCOMES, Outcome, outcome
from ecosim.analysis.series import bands
from ecosim.analysis.verdict import Overall, overall, sentence

__all__ = [
    "OUTCOMES", "Outcome", "Overall", "answer", "bands", "compare", "outcome", "overall", "records", "rows_of",
    "sentence",
]  # fmt: skip
