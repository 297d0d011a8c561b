"""Complete graph: everybody is everybody's neighbour, so nothing need be stored.

Source: the well-mixed population of Bass (1969), Management Science 15(5), 215-227.
"""

from __future__ import annotations

import numpy as np

from ecosim.networks.graph import Graph

SOURCE = "Bass (1969)"


def complete(n: int, seed: int) -> Graph:
    """Return the complete graph of ``n`` nodes without storing a tie; ``seed`` is not used."""
    return Graph(n, np.zeros(1, np.int64), np.empty(0, np.int32), complete=True)
