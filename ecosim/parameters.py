"""Parameters as dataclass fields that carry meaning, unit, range and source, and are checked at the door."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ecosim.errors import UserError, nearest


class Info(NamedTuple):
    """What a parameter means: printed by ``ecosim parameters`` and checked when a value is given."""

    meaning: str
    unit: str
    source: str
    low: float
    high: float
    sweep: tuple[float, float] | None
    build: bool
    choices: tuple[str, ...]


def param(
    default: Any,
    meaning: str,
    *,
    unit: str = "1",
    source: str = "assumption",
    low: float = -math.inf,
    high: float = math.inf,
    sweep: tuple[float, float] | None = None,
    build: bool = False,
    choices: tuple[str, ...] = (),
) -> Any:
    """Declare a dataclass field with its default, meaning, unit, source and allowed range ``[low, high]``.

    ``sweep`` is the range worth exploring; ``build`` marks parameters used only when the world is built, which a
    dated event therefore cannot change; ``choices`` lists the allowed words of a string parameter.
    """
    info = Info(meaning, unit, source, low, high, sweep, build, choices)
    if isinstance(default, tuple):
        return dataclasses.field(default=default, metadata={"info": info})
    return dataclasses.field(default=default, metadata={"info": info})


def check_value(key: str, value: Any, field: dataclasses.Field[Any]) -> Any:
    """Return ``value`` as the field's type, or raise `UserError` naming key, value and what is allowed."""
    info: Info = field.metadata["info"]
    kind = field.type if isinstance(field.type, str) else getattr(field.type, "__name__", str(field.type))
    if info.choices:
        if not isinstance(value, str) or value not in info.choices:
            raise UserError(f"{key}={value!r}: not one of its words{nearest(str(value), info.choices)}")
        return value
    if kind.startswith("tuple"):
        if isinstance(value, str) or not hasattr(value, "__iter__"):
            raise UserError(f"{key}={value!r}: a list of numbers is needed, such as [0.5, 0.5]")
        return tuple(_number(f"{key}[{n}]", v, info, whole=False) for n, v in enumerate(value))
    if kind == "str":
        if not isinstance(value, str):
            raise UserError(f"{key}={value!r}: a text is needed; quote it")
        return value
    if kind == "bool":
        if not isinstance(value, bool):
            raise UserError(f"{key}={value!r}: true or false is needed")
        return value
    return _number(key, value, info, whole=kind == "int")


def _number(key: str, value: Any, info: Info, *, whole: bool) -> float | int:
    what = "a whole number" if whole else "a number"
    allowed = f"{what} {_range(info)}"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise UserError(f"{key}={value!r}: {allowed} is needed")
    if whole and not isinstance(value, int):
        raise UserError(f"{key}={value!r}: {allowed} is needed")
    if not whole:
        try:
            value = float(value)
        except OverflowError:
            raise UserError(f"{key}: {allowed} is needed, and this one is too large") from None
    if not math.isfinite(value):
        raise UserError(f"{key}={value!r}: a finite number is needed, {_range(info)}")
    if not info.low <= value <= info.high:
        raise UserError(f"{key}={value!r}: out of range; {allowed} is needed")
    return value


def _range(info: Info) -> str:
    if info.low == -math.inf and info.high == math.inf:
        return "of any size"
    if info.high == math.inf:
        return f"of at least {info.low:g}"
    if info.low == -math.inf:
        return f"of at most {info.high:g}"
    return f"from {info.low:g} to {info.high:g}"


def check(instance: Any, prefix: str = "") -> None:
    """Check every field of a parameter dataclass in place; called from its ``__post_init__``."""
    for field in dataclasses.fields(instance):
        if "info" in field.metadata:
            object.__setattr__(
                instance, field.name, check_value(prefix + field.name, getattr(instance, field.name), field)
            )


class Parameters:
    """Base of every parameter group: frozen dataclasses that check themselves when made."""

    def __post_init__(self) -> None:
        """Check every declared field."""
        check(self)


def build(cls: type, values: Mapping[str, Any], prefix: str = "") -> Any:
    """Make the (nested) parameter dataclass ``cls`` from a mapping of changes; unknown keys are refused by name."""
    fields = {f.name: f for f in dataclasses.fields(cls)}
    chosen: dict[str, Any] = {}
    for key, value in values.items():
        path = f"{prefix}{key}"
        if key not in fields:
            raise UserError(f"{path}: no such key{nearest(str(key), fields)}")
        field = fields[key]
        group = group_of(field)
        if group is None:
            chosen[key] = check_value(path, value, field)
        elif isinstance(value, Mapping):
            chosen[key] = build(group, value, path + ".")
        else:
            names = ", ".join(f.name for f in dataclasses.fields(group))
            raise UserError(f"{path}={value!r}: this is a group; set one of its keys: {names}")
    return cls(**chosen)


def group_of(field: dataclasses.Field[Any]) -> type | None:
    """Return the dataclass a field holds, or None for a plain parameter."""
    factory = field.default_factory
    return factory if isinstance(factory, type) and dataclasses.is_dataclass(factory) else None


def walk(cls: type, prefix: str = "") -> Iterator[tuple[str, dataclasses.Field[Any]]]:
    """Yield ``(dotted key, field)`` for every parameter of a (nested) parameter dataclass."""
    for field in dataclasses.fields(cls):
        group = group_of(field)
        if group is not None:
            yield from walk(group, f"{prefix}{field.name}.")
        elif "info" in field.metadata:
            yield f"{prefix}{field.name}", field
