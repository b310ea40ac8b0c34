"""Sequences of lanes in memory: what rules on vectors are given in place of a vector."""

from __future__ import annotations

import operator
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import lower_builtin, make_attribute_wrapper, models, register_model

from kernels.lanes import LanesType, array_data, as_lanes, compiled, emit_load, emit_store


class RowsType(types.Type):  # type: ignore[misc]
    """A sequence of lanes in memory (``width`` 0: of numbers that all lanes share)."""

    def __init__(self, element: Any, width: int) -> None:
        self.element, self.width = element, width
        self.in_lanes = width > 0
        super().__init__(f"rows({element} x {width})")


@register_model(RowsType)
class _RowsModel(models.StructModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Any) -> None:
        members = [("data", types.CPointer(kind.element)), ("size", types.intp)]
        super().__init__(manager, kind, [*members, ("stride", types.intp)])


make_attribute_wrapper(RowsType, "size", "size")


def rows(array: Any, first: Any, count: Any, stride: Any, width: Any) -> Any:
    """``count`` vectors of ``array`` from the ``first`` on, each ``stride`` after the last.

    The result has ``size``, and ``[j]`` to read and assign lanes, as a vector of numbers has, so
    rules on vectors take it. It borrows the array's memory.
    """
    return array.reshape(-1)[first : first + (count - 1) * stride + 1 : stride]


def numbers(array: Any, first: Any, count: Any) -> Any:
    """``count`` numbers of ``array``'s data from the ``first`` on, to read: ``rows`` for what all
    networks share."""
    return array.reshape(-1)[first : first + count]


def _view(kind: Any, context: Any, builder: Any, array: Any, arguments: Any) -> Any:
    first, count, stride = arguments
    made = cgutils.create_struct_proxy(kind)(context, builder)
    step = first.type(max(kind.width, 1))
    made.data = builder.gep(array, [builder.mul(first, step)], inbounds=True)
    made.size, made.stride = count, builder.mul(stride, step)
    return made._getvalue()


@compiled(rows)
def _compile_rows(array: Any, first: Any, count: Any, stride: Any, width: Any) -> Any:
    kind = RowsType(array.dtype, len(width))

    def write(context: Any, builder: Any, arguments: Any) -> Any:
        data = array_data(context, builder, array, arguments[0])
        return _view(kind, context, builder, data, arguments[1:4])

    return kind(array, types.intp, types.intp, types.intp, width), write


@compiled(numbers)
def _compile_numbers(array: Any, first: Any, count: Any) -> Any:
    kind = RowsType(array.dtype, 0)

    def write(context: Any, builder: Any, arguments: Any) -> Any:
        data = array_data(context, builder, array, arguments[0])
        one = arguments[1].type(1)
        return _view(kind, context, builder, data, (*arguments[1:], one))

    return kind(array, types.intp, types.intp), write


def _row(context: Any, builder: Any, kind: Any, row: Any, index: Any) -> Any:
    fields = cgutils.create_struct_proxy(kind)(context, builder, row)
    place = builder.gep(fields.data, [builder.mul(index, fields.stride)], inbounds=True)
    if kind.width == 0:
        return place
    return builder.bitcast(place, ir.VectorType(place.type.pointee, kind.width).as_pointer())


@infer_global(operator.getitem)
class _GetRow(AbstractTemplate):  # type: ignore[misc]
    def generic(self, arguments: Any, keywords: Any) -> Any:
        kind, index = arguments
        if not (isinstance(kind, RowsType) and isinstance(index, types.Integer)):
            return None
        result = LanesType(kind.element, kind.width) if kind.width else kind.element
        return signature(result, kind, types.intp)


@lower_builtin(operator.getitem, RowsType, types.Integer)
def _get_row(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
    place = _row(context, builder, sig.args[0], *arguments)
    return emit_load(builder, place) if sig.args[0].width else builder.load(place)


@infer_global(operator.setitem)
class _SetRow(AbstractTemplate):  # type: ignore[misc]
    def generic(self, arguments: Any, keywords: Any) -> Any:
        kind, index, value = arguments
        if isinstance(kind, RowsType) and kind.width and isinstance(index, types.Integer):
            return signature(types.none, kind, types.intp, value)
        return None


@lower_builtin(operator.setitem, RowsType, types.Integer, types.Any)
def _set_row(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
    kind = sig.args[0]
    lanes = LanesType(kind.element, kind.width)
    value = as_lanes(context, builder, arguments[2], sig.args[2], lanes)
    emit_store(builder, value, _row(context, builder, kind, *arguments[:2]))
    return context.get_dummy_value()
