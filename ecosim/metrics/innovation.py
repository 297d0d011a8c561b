"""K7, K9, K10: what firms know of what is wanted, what their designs are worth, and what became of ideas.

    belief error   root mean square of w_hat - w over segments and components
    height         V of the design / the largest V that any design could have, NaN with more than 16 components
    lead           V of the offer - that of the best rival
    hit rate       changes taken up / changes judged, by source
    return         mean and variance of the change in the share of purchases per change judged, by source

V is at the segments' true weights, as many count as there are customers; no firm sees it.

Sources: landscapes: Levinthal 1997; open sources of ideas: Almirall & Casadesus-Masanell 2010.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from ecosim.ledger import UNIT
from ecosim.mechanisms.experience import ces
from ecosim.mechanisms.ideas import CUSTOMER, SOURCES, parts_of
from ecosim.mechanisms.innovation import CARRIED_OUT, EVENTS, TAKEN_UP
from ecosim.mechanisms.landscape import MOST_ENUMERATED, all_designs


def error(firm: Any, model: Any) -> float:
    """Return the root mean squared error of the weights a firm believes in."""
    squares = (firm.innovation.weights - model.segment_weights) ** 2
    return math.sqrt(squares.sum() / squares.size)


def valuation(model: Any) -> Callable[[np.ndarray], np.ndarray]:
    """Return what gives V of contributions [n, d] as customers meet them, ``[n]``."""
    rho, sizes = model.setting.experience.elasticity, model.segment_sizes / model.segment_sizes.sum()
    weights = model.segment_weights
    if rho == 1.0:
        mean = sizes @ weights
        return lambda parts: parts @ mean
    return lambda parts: np.array(
        [sum(s * ces(w, row, rho) for s, w in zip(sizes, weights, strict=True)) for row in parts]
    )


def worth(parts: np.ndarray, model: Any) -> np.ndarray:
    """Return V of contributions ``parts`` [n, d] as customers meet them, ``[n]``."""
    return valuation(model)(parts)


def height(firm: Any, model: Any) -> float:
    """Return V of a firm's design as a part of its landscape's maximum, in (0, 1]; NaN without a landscape."""
    size = firm.contributions.size
    if size > MOST_ENUMERATED or not model.setting.innovation.active:
        return float("nan")
    best = worth(parts_of(model, firm, all_designs(size)), model).max()
    return float(worth(firm.parts()[None, :], model)[0] / best)


def leads(model: Any) -> np.ndarray:
    """Return by how much each firm's offer is worth more than the best rival's, ``[f]``; NaN for who has left."""
    worths = valuation(model)
    values = np.array([worths(firm.parts()[None, :])[0] if firm.active else np.nan for firm in model.firms])
    there = np.flatnonzero(~np.isnan(values))
    found = np.full(values.size, np.nan)
    if there.size > 1:
        best, second = there[np.argsort(-values[there], kind="stable")[:2]]
        found[there] = values[there] - values[best]
        found[best] = values[best] - values[second]
    return found


def record(firm: Any) -> dict[str, dict[str, float]]:
    """Return a firm's record since the start by source: events, money spent, and what came of it; NaN for no case."""
    lab, found = firm.innovation, {}
    waiting = np.bincount([trial.source for trial in lab.trials], minlength=len(SOURCES))
    for k, source in enumerate(SOURCES):
        judged = int(lab.record[k, CARRIED_OUT]) - int(waiting[k])
        mean = lab.lift[k] / judged if judged else float("nan")
        found[source] = {
            **{event: int(lab.record[k, n]) for n, event in enumerate(EVENTS)},
            "spent": lab.spent[k] / UNIT,
            "weeks": lab.weeks[k] / lab.record[k, CARRIED_OUT] if lab.record[k, CARRIED_OUT] else float("nan"),
            "hit_rate": lab.record[k, TAKEN_UP] / judged if judged else float("nan"),
            "return": mean,
            "return_variance": lab.lift_squared[k] / judged - mean * mean if judged else float("nan"),
        }
    return found


def look(model: Any) -> dict[str, np.ndarray]:
    """Return this quarter's ``[f]`` measures of offers and beliefs."""
    f, sizes = model.world.firms, model.segment_sizes
    value = sizes @ f.value / sizes.sum() + f.style
    active = np.array([firm.active for firm in model.firms])
    return {
        "offer_value": np.where(active, value, np.nan),
        "landscape_height": np.array([height(firm, model) for firm in model.firms]),
        "lead": leads(model),
        "belief_error": np.array([error(firm, model) for firm in model.firms]),
        "changes": np.array([float(firm.innovation.record[:, CARRIED_OUT].sum()) for firm in model.firms]),
        "taken_up": np.array([float(firm.innovation.record[:, TAKEN_UP].sum()) for firm in model.firms]),
        "knowledge_value": knowledge_value(model),
    }


def knowledge_value(model: Any) -> np.ndarray:
    """Return what customers' ideas carried out so far are thought worth on this quarter's sales, ``[f]`` currency."""
    choice = model.setting.choice
    gains = np.array([firm.innovation.worth[CUSTOMER] for firm in model.firms])
    return gains * choice.value_weight / (choice.price_weight or 1.0) * model.quarter["purchases"][:-1]


def sources(model: Any) -> pd.DataFrame:
    """Return one row per firm and source of ideas, counted from the start of the world."""
    rows = [
        {"firm": firm.row, "source": source, **values}
        for firm in model.firms
        for source, values in record(firm).items()
    ]
    return pd.DataFrame(rows)


def half_life(lead: np.ndarray) -> float:
    """Return how many weeks after its peak a quarterly ``lead`` has fallen to half; NaN if it has not, or was none."""
    series = np.asarray(lead, float)
    if not np.isfinite(series).any() or np.nanmax(series) <= 0.0:
        return float("nan")
    peak = int(np.nanargmax(series))
    below = np.flatnonzero(series[peak:] <= 0.5 * series[peak])
    return float(13 * below[0]) if below.size else float("nan")
