"""M5 (E18b) Intents: customers tell listed firms what they need, and firms bid for it.

Source: Searls 2012 (vendor relationship management).
"""

from __future__ import annotations

from dataclasses import dataclass

from ecosim.parameters import Parameters, param


@dataclass(frozen=True)
class Intents(Parameters):
    """Broadcast needs and bids."""

    answering: float = param(0.0, "part of the firms that answer intents", low=0, high=1, sweep=(0, 1))
    effort: float = param(0.02, "customer's effort of broadcasting an intent", low=0, high=10)
    risk: float = param(0.1, "risk seen in broadcasting, per unit of concern", low=0, high=100)
    fee: float = param(0.02, "broker's commission on a sale won by a bid", unit="of price", low=0, high=1)
    bid_cost: float = param(0.002, "firm's cost of one bid", unit="money", low=0, high=100)
    start: float = param(0.05, "benefit customers expect before there is any experience", low=-10, high=10)
    smoothing: float = param(0.1, "weight of the newest week in the benefit customers expect", low=0, high=1)
