"""M9 (E27-E29) Organisation: what it takes to become what one has decided to be.

Sources: Holmstrom & Milgrom 1991 (multitask pay).
"""

from __future__ import annotations

from dataclasses import dataclass

from ecosim.parameters import Parameters, param


@dataclass(frozen=True)
class Organisation(Parameters):
    """Change of culture, pay, and the processes a firm adopts."""

    active: bool = param(True, "false: levers switch at once and pay has no effect", build=True)
    training: float = param(0.001, "weekly gain of culture by training, p_train", unit="1/week", low=0, high=1)
    contagion: float = param(0.2, "weekly gain by colleagues reinforcing each other, q_int", unit="1/week", low=0,
                             high=10, sweep=(0.02, 0.5))  # fmt: skip
    relapse: float = param(0.2, "weekly loss of culture per unit of misalignment", unit="1/week", low=0, high=10,
                           sweep=(0.05, 0.35))  # fmt: skip
    start: float = param(0.1, "culture at a switch, Z0", low=0, high=1)
    size_drag: float = param(0.2, "how much slower larger firms change, c_s", low=0, high=10)
    friction: float = param(0.05, "cost of a firm between two cultures, c_tr", unit="of sales", low=0, high=1)
    money_weeks: int = param(8, "weeks in which levers that need only money move", unit="week", low=1, high=520)
    switch_cost: float = param(0.1, "cost of switching archetype", unit="of quarterly sales", low=0, high=10)
    champion_cost: float = param(0.005, "salary of a full champion", unit="of sales", low=0, high=1)
    bottleneck: float = param(0.5, "part of the proposals that wait for a full champion", low=0, high=1)
    integration_cost: float = param(0.01, "cost of full integration and internal collaboration", unit="of sales", low=0,
                                    high=1)  # fmt: skip
    pay_temperature: float = param(1 / 3, "softness with which effort follows pay", low=1e-3, high=100)
    closing_boost: float = param(0.3, "utility that full effort on closing adds through a contact", low=0, high=10)
    most_over_claim: float = param(0.3, "over-claim at full effort on closing, as a part of the value", low=0, high=10)
    processes: float = param(1.0, "new processes a firm meets", unit="1/quarter", low=0, high=100)
    saving_sd: float = param(0.01, "spread of the saving of a process", unit="of unit cost", low=0, high=1)
    impact_sd: float = param(0.01, "spread of the impact of a process on service", unit="value", low=0, high=1)
    correlation: float = param(0.0, "correlation of saving and impact, rho_eff", low=-1, high=1, sweep=(-0.8, 0.8))
    aspiration: float = param(0.4, "weight of the newest quarter in the aspiration", low=0, high=1)
    search_step: float = param(0.2, "how far an adaptive firm moves a lever when it searches", low=0, high=1)
