"""Does the adaptive search find a known boundary with fewer points than a full grid? In 1 to 3 dimensions.

``python experiments/boundary_demo.py`` lets both look for the same boundaries through the same noise, seed by seed.
The grid is classified by the sign of its own values, interpolated linearly; the search by the sign of its surface. To
tell smoothing from the choice of points, grids of at most 216 points are shown with the same surface fitted, too. What
counts is the share of the box on the wrong side. Written to ``results/published/boundary_demo/``: accuracy.csv,
summary.csv, manifest.json, and the figures as PNG and SVG.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.interpolate import RegularGridInterpolator
from scipy.stats import qmc

NOISE = 0.05
"""Standard error of what is seen at a point; the functions range over about 1."""
SEEDS = range(1, 11)
METHODS = ("full grid", "adaptive search", "full grid, same surface")
MOST_SMOOTHED = 216


class Problem(NamedTuple):
    """A function of the unit cube whose sign is sought; grids of these sizes; most points of the search and a batch."""

    name: str
    factors: int
    f: Callable[[np.ndarray], np.ndarray]
    sides: tuple[int, ...]
    budget: int
    batch: int


PROBLEMS = (
    Problem("root, 1 parameter", 1, lambda x: x[:, 0] ** 2 - 0.3, (8, 16, 32, 64), 32, 2),
    Problem("line, 2 parameters", 2, lambda x: x[:, 0] + 0.6 * x[:, 1] - 0.85, (5, 7, 10, 14, 20), 100, 4),
    Problem("circle, 2 parameters", 2, lambda x: 0.3 - np.hypot(x[:, 0] - 0.45, x[:, 1] - 0.55),
            (5, 7, 10, 14, 20), 100, 4),
    Problem("bump, 2 parameters", 2, lambda x: np.exp(-((x - [0.8, 0.25]) ** 2).sum(axis=1) / 0.02) - 0.5,
            (5, 7, 10, 14, 20), 100, 4),
    Problem("sphere, 3 parameters", 3, lambda x: 0.35 - np.linalg.norm(x - [0.5, 0.45, 0.55], axis=1),
            (4, 5, 6, 8, 10), 125, 8),
)  # fmt: skip


def seen(problem: Problem, x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return what a simulation would show at ``x``, [points]."""
    return problem.f(x) + NOISE * rng.standard_normal(len(x))


def grid_says(problem: Problem, side: int, seed: int, where: np.ndarray, smooth: bool = False) -> np.ndarray:
    """Return the values at ``where`` of a full grid, interpolated linearly or, if ``smooth``, by a fitted surface."""
    from ecosim.analysis.level_set import fit

    axis = np.linspace(0, 1, side)
    mesh = np.stack(np.meshgrid(*[axis] * problem.factors, indexing="ij"), axis=-1)
    values = seen(problem, mesh.reshape(-1, problem.factors), np.random.default_rng(seed))
    if smooth:
        points = mesh.reshape(-1, problem.factors)
        return fit(points, values, np.full(len(values), NOISE)).predict(where)[0]
    return RegularGridInterpolator([axis] * problem.factors, values.reshape(mesh.shape[:-1]))(where)


def search(problem: Problem, seed: int) -> Iterator[Any]:
    """Yield the search after every batch of points."""
    from ecosim.analysis.boundary import Boundary
    from ecosim.analysis.cube import place
    from ecosim.sweeps.designs import Factor

    factors = [Factor("xyz"[n]) for n in range(problem.factors)]
    found = Boundary(factors, budget=problem.budget, doubt=1e-9, seed=seed)
    rng = np.random.default_rng(seed)
    while points := found.ask(problem.batch):
        found.tell(points, seen(problem, place(factors, points), rng), np.full(len(points), NOISE))
        if found.surface is not None:
            yield found


def wrong(problem: Problem, seed: int) -> list[dict[str, Any]]:
    """Return the share of the box on the wrong side, one row a method and number of points."""
    where = qmc.Sobol(problem.factors, rng=99).random_base2(14)
    truth = problem.f(where) > 0
    rows = [(METHODS[0], side**problem.factors, grid_says(problem, side, seed, where)) for side in problem.sides]
    rows += [(METHODS[1], len(found.y), found.surface.predict(where)[0]) for found in search(problem, seed)]
    rows += [
        (METHODS[2], side**problem.factors, grid_says(problem, side, seed, where, smooth=True))
        for side in problem.sides
        if side**problem.factors <= MOST_SMOOTHED
    ]
    return [
        {
            "problem": problem.name,
            "method": name,
            "points": n,
            "seed": seed,
            "wrong": float(((said > 0) != truth).mean()),
        }
        for name, n, said in rows
    ]


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Return for each problem the largest grid's median error, and the points after which the search stays below it."""
    rows = []
    for problem, part in table.groupby("problem", sort=False):
        over = part.groupby(["method", "points"])["wrong"].median()
        grid, found = over[METHODS[0]], over[METHODS[1]]
        above = found.index[found > grid.iloc[-1]]
        enough = found.index[found.index > (above.max() if len(above) else 0)]
        needed = int(enough.min()) if len(enough) else None
        rows.append(
            {"problem": problem, "grid_points": int(grid.index[-1]), "grid_wrong": float(grid.iloc[-1]),
             "search_points": needed, "search_wrong_at_end": float(found.iloc[-1]), "search_budget": found.index[-1]}
        )  # fmt: skip
    return pd.DataFrame(rows)


def example() -> Any:
    """Return the map of the circle that one search found."""
    from ecosim.analysis.cube import lattice
    from ecosim.figures.level_set import plane

    *_, found = search(PROBLEMS[2], 1)
    table = found.map(lattice(found.factors, 101))
    return plane(table, found.told, x="x", y="y", value_label="difference", title="A circle, found in 100 points")


def main(words: list[str]) -> None:
    """Run both methods on every problem and seed, write the tables and draw them."""
    from ecosim.commands.publishing import Publication
    from ecosim.errors import UserError
    from ecosim.figures.accuracy import accuracy

    if words:
        raise UserError(f"{words[0]}: this study takes no keys")
    study = Publication("boundary_demo", words)
    table = pd.DataFrame([row for problem in PROBLEMS for seed in SEEDS for row in wrong(problem, seed)])
    told = summary(table)
    problems = {each.name: {"grids": each.sides, "budget": each.budget, "batch": each.batch} for each in PROBLEMS}
    tables = {"accuracy": table, "summary": told}
    figures = {study.name: accuracy(table), "circle": example()}
    study.write({"noise": NOISE, "problems": problems}, SEEDS, {}, tables, figures)
    print(told.to_string(index=False))


if __name__ == "__main__":
    from ecosim.cli import script

    sys.exit(script(main, __doc__ or ""))
