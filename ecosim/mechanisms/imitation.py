"""M7 (E24) Imitation: a visible advantage is copied, one bit at a time, the sooner the more of it can be seen.

    hazard    copying (1 - protection L9) exposure  a week, where the rival's offer seems better than one's own
    exposure  (1 + openness) (1 + testers (1 - L9) / 100) / 2;  contributors who give to one firm alone carry nothing
              over, so openness counts less by the part of the firm's rights that are exclusive
    P(copy in four weeks) = 1 - exp(-4 hazard)

What is copied is judged and paid for like any idea; a bit that fits there may not fit here.

Source: imitation of complex strategies: Rivkin 2000.
"""

from __future__ import annotations

from ecosim.draws import exp, own_key, purpose, stream_key, uniform
from ecosim.mechanisms.ideas import CONTENT, COPIED, from_rival, luck
from ecosim.mechanisms.innovation import carry_out, consider, openness
from ecosim.mechanisms.rights import exclusive_part

COPY = purpose("imitation.copy")
WEEKS = 4
FIRST = 10_000
"""Number of the first copied idea of a month, so that its luck is its own."""


def exposure(firm) -> float:
    """Return how much of a firm's design can be seen from outside, 1/2 for a closed firm without testers."""
    new = firm.levers.innovation
    seen = openness(firm.levers) * (1.0 - exclusive_part(firm))
    return (1.0 + seen) * (1.0 + new.testers * (1.0 - new.governance) / 100.0) / 2.0


def hazard(p, firm) -> float:
    """Return the weekly hazard with which a rival copies a bit of ``firm``."""
    return p.copying * (1.0 - p.protection * firm.levers.innovation.governance) * exposure(firm)


def imitate(model) -> None:
    """Phase 12: firms copy from rivals whose offer they believe to be better."""
    p = model.setting.innovation
    if not p.active or p.copying <= 0.0:
        return
    designs = [firm.innovation.bits.copy() for firm in model.firms]
    offers = [firm.parts() for firm in model.firms]
    for firm in model.firms:
        if not firm.active:
            continue
        weights = firm.innovation.belief.typical()
        key = own_key(stream_key(model.seed, COPY, model.week), firm.row)
        for rival in model.firms:
            ahead = float(((offers[rival.row] - offers[firm.row]) * weights).sum())
            if rival is firm or not rival.active or ahead <= 0.0:
                continue
            if uniform(key, rival.row) < 1.0 - exp(-WEEKS * hazard(p, rival)):
                idea = from_rival(model, firm, designs[rival.row], luck(model, firm, CONTENT, COPIED, rival.row))
                if idea is not None:
                    consider(model, firm, idea, FIRST + rival.row)
        carry_out(model, firm)
    if any((firm.innovation.bits != before).any() for firm, before in zip(model.firms, designs, strict=True)):
        model.firms_changed()
