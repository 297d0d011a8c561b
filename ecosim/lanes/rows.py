"""Lots of a table's row, and entries of a table, as lanes."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types

from ecosim.lanes.kinds import FLOAT, INTEGER, WIDTH, Lanes, either, vector

_BYTES = ir.IntType(64)


def _element(context, array):  # type: ignore[no-untyped-def]
    kind = context.get_data_type(array.dtype)
    return kind, context.get_abi_sizeof(kind)


def _address(context, builder, array, value, i, first):  # type: ignore[no-untyped-def]
    """Return the address of the lot of entries from ``first`` on of row ``i``, where entries stand side by side."""
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
    kind = vector(_wide(dtype))
    if entries.type == kind:
        return entries
    if isinstance(dtype, types.Float):
        return builder.fpext(entries, kind)
    return (builder.sext if dtype.signed else builder.zext)(entries, kind)


def _plain_load(array: np.ndarray, i: int, first: int) -> np.ndarray:
    entries = (array if array.ndim == 1 else array[i])[first : first + WIDTH]
    return entries.astype(np.float64 if entries.dtype.kind == "f" else np.int64)


def _load(typingctx, array, i, first):  # type: ignore[no-untyped-def]
    def code(context, builder, sig, args):  # type: ignore[no-untyped-def]
        at = _address(context, builder, array, *args)
        return _widen(builder, builder.load(at, align=_element(context, array)[1]), array.dtype)

    return Lanes(_wide(array.dtype))(array, INTEGER, INTEGER), code


load = either(_plain_load, _load)
"""Return entries ``first`` to ``first + WIDTH - 1`` of row ``i`` of an array, as float64 or int64.

An array of one dimension has a row 0."""


def _plain_store(array: np.ndarray, i: int, first: int, lanes: Any) -> None:
    (array if array.ndim == 1 else array[i])[first : first + WIDTH] = lanes


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


store = either(_plain_store, _store)
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


take = either(_plain_take, _take)
"""Return the entries of a table of one dimension, side by side, at an index or at each of many."""
