"""The longest kernel of the week, compiled by a second process while this one compiles the others.

Compilers of one process take turns, so two cores need two processes. What the second one makes for a small world of its
own, whose types are those of any other, it leaves in the cache, where the first finds it. It is started once, where
nothing of the kernel is cached yet and there is a core to spare.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numba

from ecosim.jit import CACHES, ELSEWHERE, JIT_ON, in_turn
from ecosim.mechanisms import passes
from ecosim.workers import begin_worker

_begun = False


def longest() -> Callable[..., None]:
    """Return the kernel that takes longest to compile: the one made of most steps."""
    steps = max(passes(), key=len)
    return in_turn(tuple(step.kernel for step in steps if step.kernel is not None))[0]


def begin() -> None:
    """Have the longest kernel compiled, unless that is done or is not worth a process."""
    global _begun
    if _begun:
        return
    _begun = True
    if worth_it():
        code = f"import sys; sys.path[:] = {sys.path!r}; from ecosim.ahead import main; main({os.getpid()})"
        helper = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        ELSEWHERE[longest()] = helper.wait


def worth_it() -> bool:
    """Return whether this is no worker of a sweep, a core is to spare, and the cache has nothing of the kernel."""
    folder = CACHES.get(False)
    if not JIT_ON or folder is None or multiprocessing.parent_process() is not None:
        return False
    return (os.cpu_count() or 1) > 1 and not any(folder.rglob(f"*{longest().__qualname__}*.nbi"))


def main(parent: int) -> None:
    """Compile the longest kernel into the cache, for process ``parent`` and as long as that lives."""
    global _begun
    _begun = True
    begin_worker(parent)
    longest().compile(signature(small_world()))  # type: ignore[attr-defined]


def small_world() -> Any:
    """Return a small world, built as any other is."""
    from ecosim.model import Ecosystem
    from ecosim.parameters import build
    from ecosim.setting import Setting
    from ecosim.strategies import Levers, Strategy

    return Ecosystem(build(Setting, {"market": {"customers": 100, "firms": 2}}), Strategy("any", Levers()), 1, 1)


def signature(model: Any) -> tuple[Any, ...]:
    """Return the types that a model's kernels are called with."""
    return tuple(numba.typeof(each) for each in (0, 0, model.world, model.events[0], model.tallies[0]))
