"""Where the published experiments are, and what each is made of: a module with ``run`` and ``draw``, and its
numbers.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

from ecosim.errors import UserError, nearest
from ecosim.published.numbers import Numbers, read_numbers


def _package() -> str:
    """Return the package of the experiments: beside this one in a checkout, or inside the installed one."""
    root = Path(__file__).resolve().parents[2]
    if not (root / "experiments" / "replications").is_dir():
        return "ecosim.experiments.replications"
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    return "experiments.replications"


def experiments() -> tuple[str, ...]:
    """Return the names of all experiments, in the order of their list."""
    return tuple(import_module(_package()).EXPERIMENTS)


def experiment(name: str) -> tuple[ModuleType, Numbers]:
    """Return an experiment's module and its published numbers; an unknown name raises `UserError`."""
    if name not in experiments():
        raise UserError(f"{name}: no such experiment{nearest(name, experiments())}")
    module = import_module(f"{_package()}.{name}")
    return module, numbers(name)


def numbers(name: str) -> Numbers:
    """Return the published numbers of an experiment, without importing what runs it."""
    folder = Path(str(import_module(_package()).__file__)).parent
    return read_numbers(folder / f"{name}.yaml")
