"""From lanes to one number: which of them are true, what stands in one, the largest."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils

from ecosim.lanes.kinds import FLOAT, INTEGER, WIDTH, Lanes, either, vector


def _plain_numbers() -> np.ndarray:
    return np.arange(WIDTH)


def _numbers(typingctx):  # type: ignore[no-untyped-def]
    return Lanes(INTEGER)(), lambda context, builder, sig, args: ir.Constant(vector(INTEGER), list(range(WIDTH)))


numbers = either(_plain_numbers, _numbers)
"""Return 0, 1, 2 and so on, one a lane."""


def _plain_marked(truths: np.ndarray) -> int:
    return int(sum(1 << n for n in range(WIDTH) if truths[n]))


def _marked(typingctx, truths):  # type: ignore[no-untyped-def]
    def code(context, builder, sig, args):  # type: ignore[no-untyped-def]
        return builder.zext(builder.bitcast(args[0], ir.IntType(WIDTH)), ir.IntType(64))

    return INTEGER(truths), code


marked = either(_plain_marked, _marked)
"""Return the lanes that are true as the bits of an integer, the first lane lowest."""


def _plain_lowest(marks: int) -> int:
    return (int(marks) & -int(marks)).bit_length() - 1


def _lowest(typingctx, marks):  # type: ignore[no-untyped-def]
    def code(context, builder, sig, args):  # type: ignore[no-untyped-def]
        return builder.cttz(args[0], ir.IntType(1)(1))

    return INTEGER(INTEGER), code


lowest = either(_plain_lowest, _lowest)
"""Return the number of the lowest bit that is set of an integer that is not 0."""


def _plain_lane(lanes: np.ndarray, n: int) -> Any:
    return lanes[n]


def _lane(typingctx, lanes, n):  # type: ignore[no-untyped-def]
    return lanes.dtype(lanes, INTEGER), lambda context, builder, sig, args: builder.extract_element(*args)


lane = either(_plain_lane, _lane)
"""Return what stands in lane ``n``."""


def _plain_largest(lanes: np.ndarray) -> Any:
    return lanes.max()


def _largest(typingctx, lanes):  # type: ignore[no-untyped-def]
    def code(context, builder, sig, args):  # type: ignore[no-untyped-def]
        kind = ir.FunctionType(ir.DoubleType(), [vector(FLOAT)])
        name = f"llvm.vector.reduce.fmax.v{WIDTH}f64"
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), args)

    return FLOAT(Lanes(FLOAT)), code


largest = either(_plain_largest, _largest)
"""Return the largest of floats of which none is not a number."""
