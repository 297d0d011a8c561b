"""Eight numbers abreast: rules on plain numbers that work on whole vector registers as well.

`Lanes` hold eight floats, integers, words (unsigned) or truths. They add, multiply, compare and shift like numbers, and
a number meeting them is spread over all lanes, so a rule without branches, such as `ecosim.draws.log`, takes either.
Each lane is computed as a lone number would be: strict IEEE arithmetic, no other order of anything, hence the same
bits. Where nothing is compiled, lanes are numpy arrays of eight, which do the same.

A row of a table is taken `WIDTH` entries at a time, so tables that are read this way are padded to whole lots.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typeconv import Conversion
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, lower_cast, models, register_model

from ecosim.jit import JIT_ON

WIDTH = 8
FLOAT, INTEGER, WORD, TRUTH = types.float64, types.int64, types.uint64, types.boolean
_IR = {FLOAT: ir.DoubleType(), INTEGER: ir.IntType(64), WORD: ir.IntType(64), TRUTH: ir.IntType(1)}
_BYTES = ir.IntType(64)


class Lanes(types.Type):
    """The type of `WIDTH` values of one ``dtype``: float64, int64, uint64 or boolean."""

    def __init__(self, dtype: types.Type) -> None:
        self.dtype = dtype
        super().__init__(name=f"Lanes({dtype})")

    def can_convert_from(self, typingctx: Any, other: types.Type) -> Any:
        """A lone number may stand for lanes that are all alike."""
        return Conversion.safe if isinstance(other, (types.Number, types.Boolean)) else None


def _vector(dtype: types.Type) -> ir.VectorType:
    return ir.VectorType(_IR[dtype], WIDTH)


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Lanes) -> None:
        super().__init__(dmm, fe_type, _vector(fe_type.dtype))


@lower_cast(types.Number, Lanes)
@lower_cast(types.Boolean, Lanes)
def _spread(context, builder, fromty, toty, value):  # type: ignore[no-untyped-def]
    """All lanes alike."""
    kind = _vector(toty.dtype)
    one = context.cast(builder, value, fromty, toty.dtype)
    single = builder.insert_element(ir.Constant(kind, ir.Undefined), one, ir.IntType(32)(0))
    everywhere = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(single, ir.Constant(kind, ir.Undefined), everywhere)


# -- operators ---------------------------------------------------------------------------------------------------------


def _common(kinds: list[types.Type]) -> types.Type:
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
            dtype = _common([types.unliteral(getattr(each, "dtype", each)) for each in args])
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


# -- functions of numbers and of lanes ---------------------------------------------------------------------------------


def _like(value: types.Type, dtype: types.Type) -> types.Type:
    """Return the type of what has ``dtype`` and is as wide as ``value``."""
    return Lanes(dtype) if isinstance(value, Lanes) else dtype


def _function(plain: Callable[..., Any], generate: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``plain`` where nothing is compiled, else an intrinsic of one value made by ``generate``.

    ``generate(builder, value, dtype, wide)`` returns the result's dtype where ``builder`` is None.
    """
    if not JIT_ON:
        return plain

    def make(typingctx, x):  # type: ignore[no-untyped-def]
        wide, dtype = isinstance(x, Lanes), types.unliteral(getattr(x, "dtype", x))
        result = _like(x, generate(None, None, dtype, wide))

        def code(context, builder, sig, args):  # type: ignore[no-untyped-def]
            return generate(builder, args[0], dtype, wide)

        return result(x), code

    make.__name__, make.__doc__ = plain.__name__, plain.__doc__
    return intrinsic(make)  # type: ignore[no-any-return]


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
                raise TypeError(f"{dtype}: a value of type {source.__name__} is needed")
            return target
        kind = _vector(target) if wide else _IR[target]
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
    result = _like(condition, _common([types.unliteral(getattr(each, "dtype", each)) for each in (a, b)]))

    def code(context, builder, sig, args):  # type: ignore[no-untyped-def]
        return builder.select(*args)

    return result(condition, result, result), code


where = intrinsic(_where) if JIT_ON else _plain_where
"""Return ``a`` where ``condition`` holds, else ``b``; both are reckoned first."""

# -- rows and tables ---------------------------------------------------------------------------------------------------


def _element(context, array):  # type: ignore[no-untyped-def]
    kind = context.get_data_type(array.dtype)
    return kind, context.get_abi_sizeof(kind)


def _address(context, builder, array, value, i, first):  # type: ignore[no-untyped-def]
    """Return where entry ``first`` of row ``i`` starts, as a pointer to a lot of entries; entries stand side by side."""
    kind, size = _element(context, array)
    struct = context.make_array(array)(context, builder, value)
    row = builder.mul(i, builder.extract_value(struct.strides, 0))
    offset = builder.add(row, builder.mul(first, _BYTES(size)))
    return builder.inttoptr(
        builder.add(builder.ptrtoint(struct.data, _BYTES), offset), ir.VectorType(kind, WIDTH).as_pointer()
    )


def _wide(dtype: types.Type) -> types.Type:
    """Return the dtype of lanes in which entries of ``dtype`` are reckoned with."""
    return FLOAT if isinstance(dtype, types.Float) else INTEGER


def _widen(builder, entries, dtype):  # type: ignore[no-untyped-def]
    kind = _vector(_wide(dtype))
    if entries.type == kind:
        return entries
    if isinstance(dtype, types.Float):
        return builder.fpext(entries, kind)
    return (builder.sext if dtype.signed else builder.zext)(entries, kind)


def _plain_load(array: np.ndarray, i: int, first: int) -> np.ndarray:
    entries = array[i, first : first + WIDTH]
    return entries.astype(np.float64 if entries.dtype.kind == "f" else np.int64)


def _load(typingctx, array, i, first):  # type: ignore[no-untyped-def]
    def code(context, builder, sig, args):  # type: ignore[no-untyped-def]
        at = _address(context, builder, array, *args)
        return _widen(builder, builder.load(at, align=_element(context, array)[1]), array.dtype)

    return Lanes(_wide(array.dtype))(array, INTEGER, INTEGER), code


load = intrinsic(_load) if JIT_ON else _plain_load
"""Return entries ``first`` to ``first + WIDTH - 1`` of row ``i`` of an array, as float64 or int64."""


def _plain_store(array: np.ndarray, i: int, first: int, lanes: Any) -> None:
    array[i, first : first + WIDTH] = lanes


def _store(typingctx, array, i, first, lanes):  # type: ignore[no-untyped-def]
    wanted = Lanes(_wide(array.dtype))

    def code(context, builder, sig, args):  # type: ignore[no-untyped-def]
        kind, size = _element(context, array)
        entries, narrow = args[3], ir.VectorType(kind, WIDTH)
        if entries.type != narrow:
            entries = (builder.fptrunc if wanted.dtype == FLOAT else builder.trunc)(entries, narrow)
        builder.store(entries, _address(context, builder, array, *args[:3]), align=size)
        return context.get_dummy_value()

    return types.void(array, INTEGER, INTEGER, wanted), code


store = intrinsic(_store) if JIT_ON else _plain_store
"""Write lanes to where `load` would read them, rounded to the array's dtype."""


def _plain_take(table: np.ndarray, index: Any) -> Any:
    entries = table[index]
    return entries.astype(np.float64 if table.dtype.kind == "f" else np.int64)


def _take(typingctx, table, index):  # type: ignore[no-untyped-def]
    kind = _wide(table.dtype)
    if not isinstance(index, Lanes):

        def one(context, builder, sig, args):  # type: ignore[no-untyped-def]
            data = context.make_array(table)(context, builder, args[0]).data
            return context.cast(builder, builder.load(builder.gep(data, [args[1]])), table.dtype, kind)

        return kind(table, INTEGER), one

    def code(context, builder, sig, args):  # type: ignore[no-untyped-def]
        data = context.make_array(table)(context, builder, args[0]).data
        entries = ir.Constant(ir.VectorType(_element(context, table)[0], WIDTH), ir.Undefined)
        for n in range(WIDTH):
            lane = ir.IntType(32)(n)
            entry = builder.load(builder.gep(data, [builder.extract_element(args[1], lane)]))
            entries = builder.insert_element(entries, entry, lane)
        return _widen(builder, entries, table.dtype)

    return Lanes(kind)(table, index), code


take = intrinsic(_take) if JIT_ON else _plain_take
"""Return the entries of a table of one dimension, side by side, at an index or at each of many."""

# -- from lanes to one number ------------------------------------------------------------------------------------------


def _plain_numbers() -> np.ndarray:
    return np.arange(WIDTH)


def _numbers(typingctx):  # type: ignore[no-untyped-def]
    return Lanes(INTEGER)(), lambda context, builder, sig, args: ir.Constant(_vector(INTEGER), list(range(WIDTH)))


numbers = intrinsic(_numbers) if JIT_ON else _plain_numbers
"""Return 0, 1, 2 and so on, one a lane."""


def _plain_marked(truths: np.ndarray) -> int:
    return int(sum(1 << n for n in range(WIDTH) if truths[n]))


def _marked(typingctx, truths):  # type: ignore[no-untyped-def]
    def code(context, builder, sig, args):  # type: ignore[no-untyped-def]
        return builder.zext(builder.bitcast(args[0], ir.IntType(WIDTH)), ir.IntType(64))

    return INTEGER(truths), code


marked = intrinsic(_marked) if JIT_ON else _plain_marked
"""Return the lanes that are true as the bits of an integer, the first lane lowest."""


def _plain_lowest(marks: int) -> int:
    return (int(marks) & -int(marks)).bit_length() - 1


def _lowest(typingctx, marks):  # type: ignore[no-untyped-def]
    def code(context, builder, sig, args):  # type: ignore[no-untyped-def]
        return builder.cttz(args[0], ir.IntType(1)(1))

    return INTEGER(INTEGER), code


lowest = intrinsic(_lowest) if JIT_ON else _plain_lowest
"""Return the number of the lowest bit that is set of an integer that is not 0."""


def _plain_lane(lanes: np.ndarray, n: int) -> Any:
    return lanes[n]


def _lane(typingctx, lanes, n):  # type: ignore[no-untyped-def]
    return lanes.dtype(lanes, INTEGER), lambda context, builder, sig, args: builder.extract_element(*args)


lane = intrinsic(_lane) if JIT_ON else _plain_lane
"""Return what stands in lane ``n``."""


def _plain_largest(lanes: np.ndarray) -> Any:
    return lanes.max()


def _largest(typingctx, lanes):  # type: ignore[no-untyped-def]
    def code(context, builder, sig, args):  # type: ignore[no-untyped-def]
        kind = ir.FunctionType(ir.DoubleType(), [_vector(FLOAT)])
        name = f"llvm.vector.reduce.fmax.v{WIDTH}f64"
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), args)

    return FLOAT(Lanes(FLOAT)), code


largest = intrinsic(_largest) if JIT_ON else _plain_largest
"""Return the largest of floats of which none is not a number."""
