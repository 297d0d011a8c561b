"""Where the published experiments are, and what each is made of: a module with ``run`` and ``draw``, and its
numbers.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
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
    """Return an experiment's module and its published numbers; an unknown name raises `UserError`.

    The name may be the path of a user's file, ``mine.py``, with ``mine.yaml`` beside it.
    """
    if name.endswith(".py"):
        return users(Path(name))
    if name not in experiments():
        raise UserError(f"{name}: no such experiment{nearest(name, experiments())}")
    module = import_module(f"{_package()}.{name}")
    return module, numbers(name)


def users(path: Path) -> tuple[ModuleType, Numbers]:
    """Return a user's experiment; what is missing or does not import raises `UserError`."""
    for each in (path, path.with_suffix(".yaml")):
        if not each.is_file():
            raise UserError(f"{each}: no such file; an experiment is a .py file and the .yaml of its numbers beside it")
    claimed = read_numbers(path.with_suffix(".yaml"))
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[path.stem] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise UserError(f"{path}: {type(error).__name__}: {error}") from error
    for function in ("run", "draw"):
        if not callable(getattr(module, function, None)):
            raise UserError(
                f"{path}: {function} is missing; an experiment has run(quick, seed) and draw(findings, judged)"
            )
    return module, claimed


def numbers(name: str) -> Numbers:
    """Return the published numbers of an experiment, without importing what runs it."""
    folder = Path(str(import_module(_package()).__file__)).parent
    return read_numbers(folder / f"{name}.yaml")
