"""K9, K10: what firms' ideas came to, how good their offers are, and who leads whom.

    offer_value       V_f, the job value averaged over customers, style included
    landscape_height  the design's weighted contribution / the largest of any design, at customers' true weights
    lead              V_f - the best active rival's
    belief_error      root mean squared error of the weights the firm believes in

The table of sources counts ideas from the start: proposed, accepted, carried out, taken up (an innovation only if the
firm's share of purchases was higher a quarter later), what was spent, weeks from acceptance, and mean and standard
deviation of the change of share, which is what a unit of effort returned and how surely.

Sources: Levinthal 1997; leads and their half-life: MacMillan, McCaffery & van Wijk 1985.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ecosim.ledger import UNIT
from ecosim.mechanisms.ideas import SOURCES
from ecosim.mechanisms.innovation import EVENTS
from ecosim.mechanisms.landscape import MOST_ENUMERATED, all_designs, fit, landscape


def market_weights(model: Any) -> np.ndarray:
    """Return customers' mean attribute weights, ``[d]``."""
    sizes = model.segment_sizes
    return (sizes / sizes.sum()) @ model.segment_weights


def look(model: Any) -> dict[str, np.ndarray]:
    """Return this quarter's ``[f]`` measures of offers and beliefs."""
    active = np.array([firm.active for firm in model.firms])
    values = np.array([mean_value(model, j) for j in range(len(model.firms))])
    values = np.where(active, values, np.nan)
    true = model.segment_weights
    errors = [float(np.sqrt(np.mean((firm.innovation.belief.weights - true) ** 2))) for firm in model.firms]
    return {
        "offer_value": values,
        "landscape_height": heights(model),
        "lead": leads(values),
        "belief_error": np.array(errors),
    }


def mean_value(model: Any, j: int) -> float:
    """Return the job value of firm ``j`` averaged over customers, style included."""
    f, sizes = model.world.firms, model.segment_sizes
    return float(f.value[:, j] @ sizes / sizes.sum() + f.style[j])


def leads(values: np.ndarray) -> np.ndarray:
    """Return each firm's value less the best of the others', ``[f]``; NaN where there is nobody to compare with."""
    found = np.full(values.size, np.nan)
    for j in range(values.size):
        others = np.delete(values, j)
        if np.isfinite(values[j]) and np.isfinite(others).any():
            found[j] = values[j] - np.nanmax(others)
    return found


def heights(model: Any) -> np.ndarray:
    """Return each design's weighted contribution relative to the best design's, ``[f]``; NaN for too many components."""
    p, d = model.setting.innovation, model.setting.market.components
    if not p.active or d > MOST_ENUMERATED:
        return np.full(len(model.firms), np.nan)
    weights = market_weights(model)
    land = landscape(model.seed, d, p.interactions)
    everything = p.amplitude * (fit(land, all_designs(d)) - 0.5)
    found = []
    for firm in model.firms:
        best = (np.clip(firm.contributions + everything, 1e-3, 1.0) @ weights).max()
        found.append(float(np.clip(firm.contributions + firm.fit, 1e-3, 1.0) @ weights / best))
    return np.array(found)


def sources(model: Any) -> pd.DataFrame:
    """Return one row per firm and source of ideas, counted from the start of the world."""
    rows = []
    for firm in model.firms:
        lab = firm.innovation
        for k, source in enumerate(SOURCES):
            done = int(lab.record[k, EVENTS.index("carried_out")])
            judged = max(1, int(lab.judged[k]))
            mean = lab.lift[k] / judged
            rows.append(
                {
                    "firm": firm.row, "source": source,
                    **{event: int(lab.record[k, n]) for n, event in enumerate(EVENTS)},
                    "spent": int(lab.spent[k]) / UNIT,
                    "weeks_waited": float(lab.weeks[k]) / max(1, done),
                    "gain_believed": float(lab.worth[k]),
                    "lift": float(mean),
                    "lift_sd": float(np.sqrt(max(0.0, lab.lift_squared[k] / judged - mean * mean))),
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def half_life(leads_by_quarter: np.ndarray) -> float:
    """Return how many weeks after its peak a lead has fallen to half, NaN if it never was one or never has."""
    series = np.asarray(leads_by_quarter, float)
    if not np.isfinite(series).any() or np.nanmax(series) <= 0.0:
        return float("nan")
    peak = int(np.nanargmax(series))
    below = np.flatnonzero(series[peak:] <= 0.5 * series[peak])
    return float(13 * below[0]) if below.size else float("nan")
