"""A table in, a matplotlib Figure out: nothing is computed here that a table does not say."""

from ecosim.figures.boundary_map import boundary_map
from ecosim.figures.boxes import boxes
from ecosim.figures.convergence import convergence
from ecosim.figures.curves import curves
from ecosim.figures.differences import differences
from ecosim.figures.indices import indices
from ecosim.figures.patterns import patterns
from ecosim.figures.places import places
from ecosim.figures.running import running
from ecosim.figures.screening import screening
from ecosim.figures.sensitivity import sensitivity
from ecosim.figures.series import series
from ecosim.figures.style import save, to_svg
from ecosim.figures.tornado import tornado

__all__ = [
    "boundary_map", "boxes", "convergence", "curves", "differences", "indices", "patterns", "places", "running", "save",
    "screening", "sensitivity", "series", "to_svg", "tornado",
]  # fmt: skip
