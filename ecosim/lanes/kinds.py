"""The type of lanes, its representation, and its operators."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.typeconv import Conversion
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, lower_cast, models, register_model

from ecosim.jit import JIT_ON

WIDTH = 8
"""How many numbers stand abreast."""

FLOAT, INTEGER, WORD, TRUTH = types.float64, types.int64, types.uint64, types.boolean
SCALAR: dict[Any, Any] = {FLOAT: ir.DoubleType(), INTEGER: ir.IntType(64), WORD: ir.IntType(64), TRUTH: ir.IntType(1)}


class Lanes(types.Type):
    """The type of `WIDTH` values of one ``dtype``: float64, int64, uint64 or boolean."""

    def __init__(self, dtype: types.Type) -> None:
        self.dtype = dtype
        super().__init__(name=f"Lanes({dtype})")

    def can_convert_from(self, typingctx: Any, other: types.Type) -> Any:
        """A lone number may stand for lanes that are all alike."""
        return Conversion.safe if isinstance(other, (types.Number, types.Boolean)) else None


def either(plain: Callable[..., Any], make: Callable[..., Any]) -> Any:
    """Return the intrinsic that ``make`` describes or, where nothing is compiled, ``plain``."""
    return intrinsic(make) if JIT_ON else plain


def vector(dtype: types.Type) -> ir.VectorType:
    """Return the type of a register of lanes of ``dtype``."""
    return ir.VectorType(SCALAR[dtype], WIDTH)


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Lanes) -> None:
        super().__init__(dmm, fe_type, vector(fe_type.dtype))


@lower_cast(types.Number, Lanes)
@lower_cast(types.Boolean, Lanes)
def _spread(context, builder, fromty, toty, value):  # type: ignore[no-untyped-def]
    """All lanes alike."""
    kind = vector(toty.dtype)
    one = context.cast(builder, value, fromty, toty.dtype)
    single = builder.insert_element(ir.Constant(kind, ir.Undefined), one, ir.IntType(32)(0))
    everywhere = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(single, ir.Constant(kind, ir.Undefined), everywhere)


# -- operators ---------------------------------------------------------------------------------------------------------


def common(kinds: list[types.Type]) -> types.Type:
    """Return the dtype in which values of these kinds meet."""
    if any(isinstance(kind, types.Float) for kind in kinds):
        return FLOAT
    if all(isinstance(kind, types.Boolean) for kind in kinds):
        return TRUTH
    return WORD if WORD in kinds else INTEGER


def _define(op: Callable[..., Any], lower: Callable[..., Any], truth: bool = False) -> None:
    """Let lanes have operator ``op``, lowered by ``lower(builder, dtype, *values)``; ``truth``: the result is one."""

    @infer_global(op)
    class Typing(AbstractTemplate):  # type: ignore[misc]
        key = op

        def generic(self, args, kws):  # type: ignore[no-untyped-def]
            if not any(isinstance(each, Lanes) for each in args):
                return None
            dtype = common([types.unliteral(getattr(each, "dtype", each)) for each in args])
            return signature(Lanes(TRUTH if truth else dtype), *[Lanes(dtype)] * len(args))

    def generate(context, builder, sig, args):  # type: ignore[no-untyped-def]
        return lower(builder, sig.args[0].dtype, *args)

    for count in (1, 2):
        lower_builtin(op, *[Lanes] * count)(generate)


def _arithmetic(floats: str, integers: str) -> Callable[..., Any]:
    return lambda builder, dtype, *args: getattr(builder, floats if dtype == FLOAT else integers)(*args)


def _comparison(sign: str) -> Callable[..., Any]:
    def lower(builder, dtype, a, b):  # type: ignore[no-untyped-def]
        if dtype == FLOAT:
            return (builder.fcmp_unordered if sign == "!=" else builder.fcmp_ordered)(sign, a, b)
        return (builder.icmp_signed if dtype == INTEGER else builder.icmp_unsigned)(sign, a, b)

    return lower


def _shift_right(builder, dtype, a, b):  # type: ignore[no-untyped-def]
    return (builder.lshr if dtype == WORD else builder.ashr)(a, b)


_define(operator.add, _arithmetic("fadd", "add"))
_define(operator.sub, _arithmetic("fsub", "sub"))
_define(operator.mul, _arithmetic("fmul", "mul"))
_define(operator.truediv, _arithmetic("fdiv", "fdiv"))
_define(operator.neg, _arithmetic("fneg", "neg"))
_define(operator.and_, _arithmetic("and_", "and_"))
_define(operator.or_, _arithmetic("or_", "or_"))
_define(operator.xor, _arithmetic("xor", "xor"))
_define(operator.rshift, _shift_right)
for _op, _sign in (("lt", "<"), ("le", "<="), ("gt", ">"), ("ge", ">="), ("eq", "=="), ("ne", "!=")):
    _define(getattr(operator, _op), _comparison(_sign), truth=True)
