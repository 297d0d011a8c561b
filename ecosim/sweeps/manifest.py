"""What a study was made of: the composed configuration and its hash, versions, code revision, seeds; run identity."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import hashlib
import importlib.metadata
import json
import math
import platform
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

RESULTS_EPOCH = 3
"""Raised by every release that changes numbers; folders of different epochs are never mixed."""

RUN_ID_LENGTH = 20
PACKAGES = (
    "ecosim",
    "mesa",
    "networkx",
    "numpy",
    "scipy",
    "pandas",
    "numba",
    "llvmlite",
    "pyarrow",
    "hydra-core",
    "omegaconf",
    "matplotlib",
    "jinja2",
)


def plain(value: Any) -> Any:
    """Return ``value`` as JSON knows it: dataclasses and mappings become dicts, tuples lists, numpy scalars numbers.

    Numbers that are not finite, and objects without a plain form, are refused with `TypeError` or `ValueError`.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value!r} is not a finite number and cannot be part of a configuration")
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"{value!r} has no plain form")


def canonical_json(value: Any) -> str:
    """Return the one JSON text of ``value``: sorted keys, no spaces, ASCII only, finite numbers only."""
    return json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def config_hash(config: Any) -> str:
    """Return the SHA-256 (64 hex digits) of a configuration's canonical JSON."""
    return hashlib.sha256(canonical_json(config).encode()).hexdigest()


def run_id(config: Any, seed: int) -> str:
    """Return a run's name: 20 hex digits of the SHA-256 of canonical configuration, seed and results epoch.

    ``config`` holds everything that changes a run's numbers and nothing else (no threads, no folder names);
    ``seed`` is a whole number from 0 to 2**63 - 1.
    """
    return next(run_ids(config, [seed]))


def run_ids(config: Any, seeds: Iterable[int]) -> Iterator[str]:
    """Yield the names of runs of one configuration, one for each seed, as `run_id` does."""
    start = hashlib.sha256(f'{{"config":{canonical_json(config)},"results_epoch":{RESULTS_EPOCH},"seed":'.encode())
    for seed in seeds:
        if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 2**63:
            raise ValueError(f"seed={seed!r}: a whole number from 0 to 2**63 - 1 is needed")
        digest = start.copy()
        digest.update(f"{int(seed)}}}".encode())
        yield digest.hexdigest()[:RUN_ID_LENGTH]


def describe(config: Any, seeds: Sequence[int], command: Sequence[str], about: Mapping[str, Any]) -> dict[str, Any]:
    """Return a manifest: what was asked, with what code and versions. It never holds environment variables."""
    return {
        "command": [str(word) for word in command],
        "about": plain(about),
        "config": plain(config),
        "config_sha256": config_hash(config),
        "results_epoch": RESULTS_EPOCH,
        "seeds": [int(seed) for seed in seeds],
        "code": code_revision(),
        "versions": package_versions(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": platform.platform(),
        "started": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "wall_seconds": 0.0,
        "status": "running",
    }


def package_versions() -> dict[str, str]:
    """Return the installed version of every package that can bear on the numbers or figures."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


def code_revision() -> dict[str, str | None]:
    """Return ``{"revision", "dirty"}``: git commit of the package's checkout and a hash of what differs from it.

    Both are None when the package does not run from a checkout of its own; ``dirty`` is None for a clean one.
    """
    package = Path(__file__).resolve().parents[1]
    if _git(package, "ls-files", "--error-unmatch", "errors.py") is None:
        return {"revision": None, "dirty": None}
    revision = _git(package, "rev-parse", "--verify", "--quiet", "HEAD")
    changes = (_git(package.parent, "status", "--porcelain") or b"") + (_git(package.parent, "diff", "HEAD") or b"")
    return {
        "revision": revision.decode().strip() if revision else None,
        "dirty": hashlib.sha256(changes).hexdigest() if changes.strip() else None,
    }


def _git(folder: Path, *words: str) -> bytes | None:
    try:
        done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
