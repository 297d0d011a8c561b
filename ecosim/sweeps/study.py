"""Any function of a seed and parameters over the points of a design: the sweeps of models that are not the main one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd

from ecosim.errors import UserError, nearest
from ecosim.sweeps.designs import KINDS, Design, Factor
from ecosim.sweeps.executors import Engine

Outcomes = Mapping[str, float]


def study(
    function: Callable[..., Outcomes], vary: Mapping[str, Sequence[float]], *, design: str = "grid", n: int = 0,
    replications: int = 1, seed: int = 1, workers: int = 1,
) -> pd.DataFrame:  # fmt: skip
    """Return one row a point and replication: point, replication, seed, the parameters, and what came of them.

    ``function(seed=..., **point)`` returns a dictionary of numbers; with several workers it must be importable.
    ``vary`` gives, for a grid, the values of each parameter; else its lower and upper end. Replication r has the same
    seed, ``seed + r``, at all points. The table does not depend on the number of workers. Raises `UserError` for an
    unknown design and for a point at which the function fails.
    """
    kinds = tuple(kind for kind in KINDS if kind != "csv")
    if design not in kinds:
        raise UserError(f"design={design}: no such design{nearest(design, kinds)}")
    factors = tuple(factor(key, values, design) for key, values in vary.items())
    points = Design(design, factors, n, seed).points()
    places = [{str(key): value for key, value in row.items()} for row in points.to_dict("records")]
    tasks = [(p, r, seed + r, point) for p, point in enumerate(places) for r in range(replications)]
    with Engine("local" if workers > 1 else "serial", workers).open() as pool:
        futures = [pool.submit(partial(function, seed=s, **point)) for _, _, s, point in tasks]
        rows = [
            {"point": p, "replication": r, "seed": s, **point, **outcome(future, s, point)}
            for (p, r, s, point), future in zip(tasks, futures, strict=True)
        ]
    return pd.DataFrame(rows)


def factor(key: str, values: Sequence[float], design: str) -> Factor:
    """Return what varies: listed values of a grid, or a range."""
    if design == "grid":
        return Factor(key, "choice", values=tuple(values))
    if len(values) != 2 or not values[0] < values[1]:
        raise UserError(f"vary: {key}={list(values)}: a range [low, high] is needed for design={design}")
    return Factor(key, "real", float(values[0]), float(values[1]))


def outcome(future: Any, seed: int, point: Mapping[str, Any]) -> Outcomes:
    """Return what the function found at a point; its failure is one sentence that names the point."""
    try:
        found: Outcomes = future.result()
    except Exception as error:
        where = ", ".join(f"{key}={value}" for key, value in {"seed": seed, **point}.items())
        raise UserError(f"study: at {where}: {type(error).__name__}: {error}") from error
    return found
