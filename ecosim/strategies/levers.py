"""The levers: who is in control, and of what. Each acts only through a physical channel and has its price.

Levers say what a school of relationship management does, not how well it works. Mechanisms read lever values, never a
strategy's name. Groups mirror the configuration groups ``strategy/contact``, ``strategy/insight``, ``strategy/offer``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ecosim.parameters import Parameters, param

SELF_SERVICE = ("none", "optional", "forced")


@dataclass(frozen=True)
class Contact(Parameters):
    """Who starts a contact, and with whom."""

    control: float = param(0.0, "L1: 0 the firm sets the cadence, 1 it writes only when invited", low=0, high=1)
    dialogue: float = param(0.0, "L2: 0 broadcast, 1 listen, answer and host communities", low=0, high=1)
    influencer_focus: float = param(
        0.0, "L3: contacts are spread in proportion to (degree + 1) to this power", low=0, high=2
    )


@dataclass(frozen=True)
class Insight(Parameters):
    """What the firm makes of what it knows."""

    personalisation: float = param(
        0.0, "L5: 0 one standard offer, 1 an offer fitted to the firm's estimate of each customer", low=0, high=1
    )


@dataclass(frozen=True)
class Offer(Parameters):
    """What is offered, and who configures it."""

    self_service: str = param(
        "none", "L6: no tool, a tool the customer may take, or one he must take", choices=SELF_SERVICE
    )
    experience: float = param(0.0, "L12: 0 functional, 1 designed; worth and cost per sale", low=0, high=1)


@dataclass(frozen=True)
class Levers(Parameters):
    """The whole record of levers, in groups."""

    contact: Contact = field(default_factory=Contact)
    insight: Insight = field(default_factory=Insight)
    offer: Offer = field(default_factory=Offer)
