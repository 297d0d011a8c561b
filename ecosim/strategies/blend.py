"""What a firm does on its way from the levers it had to the levers it wants.

Levers that need people to behave otherwise follow the culture; those that are bought, or decided once and written
into a system or a contract, follow the weeks in which that is done. Numbers move in proportion, whole numbers to the
nearest; words and truths switch at half way.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from ecosim.strategies.levers import AS_STRANGERS, Contact, Levers

BEHAVIOUR = frozenset(
    {
        "contact.dialogue", "innovation.customers", "innovation.partners", "innovation.experts",
        "organisation.objective", "organisation.pay",
    }
)  # fmt: skip
"""Levers that need other behaviour: L2, L7, L15 and L18."""


def between(before: Any, wanted: Any, way: float) -> Any:
    """Return what lies a part ``way`` of the way from one value of a lever to another."""
    if before == wanted or way >= 1.0:
        return wanted
    if isinstance(wanted, (bool, str)):
        return wanted if way >= 0.5 else before
    value = way * wanted + (1.0 - way) * before
    return round(value) if isinstance(wanted, int) else value


def blend(previous: Levers, target: Levers, culture: float, money: float) -> Levers:
    """Return the levers in force at ``culture`` and a part ``money`` of what must be bought, both in [0, 1]."""
    groups: dict[str, Any] = {}
    for group in fields(Levers):
        before, wanted = getattr(previous, group.name), getattr(target, group.name)
        if before == wanted:
            groups[group.name] = wanted
            continue
        if isinstance(wanted, Contact) and (before.control_buyers == AS_STRANGERS) != (
            wanted.control_buyers == AS_STRANGERS
        ):
            before, wanted = _spelt_out(before), wanted if money >= 1.0 else _spelt_out(wanted)
        values = {
            each.name: between(
                getattr(before, each.name),
                getattr(wanted, each.name),
                culture if f"{group.name}.{each.name}" in BEHAVIOUR else money,
            )
            for each in fields(wanted)
        }
        groups[group.name] = type(wanted)(**values)
    return Levers(**groups)


def _spelt_out(contact: Contact) -> Contact:
    """Return contact levers with "as towards strangers" written as the number it stands for."""
    same = contact.control_buyers == AS_STRANGERS
    return replace(contact, control_buyers=contact.control) if same else contact
