"""Lanes as a short vector: masks of the first few, sums across lanes, parts of rows in memory.

Here the lanes of one vector belong together, where in kernels.lanes each is by itself: they hold
what enters or leaves one unit of a layer. All but ``lane_sum`` is only for kernels that are
compiled.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils

from kernels.lanes import (
    LanesType,
    MaskType,
    array_data,
    compiled,
    emit_fma,
    emit_load,
    emit_spread,
)
from kernels.lanes.rows import FixedRowsType

LANES = 8
_I32 = ir.IntType(32)


def first_lanes(count: Any, width: Any) -> Any:
    """The mask of the first ``count`` lanes of ``width``; of none if ``count`` is below 1."""
    raise NotImplementedError


def load_part(array: Any, index: Any, mask: Any) -> Any:
    """The numbers of ``array``'s data from ``index`` on where ``mask`` holds, zero elsewhere.

    Memory outside the mask is not touched.
    """
    raise NotImplementedError


def lane(x: Any, index: Any) -> Any:
    """The number in lane ``index``."""
    raise NotImplementedError


def lane_sum(x: Any) -> Any:
    """The sum over lanes, halves added to halves: in the same order on every machine."""
    return x


def dots(vectors: Any, x: Any) -> Any:
    """The products of ``vectors``, a tuple of 1 to 8, with ``x``, all of eight lanes.

    Lane j is Σ_i vectors[j][i] x[i]; lanes beyond the last vector's repeat some of these.
    """
    raise NotImplementedError


def combination(vectors: Any, x: Any, start: Any) -> Any:
    """start + Σ_j x[j] vectors[j], for ``vectors`` a tuple of no more than ``x`` has lanes."""
    raise NotImplementedError


def new_rows(like: Any, count: Any) -> Any:
    """A sequence of len(count) numbers, zero at first, that lives in registers where it can.

    ``like``: lanes of the numbers' type. It has at least as much memory behind it as ``like``.
    """
    raise NotImplementedError


def gathered(rows: Any, like: Any) -> Any:
    """The numbers of ``new_rows`` as lanes of the type of ``like``, zero beyond the last."""
    raise NotImplementedError


def _suffix(kind: Any) -> str:
    return f"v{kind.count}{'f64' if isinstance(kind.element, ir.DoubleType) else 'f32'}.p0"


def _vector_at(builder: Any, data: Any, index: Any, width: int) -> Any:
    place = builder.gep(data, [index], inbounds=True)
    return builder.bitcast(place, ir.VectorType(data.type.pointee, width).as_pointer())


def _alignment(kind: Any) -> Any:
    return _I32(8 if isinstance(kind.element, ir.DoubleType) else 4)


def _pick(builder: Any, a: Any, b: Any, lanes: list[int]) -> Any:
    return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(_I32, len(lanes)), lanes))


@compiled(first_lanes)
def _first_lanes(count: Any, width: Any) -> Any:
    kind = MaskType(len(width))

    def write(context: Any, builder: Any, arguments: Any) -> Any:
        numbered = ir.Constant(ir.VectorType(_I32, kind.width), list(range(kind.width)))
        bound = emit_spread(builder, builder.trunc(arguments[0], _I32), kind.width)
        return builder.icmp_signed("<", numbered, bound)

    return kind(types.intp, width), write


@compiled(load_part)
def _load_part(array: Any, index: Any, mask: Any) -> Any:
    kind = LanesType(array.dtype, mask.width)

    def write(context: Any, builder: Any, arguments: Any) -> Any:
        data = array_data(context, builder, array, arguments[0])
        place = _vector_at(builder, data, arguments[1], mask.width)
        vector = place.type.pointee
        function = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(vector, [place.type, _I32, arguments[2].type, vector]),
            f"llvm.masked.load.{_suffix(vector)}",
        )
        zero = ir.Constant(vector, None)
        return builder.call(function, [place, _alignment(vector), arguments[2], zero])

    return kind(array, types.intp, mask), write


@compiled(lane)
def _lane(x: Any, index: Any) -> Any:
    if not isinstance(x, LanesType):
        return None

    def write(context: Any, builder: Any, arguments: Any) -> Any:
        return builder.extract_element(*arguments)

    return x.element(x, types.intp), write


@compiled(lane_sum)
def _lane_sum(x: Any) -> Any:
    if not isinstance(x, LanesType):
        return None

    def write(context: Any, builder: Any, arguments: Any) -> Any:
        rest, count = arguments[0], x.width
        while count > 1:
            count //= 2
            low, high = list(range(count)), list(range(count, 2 * count))
            rest = builder.fadd(_pick(builder, rest, rest, low), _pick(builder, rest, rest, high))
        return builder.extract_element(rest, _I32(0))

    return x.element(x), write


@compiled(dots)
def _dots(vectors: Any, x: Any) -> Any:
    def write(context: Any, builder: Any, arguments: Any) -> Any:
        def fold(sums: list[Any], low: list[int], high: list[int]) -> list[Any]:
            halves = zip(sums[::2], sums[1::2] or sums, strict=False)
            return [
                builder.fadd(_pick(builder, a, b, low), _pick(builder, a, b, high))
                for a, b in halves
            ]

        rows = cgutils.unpack_tuple(builder, arguments[0], len(vectors))
        sums = [builder.fmul(row, arguments[1]) for row in rows]
        # A power of two of them, so that they pair off; the repeated ones cost nothing.
        while len(sums) & (len(sums) - 1):
            sums.append(sums[-1])
        # Shuffles within 128 bits first: they take one cycle, those across take three.
        sums = fold(sums, [0, 8, 1, 9, 4, 12, 5, 13], [2, 10, 3, 11, 6, 14, 7, 15])
        sums = fold(sums, [0, 1, 8, 9, 4, 5, 12, 13], [2, 3, 10, 11, 6, 7, 14, 15])
        return fold(sums, [0, 1, 2, 3, 8, 9, 10, 11], [4, 5, 6, 7, 12, 13, 14, 15])[0]

    return x(vectors, x), write


@compiled(combination)
def _combination(vectors: Any, x: Any, start: Any) -> Any:
    def write(context: Any, builder: Any, arguments: Any) -> Any:
        rows = cgutils.unpack_tuple(builder, arguments[0], len(vectors))
        # Several sums at a time: each of them waits for its last addition.
        sums = [arguments[2]]
        for j, row in enumerate(rows):
            factor = _pick(builder, arguments[1], arguments[1], [j] * x.width)
            if j < 4 and j:
                sums.append(builder.fmul(factor, row))
            else:
                sums[j % 4] = emit_fma(builder, factor, row, sums[j % 4])
        while len(sums) > 1:
            sums = [builder.fadd(a, b) for a, b in zip(sums[::2], sums[1::2], strict=False)] + (
                sums[-1:] if len(sums) % 2 else []
            )
        return sums[0]

    return x(vectors, x, start), write


@compiled(new_rows)
def _new_rows(like: Any, count: Any) -> Any:
    kind = FixedRowsType(like.element, 1, len(count))

    def write(context: Any, builder: Any, arguments: Any) -> Any:
        vector = arguments[0].type
        memory = cgutils.alloca_once(builder, vector)
        builder.store(ir.Constant(vector, None), memory)
        made = cgutils.create_struct_proxy(kind)(context, builder)
        made.data = builder.bitcast(memory, vector.element.as_pointer())
        made.size = ir.IntType(64)(len(count))
        made.stride = ir.IntType(64)(1)
        return made._getvalue()

    return kind(like, count), write


@compiled(gathered)
def _gathered(rows: Any, like: Any) -> Any:
    def write(context: Any, builder: Any, arguments: Any) -> Any:
        fields = cgutils.create_struct_proxy(rows)(context, builder, arguments[0])
        return emit_load(builder, builder.bitcast(fields.data, arguments[1].type.as_pointer()))

    return like(rows, like), write
