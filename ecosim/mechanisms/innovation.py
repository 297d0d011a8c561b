"""M7 (E21-E24) Innovation: designs are bits on a rugged landscape; ideas come from inside and outside.

Sources: Levinthal 1997; Almirall & Casadesus-Masanell 2010.
"""

from __future__ import annotations

from dataclasses import dataclass

from ecosim.parameters import Parameters, param


@dataclass(frozen=True)
class Innovation(Parameters):
    """The landscape, the ideas, their evaluation, and their imitation."""

    active: bool = param(True, "false: designs never change", build=True)
    interactions: int = param(3, "components on which each contribution depends, K", low=0, high=15, sweep=(0, 7),
                              build=True)  # fmt: skip
    amplitude: float = param(0.4, "spread of contributions over designs", low=0, high=1, build=True)
    staff_ideas: float = param(1.0, "ideas of the staff", unit="1/quarter", low=0, high=100)
    collaboration_gain: float = param(1.0, "more staff ideas, and cheaper bits, at full integration", low=0, high=10)
    partner_ideas: float = param(1.0, "ideas of a partner at full openness", unit="1/quarter", low=0, high=100)
    customer_ideas: float = param(1.0, "customers' ideas taken up at full openness", unit="1/quarter", low=0, high=100)
    expert_ideas: float = param(0.5, "ideas of experts or copied from admired firms at full openness",
                                unit="1/quarter", low=0, high=100)  # fmt: skip
    noise: float = param(0.05, "noise of an evaluation without testers", unit="value", low=0, high=10, sweep=(0, 0.2))
    hurdle: float = param(0.0, "estimated gain above which an idea is accepted", unit="value", low=-1, high=1)
    bit_cost: float = param(0.01, "cost of changing a bit", unit="of quarterly sales", low=0, high=10)
    screening_cost: float = param(0.001, "cost of looking at an idea", unit="of quarterly sales", low=0, high=10)
    tester_cost: float = param(0.02, "cost of a tester", unit="money", low=0, high=1000)
    delay: float = param(8.0, "weeks that full contracts delay an outside idea", unit="week", low=0, high=520)
    governance_cost: float = param(0.005, "cost of full contracts at full openness", unit="of sales", low=0, high=1)
    protection: float = param(0.7, "part of imitation that full contracts prevent", low=0, high=1)
    copying: float = param(0.02, "weekly hazard of imitation of a visible advantage", unit="1/week", low=0, high=10,
                           sweep=(0, 0.1))  # fmt: skip
    belief_sd: float = param(0.1, "error of a firm's first belief about customers' weights", low=0, high=1)
    belief_bias: float = param(0.0, "bias of that belief towards what is easy to build", low=-1, high=1,
                               sweep=(-0.3, 0.3))  # fmt: skip
    belief_noise: float = param(1.0, "noise variance of what one observation tells of weights", low=1e-6, high=1e6)
    belief_drift: float = param(0.001, "weekly drift of customers' weights, as firms reckon with it", low=0, high=1)
    fair_share: float = param(0.2, "part of the margin below which contributors feel exploited", low=0, high=1)
    unfairness: float = param(0.5, "negative evidence of a contributor treated unfairly", low=0, high=10)
