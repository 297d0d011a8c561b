"""An adaptive strategy: a named repertoire, a trigger, and a search when it goes off.

    date   the next of the repertoire every `week` weeks
    loss   performance below aspiration `patience` quarters in a row
    pace   a rival's share, its visible contact and offer, or the voices heard of a purchase move first

Performance is (1 - theta) profit + theta (profit + change of estimated equity), the aspiration its exponential mean. A
search perturbs a lever, copies what can be seen of the largest rival, or switches to the next of the repertoire, and
to the best remembered once all have been tried. A step that made things worse is taken back.

Sources: Cyert & March 1963; Levinthal & March 1981; Greve 2003.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from ecosim.errors import UserError
from ecosim.parameters import Parameters, param
from ecosim.strategies import STAY, STEP, SWITCH, Decision, FirmView, Strategy
from ecosim.strategies.levers import AS_STRANGERS, Levers

TRIGGERS = ("date", "loss", "pace")
WAYS = ("any", "step", "copy", "switch")
KIND, WHICH, WHITHER = 0, 1, 2


@dataclass(frozen=True)
class Temper(Parameters):
    """When an adaptive strategy reacts, and how."""

    trigger: str = param("loss", "what sets off a search", choices=TRIGGERS)
    week: int = param(52, "date: weeks between switches", unit="week", low=1, high=52_000)
    patience: int = param(2, "loss: quarters below aspiration before a search", unit="quarters", low=1, high=1000)
    alarm: float = param(0.02, "pace: move of a rival's share, a visible lever or the voices per purchase that counts",
                         low=0, high=1)  # fmt: skip
    search: str = param("any", "how it searches", choices=WAYS)


@dataclass(frozen=True)
class Adaptive(Strategy):
    """A strategy that starts as the first of its ``repertoire`` and searches when its trigger goes off.

    It keeps nothing itself: all it remembers is the view's ``memory``, which the firm keeps.
    """

    repertoire: tuple[Strategy, ...] = ()
    temper: Temper = Temper()

    def __post_init__(self) -> None:
        """Refuse an empty repertoire."""
        if not self.repertoire:
            raise UserError(f"archetype {self.name}: repertoire: at least one archetype is needed")

    def decide(self, view: FirmView) -> Levers:
        """Return the levers wanted from now on."""
        return self.review(view).levers

    def review(self, view: FirmView) -> Decision:
        """Return the decision of a quarter, and what is to be remembered."""
        memory = self._remembered(view)
        if not view.calm:
            return Decision(view.levers, memory)
        tried = memory.pop("tried", None)
        if tried is not None and view.performance < tried["performance"]:
            return Decision(moved(view.levers, tried["key"], tried["value"]), memory, STEP)
        if not self._alarmed(view, memory):
            return Decision(view.levers, memory)
        memory["below"] = 0
        return self._search(view, memory)

    def canonical(self) -> dict[str, Any]:
        """Return everything that decides what this strategy does, as data that can be hashed."""
        repertoire = [each.canonical() for each in self.repertoire]
        return super().canonical() | {"repertoire": repertoire, "temper": self.temper}

    def _remembered(self, view: FirmView) -> dict[str, Any]:
        """Return last quarter's memory brought up to date: the scores of schools, the quarters below aspiration."""
        memory = dict(view.memory) or {"at": 0, "since": view.week - 13, "below": 0, "scores": {}}
        scores = dict(memory["scores"])
        mine = self.repertoire[memory["at"]].name
        scores[mine] = (scores.get(mine, view.performance) + view.performance) / 2
        memory["scores"] = scores
        memory["below"] = memory["below"] + 1 if view.performance < view.aspiration else 0
        return memory

    def _alarmed(self, view: FirmView, memory: dict[str, Any]) -> bool:
        if self.temper.trigger == "date":
            return bool(view.week - memory["since"] >= self.temper.week and memory["at"] + 1 < len(self.repertoire))
        if self.temper.trigger == "loss":
            return bool(memory["below"] >= self.temper.patience)
        before, memory["seen"] = memory.get("seen"), seen(view)
        if before is None:
            return False
        return any(abs(now - before.get(key, now)) > self.temper.alarm for key, now in memory["seen"].items())

    def _search(self, view: FirmView, memory: dict[str, Any]) -> Decision:
        way = self.temper.search
        if self.temper.trigger == "date":
            way = "switch"
        elif way == "any":
            way = WAYS[1 + min(2, int(3 * view.luck(KIND)))]
        best = max(view.rivals, key=lambda rival: (rival.share, -rival.firm), default=None)
        if way == "copy" and best is not None and best.share > view.share:
            return Decision(replace(view.levers, contact=best.contact, offer=best.offer), memory)
        if way == "switch" and len(self.repertoire) > 1:
            return self._switch(view, memory)
        return self._step(view, memory)

    def _switch(self, view: FirmView, memory: dict[str, Any]) -> Decision:
        """Go to the next of the repertoire not tried yet, or to the best remembered of the others."""
        names, here, scores = [each.name for each in self.repertoire], memory["at"], memory["scores"]
        others = [n for n in range(here + 1, len(names))] + list(range(here))
        untried = [n for n in others if names[n] not in scores]
        memory["at"] = untried[0] if untried else max(others, key=lambda n: (scores[names[n]], -n))
        memory["since"] = view.week
        return Decision(self.repertoire[memory["at"]].levers, memory, SWITCH)

    def _step(self, view: FirmView, memory: dict[str, Any]) -> Decision:
        """Move one number lever a step up or down; the step is judged next quarter."""
        keys = list(STEPS)
        key = keys[min(len(keys) - 1, int(len(keys) * view.luck(WHICH)))]
        value = look(view.levers, key)
        up = view.luck(WHITHER) < 0.5
        if value + view.search_step > 1.0 or (value - view.search_step >= 0.0 and not up):
            new = max(0.0, value - view.search_step)
        else:
            new = min(1.0, value + view.search_step)
        memory["tried"] = {"key": key, "value": value, "performance": view.performance}
        levers = moved(view.levers, key, new)
        return Decision(levers, memory, STEP if levers != view.levers else STAY)


STEPS = tuple(
    f"{group.name}.{each.name}"
    for group in fields(Levers)
    for each in fields(getattr(Levers(), group.name))
    if each.type in ("float", float) and each.name != "control_buyers"
)
"""The levers that a search moves: every number from 0 to 1."""


def look(levers: Levers, key: str) -> Any:
    """Return the value of a lever by its dotted key."""
    group, _, name = key.partition(".")
    return getattr(getattr(levers, group), name)


def moved(levers: Levers, key: str, value: Any) -> Levers:
    """Return ``levers`` with one of them changed."""
    group, _, name = key.partition(".")
    return replace(levers, **{group: replace(getattr(levers, group), **{name: value})})


def seen(view: FirmView) -> dict[str, float]:
    """Return what can be seen to move: voices per purchase, and each rival's share and visible numbers."""
    found = {"voices": view.heard / max(1, view.sold)}
    for rival in view.rivals:
        found[f"{rival.firm}.share"] = rival.share
        found[f"{rival.firm}.control"] = rival.contact.control
        found[f"{rival.firm}.buyers"] = (
            rival.contact.control if rival.contact.control_buyers == AS_STRANGERS else rival.contact.control_buyers
        )
        found[f"{rival.firm}.experience"] = rival.offer.experience
        found[f"{rival.firm}.self_service"] = float(rival.offer.self_service != "none")
    return found
