"""K6: who takes part. A few tell most of the stories: shares of silent, light and heavy tellers, and the Gini index.

    heavy     at least one story a quarter on average since the start
    Gini      1 - 2 x the area under the Lorenz curve of stories over customers

Source: participation inequality (90-9-1): Nielsen 2006.
"""

from __future__ import annotations

import numpy as np


def participation(stories: np.ndarray, weeks: int) -> dict[str, float]:
    """Return shares of silent, light and heavy tellers and the Gini index from ``stories`` [n] told in ``weeks``."""
    counts = np.bincount(stories)
    number = np.arange(counts.size)
    heavy = int(counts[(number > 0) & (number >= weeks / 13)].sum())
    return {
        "silent": counts[0] / stories.size,
        "light_tellers": (stories.size - counts[0] - heavy) / stories.size,
        "heavy_tellers": heavy / stories.size,
        "story_gini": gini(counts),
    }


def gini(counts: np.ndarray) -> float:
    """Return the Gini index of a quantity of which ``counts[k]`` people have k; NaN if nobody has any."""
    people, held = counts.astype(float), counts * np.arange(counts.size, dtype=float)
    if held.sum() == 0:
        return float("nan")
    share = np.cumsum(held) / held.sum()
    before = np.concatenate(([0.0], share[:-1]))
    return float(1.0 - np.sum(people / people.sum() * (share + before)))


def contribution(contributed: np.ndarray) -> dict[str, float]:
    """Return the share of customers who ever contributed to a firm, and the Gini index of contributions [n]."""
    counts = np.bincount(contributed)
    return {"contributors": 1.0 - counts[0] / contributed.size, "contribution_gini": gini(counts)}
