"""Surfaces made while the program runs: a formula's functions as straight lines of operations.

A ``Program`` is compiled to C functions by writing its operations for LLVM one by one; no source
text is made or run. A ``Formula`` holds their addresses, so that kernels are compiled once for all
formulas, and kept on disk. Without the compiler it holds the programs, which are interpreted.

Where a function has a kink its slope is that of the piece that ``select`` takes: that of ``abs`` is
0 at 0, that of ``max`` and ``min`` at a tie is their first argument's; ``sign`` and ``floor`` have
slope 0 everywhere.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import signature
from numba.extending import intrinsic

from kernels.jit import EXACT_OPTIONS
from kernels.lanes import COMPILED, LanesType, compiled, emit_load, emit_store
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


def _library(function: Callable[..., Any]) -> Callable[..., Any]:
    """Numba's own code for a function of module math, which raises nothing."""

    def write(context: Any, builder: Any, *values: Any) -> Any:
        kinds = (types.float64,) * len(values)
        return context.get_function(function, signature(types.float64, *kinds))(builder, values)

    return write


def _intrinsic(name: str) -> Callable[..., Any]:
    def write(context: Any, builder: Any, *values: Any) -> Any:
        kind = ir.FunctionType(ir.DoubleType(), [ir.DoubleType()] * len(values))
        found = cgutils.get_or_insert_function(builder.module, kind, f"llvm.{name}.f64")
        return builder.call(found, values)

    return write


def _number(value: float) -> Any:
    return ir.Constant(ir.DoubleType(), value)


def _write_at_least(context: Any, builder: Any, a: Any, b: Any) -> Any:
    return builder.select(builder.fcmp_ordered(">=", a, b), _number(1.0), _number(0.0))


def _write_pick(context: Any, builder: Any, mask: Any, yes: Any, no: Any) -> Any:
    return builder.select(builder.fcmp_ordered("!=", mask, _number(0.0)), yes, no)


def _write_sign(context: Any, builder: Any, x: Any) -> Any:
    zero = _number(0.0)
    falls = builder.select(builder.fcmp_ordered("<", x, zero), _number(-1.0), x)
    return builder.select(builder.fcmp_ordered(">", x, zero), _number(1.0), falls)


def _arithmetic(name: str) -> Callable[..., Any]:
    return lambda context, builder, *values: getattr(builder, name)(*values)


# What Python does to np.float64 numbers, and what the compiler writes for it.
OPERATIONS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "add": (np.add, _arithmetic("fadd")),
    "subtract": (np.subtract, _arithmetic("fsub")),
    "multiply": (np.multiply, _arithmetic("fmul")),
    "divide": (np.divide, _arithmetic("fdiv")),
    "negative": (np.negative, _arithmetic("fneg")),
    "power": (np.power, _library(math.pow)),
    "sqrt": (np.sqrt, _intrinsic("sqrt")),
    "abs": (np.abs, _intrinsic("fabs")),
    "floor": (np.floor, _intrinsic("floor")),
    "sign": (np.sign, _write_sign),
    "at_least": (lambda a, b: np.float64(a >= b), _write_at_least),
    "pick": (lambda mask, yes, no: yes if mask != 0.0 else no, _write_pick),
}
for _name in ("exp", "log", "log10", "sin", "cos", "tan", "sinh", "cosh", "tanh"):
    OPERATIONS[_name] = getattr(np, _name), _library(getattr(math, _name))
for _name in ("asin", "acos", "atan"):
    OPERATIONS[_name] = getattr(np, f"arc{_name[1:]}"), _library(getattr(math, _name))


def _write_program(program: Program) -> Any:
    """A function for kernels of x and y, float64, that gives the tuple of the results."""
    result = types.UniTuple(types.float64, len(program.results))

    @intrinsic
    def run(typing: Any, x: Any, y: Any) -> Any:
        def write(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
            values = [*arguments, *map(_number, program.constants)]
            for name, *places in program.operations:
                operands = [values[k] for k in places]
                values.append(OPERATIONS[name][1](context, builder, *operands))
            return context.make_tuple(builder, result, [values[k] for k in program.results])

        return result(types.float64, types.float64), write

    return run


_POINTER = types.CPointer(types.float64)
_ONE = types.void(types.float64, types.float64, _POINTER)
_MANY = types.void(_POINTER, _POINTER, types.intp, _POINTER, types.intp)


class Functions(NamedTuple):
    """Where a compiled program lies: ``one``, ``void(double x, double y, double *out)``, and
    ``many``, ``void(double *x, double *y, intp level, double *out, intp n)`` for the points
    (x[i], y[i]), or (x[i], y[0]) where ``level`` is not 0: result k goes to out[k * n + i]. Second
    derivatives are asked for at one point at a time, and have no ``many``."""

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

        def one(x: Any, y: Any, out: Any) -> None:
            found = run(x, y)
            for k in range(count):
                out[k] = found[k]

        def many(x: Any, y: Any, level: Any, out: Any, n: Any) -> None:
            first = y[0]
            for i in range(n if level else 0):
                found = run(x[i], first)
                for k in range(count):
                    out[k * n + i] = found[k]
            for i in range(0 if level else n):
                found = run(x[i], y[i])
                for k in range(count):
                    out[k * n + i] = found[k]

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
            builder.call(function, [rows[0], rows[1], word(0), rows[2], word(x.width)])
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
        room = cgutils.alloca_once_value(builder, arguments[2])
        kind = ir.FunctionType(ir.VoidType(), [pointer, pointer, word, pointer, word])
        function = builder.inttoptr(builder.extract_value(arguments[0], 1), kind.as_pointer())
        builder.call(function, [row.data, room, word(1), made.data, row.nitems])
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
