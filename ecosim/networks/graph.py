"""The social network as compressed sparse rows, the form every kernel reads."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ecosim.errors import UserError


@dataclass(frozen=True, eq=False)
class Graph:
    """An undirected simple graph of ``n`` nodes; each tie is stored in both its rows.

    indptr: [n + 1] int64, row i is ``indices[indptr[i]:indptr[i + 1]]``. indices: [ties * 2] int32, ascending within
    a row, without loops or repeats. weights: [ties * 2] float32, finite, > 0, equal both ways, or None. complete:
    everybody is tied to everybody and nothing is stored (indptr [1], indices [0]). report: whole numbers that say what
    was read, dropped or merged. Nothing here is ever changed after the build.
    """

    n: int
    indptr: np.ndarray
    indices: np.ndarray
    weights: np.ndarray | None = None
    complete: bool = False
    report: dict[str, int] = field(default_factory=dict)

    def degree(self) -> np.ndarray:
        """Return the number of neighbours of each node: [n] int32."""
        if self.complete:
            return np.full(self.n, self.n - 1, np.int32)
        return np.diff(self.indptr).astype(np.int32)

    @property
    def ties(self) -> int:
        """The number of undirected ties."""
        return self.n * (self.n - 1) // 2 if self.complete else len(self.indices) // 2


def even_degree(mean_degree: float, n: int) -> int:
    """Return ``mean_degree`` as an even whole number below ``n``, or raise `UserError`."""
    most = (n - 1) // 2 * 2
    if mean_degree != int(mean_degree) or mean_degree % 2 or not 0 <= mean_degree <= most:
        raise UserError(
            f"network.mean_degree={mean_degree:g}: an even whole number from 0 to {most} is needed for {n} nodes"
        )
    return int(mean_degree)


def ring_degree(mean_degree: float, n: int) -> float:
    """Return ``mean_degree`` if a ring of ``n`` nodes can have it on the mean, or raise `UserError`."""
    most = (n - 1) // 2 * 2
    if not 0 <= mean_degree <= most:
        raise UserError(f"network.mean_degree={mean_degree:g}: a number from 0 to {most} is needed for {n} nodes")
    return float(mean_degree)


def real_degree(mean_degree: float, n: int) -> float:
    """Return ``mean_degree`` if it can be met by ``n`` nodes, or raise `UserError`."""
    if not 0 <= mean_degree <= n - 1:
        raise UserError(f"network.mean_degree={mean_degree:g}: a number from 0 to {n - 1} is needed for {n} nodes")
    return float(mean_degree)
