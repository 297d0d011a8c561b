"""How influence passes along ties: three models of diffusion, as one number for each end of each tie.

    independent cascade (ic)   u, once active, has one chance to activate v: 1 - (1 - p)^c_uv
    weighted cascade (wc)      the same with p = 1 / d_v: 1 - (1 - 1 / d_v)^c_uv
    linear threshold (lt)      v is active once the sum of c_uv / d_v over its active neighbours u reaches theta_v,
                               theta_v ~ U(0, 1)

Nobody becomes inactive again. The spread sigma(A) of a seed set A is the expected number of active nodes in the end,
the seeds among them. Each model has a live-edge form with the same distribution: flip every coin beforehand (ic, wc),
or let every v pick one neighbour with probability c_uv / d_v (lt); active in the end is who can be reached from A over
the ties that are live (Kempe, Kleinberg & Tardos 2003). So sigma is submodular: gains of further seeds never grow.

Sources: Kempe, Kleinberg & Tardos 2003; Granovetter 1978 (thresholds).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ecosim.draws import power, uniform
from ecosim.errors import UserError, nearest
from ecosim.influence.multigraph import Multigraph
from ecosim.jit import kernel, rule

MODELS = ("ic", "wc", "lt")


@dataclass(frozen=True, eq=False)
class Diffusion:
    """A model of diffusion on a network.

    out: [2 * pairs] float64. In the row of u at neighbour v: the chance in (0, 1] that u activates v (lt: c_uv / d_v).
    into: [2 * pairs] float64. In the row of v at neighbour u: the chance that u activates v (lt: the sum of c_uv / d_v
    up to and with u, so that the last is 1).
    """

    graph: Multigraph
    model: str
    p: float
    out: np.ndarray
    into: np.ndarray

    @property
    def lt(self) -> bool:
        """Whether nodes have thresholds."""
        return self.model == "lt"


@kernel
def fill_chances(counts, single, found):
    """Fill ``found`` [e] with 1 - (1 - single)^counts; ``single`` [e] is the chance over one tie."""
    for e in range(counts.size):
        found[e] = 1.0 - power(1.0 - single[e], counts[e])


@kernel
def fill_sums(indptr, counts, found):
    """Fill ``found`` [e] with the shares of ``counts`` in their rows, summed along the row; the last is exactly 1."""
    for v in range(indptr.size - 1):
        total = 0.0
        for e in range(indptr[v], indptr[v + 1]):
            total += counts[e]
            found[e] = total
        for e in range(indptr[v], indptr[v + 1]):
            found[e] = found[e] / total
        if indptr[v + 1] > indptr[v]:
            found[indptr[v + 1] - 1] = 1.0


@rule
def picked(indptr, sums, key, v):
    """Return the place of the neighbour that v picks, one with probability c_uv / d_v; -1 if v has none."""
    low, high = indptr[v], indptr[v + 1] - 1
    if high < low:
        return np.int64(-1)
    u = uniform(key, v)
    while low < high:
        middle = (low + high) // 2
        if sums[middle] > u:
            high = middle
        else:
            low = middle + 1
    return np.int64(low)


def diffusion(graph: Multigraph, model: str, p: float = 0.01) -> Diffusion:
    """Return a model on a network; ``p`` in (0, 1] is for ic alone. Raises `UserError`."""
    if model not in MODELS:
        raise UserError(f"model={model!r}: no such model{nearest(str(model), MODELS)}")
    if not 0 < p <= 1:
        raise UserError(f"p={p!r}: a number above 0 and at most 1 is needed")
    own = np.repeat(graph.degree, np.diff(graph.indptr))
    others = graph.degree[graph.indices]
    into = np.empty(len(graph.indices))
    if model == "lt":
        fill_sums(graph.indptr, graph.count, into)
        return Diffusion(graph, model, p, graph.count / others, into)
    out = np.empty(len(graph.indices))
    single = (np.full(len(out), p),) * 2 if model == "ic" else (np.minimum(1, 1 / others), np.minimum(1, 1 / own))
    fill_chances(graph.count, single[0], out)
    fill_chances(graph.count, single[1], into)
    return Diffusion(graph, model, p, out, into)
