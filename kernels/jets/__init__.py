"""Jets: numbers that carry their derivatives by two coordinates, x and y.

A rule that is called with jets in place of numbers gives its value and, exactly, its derivatives:
forward-mode differentiation (Griewank & Walther 2008, "Evaluating Derivatives", chapters 3 and 13).
Python's operators, ``min``, ``max``, ``np.exp``, ``expm1``, ``log``, ``log1p``, ``sqrt``, ``tanh``,
``sin``, ``cos``, ``abs``, ``sign``, ``floor``, and ``const`` and ``select`` of kernels.rules take
jets; comparisons are those of the values. The parts of a jet are numbers, or lanes of them.

At a kink the derivatives are those of one piece, or their mean: 0 for ``abs`` and ``sign`` at zero,
as for ``sqrt`` there, whose slope is infinite.

The class below is what Python calls. kernels.jets.compiler makes the same arithmetic write a
kernel's code, by calling it with parts that write instructions.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

FIRST, SECOND = 3, 6  # parts of a jet of first, of second order


class Jet:
    """``parts``: value, d/dx, d/dy and, of second order, d²/dx², d²/dxdy, d²/dy²."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[Any, ...]) -> None:
        self.parts = parts

    @property
    def value(self) -> Any:
        """The number without its derivatives."""
        return self.parts[0]

    def like(self, value: Any) -> Jet:
        """A constant as a jet of the same order (a jet as it is)."""
        if isinstance(value, Jet):
            return value
        return Jet((value, *(0.0,) * (len(self.parts) - 1)))

    def scaled(self, factor: Any) -> Jet:
        """Every part times a constant."""
        return Jet(tuple(part * factor for part in self.parts))

    def through(self, value: Any, slope: Any, bend: Any = None) -> Jet:
        """f(self) from f, f' and f'' (None: zero) at the value: the chain rule."""
        _, x, y, *rest = self.parts
        if not rest:
            return Jet((value, slope * x, slope * y))
        xx, xy, yy = (slope * part for part in rest)
        if bend is not None:
            xx, xy, yy = xx + bend * (x * x), xy + bend * (x * y), yy + bend * (y * y)
        return Jet((value, slope * x, slope * y, xx, xy, yy))

    def __add__(self, other: Any) -> Jet:
        if not isinstance(other, Jet):
            return Jet((self.value + other, *self.parts[1:]))
        return Jet(tuple(a + b for a, b in zip(self.parts, other.parts, strict=True)))

    __radd__ = __add__

    def __neg__(self) -> Jet:
        return Jet(tuple(-part for part in self.parts))

    def __pos__(self) -> Jet:
        return self

    def __sub__(self, other: Any) -> Jet:
        if not isinstance(other, Jet):
            return Jet((self.value - other, *self.parts[1:]))
        return Jet(tuple(a - b for a, b in zip(self.parts, other.parts, strict=True)))

    def __rsub__(self, other: Any) -> Jet:
        return Jet((other - self.value, *(-part for part in self.parts[1:])))

    def __mul__(self, other: Any) -> Jet:
        if not isinstance(other, Jet):
            return self.scaled(other)
        (a, ax, ay, *bends), (b, bx, by, *others) = self.parts, other.parts
        first = (a * b, ax * b + a * bx, ay * b + a * by)
        if not bends:
            return Jet(first)
        (axx, axy, ayy), (bxx, bxy, byy) = bends, others
        cross = ax * bx
        return Jet(
            (
                *first,
                axx * b + (cross + cross) + a * bxx,
                axy * b + (ax * by + ay * bx) + a * bxy,
                ayy * b + (ay * by + ay * by) + a * byy,
            )
        )

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Jet:
        if not isinstance(other, Jet):
            return Jet(tuple(part / other for part in self.parts))
        (a, ax, ay, *bends), (b, bx, by, *others) = self.parts, other.parts
        q = a / b
        qx, qy = (ax - q * bx) / b, (ay - q * by) / b
        if not bends:
            return Jet((q, qx, qy))
        (axx, axy, ayy), (bxx, bxy, byy) = bends, others
        qxx = (axx - (qx * bx + qx * bx) - q * bxx) / b
        qxy = (axy - (qx * by + qy * bx) - q * bxy) / b
        qyy = (ayy - (qy * by + qy * by) - q * byy) / b
        return Jet((q, qx, qy, qxx, qxy, qyy))

    def __rtruediv__(self, other: Any) -> Jet:
        return self.like(other) / self

    def __abs__(self) -> Jet:
        return self.through(abs(self.value), np.sign(self.value))

    def __lt__(self, other: Any) -> Any:
        return self.value < _value(other)

    def __le__(self, other: Any) -> Any:
        return self.value <= _value(other)

    def __gt__(self, other: Any) -> Any:
        return self.value > _value(other)

    def __ge__(self, other: Any) -> Any:
        return self.value >= _value(other)

    def __eq__(self, other: object) -> Any:
        return self.value == _value(other)

    def __ne__(self, other: object) -> Any:
        return self.value != _value(other)

    __hash__ = None  # type: ignore[assignment]

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        """NumPy's functions, and the operators of a NumPy number that meets a jet."""
        if method != "__call__" or keywords:
            return NotImplemented
        if ufunc in FUNCTIONS:
            return FUNCTIONS[ufunc](self)
        if ufunc not in _OPERATORS:
            return NotImplemented
        a, b = (self.like(given) for given in inputs)
        return _OPERATORS[ufunc](a, b)


def _value(given: Any) -> Any:
    return given.value if isinstance(given, Jet) else given


def _exp(jet: Jet) -> Jet:
    grown = np.exp(jet.value)
    return jet.through(grown, grown, grown)


def _expm1(jet: Jet) -> Jet:
    grown = np.exp(jet.value)
    return jet.through(np.expm1(jet.value), grown, grown)


def _log(jet: Jet) -> Jet:
    slope = 1.0 / jet.value
    return jet.through(np.log(jet.value), slope, -(slope * slope))


def _log1p(jet: Jet) -> Jet:
    slope = 1.0 / (jet.value + 1.0)
    return jet.through(np.log1p(jet.value), slope, -(slope * slope))


def _sqrt(jet: Jet) -> Jet:
    root = np.sqrt(jet.value)
    # 1 in place of a root that is zero; the sign of the root is then the factor 0 or 1.
    safe, steep = root + (1.0 - np.sign(root)), np.sign(root)
    slope = steep * 0.5 / safe
    return jet.through(root, slope, -(slope * 0.5) / (safe * safe))


def _tanh(jet: Jet) -> Jet:
    value = np.tanh(jet.value)
    slope = 1.0 - value * value
    return jet.through(value, slope, value * slope * -2.0)


def _sin(jet: Jet) -> Jet:
    sine = np.sin(jet.value)
    return jet.through(sine, np.cos(jet.value), -sine)


def _cos(jet: Jet) -> Jet:
    cosine = np.cos(jet.value)
    return jet.through(cosine, -np.sin(jet.value), -cosine)


def _level(function: Any) -> Callable[[Jet], Jet]:
    return lambda jet: jet.like(function(jet.value))


FUNCTIONS: dict[Any, Callable[[Jet], Jet]] = {
    np.exp: _exp,
    np.expm1: _expm1,
    np.log: _log,
    np.log1p: _log1p,
    np.sqrt: _sqrt,
    np.tanh: _tanh,
    np.sin: _sin,
    np.cos: _cos,
    np.abs: abs,
    np.sign: _level(np.sign),
    np.floor: _level(np.floor),
}
_OPERATORS: dict[Any, Callable[[Any, Any], Any]] = {
    np.add: operator.add,
    np.subtract: operator.sub,
    np.multiply: operator.mul,
    np.true_divide: operator.truediv,
    np.less: operator.lt,
    np.less_equal: operator.le,
    np.greater: operator.gt,
    np.greater_equal: operator.ge,
    np.equal: operator.eq,
    np.not_equal: operator.ne,
}


def first_order(x: Any, y: Any) -> Any:
    """The coordinates x and y as jets with first derivatives."""
    return Jet((x, 1.0, 0.0)), Jet((y, 0.0, 1.0))


def second_order(x: Any, y: Any) -> Any:
    """The coordinates x and y as jets with first and second derivatives."""
    none = (0.0, 0.0, 0.0)
    return Jet((x, 1.0, 0.0, *none)), Jet((y, 0.0, 1.0, *none))


def parts(jet: Any) -> Any:
    """Value and derivatives of a jet, in ``Jet``'s order, as a tuple of 3 or 6."""
    return jet.parts
