"""M7 (E20) Belief: what a firm thinks customers want, learnt from whoever shows up.

    start     w_hat = w + N(0, belief_sd^2) + belief_bias s / D, on the simplex; s in [-1, 1] is how the firm's own
              components compare, so that with a positive bias it thinks that customers want what it is good at
    learning  v <- v + belief_drift / D^2;  news of noise r_g moves w_hat by v / (v + r_g) of the way, and
              v <- v r_g / (v + r_g)
    noise     r_g = belief_noise / D^2 / (interviews + record_weight buyers on record, of segment g, this month)
    mix       each segment's part of the buyers on record, and as far as customers are heard (L7) of the participants

1 / D is the mean weight. News comes every four weeks. Those who take part are not the market, so the more a firm
listens to them the more it builds for them. Far below the start, v settles at (sqrt(q^2 + 4 q r) - q) / 2 after
the news, q = belief_drift / D^2.

Sources: Kalman 1960; von Hippel 1986 (lead users).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ecosim.draws import normal, own_key, purpose, stream_key, uniform
from ecosim.jit import pass_kernel

PRIOR, NEWS = purpose("belief.prior"), purpose("belief.news")
QUARTER, MONTH = 13, 4


@dataclass
class Belief:
    """``weights`` [g, d] on the simplex, ``variance`` [g]; ``mix`` and ``lead`` [g]: the market, and who takes part."""

    weights: np.ndarray
    variance: np.ndarray
    mix: np.ndarray
    lead: np.ndarray

    def judged_by(self, lead: float) -> np.ndarray:
        """Return the weights, ``[d]``, of a market of which a part ``lead`` is like those who take part."""
        mix = (1.0 - lead) * self.mix + lead * self.lead
        return (mix[:, None] * self.weights).sum(axis=0)


def census(model) -> dict[str, np.ndarray]:
    """Return who showed up, arrays [f, g]: buyers, participants, and the sum of participants' skill.

    Before anybody was counted, nobody takes part and buyers are as the firms' first shares of all segments.
    """
    if model.census:
        return model.census
    shares = np.array([firm.share_start for firm in model.firms])
    buyers = shares[:, None] * model.segment_sizes
    return {"buyers": buyers, "participants": np.zeros_like(buyers), "skill": np.zeros_like(buyers)}


def on_simplex(weights: np.ndarray) -> np.ndarray:
    """Return ``weights`` [g, d] with nothing below zero and rows that sum to 1; equal weights where nothing is left."""
    kept = np.maximum(weights, 0.0)
    total = kept.sum(axis=1, keepdims=True)
    return np.divide(kept, total, out=np.full_like(kept, 1.0 / kept.shape[1]), where=total > 0)


def strengths(parts: np.ndarray) -> np.ndarray:
    """Return how components of contribution ``parts`` [d] compare with their mean, ``[d]`` in [-1, 1]."""
    apart = parts - parts.mean()
    return apart / max(float(np.abs(apart).max()), 1e-12) if np.ptp(parts) > 0 else np.zeros_like(parts)


def normals(key: np.uint64, shape: tuple[int, ...]) -> np.ndarray:
    """Return keyed standard normals of this shape."""
    values = np.empty(shape)
    fill_normals(key, values.reshape(-1))
    return values


@pass_kernel
def fill_normals(key, values):
    """Fill ``values`` with keyed standard normals."""
    for k in range(values.size):
        values[k] = normal(uniform(key, k))


def first_belief(model, firm) -> Belief:
    """Return what a firm believes at the start."""
    p, true = model.setting.innovation, model.segment_weights
    error = p.belief_sd * normals(own_key(stream_key(model.seed, PRIOR, 0), firm.row), true.shape)
    bias = p.belief_bias * strengths(firm.parts()) / true.shape[1]
    mix = np.maximum(model.segment_sizes, 1e-9)
    variance = np.full(true.shape[0], max(p.belief_sd * p.belief_sd, 1e-12))
    return Belief(on_simplex(true + error + bias), variance, mix / mix.sum(), mix / mix.sum())


def study(model, firm) -> None:
    """Let a firm learn what is wanted from those who bought and those who were interviewed this month.

    Buyers are counted by the quarter so far, so a month has its part of them; interviews are with those who take part.
    """
    people = census(model)
    month = MONTH / max(MONTH, (model.week - 1) % QUARTER + 1)
    bought, taking_part = month * people["buyers"][firm.row], people["participants"][firm.row]
    interviews = month * int(model.quarter["interviews"][firm.row])
    told = interviews * taking_part / max(1.0, taking_part.sum())
    key = own_key(stream_key(model.seed, NEWS, model.week), firm.row)
    on_record = bought * min(1.0, firm.levers.insight.data * firm.capacity)
    heard = firm.levers.innovation.customers
    learn(model.setting.innovation, firm.innovation.belief, key, model.segment_weights, on_record, told, heard)


def learn(p, belief: Belief, key: np.uint64, true: np.ndarray, bought: np.ndarray, told: np.ndarray, heard: float):
    """Let buyers on record ``bought`` [g] and participants ``told`` [g] move the belief.

    ``heard`` in [0, 1] is how much those who take part count for the mix.
    """
    relative = 1.0 / true.shape[1] ** 2
    news = told + p.record_weight * bought
    noise = p.belief_noise * relative / np.maximum(news, 1e-12)
    variance = belief.variance + p.belief_drift * relative
    pull = np.where(news > 0, variance / (variance + noise), 0.0)
    seen = true + np.sqrt(noise)[:, None] * normals(key, true.shape)
    moved = np.where((news > 0)[:, None], pull[:, None] * (seen - belief.weights), 0.0)
    belief.weights, belief.variance = on_simplex(belief.weights + moved), variance * (1.0 - pull)
    share = bought / bought.sum() if bought.sum() > 0 else belief.mix
    belief.lead = told / told.sum() if told.sum() > 0 else share
    belief.mix = (1.0 - heard) * share + heard * belief.lead
