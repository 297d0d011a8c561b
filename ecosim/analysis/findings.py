"""All that a sweep says of one quantity: indices by the best method its points allow, responses, boxes, worlds.

A Sobol' or Morris design gives its own indices when it is complete; when it is not, and for any other design, PAWN
takes the points that are there, and the reason is kept to be told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ecosim.analysis import sensitivity
from ecosim.analysis.discovery import FEWEST, discover
from ecosim.analysis.points import Quantity, per_point, per_run
from ecosim.analysis.replications import running
from ecosim.analysis.responses import curves, tornado
from ecosim.errors import UserError

if TYPE_CHECKING:
    from ecosim.sweeps.opened import Sweep

MAIN = "adopters.profit_plus_equity"
OWN = ("sobol", "morris")
NAMED = {"sobol": "total", "morris": "mu_star", "pawn": "index"}
"""The index by which each method ranks factors."""


@dataclass(frozen=True)
class Findings:
    """What was found of ``quantity``; tables without rows stand for what cannot be told.

    ``method``: sobol, morris, pawn, or empty if there are no indices; ``why``: why not the design's own method.
    ``indices``, ``settled``, ``pairs``: of `sensitivity`; ``points``: of `points.per_point`; ``curves``, ``swings``: of
    `responses`; ``boxes``: of `discovery` for ``condition``, which ``holds`` [points of ``points``] bool.
    ``worlds``: running mean over replications, at the points that have them all; ``luck``: share of the variance
    between points that seeds make.
    """

    quantity: Quantity
    method: str
    why: str
    indices: pd.DataFrame
    settled: pd.DataFrame
    pairs: pd.DataFrame
    points: pd.DataFrame
    curves: pd.DataFrame
    swings: pd.DataFrame
    boxes: pd.DataFrame
    holds: np.ndarray
    condition: str
    worlds: pd.DataFrame
    luck: float


def main_quantity(sweep: Sweep) -> Quantity:
    """Return what a sweep is looked at for when nobody says: the second strategy's main outcome less the first's.

    In per cent of the first's; as it is where that has no meaning, and a level where there is one strategy.
    """
    names = list(dict.fromkeys(sweep.design["strategy"]))
    baseline = str(sweep.manifest["about"].get("baseline") or names[0])
    others = [name for name in names if name != baseline]
    columns = [name for name in sweep.outcomes.columns if "." in name]
    if not columns:
        raise UserError(f"{sweep.folder}: no finished world yet; go on with `ecosim resume {sweep.folder}`")
    outcome = MAIN if MAIN in columns else columns[0]
    if not others:
        return Quantity(outcome, baseline)
    relative = Quantity(outcome, others[0], baseline, relative=True)
    try:
        per_run(sweep.outcomes, relative)
    except UserError:
        return Quantity(outcome, others[0], baseline)
    return relative


def findings(sweep: Sweep, quantity: Quantity | None = None, method: str = "") -> Findings:
    """Return what a sweep says of ``quantity`` (`main_quantity` if None) by ``method`` (the best if empty).

    Raises `UserError` for what is not in the results, and for a method that was asked for and cannot be had.
    """
    quantity = quantity or main_quantity(sweep)
    runs = per_run(sweep.outcomes, quantity)
    points = per_point(runs)
    if points.empty:
        raise UserError(f"outcome={quantity.outcome}: not defined in any finished world; choose another")
    y, values = points["mean"], sweep.points.loc[points.index]
    method, why, indices = _indices(sweep, runs, y, method)
    own = method in OWN
    holds, condition = _condition(quantity, y)
    each = runs.pivot(index="point", columns="replication", values="value").dropna().mean().dropna().to_numpy()  # noqa: PD010
    return Findings(
        quantity, method, why, indices,
        settled=sensitivity.convergence(sweep.plan, y.to_numpy()) if own else pd.DataFrame(),
        pairs=sensitivity.second_order(sweep.plan, y.to_numpy()) if own and sweep.plan.second else pd.DataFrame(),
        points=points, curves=curves(sweep.plan, values, y), swings=tornado(sweep.plan, values, y),
        boxes=discover(sweep.plan, values, holds) if len(y) >= FEWEST else pd.DataFrame(),
        holds=holds, condition=condition, worlds=running(each), luck=sensitivity.luck(runs),
    )  # fmt: skip


def _condition(quantity: Quantity, y: pd.Series) -> tuple[np.ndarray, str]:
    """Return where the quantity is high, and in words: a difference above zero, or else among the upper half."""
    above = (y > 0).to_numpy()
    if quantity.baseline and above.any() and not above.all():
        return above, "the difference is above zero"
    return (y > y.median()).to_numpy(), "it is above its median over the points"


def _indices(sweep: Sweep, runs: pd.DataFrame, y: pd.Series, method: str) -> tuple[str, str, pd.DataFrame]:
    """Return the method taken, why not the design's own, and its table; a method asked for is taken or refused."""
    kind = sweep.plan.kind
    if method in OWN and method != kind:
        raise UserError(f"method={method}: needs a {method} design, and this one is {kind}; take method=pawn")
    if method and method not in sensitivity.METHODS:
        raise UserError(f"method={method}: not one of {', '.join(sensitivity.METHODS)}")
    why = f"a {kind} design has no indices of its own" if kind not in OWN else ""
    if kind in OWN and method != "pawn":
        try:
            whole = sensitivity.checked(sweep, runs).to_numpy()
            return kind, "", (sensitivity.sobol if kind == "sobol" else sensitivity.morris)(sweep.plan, whole)
        except UserError as error:
            if method:
                raise
            why = str(error).removeprefix(f"{sweep.folder}: ").partition("; ")[0]
    try:
        return "pawn", why, sensitivity.pawn(sweep.plan, list(y.index), sensitivity.varying(y).to_numpy())
    except UserError as error:
        if method:
            raise
        return "", str(error) if kind not in OWN or len(sweep.missing) == 0 else f"{why}; {error}", pd.DataFrame()
