"""M7 (E20) Belief: what a firm thinks customers want, learnt from whoever shows up.

    start     w_hat = w + error N(0, belief_sd) + belief_bias u_f,  on the simplex; u_f is the firm's own fancy
    learning  variance <- variance + drift;  an observation of noise v_g moves w_hat by K = variance / (variance + v_g)
    noise     v_g = belief_noise / D^2 / (interviews + record_weight purchases of segment g, in four weeks)
    mix       the part of each segment among buyers and, as far as customers' ideas are heard, among participants

Those who take part are not the market, so the more a firm listens to them the more it builds for them.

Sources: Kalman 1960; von Hippel 1986 (lead users).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ecosim.draws import normal, own_key, purpose, stream_key, uniform

PRIOR, FANCY, NEWS = purpose("belief.prior"), purpose("belief.fancy"), purpose("belief.news")


@dataclass
class Belief:
    """``weights`` [g, d] on the simplex, ``variance`` [g]; ``mix`` and ``lead`` [g]: the market, and who takes part."""

    weights: np.ndarray
    variance: np.ndarray
    mix: np.ndarray
    lead: np.ndarray

    def typical(self) -> np.ndarray:
        """Return the weights of the market as the firm sees it, ``[d]``."""
        return self.mix @ self.weights

    def of_leads(self) -> np.ndarray:
        """Return the weights of those who take part as the firm sees them, ``[d]``."""
        return self.lead @ self.weights


def normals(key: np.uint64, shape: tuple[int, ...]) -> np.ndarray:
    """Return keyed standard normals of this shape."""
    return np.array([normal(uniform(key, k)) for k in range(int(np.prod(shape)))]).reshape(shape)


def on_simplex(weights: np.ndarray) -> np.ndarray:
    """Return ``weights`` [g, d] with nothing below zero and rows that sum to 1; equal weights where nothing is left."""
    kept = np.maximum(weights, 0.0)
    total = kept.sum(axis=1, keepdims=True)
    return np.divide(kept, total, out=np.full_like(kept, 1.0 / kept.shape[1]), where=total > 0)


def first_belief(p, seed: int, row: int, true: np.ndarray, sizes: np.ndarray) -> Belief:
    """Return what firm ``row`` believes at the start, of the ``true`` weights [g, d] and segment ``sizes`` [g]."""
    error = p.belief_sd * normals(own_key(stream_key(seed, PRIOR, 0), row), true.shape)
    fancy = normals(own_key(stream_key(seed, FANCY, 0), row), true.shape[1:]) / true.shape[1]
    mix = np.maximum(sizes, 1e-9) / np.maximum(sizes, 1e-9).sum()
    variance = np.full(true.shape[0], max(p.belief_sd**2, 1e-12))
    return Belief(on_simplex(true + error + p.belief_bias * fancy), variance, mix, mix.copy())


def learn(p, belief: Belief, key: np.uint64, true: np.ndarray, bought: np.ndarray, told: np.ndarray, heard: float):
    """Let buyers ``bought`` [g] (times the part of records used) and participants ``told`` [g] move the belief.

    ``heard`` in [0, 1] is how much those who take part count for the mix.
    """
    news = told + p.record_weight * bought
    noise = p.belief_noise / true.shape[1] ** 2 / np.maximum(news, 1e-12)
    belief.variance = belief.variance + p.belief_drift / true.shape[1] ** 2
    pull = np.where(news > 0, belief.variance / (belief.variance + noise), 0.0)
    seen = true + np.sqrt(noise)[:, None] * normals(key, true.shape)
    belief.weights = on_simplex(belief.weights + np.where(news > 0, pull, 0.0)[:, None] * (seen - belief.weights))
    belief.variance = belief.variance * (1.0 - pull)
    share = bought / bought.sum() if bought.sum() > 0 else belief.mix
    belief.lead = told / told.sum() if told.sum() > 0 else share
    belief.mix = (1.0 - heard) * share + heard * belief.lead


def error(belief: Belief, true: np.ndarray) -> float:
    """Return the root mean squared error of the weights believed."""
    return float(np.sqrt(np.mean((belief.weights - true) ** 2)))
