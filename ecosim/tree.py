"""Where the configuration files are, and which choices each group has; known without Hydra, and so at once."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def configs() -> Path:
    """Return the folder of the configuration files: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "configs"
    return inside if inside.is_dir() else package.parent / "configs"


@cache
def names(group: str) -> tuple[str, ...]:
    """Return the choices of a configuration group, such as ``scenario`` or ``strategy/contact``."""
    return tuple(sorted(path.stem for path in (configs() / group).glob("*.yaml")))


def about(group: str, name: str) -> str:
    """Return the comment that heads a configuration file: what the choice stands for."""
    lines = (configs() / group / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    head = [line.lstrip("# ") for line in lines if line.startswith("#") and "@package" not in line]
    return " ".join(head)
