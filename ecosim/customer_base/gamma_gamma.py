"""Gamma-gamma spend: a customer's purchases vary around his own mean, and means vary over customers.

    amount of a purchase ~ Gamma(p, rate nu), nu ~ Gamma(q, rate v)
    L(x, z) = Gamma(p x + q) / (Gamma(p x) Gamma(q)) v^q z^(p x - 1) x^(p x) / (v + x z)^(p x + q)
    E[mean spend | x, z] = p (v + x z) / (p x + q - 1),   E[mean spend] = p v / (q - 1)

``x`` is the number of purchases, ``z`` their mean amount; customers without any do not bear on the likelihood. Spend is
taken to be independent of how often one buys.

Sources: Fader, Hardie & Lee 2005 (RFM and CLV).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy import special

from ecosim.customer_base.maximum import Fit, maximise

NAMES = ("p", "q", "v")
STARTS = ((6.0, 4.0, 0.5), (1.0, 2.0, 1.0), (2.0, 8.0, 4.0))
"""Where the search for the maximum begins; money in units of the mean amount."""


class GammaGamma(NamedTuple):
    """Parameters, all above 0: ``p`` of a purchase's amount, ``q`` and ``v`` (money) of customers' means."""

    p: float
    q: float
    v: float


def log_likelihood(g: GammaGamma, x: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return each customer's log-likelihood, [n]; ``x`` >= 1 purchases of mean amount ``z`` > 0."""
    p, q, v = g
    x = np.asarray(x, float)
    total = p * x
    found = special.gammaln(total + q) - special.gammaln(total) - special.gammaln(q) + q * np.log(v)
    return np.asarray(found + (total - 1) * np.log(z) + total * np.log(x) - (total + q) * np.log(v + x * z))


def fit(x: np.ndarray, z: np.ndarray) -> Fit:
    """Return the maximum-likelihood fit to customers with ``x`` >= 1 purchases of mean amount ``z`` > 0, each [n]."""
    x, z = np.asarray(x, float), np.asarray(z, float)
    scale = float(z.mean())
    shift = math.log(scale)

    def mean(values: np.ndarray) -> float:
        p, q, v = values
        return float(log_likelihood(GammaGamma(p, q, v), x, z / scale).mean()) - shift

    found = maximise("gamma_gamma", NAMES, mean, x.size, STARTS)
    p, q, v = found.estimates
    return Fit(found.model, NAMES, (p, q, v * scale), found.covariance, found.log_likelihood, found.n)


def mean_spend(g: GammaGamma) -> float:
    """Return the mean over customers of their mean spend; NaN where it does not exist (q <= 1)."""
    return g.p * g.v / (g.q - 1) if g.q > 1 else math.nan


def expected_spend(g: GammaGamma, x: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return E[mean spend | x, z], [n]; of a customer without purchases (x = 0), the mean over customers."""
    p, q, v = g
    x = np.asarray(x, float)
    below = p * x + q - 1
    return np.where(below > 0, p * (v + x * np.asarray(z)) / np.where(below > 0, below, 1.0), math.nan)
