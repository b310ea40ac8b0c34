"""Surfaces made while the program runs: a formula's functions as straight lines of operations.

A ``Program`` is compiled to C functions by writing its operations for LLVM one by one; no source
text is made or run. A ``Formula`` holds their addresses, so that kernels are compiled once for all
formulas, and kept on disk. What is written works on vectors, and on one point as on a vector of one
lane, so a point has the same result to the last bit alone, in lanes and in a grid. Without the
compiler a ``Formula`` holds the programs, which are interpreted by NumPy's functions: the result of
an operation then differs by at most 4 units in the last place.

Where a function has a kink its slope is that of the piece that ``select`` takes: that of ``abs`` is
0 at 0, that of ``max`` and ``min`` at a tie is their first argument's; ``sign`` and ``floor`` have
slope 0 everywhere.
"""

from __future__ import annotations

import ctypes
import operator
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from kernels.jit import EXACT_OPTIONS
from kernels.lanes import (
    COMPILED,
    LanesType,
    as_lanes,
    compiled,
    emit_load,
    emit_spread,
    emit_store,
    width_of,
)
from kernels.lanes import math as lanes_math
from kernels.lanes.loops import Loops
from kernels.lanes.vector import Vector
from kernels.surfaces import ascent, bend, height, row


class Program(NamedTuple):
    """Operations in order; values 0 and 1 are x and y, then those of ``constants``, then one for
    each of ``operations``, (name, *numbers of earlier values). ``results``: one to three values."""

    constants: tuple[float, ...]
    operations: tuple[tuple[Any, ...], ...]
    results: tuple[int, ...]

    def __call__(self, x: float, y: float) -> tuple[float, ...]:
        """The results at one point, by interpretation; not finite where undefined."""
        values: list[Any] = [np.float64(x), np.float64(y), *map(np.float64, self.constants)]
        with np.errstate(all="ignore"):
            for name, *arguments in self.operations:
                values.append(OPERATIONS[name][0](*(values[k] for k in arguments)))
        return tuple(float(values[k]) for k in self.results)


def _library(name: str) -> Callable[..., Vector]:
    """The C library's function, lane by lane."""
    return lambda x, *others: x.call(name, *others)


def _write_at_least(a: Vector, b: Vector) -> Vector:
    return a.of(1.0).where(a.compare(">=", b), 0.0)


def _write_pick(mask: Vector, yes: Vector, no: Vector) -> Vector:
    return no.where(mask.compare("==", 0.0), yes)


# What Python does to np.float64 numbers, and what the compiler writes for it.
OPERATIONS: dict[str, tuple[Callable[..., Any], Callable[..., Vector]]] = {
    "add": (np.add, operator.add),
    "subtract": (np.subtract, operator.sub),
    "multiply": (np.multiply, operator.mul),
    "divide": (np.divide, operator.truediv),
    "negative": (np.negative, operator.neg),
    "power": (np.power, _library("pow")),
    "sqrt": (np.sqrt, _library("sqrt")),
    "abs": (np.abs, _library("fabs")),
    "floor": (np.floor, _library("floor")),
    "at_least": (lambda a, b: np.float64(a >= b), _write_at_least),
    "pick": (lambda mask, yes, no: yes if mask != 0.0 else no, _write_pick),
    "log10": (np.log10, _library("log10")),
    "asin": (np.arcsin, _library("asin")),
    "acos": (np.arccos, _library("acos")),
    "atan": (np.arctan, _library("atan")),
}
for _name in ("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sign"):
    OPERATIONS[_name] = getattr(np, _name), getattr(lanes_math, _name)


_POINTER = types.CPointer(types.float64)
_FUNCTION = types.void(_POINTER, _POINTER, types.intp, _POINTER, types.intp)


class Formula(NamedTuple):
    """A surface: its height, slope and second derivatives.

    Each is the address, in this process, of ``void(double *x, double *y, intp move, double *out,
    intp n)`` for the points (x[i], y[i]) where ``move`` is 1, or (x[i], y[0]) where it is 0 and
    ``y`` holds that number in every lane of a vector: result k goes to out[k * n + i]. Without the
    compiler it is the ``Program``.
    """

    height: Any
    ascent: Any
    bend: Any


_kept: dict[tuple[Program, tuple[int, ...]], Any] = {}


def build(height: Program, ascent: Program, bend: Program) -> Formula:
    """The surface of three programs, with 1, 2 and 3 results: f; df/dx, df/dy; fxx, fxy, fyy.

    What is compiled stays for as long as the process lives, since any number of places may hold its
    address; the same program is compiled once. Second derivatives are asked for at few points, and
    are compiled for one at a time.
    """
    if not COMPILED:
        return Formula(height, ascent, bend)
    lanes = len(width_of(np.float64))
    sizes = (lanes, 1), (lanes, 1), (1,)
    return Formula(*map(_address, (height, ascent, bend), sizes))


def _address(program: Program, sizes: tuple[int, ...]) -> int:
    """Compile ``program`` for so many lanes at a time, the larger first."""
    if (program, sizes) not in _kept:
        run = _writer(program, sizes)

        def many(x: Any, y: Any, move: Any, out: Any, n: Any) -> None:
            run(x, y, move, out, n)

        _kept[program, sizes] = numba.cfunc(_FUNCTION, **EXACT_OPTIONS)(many)
    return int(_kept[program, sizes].address)


def _writer(program: Program, sizes: tuple[int, ...]) -> Any:
    def results(x: Vector, y: Vector) -> list[Vector]:
        values = [x, y, *map(x.of, program.constants)]
        for name, *places in program.operations:
            values.append(OPERATIONS[name][1](*(values[k] for k in places)))
        return [values[k] for k in program.results]

    def write(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
        x, y, move, out, n = arguments

        def place(data: Any, first: Any, size: int) -> Any:
            vector = ir.VectorType(ir.DoubleType(), size)
            return builder.bitcast(builder.gep(data, [first]), vector.as_pointer())

        def block(first: Any, size: int) -> None:
            points = place(x, first, size), place(y, builder.mul(first, move), size)
            vectors = (Vector(builder, emit_load(builder, point)) for point in points)
            for k, result in enumerate(results(*vectors)):
                there = builder.add(builder.mul(n, n.type(k)), first)
                emit_store(builder, result.value, place(out, there, size))

        Loops(context, builder, sizes[0]).blocks(n, sizes, block)
        return context.get_dummy_value()

    @intrinsic
    def run(typing: Any, x: Any, y: Any, move: Any, out: Any, n: Any) -> Any:
        return _FUNCTION, write

    return run


def _emit_call(builder: Any, address: Any, *arguments: Any) -> None:
    kind = ir.FunctionType(ir.VoidType(), [value.type for value in arguments])
    builder.call(builder.inttoptr(address, kind.as_pointer()), arguments)


@lru_cache(maxsize=64)
def _from_python(address: int) -> Callable[..., Any]:
    pointer, word = ctypes.POINTER(ctypes.c_double), ctypes.c_ssize_t
    return ctypes.CFUNCTYPE(None, pointer, pointer, word, pointer, word)(address)


def call(function: Any, x: Any, y: Any, count: Any) -> Any:
    """The ``len(count)`` results of one of a formula's functions at (x, y), in x's type."""
    if isinstance(function, Program):
        return tuple(type(x)(value) for value in function(x, y))
    at_x, at_y, out = ctypes.c_double(x), ctypes.c_double(y), (ctypes.c_double * len(count))()
    _from_python(int(function))(at_x, at_y, 1, out, 1)
    return tuple(type(x)(value) for value in out)


@compiled(call)
def _call(function: Any, x: Any, y: Any, count: Any) -> Any:
    n, word, pointer = len(count), ir.IntType(64), ir.DoubleType().as_pointer()
    result, in_lanes = types.UniTuple(x, n), isinstance(x, LanesType)
    lanes = x if in_lanes else LanesType(x, 1)

    def write(context: Any, builder: Any, arguments: Any) -> Any:
        wide = ir.VectorType(ir.DoubleType(), lanes.width)
        room = cgutils.alloca_once(builder, wide, size=2 + n)
        places = [builder.gep(room, [word(k)]) for k in range(2 + n)]
        single = lanes.element == types.float32
        for value, given, place in zip(arguments[1:3], (x, y), places, strict=False):
            vector = as_lanes(context, builder, value, given, lanes)
            emit_store(builder, builder.fpext(vector, wide) if single else vector, place)
        at_x, at_y, out = (builder.bitcast(place, pointer) for place in places[:3])
        _emit_call(builder, arguments[0], at_x, at_y, word(1), out, word(lanes.width))
        found = [emit_load(builder, place) for place in places[2:]]
        if single:
            narrow = ir.VectorType(ir.FloatType(), lanes.width)
            found = [builder.fptrunc(vector, narrow) for vector in found]
        if not in_lanes:
            found = [builder.extract_element(vector, ir.IntType(32)(0)) for vector in found]
        return context.make_tuple(builder, result, found)

    return result(function, x, y, count), write


def fill(function: Any, x: Any, y: Any, out: Any) -> None:
    """The first result at the points (x[i], y); fills ``out`` (n,); both float64, contiguous."""
    for i in range(x.size):
        out[i] = function(x[i], y)[0]


@compiled(fill)
def _fill(function: Any, x: Any, y: Any, out: Any) -> Any:
    if {x, out} != {types.float64[::1]}:
        return None
    word = ir.IntType(64)

    def write(context: Any, builder: Any, arguments: Any) -> Any:
        row = context.make_array(x)(context, builder, arguments[1])
        made = context.make_array(out)(context, builder, arguments[3])
        level = emit_spread(builder, arguments[2], len(width_of(np.float64)))
        room = cgutils.alloca_once_value(builder, level)
        at_y = builder.bitcast(room, ir.DoubleType().as_pointer())
        _emit_call(builder, arguments[0], row.data, at_y, word(0), made.data, row.nitems)
        return context.get_dummy_value()

    return types.void(function, x, types.float64, out), write


def _height(item: Any, x: Any, y: Any) -> Any:
    return call(item.height, x, y, (None,))[0]


def _ascent(item: Any, x: Any, y: Any) -> Any:
    return call(item.ascent, x, y, (None, None))


def _row(item: Any, x: Any, y: Any, out: Any) -> None:
    fill(item.height, x, y, out)


def _bend(item: Any, x: Any, y: Any) -> Any:
    return call(item.bend, x, y, (None, None, None))


height.implement(Formula, _height)
ascent.implement(Formula, _ascent)
row.implement(Formula, _row)
bend.implement(Formula, _bend)
