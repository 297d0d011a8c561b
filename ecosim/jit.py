"""Compiled kernels: one decorator, a compile cache keyed by our sources, and a pool of threads over row chunks."""

from __future__ import annotations

import functools
import hashlib
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import repeat
from pathlib import Path
from types import FunctionType
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

JIT_ON = not numba.config.DISABLE_JIT  # type: ignore[attr-defined]


APART = ("customer_base", "dynamics", "influence")
"""Packages whose kernels take no world: the model's kernels do not depend on them."""


def _sources(apart: bool) -> Iterator[bytes]:
    """Yield every source file that has to do with the model's kernels, or with those ``apart`` from it."""
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        source, folder = path.read_bytes(), path.parent.name
        shared = path.name in ("jit.py", "draws.py") or folder == "lanes"
        if (b"ecosim.jit" in source or folder in ("mechanisms", "lanes")) and (shared or (folder in APART) == apart):
            yield source


def _cache_folder(apart: bool) -> Path | None:
    """Return a writable folder named by the hash of the sources of these kernels, or None.

    numba's own cache does not notice a constant or helper changed in another file, so each state of these sources
    gets its own folder.
    """
    digest = hashlib.sha256()
    for source in _sources(apart):
        digest.update(source)
    root = os.environ.get("ECOSIM_CACHE") or os.environ.get("XDG_CACHE_HOME")
    candidates = [Path(root)] if root else []
    home = os.path.expanduser("~")
    if home != "~":
        candidates.append(Path(home) / ".cache")
    for base in candidates:
        folder = base / "ecosim" / digest.hexdigest()[:16]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    warnings.warn("ecosim has no writable cache folder, so its kernels are compiled anew in each process", stacklevel=3)
    return None


CACHES = {apart: _cache_folder(apart) for apart in (False, True)} if JIT_ON else {}
if not JIT_ON:
    np.seterr(over="ignore")  # 64-bit mixing wraps, as it does in compiled code


def _compile(**options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        package = function.__module__.partition("ecosim.")[2].partition(".")[0]
        folder = CACHES.get(package in APART)
        if folder is not None:
            numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
        compiled = numba.njit(cache=folder is not None, nogil=True, error_model="numpy", **options)
        return compiled(function)  # type: ignore[no-any-return]

    return decorate


kernel = _compile()
"""Compile a function with numba: strict IEEE arithmetic, no global lock held, division as numpy does it."""

uncached_kernel = numba.njit(nogil=True, error_model="numpy")
"""Compile a kernel of somebody else's rules, anew in each process."""

pass_kernel = _compile(_nrt=False)
"""Compile a kernel that takes the world: it allocates nothing, so numba counts no references to its many arrays."""

joined_kernel = _compile(_nrt=False, no_cpython_wrapper=True)
"""Compile a kernel that `in_turn` joins with others: what Python would need to call it alone takes long to compile."""

rule = _compile(_nrt=False, forceinline=True)
"""Compile a rule on plain numbers that kernels call."""

called_rule = _compile(_nrt=False)
"""Compile a rule with a loop, which is called and not inlined: it is compiled once, whoever calls it."""

world_rule = _compile(_nrt=False, inline="always")
"""Compile a rule that takes the world: inlined before typing, because the world is too large a thing to pass."""


@intrinsic
def _prefetch(typing, address):  # type: ignore[no-untyped-def]
    """Ask the processor to fetch the cache line at ``address`` (llvm.prefetch: read, keep, data)."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        byte = ir.IntType(8).as_pointer()
        flag = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, flag, flag, flag])
        call = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
        pointer = builder.inttoptr(arguments[0], byte)
        builder.call(call, [pointer, flag(0), flag(3), flag(1)])
        return context.get_dummy_value()

    return types.void(types.uintp), generate


@_compile(_nrt=False, forceinline=True)
def fetch_row(array, i):
    """Have row ``i`` of a two-dimensional ``array`` on its way from memory; changes nothing but the time it takes."""
    if JIT_ON:
        _prefetch(np.uintp(array.ctypes.data + i * array.strides[0]))  # type: ignore[call-arg]


@joined_kernel
def idle(lo, hi, w, events, tally):
    """Do nothing."""


BLOCK = 2048
"""Rows that fused kernels take one after the other, few enough to stay near the processor."""

_first = _second = _third = _fourth = _fifth = _sixth = _seventh = _eighth = idle


def _in_turn(lo, hi, w, events, tally):
    for start in range(lo, hi, BLOCK):
        stop = min(start + BLOCK, hi)
        _first(start, stop, w, events, tally)
        _second(start, stop, w, events, tally)
        _third(start, stop, w, events, tally)
        _fourth(start, stop, w, events, tally)
        _fifth(start, stop, w, events, tally)
        _sixth(start, stop, w, events, tally)
        _seventh(start, stop, w, events, tally)
        _eighth(start, stop, w, events, tally)


TURNS = tuple(name for name in _in_turn.__code__.co_names if name.startswith("_"))
"""The names under which `_in_turn` calls kernels: each copy of it has kernels of its own there."""


@functools.cache
def in_turn(kernels: tuple[Callable[..., None], ...]) -> tuple[Callable[..., None], ...]:
    """Return kernels that do what ``kernels`` do one after the other, compiled into as few as can be.

    So rows stay near the processor from the first kernel to the last, a block at a time. What is no compiled kernel
    stays as it is.
    """
    if not all(hasattr(each, "overloads") for each in kernels):
        return kernels
    found = []
    for n in range(0, len(kernels), len(TURNS)):
        part = kernels[n : n + len(TURNS)]
        names = dict(zip(TURNS, (*part, *repeat(idle, len(TURNS) - len(part))), strict=True))
        joined = FunctionType(_in_turn.__code__, {"__name__": __name__, "BLOCK": BLOCK, **names})
        joined.__qualname__ = "_".join(each.__name__ for each in part)
        found.append(pass_kernel(joined))
    return tuple(found)


ELSEWHERE: dict[Callable[..., None], Callable[[], Any]] = {}
"""Kernels that another process is compiling, and how to wait until it has."""


class Calls:
    """Calls kernels whose arguments keep their types, so that numba looks at the types once and not at every call.

    To name the types of a world, with its hundreds of arrays and numbers, takes longer than a kernel's week in a small
    one. Whoever puts an array of another dtype, layout or dimension into the world makes a new one of these.
    """

    def __init__(self) -> None:
        self._entries: dict[Any, Callable[..., Any]] = {}

    def __call__(self, kernel: Callable[..., Any], *arguments: Any) -> Any:
        """Return ``kernel(*arguments)``; what is no compiled kernel is called as it stands."""
        entry = self._entries.get(kernel)
        if entry is not None:
            return entry(*arguments)
        if kernel in ELSEWHERE:
            ELSEWHERE.pop(kernel)()
        result = kernel(*arguments)
        self._entries[kernel] = _entry(kernel, arguments)
        return result


def _entry(kernel: Callable[..., Any], arguments: tuple[Any, ...]) -> Callable[..., Any]:
    """Return the version of a kernel for the types of these arguments, with which it has been called before."""
    versions = getattr(kernel, "overloads", None)
    if versions is None:
        return kernel
    if len(versions) > 1:
        return kernel.compile(tuple(numba.typeof(each) for each in arguments))  # type: ignore[attr-defined]
    return _only(kernel)


@functools.cache
def _only(kernel: Callable[..., Any]) -> Callable[..., Any]:
    return next(iter(kernel.overloads.values())).entry_point  # type: ignore[attr-defined]


class ThreadPool:
    """A few threads, the caller's among them, that share out numbered pieces of work."""

    def __init__(self, threads: int) -> None:
        self.threads = max(1, int(threads))
        self._executor: ThreadPoolExecutor | None = None

    def map(self, work: Callable[[int], None], pieces: int) -> None:
        """Call ``work(0) .. work(pieces - 1)`` in any order and wait; the first exception is raised here."""
        if self.threads == 1 or pieces == 1 or not JIT_ON:
            for n in range(pieces):
                work(n)
            return
        if self._executor is None:
            self._executor = ThreadPoolExecutor(self.threads - 1, thread_name_prefix="ecosim")
        turns = iter(range(pieces))

        def share() -> None:
            for n in turns:
                work(n)

        helpers = [self._executor.submit(share) for _ in range(min(self.threads, pieces) - 1)]
        try:
            share()
        finally:
            wait(helpers)
        for helper in helpers:
            helper.result()

    def close(self) -> None:
        """End the threads."""
        if self._executor is not None:
            self._executor.shutdown()
            self._executor = None
