"""Functions that take a number or lanes of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError

from ecosim.lanes.kinds import FLOAT, INTEGER, SCALAR, WIDTH, WORD, Lanes, common, either, vector


def _like(value: types.Type, dtype: types.Type) -> types.Type:
    """Return the type of what has ``dtype`` and is as wide as ``value``."""
    return Lanes(dtype) if isinstance(value, Lanes) else dtype


def _function(plain: Callable[..., Any], generate: Callable[..., Any]) -> Any:
    """Return ``plain`` where nothing is compiled, else an intrinsic of one value made by ``generate``.

    ``generate(builder, value, dtype, wide)`` returns the result's dtype where ``builder`` is None.
    """

    def make(typingctx, x):  # type: ignore[no-untyped-def]
        wide, dtype = isinstance(x, Lanes), types.unliteral(getattr(x, "dtype", x))
        result = _like(x, generate(None, None, dtype, wide))

        def code(context, builder, sig, args):  # type: ignore[no-untyped-def]
            return generate(builder, args[0], dtype, wide)

        return result(x), code

    make.__name__, make.__doc__ = plain.__name__, plain.__doc__
    return either(plain, make)


def _llvm(name: str) -> Callable[..., Any]:
    def generate(builder, value, dtype, wide):  # type: ignore[no-untyped-def]
        if builder is None:
            return FLOAT
        suffix = f"v{WIDTH}f64" if wide else "f64"
        kind = ir.FunctionType(value.type, [value.type])
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, f"llvm.{name}.{suffix}"), [value])

    return generate


def _to(target: types.Type, how: Callable[[types.Type], str], source: Any = types.Type) -> Callable[..., Any]:
    def generate(builder, value, dtype, wide):  # type: ignore[no-untyped-def]
        if builder is None:
            if not isinstance(dtype, source):
                raise TypingError(f"{dtype}: a value of type {source.__name__} is needed")
            return target
        kind = vector(target) if wide else SCALAR[target]
        if value.type == kind:
            return value
        return getattr(builder, how(dtype))(value, kind)

    return generate


def _signed(dtype: types.Type) -> bool:
    return bool(getattr(dtype, "signed", False))


floor = _function(np.floor, _llvm("floor"))
"""Return the largest whole number not above each float."""

root = _function(np.sqrt, _llvm("sqrt"))
"""Return the square root of each float."""


def _plain_to(dtype: Any) -> Callable[..., Any]:
    return lambda x: x.astype(dtype) if isinstance(x, np.ndarray) else dtype(x)


word = _function(_plain_to(np.uint64), _to(WORD, lambda dtype: "sext" if _signed(dtype) else "zext"))
"""Return integers as unsigned words of 64 bits."""

integer = _function(
    _plain_to(np.int64), _to(INTEGER, lambda dtype: "fptosi" if isinstance(dtype, types.Float) else "zext")
)
"""Return whole floats or truths as integers."""

number = _function(_plain_to(np.float64), _to(FLOAT, lambda dtype: "uitofp" if not _signed(dtype) else "sitofp"))
"""Return integers, words or truths as floats."""

bits_of = _function(lambda x: np.float64(x).view(np.int64), _to(INTEGER, lambda dtype: "bitcast", types.Float))
"""Return the bits of floats as integers."""

from_bits = _function(lambda x: np.int64(x).view(np.float64), _to(FLOAT, lambda dtype: "bitcast", types.Integer))
"""Return the floats that have these bits."""


def _plain_where(condition: Any, a: Any, b: Any) -> Any:
    return np.where(condition, a, b) if np.ndim(condition) else (a if condition else b)


def _where(typingctx, condition, a, b):  # type: ignore[no-untyped-def]
    result = _like(condition, common([types.unliteral(getattr(each, "dtype", each)) for each in (a, b)]))

    def code(context, builder, sig, args):  # type: ignore[no-untyped-def]
        return builder.select(*args)

    return result(condition, result, result), code


where = either(_plain_where, _where)
"""Return ``a`` where ``condition`` holds, else ``b``; both are reckoned first."""
