"""Sequences of lanes in memory: what rules on vectors are given in place of a vector."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import (
    lower_builtin,
    make_attribute_wrapper,
    models,
    overload_attribute,
    register_model,
)

from kernels.lanes import (
    LanesType,
    array_data,
    as_lanes,
    compiled,
    emit_load,
    emit_spread,
    emit_store,
    joined,
)


class RowsType(types.Type):
    """A sequence of lanes in memory."""

    in_lanes = True

    def __init__(self, element: Any, width: int) -> None:
        self.element, self.width = element, width
        super().__init__(f"rows({element} x {width})")


class FixedRowsType(RowsType):
    """As RowsType, of ``count`` vectors, one after the other: loops over them are unrolled."""

    def __init__(self, element: Any, width: int, count: int) -> None:
        super().__init__(element, width)
        self.count = count
        self.name = f"rows({element} x {width} x {count})"


class RepeatsType(types.Type):
    """A sequence of vectors of numbers, each repeated for ``width`` networks, as one vector of
    ``width * repeats`` lanes."""

    in_lanes = True

    def __init__(self, element: Any, width: int, repeats: int) -> None:
        self.element, self.width, self.repeats = element, width, repeats
        super().__init__(f"repeats({element} x {width} x {repeats})")


@register_model(RepeatsType)
@register_model(FixedRowsType)
@register_model(RowsType)
class _RowsModel(models.StructModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        members = [("data", types.CPointer(kind.element)), ("size", types.intp)]
        super().__init__(manager, kind, [*members, ("stride", types.intp)])


make_attribute_wrapper(RowsType, "size", "size")
make_attribute_wrapper(RepeatsType, "size", "size")


@overload_attribute(FixedRowsType, "size")
def _fixed_size(rows: Any) -> Any:
    count = rows.count

    def size(rows: Any) -> Any:
        return count

    return size


def rows(array: Any, first: Any, count: Any, stride: Any, width: Any) -> Any:
    """``count`` vectors of ``array`` from the ``first`` on, each ``stride`` after the last.

    The result has ``size``, and ``[j]`` to read and assign lanes, as a vector of numbers has, so
    rules on vectors take it. It borrows the array's memory.
    """
    return array.reshape(-1)[first : first + (count - 1) * stride + 1 : stride]


def repeats(array: Any, first: Any, count: Any, stride: Any, width: Any, wide: Any) -> Any:
    """``count`` numbers of ``array``'s data from the ``first`` on, to read, for lanes of several
    samples side by side: the k-th ``width`` of a ``wide`` vector's lanes read k * ``stride`` on."""
    return array.reshape(-1)[first : first + count]


def add_parts(total: Any, values: Any) -> Any:
    """float64 lanes ``total`` plus each of the parts, as wide as it, that ``values`` consists of,
    one after the other."""
    return total + np.float64(values)


@compiled(rows)
def _compile_rows(array: Any, first: Any, count: Any, stride: Any, width: Any) -> Any:
    kind = RowsType(array.dtype, len(width))

    def write(context: Any, builder: Any, arguments: Any) -> Any:
        made = cgutils.create_struct_proxy(kind)(context, builder)
        data = array_data(context, builder, array, arguments[0])
        width = arguments[1].type(kind.width)
        made.data = builder.gep(data, [builder.mul(arguments[1], width)], inbounds=True)
        made.size, made.stride = arguments[2], builder.mul(arguments[3], width)
        return made._getvalue()

    return kind(array, types.intp, types.intp, types.intp, width), write


@compiled(repeats)
def _compile_repeats(array: Any, first: Any, count: Any, stride: Any, width: Any, wide: Any) -> Any:
    kind = RepeatsType(array.dtype, len(width), len(wide) // len(width))

    def write(context: Any, builder: Any, arguments: Any) -> Any:
        made = cgutils.create_struct_proxy(kind)(context, builder)
        data = array_data(context, builder, array, arguments[0])
        made.data = builder.gep(data, [arguments[1]], inbounds=True)
        made.size, made.stride = arguments[2:4]
        return made._getvalue()

    return kind(array, types.intp, types.intp, types.intp, width, wide), write


@compiled(add_parts)
def _compile_add_parts(total: Any, values: Any) -> Any:
    def write(context: Any, builder: Any, arguments: Any) -> Any:
        result, whole = arguments
        kind = ir.VectorType(ir.IntType(32), total.width)
        for first in range(0, values.width, total.width):
            places = list(range(first, first + total.width))
            part = builder.shuffle_vector(whole, whole, ir.Constant(kind, places))
            if values.element != total.element:
                part = builder.fpext(part, result.type)
            result = builder.fadd(result, part)
        return result

    return total(total, values), write


@infer_global(operator.getitem)
class _GetRepeat(AbstractTemplate):
    def generic(self, arguments: Any, keywords: Any) -> Any:
        kind, index = arguments
        if not (isinstance(kind, RepeatsType) and isinstance(index, types.Integer)):
            return None
        return signature(LanesType(kind.element, kind.width * kind.repeats), kind, types.intp)


@lower_builtin(operator.getitem, RepeatsType, types.Integer)
def _get_repeat(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
    kind = sig.args[0]
    fields = cgutils.create_struct_proxy(kind)(context, builder, arguments[0])
    place, parts = arguments[1], []
    for _ in range(kind.repeats):
        number = builder.load(builder.gep(fields.data, [place], inbounds=True))
        parts.append(emit_spread(builder, number, kind.width))
        place = builder.add(place, fields.stride)
    return joined(builder, parts)


def _row(context: Any, builder: Any, kind: Any, row: Any, index: Any) -> Any:
    fields = cgutils.create_struct_proxy(kind)(context, builder, row)
    place = builder.gep(fields.data, [builder.mul(index, fields.stride)], inbounds=True)
    return builder.bitcast(place, ir.VectorType(place.type.pointee, kind.width).as_pointer())


@infer_global(operator.getitem)
class _GetRow(AbstractTemplate):
    def generic(self, arguments: Any, keywords: Any) -> Any:
        kind, index = arguments
        if not (isinstance(kind, RowsType) and isinstance(index, types.Integer)):
            return None
        return signature(LanesType(kind.element, kind.width), kind, types.intp)


@lower_builtin(operator.getitem, RowsType, types.Integer)
def _get_row(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
    place = _row(context, builder, sig.args[0], *arguments)
    return emit_load(builder, place)


@infer_global(operator.setitem)
class _SetRow(AbstractTemplate):
    def generic(self, arguments: Any, keywords: Any) -> Any:
        kind, index, value = arguments
        if isinstance(kind, RowsType) and isinstance(index, types.Integer):
            return signature(types.none, kind, types.intp, value)
        return None


@lower_builtin(operator.setitem, RowsType, types.Integer, types.Any)
def _set_row(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
    kind = sig.args[0]
    lanes = LanesType(kind.element, kind.width)
    value = as_lanes(context, builder, arguments[2], sig.args[2], lanes)
    emit_store(builder, value, _row(context, builder, kind, *arguments[:2]))
    return context.get_dummy_value()
