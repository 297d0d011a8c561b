"""Strategies: named sources of levers. A static one always wants the same; an adaptive one looks and decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from ecosim.strategies.levers import Contact, Innovation, Insight, Levers, Offer, Organisation

__all__ = [
    "Contact", "Decision", "FirmView", "Innovation", "Insight", "Levers", "Offer", "Organisation", "RivalView",
    "Strategy",
]  # fmt: skip

STAY, STEP, SWITCH = "stay", "step", "switch"


class RivalView(NamedTuple):
    """What anybody can see of a rival: its share in the public panel, and how it writes and what it offers."""

    firm: int
    share: float
    contact: Contact
    offer: Offer


def no_luck(index: int) -> float:
    """Return one half: the luck of a view made by hand."""
    return 0.5


class FirmView(NamedTuple):
    """What a firm may see when it decides: its own books and estimates, and what is public; never a customer's taste.

    ``profit`` and ``sales`` are of the quarter that ends; they, ``cash``, ``performance`` and ``aspiration`` are in
    money units (10,000 a unit of currency); ``estimated_equity`` and its change are in currency. ``levers`` are those
    wanted, ``realised`` those in force. ``share`` is its own in the public panel; ``heard`` counts voices and ``sold``
    purchases this quarter. ``calm`` is false while a change of the organisation is under way. ``luck(index)`` is a
    uniform number that depends on seed, week, firm and index alone. ``memory`` is what the strategy noted last time.
    """

    week: int
    levers: Levers
    profit: float
    sales: float
    cash: float
    estimated_equity: float
    equity_change: float = 0.0
    performance: float = 0.0
    aspiration: float = 0.0
    realised: Levers = Levers()
    share: float = 0.0
    rivals: tuple[RivalView, ...] = ()
    heard: int = 0
    sold: int = 0
    calm: bool = True
    search_step: float = 0.2
    memory: Mapping[str, Any] = {}  # noqa: RUF012
    luck: Callable[[int], float] = no_luck


class Decision(NamedTuple):
    """What a strategy wants from now on, what it notes for next time, and what kind of change this is.

    A ``step`` moves within the practice there is; a ``switch`` is to another school and costs the firm what switching
    costs; anything else (``stay``) is a plain change of levers, if it is one.
    """

    levers: Levers
    memory: Mapping[str, Any]
    kind: str = STAY


@dataclass(frozen=True)
class Strategy:
    """A named strategy with fixed levers; subclasses override `decide` to change them in the light of a view.

    A strategy is shared by worlds that branch, so it keeps nothing: a subclass that must remember overrides `review`
    and returns plain data (numbers, texts, lists, dictionaries) to be kept with the firm.
    """

    name: str
    levers: Levers = field(default_factory=Levers)

    @property
    def looks(self) -> bool:
        """Whether it decides in the light of a view: a subclass with rules of its own."""
        kind = type(self)
        return kind.decide is not Strategy.decide or kind.review is not Strategy.review

    def decide(self, view: FirmView) -> Levers:
        """Return the levers wanted from now on; called once a quarter."""
        return self.levers

    def review(self, view: FirmView) -> Decision:
        """Return the decision of a quarter: the levers of `decide`, and the memory as it was."""
        return Decision(self.decide(view), view.memory)

    def describe(self) -> dict[str, Any]:
        """Return the lever values as a nested plain dictionary."""
        return asdict(self.levers)

    def canonical(self) -> dict[str, Any]:
        """Return everything that decides what this strategy does, as data that can be hashed."""
        return {"name": self.name, "levers": self.levers}
