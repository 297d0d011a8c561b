"""Study folders: which runs are planned, which are finished, and tables on disk that never tear."""

from ecosim.sweeps.manifest import RESULTS_EPOCH, canonical_json, config_hash, plain, run_id
from ecosim.sweeps.opened import Results, Sweep, open_results, open_sweep
from ecosim.sweeps.parts import BadPart, content_hash, read_part, write_bytes, write_part
from ecosim.sweeps.reading import StudyFolder
from ecosim.sweeps.runs import Study

__all__ = [
    "RESULTS_EPOCH",
    "BadPart",
    "Results",
    "Study",
    "StudyFolder",
    "Sweep",
    "canonical_json",
    "config_hash",
    "content_hash",
    "open_results",
    "open_sweep",
    "plain",
    "read_part",
    "run_id",
    "write_bytes",
    "write_part",
]
