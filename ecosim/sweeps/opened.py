"""A sweep's results, opened for analysis: points, outcomes, what is missing; as pandas, or as SQL through DuckDB."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from ecosim.errors import UserError
from ecosim.sweeps.designs import Design
from ecosim.sweeps.parts import BadPart, read_part
from ecosim.sweeps.reading import StudyFolder

PLAN = ("run_id", "strategy", "point", "replication")


class Results(StudyFolder):
    """Results of any study: ``pandas()`` gives the outcomes as a data frame, ``sql(query)`` asks DuckDB.

    SQL sees the tables ``outcomes`` and ``design``, and for a sweep ``points``.
    """

    def pandas(self, name: str = "outcomes") -> pd.DataFrame:
        """Return a stored table of all finished runs; everything read is verified."""
        return self.outcomes if name == "outcomes" else self.table(name)

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """Return the outcomes of all finished runs, with point and replication if this is a sweep."""
        found = self._whole_summary()
        found = self.table() if found is None else found
        if "point" not in self.design:
            return found
        if found.empty:
            return pd.DataFrame(columns=[*PLAN, "scenario", "adopters", "seed"])
        return self.design[list(PLAN)].merge(found, on=["run_id", "strategy"], how="inner")

    def sql(self, query: str) -> pd.DataFrame:
        """Return the answer to a query over ``outcomes``, ``design`` and ``points``."""
        import duckdb

        with duckdb.connect() as connection:
            connection.execute("SET enable_external_access = false")
            connection.register("outcomes", self.outcomes)
            connection.register("design", self.design)
            if "point" in self.design:
                connection.register("points", self.points.reset_index())
            try:
                return connection.execute(query).df()
            except duckdb.Error as error:
                raise UserError(f"sql={query!r}: {str(error).splitlines()[0]}") from None

    @cached_property
    def points(self) -> pd.DataFrame:
        """Return the varied keys' values, one row a point."""
        once = self.design.drop_duplicates("point")
        rows = [json.loads(text) for text in once["parameters"]]
        return pd.DataFrame(rows, index=pd.Index(once["point"], name="point"))

    @property
    def missing(self) -> pd.DataFrame:
        """Return run id, point and replication of the planned runs that have no results."""
        rows = self.design.drop_duplicates("run_id")
        return rows.loc[~rows["run_id"].isin(self.outcomes["run_id"]), ["run_id", "point", "replication"]]

    def _whole_summary(self) -> pd.DataFrame | None:
        """Return the summary if it is the one a complete study ended with: it holds every run, in one file."""
        if self.manifest.get("status") != "complete":
            return None
        try:
            table, _ = read_part(self.folder / "summary.parquet", self.manifest["config_sha256"], "summary")
        except (FileNotFoundError, BadPart):
            return None
        return table if "run_id" in table and set(self.run_ids) <= set(table["run_id"]) else None


class Sweep(Results):
    """The results of a sweep over a ``design``; ``plan`` keeps the rows of the planned runs."""

    def __init__(self, folder: Path | str) -> None:
        super().__init__(folder)
        about: dict[str, Any] = self.manifest["about"]
        if about.get("kind") != "sweep":
            raise UserError(f"{folder}: a study of another kind, not a sweep")
        self.plan = Design.from_plain(about["design"])


def open_results(folder: Path | str) -> Results:
    """Open a study's results."""
    return Results(folder)


def open_sweep(folder: Path | str) -> Sweep:
    """Open a sweep's results, or raise `UserError`."""
    return Sweep(folder)
