"""M8, M6 Participation: who gives a firm his time and ideas, and what comes of being treated unfairly.

    takes part if   fit_weight [1 - (1 - L5)^2] (P - P after) + prize L8 + talk_value talk
                    >  effort (1 - skill) + concern data_risk (1 - relief L13) + paperwork L9

A customer invited decides anew each time, from what he gains (a better fit, his share, something to tell) and what it
costs him (work, privacy, contracts); so those who show up are not like those who do not. Once a month firms count
their participants and buyers by segment, which is all they see of who their ideas come from. Participants who see
others profit from their ideas without a share lose trust.

Sources: self-selection of lead users: von Hippel 1986; motives: Fueller 2010; fairness: Franke, Keinz & Klausberger
2013.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ecosim.columns import Column
from ecosim.jit import pass_kernel, world_rule
from ecosim.mechanisms.base import FIXED, TAKES_PART
from ecosim.mechanisms.memory import refresh
from ecosim.parameters import Parameters, param


@dataclass(frozen=True)
class Participation(Parameters):
    """What taking part costs and brings a customer."""

    effort: float = param(0.04, "effort of an interview for the least skilled", unit="value", low=0, high=10)
    talk_value: float = param(0.01, "worth of having something to tell, times talkativeness", unit="value", low=0,
                              high=10)  # fmt: skip
    prize: float = param(0.1, "worth of a full share in what comes of it, as expected", unit="value", low=0, high=10)
    paperwork: float = param(0.02, "effort of full contracts", unit="value", low=0, high=10)
    unfairness: float = param(0.5, "negative evidence of a participant treated wholly unfairly", low=0, high=10)


COLUMNS = (
    Column("flags", "uint8", 0, "shares data 1, takes part 2, used the tool 4, owns the platform 8, approached 16, "
           "referred 32", "bits", "nk", 0, 63),
    Column("contributed", "uint16", 0, "interviews and ideas given since the start", "events", "n", 0),
)  # fmt: skip


@world_rule
def take_part(w, i, s, learnt):
    """Let customer ``i`` decide whether to take part at the provider in slot ``s``, who would learn ``learnt``."""
    c, f, p = w.customers, w.firms, w.rules.participation
    j = c.provider[i, s]
    gain = w.rules.experience.fit_weight * f.personal[j] * learnt + p.prize * f.pay[j]
    gain += p.talk_value * np.float64(c.talk[i])
    risk = (
        np.float64(c.concern[i]) * w.rules.recovery.data_risk * (1.0 - w.rules.recovery.custody_relief * f.custody[j])
    )
    price = p.effort * (1.0 - np.float64(c.skill[i])) + risk + p.paperwork * f.contracts[j]
    if gain > price:
        c.flags[i, s] = c.flags[i, s] | TAKES_PART
        c.contributed[i] = min(np.int64(c.contributed[i]) + 1, 65535)
        return True
    c.flags[i, s] = c.flags[i, s] & (255 - TAKES_PART)
    return False


@pass_kernel
def count_people(lo, hi, w, grievance, buyers, participants, skill):
    """Add rows ``lo .. hi-1`` to counts [f, g] by segment; participants at a firm with a grievance lose trust."""
    c = w.customers
    for i in range(lo, hi):
        g = c.segment[i]
        for j in range(c.bought.shape[1]):
            buyers[j, g] += c.bought[i, j] > 0
        if not any_part(c, i):
            continue
        refresh(w, i)  # what was forgotten takes no part, and evidence of today must not fade with the past
        for s in range(c.provider.shape[1]):
            j = c.provider[i, s]
            if j >= 0 and c.flags[i, s] & TAKES_PART:
                participants[j, g] += 1
                skill[j, g] += np.int64(np.float64(c.skill[i]) * FIXED)
                if grievance[j] > 0.0:
                    hurt = w.rules.participation.unfairness * grievance[j]
                    c.broken[i, s] = np.float64(c.broken[i, s]) + hurt


@world_rule
def any_part(c, i):
    """Return whether customer ``i`` takes part at any provider, as far as his row tells."""
    found = np.int64(0)
    for s in range(c.provider.shape[1]):
        found |= np.int64(c.flags[i, s] & TAKES_PART)
    return found > 0


def survey(model) -> None:
    """Phase 12: count buyers and participants by segment into ``model.census``; let last month's unfairness sink in."""
    if not model.setting.innovation.active:
        return
    shape = (len(model.chunks), 3, len(model.firms), model.segment_sizes.size)
    parts = np.zeros(shape, np.int64)
    grievance = np.array([firm.innovation.grievance for firm in model.firms])
    model.each_chunk(lambda n, lo, hi: count_people(lo, hi, model.world, grievance, *parts[n]))
    buyers, participants, skill = parts.sum(axis=0).astype(float)
    model.census = {"buyers": buyers, "participants": participants, "skill": skill / FIXED}
    for firm in model.firms:
        firm.innovation.grievance = 0.0
