"""What studies share: defaults of their keys, and folders with tables, figures, documents and a manifest."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ecosim.commands.text import plain

ROOT = Path("results") / "published"


def asked_with(defaults: Sequence[str], words: Sequence[str]) -> Any:
    """Return the request of a comparison with the study's defaults where the command says nothing."""
    from ecosim.conf import request

    given = {word.partition("=")[0] for word in words}
    return request("compare", [*(word for word in defaults if word.partition("=")[0] not in given), *words])


def finished(seconds: float) -> dict[str, Any]:
    """Return what the manifest of a study says that is done and took so many seconds."""
    return {"status": "finished", "wall_seconds": round(seconds, 1)}


def publish(
    folder: Path,
    manifest: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    figures: Mapping[str, Any],
    documents: Mapping[str, Any] | None = None,
    form: str = "%.6g",
) -> None:
    """Write tables as CSV with numbers in ``form``, figures as PNG and SVG, documents as JSON, and the manifest."""
    from ecosim.figures import save
    from ecosim.sweeps.manifest import canonical_json
    from ecosim.sweeps.parts import write_bytes

    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        write_bytes(folder / f"{name}.csv", table.to_csv(index=False, float_format=form).encode())
    for name, figure in figures.items():
        save(figure, (folder / name).parent, Path(name).name)
    for name, content in (documents or {}).items():
        write_bytes(folder / f"{name}.json", canonical_json(plain(content)).encode())
    write_bytes(folder / "manifest.json", canonical_json(manifest).encode())


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
        from ecosim.sweeps.manifest import describe

        manifest = describe(config, seeds, self.command, about) | finished(time.monotonic() - self.start)
        publish(self.folder, manifest, tables, figures, form="%.4f")
