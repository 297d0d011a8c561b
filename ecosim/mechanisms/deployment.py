"""M7 (L16) Deployment: systems set what a firm can hear, mend and observe, at a price; rivals may adopt them.

Source: Bass 1969; averages of p and q: Sultan, Farley & Lehmann 1990.
"""

from __future__ import annotations

from dataclasses import dataclass

from ecosim.parameters import Parameters, param


@dataclass(frozen=True)
class Deployment(Parameters):
    """Prices, dates and spread of systems."""

    active: bool = param(True, "false: every firm has the capacities of a custom system, free of charge", build=True)
    setup: float = param(1.0, "factor on set-up costs", low=0, high=100)
    running: float = param(1.0, "factor on running costs", low=0, high=100)
    decline: float = param(0.0, "yearly decline of prices", unit="1/year", low=0, high=1, sweep=(0, 0.3))
    hosted_week: int = param(0, "model week from which hosted systems can be had", unit="week", low=0, high=52_000)
    platform_week: int = param(0, "model week from which platforms can be had", unit="week", low=0, high=52_000)
    innovation: float = param(0.03, "yearly hazard of considering a better system unprompted, p", unit="1/year", low=0,
                              high=10)  # fmt: skip
    imitation: float = param(0.38, "yearly hazard of considering it per share of adopters, q", unit="1/year", low=0,
                             high=10)  # fmt: skip
    prior_gain: float = param(0.01, "gain a firm expects of a full capacity, before it sees adopters",
                              unit="of sales", low=-1, high=1)  # fmt: skip
    prior_sd: float = param(0.01, "spread of that expectation over firms", unit="of sales", low=0, high=1)
