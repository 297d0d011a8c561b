"""A table in, a matplotlib Figure out: nothing is computed here that a table does not say."""

from ecosim.figures.boundary_map import boundary_map
from ecosim.figures.differences import differences
from ecosim.figures.patterns import patterns
from ecosim.figures.places import places
from ecosim.figures.sensitivity import sensitivity
from ecosim.figures.series import series
from ecosim.figures.style import save, to_svg

__all__ = ["boundary_map", "differences", "patterns", "places", "save", "sensitivity", "series", "to_svg"]
