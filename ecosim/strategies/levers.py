"""The levers: who is in control, and of what. Each acts only through a physical channel and has its price.

Levers say what a school of relationship management does, not how well it works. Mechanisms read lever values, never a
strategy's name. There are 18, numbered L1 to L18 as in the literature on which the schools rest; some have more than
one field. Groups mirror the configuration groups ``strategy/contact`` to ``strategy/organisation``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from ecosim.parameters import Parameters, param

SELF_SERVICE = ("none", "optional", "forced")
AS_STRANGERS = -1.0


class System(NamedTuple):
    """A system that can be deployed (L16): what it can do, and what it takes.

    ``capacity`` is relative to a custom system; ``setup`` is a part of quarterly sales, paid once; ``running`` a part
    of sales; ``weeks`` pass until it works; ``since`` names the parameter that dates its first offer, if it has one.
    """

    name: str
    capacity: float
    setup: float
    running: float
    weeks: int
    since: str = ""


SYSTEMS = (
    System("none", 0.25, 0.0, 0.0, 0),
    System("tactical", 0.5, 0.01, 0.001, 4),
    System("thin", 0.5, 0.005, 0.001, 4),
    System("hosted", 0.8, 0.005, 0.003, 4, "hosted_week"),
    System("custom", 1.0, 0.1, 0.005, 39),
    System("platform", 1.2, 0.05, 0.008, 26, "platform_week"),
)
"""What can be deployed; the numbers are assumptions that keep the order of the trade's own claims."""

DEPLOYMENTS = ("none", "tactical", "thin", "hosted", "custom", "platform")
"""Their names, spelt out so that completion can read them."""


@dataclass(frozen=True)
class Contact(Parameters):
    """Who starts a contact, and with whom."""

    control: float = param(0.0, "L1: 0 the firm sets the cadence, 1 it writes only when invited", low=0, high=1)
    dialogue: float = param(0.0, "L2: 0 broadcast, 1 listen, answer and host communities", low=0, high=1)
    influencer_focus: float = param(
        0.0, "L3: contacts are spread in proportion to (degree + 1) to this power", low=0, high=2
    )
    control_buyers: float = param(
        AS_STRANGERS, "L1: the same towards those who have bought; -1 as towards strangers", low=-1, high=1
    )


@dataclass(frozen=True)
class Insight(Parameters):
    """What the firm learns, who holds it, and what the firm makes of it."""

    personalisation: float = param(
        0.0, "L5: 0 one standard offer, 1 an offer fitted to the firm's estimate of each customer", low=0, high=1
    )
    data: float = param(1.0, "L4: part of the purchases whose records are used", low=0, high=1)
    profiles: float = param(0.0, "L4: part of the insight budget spent on reading public and shared profiles", low=0,
                            high=1)  # fmt: skip
    participation: float = param(0.0, "L4: part of the insight budget spent on interviews and co-creation", low=0,
                                 high=1)  # fmt: skip
    custody: float = param(
        0.0, "L13: 0 the firm holds the data, 1 the customer does and may withdraw it", low=0, high=1
    )


@dataclass(frozen=True)
class Offer(Parameters):
    """What is offered, and who configures it."""

    self_service: str = param(
        "none", "L6: no tool, a tool the customer may take, or one he must take", choices=SELF_SERVICE
    )
    experience: float = param(0.0, "L12: 0 functional, 1 designed; worth and cost per sale", low=0, high=1)
    open_tool: bool = param(False, "L6: whether people who are not customers may use the tool")
    aggregation: float = param(0.0, "L10: 0 make, 1 assemble: part of the components sourced from partners", low=0,
                               high=1)  # fmt: skip
    extensibility: float = param(0.0, "L14: 0 closed, 1 a platform others build on", low=0, high=1)


@dataclass(frozen=True)
class Innovation(Parameters):
    """Who may change the offer, and who owns and bears what comes of it."""

    customers: float = param(0.0, "L7: openness to ideas of customers", low=0, high=1)
    partners: float = param(0.0, "L7: openness to ideas of partners", low=0, high=1)
    experts: float = param(0.0, "L7: openness to outside experts and admired firms", low=0, high=1)
    testers: int = param(0, "L7: beta testers of each proposal", low=0, high=100_000)
    lead_testers: float = param(0.0, "L7: part of the testers who are lead rather than typical customers", low=0,
                                high=1)  # fmt: skip
    share: float = param(0.0, "L8: part of an innovation's margin that goes to its contributor", low=0, high=1)
    term: int = param(104, "L8: weeks for which that part is paid", unit="week", low=0, high=10_000)
    exclusive: bool = param(False, "L8: whether contributors give their ideas to this firm alone")
    governance: float = param(0.0, "L9: 0 handshake, 1 full contracts", low=0, high=1)
    risk_transfer: float = param(0.0, "L11: part of the cost of failed partner ideas that the partner bears", low=0,
                                 high=1)  # fmt: skip


@dataclass(frozen=True)
class Organisation(Parameters):
    """What the organisation is for, how it is equipped, led and paid."""

    objective: float = param(0.0, "L15: 0 return on investment, 1 return on customer", low=0, high=1)
    deployment: str = param("custom", "L16: the system in use", choices=DEPLOYMENTS)
    champion: float = param(0.0, "L17: power of the one person who leads the change", low=0, high=1)
    integration: float = param(0.0, "L17: how far departments work and share as one", low=0, high=1)
    pay: float = param(0.5, "L18: 0 staff are paid on deals, 1 on outcomes for customers", low=0, high=1)


@dataclass(frozen=True)
class Levers(Parameters):
    """The whole record of levers, in groups."""

    contact: Contact = field(default_factory=Contact)
    insight: Insight = field(default_factory=Insight)
    offer: Offer = field(default_factory=Offer)
    innovation: Innovation = field(default_factory=Innovation)
    organisation: Organisation = field(default_factory=Organisation)
