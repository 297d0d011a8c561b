"""What studies share: defaults of their keys, and ``results/published/NAME/`` with tables, figures and a manifest."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

ROOT = Path("results") / "published"


def asked_with(defaults: Sequence[str], words: Sequence[str]) -> Any:
    """Return the request of a comparison with the study's defaults where the command says nothing."""
    from ecosim.conf import request

    given = {word.partition("=")[0] for word in words}
    return request("compare", [*(word for word in defaults if word.partition("=")[0] not in given), *words])


class Publication:
    """One study's folder; the clock runs from when it is made."""

    def __init__(self, name: str, words: Sequence[str]) -> None:
        self.folder, self.name = ROOT / name, name
        self.command = ["python", f"experiments/{name}.py", *words]
        self.start = time.monotonic()

    def write(
        self,
        config: Any,
        seeds: Sequence[int],
        about: Mapping[str, Any],
        tables: Mapping[str, pd.DataFrame],
        figures: Mapping[str, Any],
    ) -> None:
        """Write the tables as CSV, the figures as PNG and SVG, and the manifest that says how they came about."""
        from ecosim.figures import save
        from ecosim.sweeps.manifest import canonical_json, describe
        from ecosim.sweeps.parts import write_bytes

        manifest = describe(config, seeds, self.command, about) | {"status": "finished"}
        manifest["wall_seconds"] = round(time.monotonic() - self.start, 1)
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, table in tables.items():
            write_bytes(self.folder / f"{name}.csv", table.to_csv(index=False, float_format="%.4f").encode())
        write_bytes(self.folder / "manifest.json", canonical_json(manifest).encode())
        for name, figure in figures.items():
            save(figure, self.folder, name)
