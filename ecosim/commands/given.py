"""The words of a command that does many runs: those about the world, and the verb's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from ecosim import conf
from ecosim.errors import UserError
from ecosim.keys import EngineKeys
from ecosim.request import Request
from ecosim.scenario import data
from ecosim.sweeps.executors import Engine


@dataclass(frozen=True)
class Given:
    """The words of a command: ``world`` by full key, the verb's own ``keys``, the ``base`` request without factors."""

    world: Mapping[str, Any]
    keys: Any
    base: Request

    @property
    def engine(self) -> Engine:
        """Return what does the runs."""
        keys = self.keys
        options = dict(data(keys.options, "options")) if keys.options else {}
        if keys.address and keys.executor not in ("dask", "ray"):
            raise UserError(f"address={keys.address}: executor={keys.executor} has none; it is for dask and ray")
        workers = 1 if keys.executor == "serial" else keys.workers or self.base.threads
        return Engine(keys.executor, workers, keys.address, options)


def given(verb: str, words: Sequence[str], cls: type[EngineKeys], **defaults: Any) -> Given:
    """Return the checked words of a verb; ``cls`` declares its own keys, ``defaults`` are for keys of the world."""
    own = {each.name: each for each in fields(cls)}
    values = conf.typed(words, conf.every_key() | own)
    keys = cls(**{name: value for name, value in values.items() if name in own})
    world = defaults | {name: value for name, value in values.items() if name not in own}
    return Given(world, keys, conf.of(verb, world))
