"""``ecosim boundary``: where one strategy stops doing better than another, over one to three parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ecosim.analysis.boundary import Boundary
from ecosim.analysis.level_set import pooled
from ecosim.analysis.outcomes import GROUPS, OUTCOMES
from ecosim.analysis.outcomes import outcome as described
from ecosim.commands.searching import Growing, SearchKeys, factors_of, series
from ecosim.commands.text import document
from ecosim.errors import UserError, nearest
from ecosim.parameters import param

if TYPE_CHECKING:
    from ecosim.sweeps import Study

FINE = {1: 201, 2: 61, 3: 31}
"""Values a parameter of the maps, by number of parameters."""
SLICES = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class BoundaryKeys(SearchKeys):
    """Choices about a search for a boundary."""

    outcome: str = param("adopters.profit_plus_equity", "whose difference changes sign: WHO.OUTCOME")
    doubt: float = param(0.05, "area of doubt at which to stop, a share of the ranges", low=0.0, high=1.0)


class Differences:
    """Tells a `Boundary` paired differences: second strategy less the first, one a seed."""

    def __init__(self, boundary: Boundary, outcome: str, names: Sequence[str]) -> None:
        self.boundary, self.outcome, self.names = boundary, outcome, names
        self.mean: list[float] = []
        self.se: list[float] = []
        self.n: list[int] = []

    def __call__(self, points: list[dict[str, Any]], tables: list[pd.DataFrame]) -> None:
        """Tell the search what a round of points has shown; errors are pooled over all points so far."""
        for table in tables:
            baseline, other = (series(table, name, self.outcome) for name in self.names)
            difference = (other - baseline).dropna().to_numpy()
            enough = len(difference) > 1
            self.mean.append(float(difference.mean()) if enough else np.nan)
            self.se.append(float(difference.std(ddof=1) / np.sqrt(len(difference))) if enough else np.nan)
            self.n.append(len(difference))
        told = slice(len(self.mean) - len(points), None)
        se = pooled(np.array(self.se), np.array(self.n))
        self.boundary.tell(points, self.mean[told], se[told].tolist())


def main(words: Sequence[str]) -> int:
    """Search, then tell where the sign changes; 1 if nothing could be found."""
    from ecosim.commands.given import given
    from ecosim.wide import wide_run

    flags = {word for word in words if word.startswith("--")}
    words = [word for word in words if word not in flags]
    asking = given("sweep", words, BoundaryKeys, record="none")
    keys, base = asking.keys, asking.base
    factors = factors_of(asking)
    check_outcome(keys.outcome)
    names = [strategy.name for strategy in base.strategies]
    if len(names) != 2:
        raise UserError(f"archetypes=[{','.join(names)}]: a boundary lies between two strategies, such as [crm1,cmr]")
    boundary = Boundary(factors, budget=keys.points, doubt=keys.doubt, seed=base.seed % 2**32)
    config = {"factors": [asdict(each) for each in factors], "outcome": keys.outcome, "round": keys.round}
    differences = Differences(boundary, keys.outcome, names)
    growing = Growing("boundary", words, asking, boundary, differences, wide_run, config, flags)
    study, dry = growing.run()
    return 0 if dry else tell(study, boundary, growing)


def check_outcome(name: str) -> None:
    """Refuse an outcome that there is not."""
    known = [f"{who}.{each.name}" for who in GROUPS for each in OUTCOMES]
    if name not in known:
        raise UserError(f"outcome={name}: no such outcome{nearest(name, known) if name.count('.') == 1 else _how()}")


def _how() -> str:
    return "; WHO.OUTCOME is needed, such as adopters.profit_plus_equity"


def tell(study: Study, boundary: Boundary, growing: Growing) -> int:
    """Write tables and figure, print the answer; return the exit code."""
    from ecosim.analysis.boundary_words import answer

    asked, keys = growing.given.base, growing.given.keys
    failed = len(study.missing)
    if boundary.surface is None:
        raise UserError(f"{keys.outcome}: defined at too few points to say anything; reasons are in {study.folder}")
    found = boundary.found()
    crossings = boundary.crossings if len(boundary.factors) == 1 else []
    baseline, other = (strategy.name for strategy in asked.strategies)
    who, _, outcome = keys.outcome.partition(".")
    what = f"{who}: {described(outcome).label}, {other} less {baseline},"
    words = answer(found, crossings, what, [factor.key for factor in boundary.factors])
    result = {"outcome": keys.outcome, "strategies": [baseline, other], "answer": words, "verdict": found.verdict}
    result |= asdict(found) | {"crossings": [asdict(each) for each in crossings], "failed": failed}
    write(study, boundary, result, f"{other} less {baseline}: {described(outcome).label}")
    if asked.format == "json":
        document(result | {"study": str(study.folder)})
    else:
        print(f"{words}\n\nMap, points and figure: {study.folder}")
    return 1 if failed else 0


def write(study: Study, boundary: Boundary, result: dict[str, Any], label: str) -> None:
    """Write the answer, the points, the map and its figure into the study folder."""
    from ecosim.analysis.cube import lattice
    from ecosim.figures import save
    from ecosim.sweeps import canonical_json
    from ecosim.sweeps.parts import write_bytes

    fine = boundary.map(lattice(boundary.factors, FINE[len(boundary.factors)]))
    write_bytes(study.folder / "boundary.json", canonical_json(result).encode())
    write_bytes(study.folder / "points.csv", boundary.told.to_csv(index=False).encode())
    write_bytes(study.folder / "map.csv", fine.to_csv(index=False, float_format="%.6g").encode())
    save(draw(boundary, fine, label), study.folder / "figures", "boundary")


def draw(boundary: Boundary, fine: pd.DataFrame, label: str) -> Any:
    """Return the figure: a curve, a map, or slices across the parameter that matters least."""
    from ecosim.analysis.cube import lattice
    from ecosim.figures.level_set import NEAR, curve, plane, slices

    factors, told = boundary.factors, boundary.told
    logs = {factor.key: factor.scale == "log" for factor in factors}
    if len(factors) == 1:
        return curve(fine, told, x=factors[0].key, value_label=label, log=logs[factors[0].key])
    if len(factors) == 2:
        x, y = (factor.key for factor in factors)
        return plane(fine, told, x=x, y=y, value_label=label, log=(logs[x], logs[y]))
    assert boundary.surface is not None
    least = int(np.argmax(boundary.surface.theta[1:]))
    z = factors[least]
    x, y = (factor.key for factor in factors if factor.key != z.key)
    held = z.at(np.array(SLICES))
    tables = [(value, boundary.map(lattice(factors, FINE[2], {z.key: value}))) for value in held]
    where = boundary.x[:, least]
    near = [np.abs(where - level) < NEAR for level in SLICES]
    return slices(tables, told, x=x, y=y, z=z.key, value_label=label, log=(logs[x], logs[y]), near=near)
