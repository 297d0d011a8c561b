"""Which factors matter: Sobol', Morris and PAWN indices of one quantity of a sweep, with intervals and a noise floor.

    Sobol'   first-order S and total T of the variance of the mean over worlds (Saltelli et al. 2010; Sobol' 2001)
    Morris   mu*, the mean size of elementary effects, and sigma, their spread (Morris 1991; Campolongo et al. 2007)
    PAWN     median Kolmogorov-Smirnov distance between the distribution and those within slices of a factor, from any
             points whatever (Pianosi & Wagener 2018)

The indices are SALib's (Herman & Usher 2017). A simulation's outcome has luck in it, and indices measure luck too: the
dummy factor changes nothing, so what is said of it is luck, and a factor counts only if its interval lies above the
dummy's. SALib gives zeros without a word when a value is missing; here an incomplete design is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ecosim.errors import UserError
from ecosim.sweeps.designs import DUMMY, Design

if TYPE_CHECKING:
    from ecosim.sweeps.opened import Sweep

METHODS = ("sobol", "morris", "pawn")
RESAMPLES = 500
PAWN_RESAMPLES = 40
SLICES = 10
FEWEST = 5 * SLICES
"""Fewest points for PAWN: five in each slice."""

MOST_NAMED = 5
_SEED = 2001


def checked(sweep: Sweep, runs: pd.DataFrame) -> pd.Series:
    """Return the quantity's mean at each point of a complete design; refuse one with runs missing or undefined.

    ``runs``: what `points.per_run` gives of the sweep's outcomes.
    """
    missing = sweep.missing
    if len(missing):
        raise UserError(
            f"{sweep.folder}: {len(missing)} of {len(sweep.run_ids)} runs of this {sweep.plan.kind} design are missing "
            f"({_named(missing['run_id'])}); finish it with `ecosim resume {sweep.folder}`, or use method=pawn, which "
            "takes the points that are there"
        )
    undefined = runs.loc[runs["value"].isna(), "run_id"]
    if len(undefined):
        raise UserError(
            f"{sweep.folder}: the outcome is not defined in {len(undefined)} of {len(runs)} runs "
            f"({_named(undefined)}); choose another, or use method=pawn, which takes the points where it is"
        )
    return varying(runs.groupby("point")["value"].mean())


def varying(y: pd.Series) -> pd.Series:
    """Return ``y`` if it varies; a constant has no sensitivity."""
    if len(y) < 2 or np.ptp(y.to_numpy()) <= 1e-12 * np.abs(y.to_numpy()).max():
        raise UserError("the outcome is the same at every point, so no factor matters")
    return y


def _named(run_ids: Iterable[str]) -> str:
    names = list(run_ids)
    return ", ".join(names[:MOST_NAMED]) + (f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else "")


def sobol(design: Design, y: np.ndarray) -> pd.DataFrame:
    """Return ``factor, first, first_low, first_high, total, total_low, total_high, clear``, 95 % bootstrap intervals.

    ``y`` [points] float64, in the order of a Sobol design.
    """
    from SALib.analyze import sobol as salib

    with np.errstate(all="ignore"):
        found = salib.analyze(
            design.problem(), np.asarray(y, float), calc_second_order=design.second, num_resamples=RESAMPLES,
            conf_level=0.95, seed=_SEED,
        )  # fmt: skip
    rows: dict[str, Any] = {"factor": design.names}
    for name, key in (("first", "S1"), ("total", "ST")):
        rows |= _interval(name, found[key], found[f"{key}_conf"])
    return _clear(pd.DataFrame(rows), "total")


def second_order(design: Design, y: np.ndarray) -> pd.DataFrame:
    """Return ``factor, other, index, low, high`` of interactions of pairs, for a Sobol design made with second=true."""
    from SALib.analyze import sobol as salib

    if not design.second:
        raise UserError("second-order indices need a Sobol design made with second=true")
    found = salib.analyze(
        design.problem(), np.asarray(y, float), calc_second_order=True, num_resamples=RESAMPLES, seed=_SEED
    )
    names, index, half = design.names, found["S2"], found["S2_conf"]
    return pd.DataFrame(
        [
            {"factor": names[i], "other": names[j], "index": index[i, j], "low": index[i, j] - half[i, j],
             "high": index[i, j] + half[i, j]}
            for i in range(len(names))
            for j in range(i + 1, len(names))
        ]
    )  # fmt: skip


def convergence(design: Design, y: np.ndarray) -> pd.DataFrame:
    """Return the Sobol' or Morris indices of an eighth, a quarter, half and all of a design, with ``n``.

    Parts of fewer than four base points or trajectories are left out.
    """
    if design.kind not in ("sobol", "morris"):
        raise UserError(f"convergence is told of Sobol' and Morris designs; this one is {design.kind}")
    method = sobol if design.kind == "sobol" else morris
    rows = len(y) // design.n
    sizes = [n for n in (design.n // 8, design.n // 4, design.n // 2) if n >= 4] + [design.n]
    return pd.concat([method(design, y[: n * rows]).assign(n=n) for n in sizes], ignore_index=True)


def morris(design: Design, y: np.ndarray) -> pd.DataFrame:
    """Return ``factor, mu, mu_star, mu_star_low, mu_star_high, sigma, clear``, in units of y over a factor's range.

    ``y`` [points] float64, whole trajectories in the order of a Morris design.
    """
    from SALib.analyze import morris as salib

    found = salib.analyze(
        design.problem(), design.unit()[: len(y)], np.asarray(y, float), num_levels=design.levels,
        num_resamples=RESAMPLES, conf_level=0.95, seed=_SEED,
    )  # fmt: skip
    rows: dict[str, Any] = {"factor": design.names, "mu": found["mu"], "sigma": found["sigma"]}
    return _clear(pd.DataFrame(rows | _interval("mu_star", found["mu_star"], found["mu_star_conf"])), "mu_star")


def pawn(design: Design, points: Sequence[int], y: np.ndarray) -> pd.DataFrame:
    """Return ``factor, index, index_low, index_high, clear`` from given data.

    ``points``: the numbers of the points that ``y`` [points] belongs to, any of them. Rows of a Sobol' base point or a
    Morris trajectory share values, so they are resampled together; the dummy is what the factors give when whole such
    blocks are shuffled, with 95 % of that.
    """
    if len(y) < FEWEST:
        raise UserError(f"method=pawn: {len(y)} finished points are too few; at least {FEWEST} are needed")
    random, kept, y = np.random.default_rng(_SEED), np.asarray(points), np.asarray(y, float)
    names, unit = [factor.key for factor in design.factors], design.unit()[:, : len(design.factors)]
    length = len(unit) // design.n if design.kind in ("sobol", "morris") else 1
    blocks = np.unique(kept // length)
    order = np.argsort(kept // length, kind="stable")
    rows = dict(zip(blocks, np.split(order, np.searchsorted((kept // length)[order], blocks[1:])), strict=True))
    index = _pawn(names, unit[kept], y)
    again, nulls = [], []
    for _ in range(PAWN_RESAMPLES):
        drawn = np.concatenate([rows[block] for block in random.choice(blocks, len(blocks))])
        again.append(_pawn(names, unit[kept][drawn], y[drawn]))
        shuffled = random.permutation(len(unit) // length)
        nulls.append(_pawn(names, unit[shuffled[kept // length] * length + kept % length], y))
    half = 1.96 * np.std(again, axis=0, ddof=1)
    low, middle, high = np.quantile(nulls, [0.025, 0.5, 0.975])
    table = pd.DataFrame(_interval("index", index, half)).assign(factor=names)
    dummy = pd.DataFrame({"index": [middle], "index_low": [low], "index_high": [high], "factor": [DUMMY]})
    return _clear(pd.concat([table, dummy], ignore_index=True), "index")


def _pawn(names: Sequence[str], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    from SALib.analyze import pawn as salib

    problem = {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
    with np.errstate(all="ignore"):
        return np.asarray(salib.analyze(problem, _ranks(x), y, S=SLICES, seed=_SEED)["median"], float)


def _ranks(x: np.ndarray) -> np.ndarray:
    """Return ``x`` [points, factors] as ranks in [0, 1), ties in an order of their own.

    Slices are then of one size for listed values as for ranges and the dummy, which they are to be compared with.
    """
    ties = np.random.default_rng(_SEED).permutation(len(x))
    return np.column_stack([np.argsort(np.lexsort((ties, column)), kind="stable") for column in x.T]) / len(x)


def _interval(name: str, value: Any, half: Any) -> dict[str, Any]:
    value, half = np.asarray(value, float), np.asarray(half, float)
    return {name: value, f"{name}_low": value - half, f"{name}_high": value + half}


def _clear(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Add whether a factor's interval lies above that of the dummy, or above zero where none rides along."""
    floor = table.loc[table["factor"] == DUMMY, f"{name}_high"]
    table["clear"] = table[f"{name}_low"] > (max(0.0, float(floor.iloc[0])) if len(floor) else 0.0)
    table.loc[table["factor"] == DUMMY, "clear"] = False
    return table


def luck(runs: pd.DataFrame) -> float:
    """Return the share of the variance between points' means that is luck: mean squared error over their variance.

    NaN with one world a point. With common random numbers across points, luck is shared and this is an upper bound.
    """
    group = runs.dropna(subset="value").groupby("point")["value"]
    error, total = (group.var(ddof=1) / group.count()).mean(), group.mean().var(ddof=1)
    return float(error / total) if total > 0 else float("nan")
