"""``ecosim calibrate``: parameters at which the market comes nearest to targets, and what the targets cannot tell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ecosim.analysis.calibration import Calibration, Fit
from ecosim.analysis.outcomes import GROUPS, OUTCOMES
from ecosim.analysis.targets import Target, read_targets
from ecosim.commands.searching import Growing, SearchKeys, factors_of, series
from ecosim.commands.text import document, table
from ecosim.errors import UserError
from ecosim.parameters import param

if TYPE_CHECKING:
    from ecosim.commands.given import Given
    from ecosim.sweeps import Study

PATTERNS = "patterns"


@dataclass(frozen=True)
class CalibrateKeys(SearchKeys):
    """Choices about a calibration."""

    points: int = param(200, "points to simulate", low=1, high=100_000)
    targets: str = param("", "a CSV or YAML file of targets, or the word patterns for the published panel's")


class Statistics:
    """Tells a `Calibration` the statistics of its targets: means over replications, and their standard errors."""

    def __init__(self, calibration: Calibration, strategy: str) -> None:
        self.calibration, self.strategy = calibration, strategy
        self.names = [target.statistic for target in calibration.targets]

    def __call__(self, points: list[dict[str, Any]], tables: list[pd.DataFrame]) -> None:
        """Tell the search what a round of points has shown; a statistic needs two replications to be defined."""
        found = np.full((2, len(points), len(self.names)), np.nan)
        for row, part in enumerate(tables):
            for column, name in enumerate(self.names):
                values = series(part, self.strategy, name).to_numpy()
                if len(values) > 1:
                    found[:, row, column] = values.mean(), values.std(ddof=1) / math.sqrt(len(values))
        self.calibration.tell(points, *found)


def main(words: Sequence[str]) -> int:
    """Search, then tell the fit; 1 if some worlds failed."""
    from ecosim.wide import wide_run

    flags = {word for word in words if word.startswith("--")}
    words = [word for word in words if word not in flags]
    asking = asked(words)
    keys, base = asking.keys, asking.base
    factors = factors_of(asking)
    targets = targets_of(asking)
    calibration = Calibration(factors, targets, budget=keys.points, seed=base.seed % 2**32)
    config = {"factors": [asdict(each) for each in factors], "targets": [list(target) for target in targets],
              "round": keys.round, "points": keys.points}  # fmt: skip
    statistics = Statistics(calibration, base.strategies[0].name)
    work = pattern_run if keys.targets == PATTERNS else wide_run
    growing = Growing("calibrate", words, asking, calibration, statistics, work, config, flags)
    study, dry = growing.run()
    return 0 if dry else tell(study, calibration, growing)


def asked(words: Sequence[str]) -> Given:
    """Return the checked words; one strategy is played, the scenario's first unless another is named."""
    from ecosim.commands.given import given

    asking = given("sweep", words, CalibrateKeys, record="none")
    if "archetypes" not in asking.world:
        asking = given("sweep", words, CalibrateKeys, record="none", archetypes=[asking.base.strategies[0].name])
    names = [strategy.name for strategy in asking.base.strategies]
    if len(names) > 1:
        raise UserError(f"archetypes=[{','.join(names)}]: a calibration fits a market with one strategy; name one")
    return asking


def targets_of(asking: Given) -> tuple[Target, ...]:
    """Return the targets that the words name."""
    from ecosim.commands.run import YEAR
    from ecosim.patterns import SHARES

    name, base = asking.keys.targets, asking.base
    if not name:
        raise UserError("targets=: name a file with the columns statistic,value,tolerance, or patterns")
    if name != PATTERNS:
        return read_targets(name, [f"{who}.{each.name}" for who in GROUPS for each in OUTCOMES])
    if base.setting.market.firms != len(SHARES):
        raise UserError(f"targets=patterns: the published panel has {len(SHARES)} brands and this world "
                        f"{base.setting.market.firms}; take scenario=baseline_fmcg")  # fmt: skip
    if base.weeks < YEAR:
        raise UserError(f"weeks={base.weeks}: targets=patterns compares years; at least {YEAR} weeks are needed")
    return published()


def published() -> tuple[Target, ...]:
    """Return the published patterns as targets: those with a band of finite width, half of it their tolerance."""
    from ecosim.patterns import validate

    found = validate(as_published())
    found = found[np.isfinite(found["tolerance"])]
    columns = (found[name] for name in ("pattern", "brand", "metric", "published", "tolerance"))
    return tuple(Target(statistic(p, b, m), float(v), float(t)) for p, b, m, v, t in zip(*columns, strict=True))


def statistic(pattern: str, brand: str, metric: str) -> str:
    """Return the name of a pattern's statistic."""
    return f"{pattern}: {brand}, {metric}"


def as_published() -> dict[str, pd.DataFrame]:
    """Return the tables of a run that shows just what the panel published, two periods alike."""
    from ecosim.patterns import ENDS, PENETRATIONS, PER_BUYER, SHARES

    ids = {"scenario": "", "strategy": "", "adopters": ""}
    ends = {name: np.linspace(*pair, len(SHARES)) for name, pair in ENDS.items()}

    def firms(period: str) -> pd.DataFrame:
        one = pd.DataFrame({
            **ids, "firm": range(len(SHARES)), "share": SHARES, "penetration": PENETRATIONS,
            "purchases_per_buyer": PER_BUYER, "category_rate": np.linspace(3.16, 3.38, len(SHARES)),
            "share_of_requirements": ends[f"{period} share of requirements"], "loyals": ends[f"{period} 100 %-loyals"],
        })  # fmt: skip
        return pd.concat([one, one], ignore_index=True)

    market = {"category_penetration": 0.56, "category_purchases": 1.456, "talk_positive": 3.0, "talk_negative": 1.0}
    return {"quarterly": firms("quarter"), "yearly": firms("year"), "market": pd.DataFrame([market, market])}


def pattern_run(run_id: str, job: Any) -> dict[str, pd.DataFrame]:
    """Do a run and return its wide outcomes, with the statistics of the published patterns as further columns."""
    from ecosim.job import run
    from ecosim.patterns import validate
    from ecosim.wide import wide

    tables = run(replace(job, record="quarterly"))
    outcomes = wide(run_id, tables["outcomes"])
    try:
        found = validate(tables)
    except ValueError:
        return {"outcomes": outcomes}
    columns = (found[name] for name in ("pattern", "brand", "metric", "obtained"))
    more = {statistic(p, b, m): float(value) for p, b, m, value in zip(*columns, strict=True)}
    return {"outcomes": pd.concat([outcomes, pd.DataFrame(more, index=outcomes.index)], axis=1)}


def tell(study: Study, calibration: Calibration, growing: Growing) -> int:
    """Write tables and figures, print the fit; return the exit code."""
    from ecosim.analysis.calibration_words import summary

    fit = calibration.fit()
    failed = len(study.missing)
    words = summary(fit)
    result = {"answer": words, "misfit": fit.misfit, "best_misfit": fit.best_misfit, "confirmed": fit.confirmed,
              "parameters": records(fit.parameters), "targets": records(fit.targets),
              "collinearity": records(fit.known.collinearity), "points": fit.points, "undefined": fit.undefined,
              "failed": failed}  # fmt: skip
    write(study, calibration, fit, result)
    if growing.given.base.format == "json":
        document(result | {"study": str(study.folder)})
    else:
        print(table(fit.parameters.to_dict("records"), ["key", "value", "low", "high", "se", "identified"]))  # type: ignore[arg-type]
        print("\n" + table(fit.targets.to_dict("records")))  # type: ignore[arg-type]
        print(f"\n{words}\n\nPoints and figures: {study.folder}")
    return 1 if failed else 0


def records(found: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as plain data; what is not finite is None."""
    return [
        {
            str(key): None if isinstance(value, float) and not math.isfinite(value) else value
            for key, value in row.items()
        }
        for row in found.to_dict("records")
    ]


def write(study: Study, calibration: Calibration, fit: Fit, result: dict[str, Any]) -> None:
    """Write the fit, the points and the figures into the study folder."""
    from ecosim.figures import save
    from ecosim.figures.calibration import identifiable, targets
    from ecosim.sweeps import canonical_json
    from ecosim.sweeps.parts import write_bytes

    keys, names = list(fit.known.keys), list(fit.targets["statistic"])
    write_bytes(study.folder / "calibration.json", canonical_json(result).encode())
    write_bytes(study.folder / "points.csv", calibration.told.to_csv(index=False).encode())
    save(targets(fit.targets), study.folder / "figures", "targets")
    sensitivity = pd.DataFrame(fit.known.sensitivity, index=names, columns=keys)
    correlation = pd.DataFrame(fit.known.correlation, index=keys, columns=keys)
    save(identifiable(sensitivity, correlation, fit.parameters), study.folder / "figures", "identifiability")
