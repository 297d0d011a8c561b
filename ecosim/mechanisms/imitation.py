"""M7 (E24) Imitation: a visible advantage is copied, one bit at a time, the sooner the more of it can be seen.

    hazard    copying (1 - protection L9) exposure  a week, where the rival's offer is worth more than one's own at the
              weights the firm believes in
    exposure  (1 + openness) (1 + testers (1 - L9) / 100) / 2;  contributors who give to one firm alone carry nothing
              over, so openness counts less by the part of the firm's rights that are exclusive
    P(copy in four weeks) = 1 - exp(-4 hazard), for each rival

What is copied is the bit of that component, among those that differ, in which the rival seems most ahead. It is judged
and paid for like any idea; a bit that fits there may not fit here, so interactions protect as well.

Source: imitation of complex strategies: Rivkin 2000.
"""

from __future__ import annotations

import numpy as np

from ecosim.draws import PAIR, agent_key, exp, purpose, stream_key, uniform
from ecosim.jit import kernel
from ecosim.mechanisms.experience import ces
from ecosim.mechanisms.ideas import COPIED, Idea, flip
from ecosim.mechanisms.innovation import carry_out, openness, propose
from ecosim.mechanisms.rights import exclusive_part

COPY = purpose("imitation.copy")
WEEKS = 4


def exposure(firm) -> float:
    """Return how much of a firm's design can be seen from outside, 1/2 for a closed firm without testers."""
    new = firm.levers.innovation
    seen = openness(firm.levers) * (1.0 - exclusive_part(firm))
    return (1.0 + seen) * (1.0 + new.testers * (1.0 - new.governance) / 100.0) / 2.0


def hazard(p, firm) -> float:
    """Return the weekly hazard with which a rival copies a bit of ``firm``."""
    return p.copying * (1.0 - p.protection * firm.levers.innovation.governance) * exposure(firm)


@kernel
def copied(stream, weights, offers, rho, chance, found):
    """Mark in ``found`` [f, f] bool which firm (row) copies from which rival seen to be better (column).

    ``weights`` [f, d] are those each firm believes in, ``offers`` [f, d] the contributions all can see, ``chance`` [f]
    the probability with which each rival is copied if it is better.
    """
    for f in range(chance.size):
        key, own = agent_key(stream, f), ces(weights[f], offers[f], rho)
        for r in range(chance.size):
            if r != f and uniform(key, r) < chance[r]:
                found[f, r] = ces(weights[f], offers[r], rho) > own


def imitate(model) -> None:
    """Phase 12: firms copy from rivals whose offer they believe to be better."""
    p = model.setting.innovation
    if not p.active:
        return
    designs = [firm.innovation.bits.copy() for firm in model.firms]
    offers = np.array([firm.parts() for firm in model.firms])
    weights = np.array([firm.innovation.belief.judged_by(0.0) for firm in model.firms])
    chance = np.array([1.0 - exp(-WEEKS * hazard(p, firm)) if firm.active else 0.0 for firm in model.firms])
    found = np.zeros((chance.size, chance.size), np.bool_)
    rho = model.setting.experience.elasticity
    copied(stream_key(model.seed, COPY, model.week), weights, offers, rho, chance, found)
    for f, r in np.argwhere(found):
        firm = model.firms[f]
        idea = from_rival(model, firm, int(r), designs[r], (offers[r] - offers[f]) * weights[f])
        if firm.active and idea is not None:
            propose(model, firm, idea)
    changed = [carry_out(model, model.firms[f]) for f in np.flatnonzero(found.any(axis=1))]
    if any(changed):
        model.firms_changed()


def from_rival(model, firm, row: int, design: np.ndarray, ahead: np.ndarray) -> Idea | None:
    """Return the idea of copying from rival ``row`` the bit where it is most ``ahead`` [d]; None if none differs."""
    apart = np.flatnonzero(design != firm.innovation.bits)
    if not apart.size:
        return None
    bit = apart[int(np.argmax(ahead[apart]))]
    return flip(firm, COPIED, (COPIED * PAIR + row) * PAIR, [bit], model.ledger.outside)
