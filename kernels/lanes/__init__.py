"""Explicit SIMD: ``Lanes``, a Numba type for an LLVM vector of floats, one lane a network.

A scalar rule compiled for lanes does to each lane what it does to a number: Python's operators,
``min``, ``max``, ``np.exp`` and the like, and ``const``, ``select``, ``cast``, ``finite`` of
kernels.rules all take lanes, and comparisons give a mask of lanes. A number that meets lanes is
converted to their element type and spread over them. Nothing crosses lanes, and every operation
is rounded by itself (no contraction, fused only in ``fma``), so a lane's result depends neither on
the number of lanes nor on its neighbours.

The number of lanes is part of the type. A kernel is told it by ``width``, a tuple of that many
Nones. Without the compiler there is one lane, and lanes are plain NumPy scalars.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import binding, ir
from numba import config, types
from numba.core import cgutils
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import lower_builtin, models, register_model

_CONFIG: Any = config
COMPILED = not _CONFIG.DISABLE_JIT


class LanesType(types.Type):
    """``width`` floats of the Numba type ``element``, worked on together."""

    in_lanes = True

    def __init__(self, element: Any, width: int) -> None:
        self.element, self.width = element, width
        super().__init__(f"lanes({element} x {width})")


class MaskType(types.Type):
    """``width`` truth values: what comparing lanes gives."""

    in_lanes = True

    def __init__(self, width: int) -> None:
        self.width = width
        super().__init__(f"mask({width})")


@register_model(LanesType)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        element = manager.lookup(kind.element).get_value_type()
        super().__init__(manager, kind, ir.VectorType(element, kind.width))


@register_model(MaskType)
class _MaskModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, ir.VectorType(ir.IntType(1), kind.width))


def _host_features() -> set[str]:
    return {name for name, has in binding.get_host_cpu_features().items() if has}


_FEATURES = _host_features()
# One instruction's worth of bytes. Without a fused multiply-add LLVM would call libm's, lane by
# lane; the two roundings of a multiply and an add are then the better bargain.
REGISTER_BYTES = 64 if "avx512f" in _FEATURES else 32 if "avx2" in _FEATURES else 16
REGISTERS = 32 if "avx512f" in _FEATURES or "neon" in _FEATURES else 16
HAS_FMA = "fma" in _FEATURES or "neon" in _FEATURES
HAS_SCALE = "avx512f" in _FEATURES


def width_of(dtype: Any, registers: int = 1) -> tuple[None, ...]:
    """The ``width`` of lanes of ``dtype`` that fill so many of this machine's vector registers."""
    count = REGISTER_BYTES // np.dtype(dtype).itemsize * registers
    return (None,) * (count if COMPILED else 1)


# --- what the compiler writes ---------------------------------------------------------------


def llvm_call(builder: Any, name: str, *arguments: Any) -> Any:
    """Call the LLVM intrinsic ``name`` of floats on vectors of one type."""
    kind = arguments[0].type
    suffix = "f64" if isinstance(kind.element, ir.DoubleType) else "f32"
    function = cgutils.get_or_insert_function(
        builder.module,
        ir.FunctionType(kind, [kind] * len(arguments)),
        f"llvm.{name}.v{kind.count}{suffix}",
    )
    return builder.call(function, arguments)


def emit_spread(builder: Any, scalar: Any, width: int) -> Any:
    """The vector that has ``scalar`` in every lane."""
    kind = ir.VectorType(scalar.type, width)
    first = builder.insert_element(ir.Constant(kind, ir.Undefined), scalar, ir.IntType(32)(0))
    mask = ir.Constant(ir.VectorType(ir.IntType(32), width), None)
    return builder.shuffle_vector(first, ir.Constant(kind, ir.Undefined), mask)


def joined(builder: Any, parts: list[Any]) -> Any:
    """One vector of the lanes of several of one type, as many as a power of two."""
    while len(parts) > 1:
        size = parts[0].type.count
        places = ir.Constant(ir.VectorType(ir.IntType(32), 2 * size), list(range(2 * size)))
        pairs = zip(parts[::2], parts[1::2], strict=True)
        parts = [builder.shuffle_vector(a, b, places) for a, b in pairs]
    return parts[0]


def emit_fma(builder: Any, a: Any, b: Any, c: Any) -> Any:
    """a * b + c, rounded once where the machine can."""
    if HAS_FMA:
        return llvm_call(builder, "fma", a, b, c)
    return builder.fadd(builder.fmul(a, b), c)


def as_lanes(context: Any, builder: Any, value: Any, given: Any, wanted: Any) -> Any:
    """``value`` of Numba type ``given`` as a vector of the LanesType ``wanted``."""
    if isinstance(given, LanesType):
        return value
    scalar = context.cast(builder, value, given, wanted.element)
    return emit_spread(builder, scalar, wanted.width)


def common(arguments: tuple[Any, ...]) -> Any:
    """The LanesType among ``arguments`` if the others are it or numbers, else None."""
    found = {a for a in arguments if isinstance(a, LanesType)}
    others = [a for a in arguments if not isinstance(a, LanesType)]
    if len(found) == 1 and all(isinstance(a, types.Number | types.Boolean) for a in others):
        return found.pop()
    return None


def has_lanes(arguments: tuple[Any, ...]) -> bool:
    """Whether any of these Numba types is made of lanes."""
    return any(getattr(a, "in_lanes", False) for a in arguments)


def compiled(plain: Callable[..., Any]) -> Any:
    """Tell kernels how to call ``plain``, which Python calls as it is.

    Decorates a function of the arguments' Numba types that returns None where they do not fit,
    else (signature, write) with ``write(context, builder, arguments)`` returning the LLVM value.
    """

    def decorate(define: Callable[..., Any]) -> Any:
        @infer_global(plain)
        class Template(AbstractTemplate):
            def generic(self, arguments: Any, keywords: Any) -> Any:
                found = None if keywords else define(*arguments)
                return found and found[0]

        @lower_builtin(plain, types.VarArg(types.Any))
        def lower(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
            return define(*sig.args)[1](context, builder, arguments)

        return define

    return decorate


def overload_lanes(function: Callable[..., Any], arity: int, emit: Any, mask: bool = False) -> None:
    """Let kernels call ``function`` on lanes; ``emit(builder, *vectors)`` writes the code
    (None: the caller registers a lowering)."""

    @infer_global(function)
    class Template(AbstractTemplate):
        def generic(self, arguments: Any, keywords: Any) -> Any:
            kind = common(arguments) if len(arguments) == arity else None
            if kind is None or keywords:
                return None
            return signature(MaskType(kind.width) if mask else kind, *arguments)

    if emit is None:
        return

    def lower(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
        kind = common(sig.args)
        pairs = zip(arguments, sig.args, strict=True)
        return emit(builder, *(as_lanes(context, builder, a, t, kind) for a, t in pairs))

    number, lanes = types.Number, LanesType
    patterns: Any = [[(lanes,)], [(lanes, lanes), (lanes, number), (number, lanes)]]
    for pattern in patterns[arity - 1]:
        lower_builtin(function, *pattern)(lower)


def fma(a: Any, b: Any, c: Any) -> Any:
    """a * b + c, rounded once on machines that can."""
    return a * b + c


def widen(x: Any) -> Any:
    """Lanes (or a number) as float64."""
    return np.float64(x)


def every(mask: Any) -> Any:
    """Whether a mask holds in all lanes."""
    return bool(mask)


def keep_apart() -> None:
    """Compile the kernel that calls this once, not again into each kernel that calls it."""


@compiled(keep_apart)
def _keep_apart() -> Any:
    def write(context: Any, builder: Any, arguments: Any) -> Any:
        builder.function.attributes.add("noinline")
        return context.get_dummy_value()

    return types.void(), write


@compiled(fma)
def _fma(a: Any, b: Any, c: Any) -> Any:
    kind = common((a, b, c))

    def write(context: Any, builder: Any, arguments: Any) -> Any:
        pairs = zip(arguments, (a, b, c), strict=True)
        return emit_fma(builder, *(as_lanes(context, builder, v, t, kind) for v, t in pairs))

    return kind and (kind(a, b, c), write)


@compiled(widen)
def _widen(x: Any) -> Any:
    if not isinstance(x, LanesType):
        return None
    kind = LanesType(types.float64, x.width)

    def write(context: Any, builder: Any, arguments: Any) -> Any:
        if x.element == types.float64:
            return arguments[0]
        return builder.fpext(arguments[0], ir.VectorType(ir.DoubleType(), x.width))

    return kind(x), write


@compiled(every)
def _every(mask: Any) -> Any:
    if not isinstance(mask, MaskType):
        return None

    def write(context: Any, builder: Any, arguments: Any) -> Any:
        whole = ir.IntType(mask.width)
        return builder.icmp_signed("==", builder.bitcast(arguments[0], whole), whole(-1))

    return types.boolean(mask), write


def load(array: Any, index: Any, width: Any) -> Any:
    """The ``index``-th vector of ``array``."""
    return array.reshape(-1)[index]


def store(array: Any, index: Any, value: Any) -> None:
    """Put lanes where ``load`` finds them; mutates ``array``."""
    array.reshape(-1)[index] = value


def emit_pointer(builder: Any, data: Any, index: Any, width: int) -> Any:
    """LLVM pointer to vector ``index`` of the numbers at ``data``."""
    place = builder.gep(data, [builder.mul(index, index.type(width))], inbounds=True)
    return builder.bitcast(place, ir.VectorType(data.type.pointee, width).as_pointer())


def array_data(context: Any, builder: Any, kind: Any, array: Any) -> Any:
    return context.make_array(kind)(context, builder, array).data


def emit_load(builder: Any, pointer: Any) -> Any:
    """The vector at ``pointer``."""
    # A vector is aligned as its elements are: arrays promise no more.
    element = pointer.type.pointee.element
    return builder.load(pointer, align=8 if isinstance(element, ir.DoubleType) else 4)


def emit_store(builder: Any, value: Any, pointer: Any) -> None:
    """Write a vector at ``pointer``."""
    builder.store(value, pointer, align=8 if isinstance(value.type.element, ir.DoubleType) else 4)


@compiled(load)
def _compile_load(array: Any, index: Any, width: Any) -> Any:
    kind = LanesType(array.dtype, len(width))

    def write(context: Any, builder: Any, arguments: Any) -> Any:
        data = array_data(context, builder, array, arguments[0])
        return emit_load(builder, emit_pointer(builder, data, arguments[1], kind.width))

    return kind(array, types.intp, width), write


@compiled(store)
def _compile_store(array: Any, index: Any, value: Any) -> Any:
    def write(context: Any, builder: Any, arguments: Any) -> Any:
        data = array_data(context, builder, array, arguments[0])
        emit_store(builder, arguments[2], emit_pointer(builder, data, arguments[1], value.width))
        return context.get_dummy_value()

    return types.void(array, types.intp, value), write


def load_some(array: Any, first: Any, stride: Any, count: Any, width: Any) -> Any:
    """A tuple of ``len(count)`` vectors of ``array``, ``stride`` apart."""
    flat = array.reshape(-1)
    return tuple(flat[first + k * stride] for k in range(len(count)))


def store_some(array: Any, first: Any, stride: Any, values: Any) -> None:
    """Put a tuple of lanes where ``load_some`` finds it; mutates ``array``."""
    for k, value in enumerate(values):
        array.reshape(-1)[first + k * stride] = value


@compiled(load_some)
def _compile_load_some(array: Any, first: Any, stride: Any, count: Any, width: Any) -> Any:
    kind = LanesType(array.dtype, len(width))
    some = types.UniTuple(kind, len(count)) if len(count) else types.Tuple(())

    def write(context: Any, builder: Any, arguments: Any) -> Any:
        data = array_data(context, builder, array, arguments[0])
        found, index = [], arguments[1]
        for _ in range(len(count)):
            found.append(emit_load(builder, emit_pointer(builder, data, index, kind.width)))
            index = builder.add(index, arguments[2])
        return context.make_tuple(builder, some, found)

    return some(array, types.intp, types.intp, count, width), write


@compiled(store_some)
def _compile_store_some(array: Any, first: Any, stride: Any, values: Any) -> Any:
    def write(context: Any, builder: Any, arguments: Any) -> Any:
        data = array_data(context, builder, array, arguments[0])
        index = arguments[1]
        for value in cgutils.unpack_tuple(builder, arguments[3], len(values)):
            emit_store(builder, value, emit_pointer(builder, data, index, values[0].width))
            index = builder.add(index, arguments[2])
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp, values), write
