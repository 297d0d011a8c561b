"""Scenario discovery: boxes of factor space in which a condition tends to hold, found by a classification tree.

A leaf of the tree (CART: Breiman et al. 1984) is a box: an interval of each number, a set of each list of words. Its
coverage is the share of all points meeting the condition that lie in it, its density the share of its points that meet
it, its mass the share of all points in it (Bryant & Lempert 2010). A tree gives several disjoint boxes at once and has
the same interface on every Python supported, which is why it is preferred here to PRIM's peeling. How far boxes can be
trusted is measured by trees grown on resampled points, asked about points that they have not seen: `stability` is the
share of them that tell that the condition holds in a box (compare Bryant & Lempert's reproducibility); `held_out` is
the density where they tell so, over all boxes. Boxes drawn around luck look dense and even stable, but their held-out
density is no more than the share of all points that meet the condition.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ecosim.errors import UserError
from ecosim.sweeps.designs import Design, Factor

DEPTH = 4
LEAST_SHARE = 0.02
FEWEST = 20
RESAMPLES = 50
_SEED = 1984


def discover(design: Design, points: pd.DataFrame, holds: np.ndarray, most: int = 4) -> pd.DataFrame:
    """Return boxes where the condition is likelier than not: one row a box and limited factor, best coverage first.

    ``points``: rows of factor values; ``holds`` [points] bool. Columns: box, factor, low, high, values, coverage,
    density, mass, stability, held_out. Empty if the condition never or always holds, or no box has it more often than
    not.
    """
    holds = np.asarray(holds, bool)
    if len(holds) != len(points) or len(holds) < FEWEST:
        raise UserError(f"scenario discovery needs at least {FEWEST} points; there are {len(holds)}")
    columns = ["box", "factor", "low", "high", "values", "coverage", "density", "mass", "stability", "held_out"]
    if holds.all() or not holds.any():
        return pd.DataFrame(columns=columns)
    x = np.column_stack([factor.place(list(points[factor.key])) for factor in design.factors])
    tree = _grow(x, holds, 0)
    leaf = tree.apply(x)
    density = pd.Series(holds).groupby(leaf).mean()
    chosen = sorted((d for d in density.index if density[d] > 0.5), key=lambda d: (-holds[leaf == d].sum(), d))[:most]
    again, held_out = _told_again(x, holds)
    rows = []
    for number, node in enumerate(chosen, 1):
        inside = leaf == node
        told = {"coverage": holds[inside].sum() / holds.sum(), "density": density[node], "mass": inside.mean(),
                "stability": float(again[inside].mean()), "held_out": held_out}  # fmt: skip
        low, high = _limits(tree, node, x.shape[1])
        for k, factor in enumerate(design.factors):
            if low[k] > 0 or high[k] < 1:
                rows.append({"box": number, "factor": factor.key, **_told(factor, low[k], high[k]), **told})
    return pd.DataFrame(rows, columns=columns)


def _grow(x: np.ndarray, holds: np.ndarray, seed: int):  # type: ignore[no-untyped-def]
    from sklearn.tree import DecisionTreeClassifier

    least = max(3, int(LEAST_SHARE * len(holds)))
    return DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=least, random_state=seed).fit(x, holds)


def _told_again(x: np.ndarray, holds: np.ndarray) -> tuple[np.ndarray, float]:
    """Return what trees grown on resampled points tell of the points left out of them.

    For each point the share of trees that tell the condition holds there; and how often it does where they tell so.
    """
    random, told, asked = np.random.default_rng(_SEED), np.zeros(len(holds)), np.zeros(len(holds))
    for n in range(RESAMPLES):
        rows = random.integers(0, len(holds), len(holds))
        out = np.bincount(rows, minlength=len(holds)) == 0
        told += out & _grow(x[rows], holds[rows], n).predict(x).astype(bool)
        asked += out
    return told / np.maximum(asked, 1), float(told[holds].sum() / told.sum()) if told.any() else float("nan")


def _limits(tree, node: int, factors: int) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[no-untyped-def]
    """Return the lower and upper ends [factors] of a leaf's box in the unit cube."""
    inner, low, high = tree.tree_, np.zeros(factors), np.ones(factors)
    parent = {int(child): (n, side) for n in range(inner.node_count)
              for side, child in ((0, inner.children_left[n]), (1, inner.children_right[n])) if child >= 0}  # fmt: skip
    while node in parent:
        above, side = parent[node]
        k, cut = int(inner.feature[above]), float(inner.threshold[above])
        if side == 0:
            high[k] = min(high[k], cut)
        else:
            low[k] = max(low[k], cut)
        node = above
    return low, high


def _told(factor: Factor, low: float, high: float) -> dict[str, object]:
    """Return the box's limits on one factor, in its own values."""
    if factor.values:  # noqa: PD011
        places = factor.place(factor.values)
        kept = [str(value) for value, place in zip(factor.values, places, strict=True) if low < place <= high]
        return {"low": np.nan, "high": np.nan, "values": ", ".join(kept)}
    if factor.kind == "whole":
        places = factor.place(range(int(factor.low), int(factor.high) + 1))
        inside = np.flatnonzero((low < places) & (places <= high)) + int(factor.low)
        return {"low": float(inside[0]), "high": float(inside[-1]), "values": ""}
    ends = factor.at(np.array([low, high]))
    return {"low": float(ends[0]), "high": float(ends[1]), "values": ""}
