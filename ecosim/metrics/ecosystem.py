"""K11: who makes what customers get, and who earns from it.

    surplus split       currency this quarter that partners' part in the offer was worth, and who got it
    partner survival    partners still there / partners at the start
    supplier entropy    -sum p ln p over the makers of all components sold (firms, partners, elsewhere)
    providers per job   1 + components not covered: with how many a customer has to deal
    makers per job      how many make a part of what is sold: the firm, its partners, elsewhere
    delegated           part of the job that a customer leaves to the provider; sourced: part that partners make
    HHI, Gini           sum of squared shares; mean absolute difference / twice the mean

Means are over this quarter's purchases. Call them at the end of a quarter, as a recorder does.

Source: entropy: Shannon 1948.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

OWN = -1


def herfindahl(sizes: np.ndarray) -> float:
    """Return the sum of squared shares of ``sizes`` >= 0, in (0, 1]; NaN if all are 0."""
    total = float(np.sum(sizes))
    return float(np.sum((np.asarray(sizes) / total) ** 2)) if total > 0 else float("nan")


def gini(sizes: np.ndarray) -> float:
    """Return the Gini coefficient of ``sizes`` >= 0: 0 if all are alike, near 1 if one has all; NaN if all are 0."""
    ordered = np.sort(np.asarray(sizes, float))
    total, n = ordered.sum(), ordered.size
    if total <= 0:
        return float("nan")
    return float(2.0 * (np.arange(1, n + 1) * ordered).sum() / (n * total) - (n + 1) / n)


def entropy(sizes: np.ndarray) -> float:
    """Return the Shannon entropy of the shares of ``sizes`` >= 0, in nats; NaN if all are 0."""
    total = float(np.sum(sizes))
    if total <= 0:
        return float("nan")
    p = np.asarray(sizes, float)[np.asarray(sizes) > 0] / total
    return float(-(p * np.log(p)).sum()) + 0.0


def bought(model: Any) -> np.ndarray:
    """Return this quarter's purchases by firm, ``[f] float64``."""
    return model.quarter["purchases"][:-1].astype(float)


def suppliers(model: Any) -> np.ndarray:
    """Return who supplies each component of each firm, ``[f, d]``."""
    return np.array([firm.supplier for firm in model.firms])


def own(model: Any) -> np.ndarray:
    """Return which components each firm makes, whether or not it uses its own, ``[f, d] bool``."""
    return np.array([firm.scope for firm in model.firms])


def covered(model: Any) -> np.ndarray:
    """Return which components customers get at each firm, ``[f, d] bool``."""
    return own(model) | (suppliers(model) != OWN)


def mean_per_purchase(model: Any, values: Sequence[float] | np.ndarray) -> float:
    """Return the mean of one value per firm over this quarter's purchases; NaN if there were none."""
    weights = bought(model)
    total = weights.sum()
    return float(weights @ np.asarray(values, float) / total) if total > 0 else float("nan")


def surplus_split(model: Any) -> dict[str, float]:
    """Return what partners' components added to this quarter's sales, in currency, by who got it."""
    sold = bought(model)
    given = float(sold @ np.array([firm.sourcing.given for firm in model.firms]))
    added = float(sold @ np.array([firm.sourcing.surplus for firm in model.firms]))
    return {"firms": added - given, "partners": given}


def partner_survival(model: Any) -> float:
    """Return the part of the partners that are still there; NaN if there never were any."""
    return float(np.mean([p.active for p in model.partners])) if model.partners else float("nan")


def supplier_entropy(model: Any) -> float:
    """Return the entropy of who made the components sold this quarter; components found elsewhere are one maker."""
    sold, elsewhere = bought(model), model.ledger.outside
    made = np.zeros(elsewhere + 1)
    found, firms = suppliers(model), np.arange(len(model.firms))[:, None]
    np.add.at(made, np.where(found == OWN, np.where(own(model), firms, elsewhere), found), sold[:, None])
    return entropy(made)


def providers_per_job(model: Any) -> float:
    """Return with how many providers a customer deals for a job: the one chosen, and one per missing component."""
    return mean_per_purchase(model, 1.0 + (~covered(model)).sum(axis=1))


def makers_per_job(model: Any) -> float:
    """Return how many make a part of what is sold: the firm if it makes any, its partners, and whoever is elsewhere."""
    found = suppliers(model)
    partners = [len({*row} - {OWN}) for row in found.tolist()]
    return mean_per_purchase(
        model, (own(model) & (found == OWN)).any(axis=1) + partners + (~covered(model)).any(axis=1)
    )


def delegated(model: Any) -> float:
    """Return the part of the job that customers leave to the provider they choose."""
    return mean_per_purchase(model, covered(model).mean(axis=1))


def sourced(model: Any) -> float:
    """Return the part of what is sold that partners make."""
    return mean_per_purchase(model, (suppliers(model) != OWN).mean(axis=1))


def ecosystem(model: Any) -> dict[str, float]:
    """Return all of K11 at the end of a quarter."""
    split = surplus_split(model)
    earned = [float(model.ledger.accounts[p.row]) for p in model.partners if p.active]
    return {
        "surplus_to_firms": split["firms"],
        "surplus_to_partners": split["partners"],
        "partner_survival": partner_survival(model),
        "supplier_entropy": supplier_entropy(model),
        "providers_per_job": providers_per_job(model),
        "makers_per_job": makers_per_job(model),
        "delegated": delegated(model),
        "sourced": sourced(model),
        "concentration": herfindahl(bought(model)),
        "sales_gini": gini(bought(model)),
        "partner_gini": gini(np.maximum(earned, 0.0)),
    }
