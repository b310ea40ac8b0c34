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
from numba.np.numpy_support import carray

from kernels.jit import EXACT_OPTIONS
from kernels.lanes import (
    COMPILED,
    LanesType,
    compiled,
    emit_load,
    emit_spread,
    emit_store,
    load,
    store,
    width_of,
)
from kernels.lanes import math as lanes_math
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


def _write_program(program: Program) -> Any:
    """A function for kernels of x and y, float64 or lanes of it, that gives the results' tuple."""

    @intrinsic
    def run(typing: Any, x: Any, y: Any) -> Any:
        result = types.UniTuple(x, len(program.results))

        def write(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
            kind = ir.VectorType(ir.DoubleType(), getattr(x, "width", 1))
            values = [Vector(builder, builder.bitcast(value, kind)) for value in arguments]
            values += map(values[0].of, program.constants)
            for name, *places in program.operations:
                values.append(OPERATIONS[name][1](*(values[k] for k in places)))
            found = [values[k].value for k in program.results]
            given = arguments[0].type
            return context.make_tuple(builder, result, [builder.bitcast(v, given) for v in found])

        return result(x, y), write

    return run


_POINTER = types.CPointer(types.float64)
_ONE = types.void(types.float64, types.float64, _POINTER)
_MANY = types.void(_POINTER, _POINTER, types.intp, _POINTER, types.intp)


class Functions(NamedTuple):
    """Where a compiled program lies: ``one``, ``void(double x, double y, double *out)``, and
    ``many``, ``void(double *x, double *y, intp move, double *out, intp n)`` for the points
    (x[i], y[i]) where ``move`` is 1, or (x[i], y[0]) where it is 0 and ``y`` holds that number in
    each lane of a vector: result k goes to out[k * n + i]. Second derivatives are asked for at one
    point at a time, and have no ``many``."""

    one: Any
    many: Any


class Formula(NamedTuple):
    """A surface: its height, slope and second derivatives, each ``Functions`` of this process."""

    height: Any
    ascent: Any
    bend: Any


_kept: dict[tuple[Program, bool], tuple[Functions, Any]] = {}


def build(height: Program, ascent: Program, bend: Program) -> Formula:
    """The surface of three programs, with 1, 2 and 3 results: f; df/dx, df/dy; fxx, fxy, fyy.

    What is compiled stays for as long as the process lives, since any number of places may hold its
    address; the same program is compiled once.
    """
    return Formula(*map(_functions, (height, ascent, bend), (True, True, False)))


def _functions(program: Program, many_too: bool) -> Functions:
    if not COMPILED:
        return Functions(program, program)
    key = (program, many_too)
    if key not in _kept:
        run, count = _write_program(program), len(program.results)
        width = width_of(np.float64)
        lanes = len(width)

        def one(x: Any, y: Any, out: Any) -> None:
            found = run(x, y)
            for k in range(count):
                out[k] = found[k]

        def many(x: Any, y: Any, move: Any, out: Any, n: Any) -> None:
            xs, ys, outs = carray(x, n), carray(y, n), carray(out, (count, n))
            whole = n // lanes
            for i in range(whole):
                found = run(load(xs, i, width), load(ys, i * move, width))
                for k in range(count):
                    store(outs[k], i, found[k])
            for i in range(whole * lanes, n):
                found = run(xs[i], ys[i * move])
                for k in range(count):
                    outs[k, i] = found[k]

        bodies: list[tuple[Any, Any]] = [(_ONE, one), (_MANY, many)]
        made = [numba.cfunc(kind, **EXACT_OPTIONS)(body) for kind, body in bodies[: 1 + many_too]]
        _kept[key] = Functions(made[0].address, made[-1].address), made
    return _kept[key][0]


@lru_cache(maxsize=64)
def _from_python(address: int) -> Callable[..., Any]:
    pointer = ctypes.POINTER(ctypes.c_double)
    return ctypes.CFUNCTYPE(None, ctypes.c_double, ctypes.c_double, pointer)(address)


def call(functions: Any, x: Any, y: Any, count: Any) -> Any:
    """The ``len(count)`` results at (x, y), in x's type."""
    if isinstance(functions.one, Program):
        return tuple(type(x)(value) for value in functions.one(x, y))
    out = (ctypes.c_double * len(count))()
    _from_python(int(functions.one))(float(x), float(y), out)
    return tuple(type(x)(value) for value in out)


@compiled(call)
def _call(functions: Any, x: Any, y: Any, count: Any) -> Any:
    n, double, word = len(count), ir.DoubleType(), ir.IntType(64)
    result, pointer = types.UniTuple(x, n), ir.DoubleType().as_pointer()

    def call_one(builder: Any, address: Any, point: Any, room: Any) -> list[Any]:
        kind = ir.FunctionType(ir.VoidType(), [double, double, pointer])
        builder.call(builder.inttoptr(address, kind.as_pointer()), [*point, room])
        return [builder.load(builder.gep(room, [word(k)])) for k in range(n)]

    def one(context: Any, builder: Any, arguments: Any) -> Any:
        room = cgutils.alloca_once(builder, double, size=n)
        wide = [context.cast(builder, value, x, types.float64) for value in arguments[1:3]]
        found = call_one(builder, builder.extract_value(arguments[0], 0), wide, room)
        narrow = [context.cast(builder, value, types.float64, x) for value in found]
        return context.make_tuple(builder, result, narrow)

    def lanes(context: Any, builder: Any, arguments: Any) -> Any:
        single, wide = x.element == types.float32, ir.VectorType(double, x.width)
        points = [builder.fpext(v, wide) if single else v for v in arguments[1:3]]
        room = cgutils.alloca_once(builder, double, size=(2 + n) * x.width)
        rows = [builder.gep(room, [word(k * x.width)]) for k in range(2 + n)]
        if n > 2:
            found = [ir.Constant(wide, ir.Undefined) for _ in range(n)]
            address = builder.extract_value(arguments[0], 0)
            for lane in range(x.width):
                place = ir.IntType(32)(lane)
                point = [builder.extract_element(v, place) for v in points]
                values = call_one(builder, address, point, room)
                pairs = zip(found, values, strict=True)
                found = [builder.insert_element(v, value, place) for v, value in pairs]
        else:
            vectors = [builder.bitcast(row, wide.as_pointer()) for row in rows]
            for value, place in zip(points, vectors, strict=False):
                emit_store(builder, value, place)
            kind = ir.FunctionType(ir.VoidType(), [pointer, pointer, word, pointer, word])
            function = builder.inttoptr(builder.extract_value(arguments[0], 1), kind.as_pointer())
            builder.call(function, [rows[0], rows[1], word(1), rows[2], word(x.width)])
            found = [emit_load(builder, place) for place in vectors[2:]]
        if single:
            found = [builder.fptrunc(value, arguments[1].type) for value in found]
        return context.make_tuple(builder, result, found)

    return result(functions, x, y, count), lanes if isinstance(x, LanesType) else one


def fill(functions: Any, x: Any, y: Any, out: Any) -> None:
    """The first result at the points (x[i], y); fills ``out`` (n,); both float64, contiguous."""
    for i in range(x.size):
        out[i] = functions.many(x[i], y)[0]


@compiled(fill)
def _fill(functions: Any, x: Any, y: Any, out: Any) -> Any:
    if {x, out} != {types.float64[::1]}:
        return None
    word, pointer = ir.IntType(64), ir.DoubleType().as_pointer()

    def write(context: Any, builder: Any, arguments: Any) -> Any:
        row = context.make_array(x)(context, builder, arguments[1])
        made = context.make_array(out)(context, builder, arguments[3])
        width = len(width_of(np.float64))
        level = emit_spread(builder, arguments[2], width)
        room = builder.bitcast(cgutils.alloca_once_value(builder, level), pointer)
        kind = ir.FunctionType(ir.VoidType(), [pointer, pointer, word, pointer, word])
        function = builder.inttoptr(builder.extract_value(arguments[0], 1), kind.as_pointer())
        builder.call(function, [row.data, room, word(0), made.data, row.nitems])
        return context.get_dummy_value()

    return types.void(functions, x, types.float64, out), write


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
