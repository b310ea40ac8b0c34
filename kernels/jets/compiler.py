"""Jets in kernels: the Numba type, and Jet's arithmetic called with parts that write code."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import lower_builtin, models, register_model

from kernels.jets import FIRST, FUNCTIONS, SECOND, Jet, first_order, parts, second_order
from kernels.lanes import LanesType, MaskType, as_lanes, compiled, emit_spread, llvm_call
from kernels.lanes.operators import COMPARISONS, emit_comparison


class JetType(types.Type):
    """A jet of ``size`` parts, 3 or 6, of the Numba type ``element``: a float or lanes."""

    def __init__(self, element: Any, size: int) -> None:
        self.element, self.size = element, size
        self.in_lanes = isinstance(element, LanesType)
        super().__init__(f"jet({element} x {size})")


@register_model(JetType)
class _JetModel(models.StructModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, [(f"part{k}", kind.element) for k in range(kind.size)])


class Part:
    """A number, or lanes, of the kernel that is being compiled: its operators write code."""

    __slots__ = ("builder", "context", "element", "value")

    def __init__(self, context: Any, builder: Any, element: Any, value: Any) -> None:
        self.context, self.builder = context, builder
        self.element, self.value = element, value

    def of(self, value: Any) -> Any:
        """The LLVM value of a Part or of a Python number."""
        if isinstance(value, Part):
            return value.value
        kind = self.value.type
        if isinstance(self.element, LanesType):
            return emit_spread(self.builder, ir.Constant(kind.element, float(value)), kind.count)
        return ir.Constant(kind, float(value))

    def _made(self, value: Any) -> Part:
        return Part(self.context, self.builder, self.element, value)

    def _joined(self, name: str, other: Any, swapped: bool = False) -> Any:
        if isinstance(other, Jet):
            return NotImplemented
        pair = (self.of(other), self.value) if swapped else (self.value, self.of(other))
        return self._made(getattr(self.builder, name)(*pair))

    def __add__(self, other: Any) -> Any:
        return self._joined("fadd", other)

    def __sub__(self, other: Any) -> Any:
        return self._joined("fsub", other)

    def __rsub__(self, other: Any) -> Any:
        return self._joined("fsub", other, swapped=True)

    def __mul__(self, other: Any) -> Any:
        return self._joined("fmul", other)

    def __truediv__(self, other: Any) -> Any:
        return self._joined("fdiv", other)

    def __rtruediv__(self, other: Any) -> Any:
        return self._joined("fdiv", other, swapped=True)

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Part:
        return self._made(self.builder.fneg(self.value))

    def __abs__(self) -> Part:
        return self._intrinsic("fabs")

    def compare(self, sign: str, other: Any) -> Any:
        """LLVM's truth value, or mask, of a comparison."""
        return emit_comparison(self.builder, sign, self.value, self.of(other))

    def _intrinsic(self, name: str) -> Part:
        if isinstance(self.element, LanesType):
            return self._made(llvm_call(self.builder, name, self.value))
        kind = self.value.type
        function = self.builder.module.declare_intrinsic(f"llvm.{name}", [kind])
        return self._made(self.builder.call(function, [self.value]))

    def _sign(self) -> Part:
        # NaN where the number is.
        up = self.builder.select(self.compare(">", 0.0), self.of(1.0), self.value)
        return self._made(self.builder.select(self.compare("<", 0.0), self.of(-1.0), up))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        if ufunc is np.sign:
            return self._sign()
        if ufunc in _INTRINSICS:
            return self._intrinsic(_INTRINSICS[ufunc])
        scalar = not isinstance(self.element, LanesType)
        function = getattr(math, ufunc.__name__) if scalar else ufunc
        call = self.context.get_function(function, signature(self.element, self.element))
        return self._made(call(self.builder, [self.value]))


_INTRINSICS = {np.sqrt: "sqrt", np.floor: "floor", np.abs: "fabs"}


def _common(arguments: tuple[Any, ...]) -> Any:
    """The JetType among ``arguments`` if the others are it, its lanes or numbers, else None."""
    found = {a for a in arguments if isinstance(a, JetType)}
    if len(found) != 1:
        return None
    (kind,) = found
    others = [a for a in arguments if a not in (kind, kind.element)]
    return kind if all(isinstance(a, types.Number | types.Boolean) for a in others) else None


def _opened(context: Any, builder: Any, value: Any, given: Any, kind: JetType) -> Any:
    """What Jet's arithmetic takes for an argument of Numba type ``given``: a Jet or a Part."""
    if isinstance(given, JetType):
        held = cgutils.create_struct_proxy(given)(context, builder, value=value)
        found = (getattr(held, f"part{k}") for k in range(given.size))
        return Jet(tuple(Part(context, builder, given.element, part) for part in found))
    if isinstance(kind.element, LanesType):
        number = as_lanes(context, builder, value, given, kind.element)
    else:
        number = context.cast(builder, value, given, kind.element)
    return Part(context, builder, kind.element, number)


def _closed(context: Any, builder: Any, jet: Jet, kind: JetType) -> Any:
    held = cgutils.create_struct_proxy(kind)(context, builder)
    blank = next(part for part in jet.parts if isinstance(part, Part))
    for k, part in enumerate(jet.parts):
        setattr(held, f"part{k}", blank.of(part))
    return held._getvalue()


def _overload(function: Any, arity: int, work: Callable[..., Any], compares: str = "") -> None:
    """Let kernels call ``function`` on jets; ``work(*opened)`` gives a Jet, or, where it
    ``compares``, is not called: the values are compared by that sign."""

    @infer_global(function)
    class Template(AbstractTemplate):
        def generic(self, arguments: Any, keywords: Any) -> Any:
            kind = _common(arguments) if len(arguments) == arity and not keywords else None
            return kind and signature(_truth(kind) if compares else kind, *arguments)

    def lower(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
        kind = _common(sig.args)
        pairs = zip(arguments, sig.args, strict=True)
        given = [_opened(context, builder, value, of, kind) for value, of in pairs]
        if not compares:
            return _closed(context, builder, work(*given), kind)
        a, b = (g.value if isinstance(g, Jet) else g for g in given)
        return a.compare(compares, b)

    jet = JetType
    mixed: Any = [(jet, jet)]
    for number in (types.Number, types.Boolean, LanesType):
        mixed += [(jet, number), (number, jet)]
    for pattern in mixed if arity == 2 else [(jet,)]:
        lower_builtin(function, *pattern)(lower)


def _truth(kind: JetType) -> Any:
    return MaskType(kind.element.width) if kind.in_lanes else types.boolean


def chosen(condition: Any, yes: Any, no: Any) -> Any:
    """Type and writer of ``select`` (kernels.rules) where ``yes`` or ``no`` is a jet; or None."""
    kind = _common((yes, no))
    if kind is None or not isinstance(condition, MaskType | types.Boolean):
        return None

    def write(context: Any, builder: Any, arguments: Any) -> Any:
        pairs = zip(arguments[1:], (yes, no), strict=True)
        given = [_opened(context, builder, value, of, kind) for value, of in pairs]
        return _closed(context, builder, _picked(builder, arguments[0], *given), kind)

    return kind(condition, yes, no), write


def _picked(builder: Any, condition: Any, yes: Any, no: Any) -> Jet:
    shape = yes if isinstance(yes, Jet) else no
    made = []
    for a, b in zip(shape.like(yes).parts, shape.like(no).parts, strict=True):
        blank = a if isinstance(a, Part) else b
        made.append(blank._made(builder.select(condition, blank.of(a), blank.of(b))))
    return Jet(tuple(made))


def _extreme(sign: str) -> Callable[[Any, Any], Jet]:
    """``min`` or ``max`` as Python's: the first argument where neither is smaller (larger)."""

    def work(a: Any, b: Any) -> Jet:
        x, y = (g.value if isinstance(g, Jet) else g for g in (a, b))
        return _picked(x.builder, y.compare(sign, x), b, a)

    return work


for _name in ("add", "sub", "mul", "truediv"):
    _overload(getattr(operator, _name), 2, getattr(operator, _name))
for _name, _sign in COMPARISONS.items():
    _overload(getattr(operator, _name), 2, getattr(operator, _name), _sign)
_overload(operator.neg, 1, operator.neg)
_overload(operator.pos, 1, operator.pos)
_overload(abs, 1, abs)
_overload(min, 2, _extreme("<"))
_overload(max, 2, _extreme(">"))
for _function, _work in FUNCTIONS.items():
    _overload(_function, 1, _work)


def _seeded(size: int, x: Any, y: Any) -> Any:
    if not all(isinstance(given, types.Number | LanesType) for given in (x, y)):
        return None
    element = x if isinstance(x, LanesType | types.Float) else types.float64
    kind = JetType(element, size)

    def write(context: Any, builder: Any, arguments: Any) -> Any:
        made = []
        for k, (value, given) in enumerate(zip(arguments, (x, y), strict=True)):
            part = _opened(context, builder, value, given, kind)
            rest = [1.0 if j == k + 1 else 0.0 for j in range(1, size)]
            made.append(_closed(context, builder, Jet((part, *rest)), kind))
        return context.make_tuple(builder, types.UniTuple(kind, 2), made)

    return types.UniTuple(kind, 2)(x, y), write


@compiled(first_order)
def _first_order(x: Any, y: Any) -> Any:
    return _seeded(FIRST, x, y)


@compiled(second_order)
def _second_order(x: Any, y: Any) -> Any:
    return _seeded(SECOND, x, y)


@compiled(parts)
def _parts(jet: Any) -> Any:
    if not isinstance(jet, JetType):
        return None
    kind = types.UniTuple(jet.element, jet.size)

    def write(context: Any, builder: Any, arguments: Any) -> Any:
        held = cgutils.create_struct_proxy(jet)(context, builder, value=arguments[0])
        return context.make_tuple(
            builder, kind, [getattr(held, f"part{k}") for k in range(jet.size)]
        )

    return kind(jet), write
