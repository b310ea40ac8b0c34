"""Elementary functions of lanes: the functions of NumPy that scalar rules may call.

Written with fused multiply-adds as polynomials on a reduced range, branch-free. Largest errors
against the exact value, in units in the last place (measured by tests/kernels/lanes/test_rules.py):
exp 1, expm1 2, log 1, log1p 3, tanh 3, sin and cos 2 (where the result is above 1e-3).
Cody & Waite 1980, "Software manual for the elementary functions", chapters 5 to 8; Muller 2016,
"Elementary functions", 3rd edition, section 11 (range reduction with fused multiply-adds).
``math.erf`` is computed lane by lane by the C library.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils
from numba.core.typing.templates import signature
from numba.extending import lower_builtin

from kernels.lanes import (
    HAS_SCALE,
    LanesType,
    emit_fma,
    emit_spread,
    joined,
    llvm_call,
    overload_lanes,
)

# Chebyshev interpolants for float32, on the reduced ranges; float64 takes Taylor's series. Of
# (expm1(r) - r) / r²; (log m - 2s) / s³ in s² with s = (m - 1) / (m + 1); (sin r - r) / r³ in r²;
# (cos r - 1 + r²/2) / r⁴ in r².
_EXPM1_32 = (
    0.5000000013463886,
    0.1666666668162114,
    0.041666464944507896,
    0.008333310927596446,
    0.0013933647862695757,
    0.00019890988470580397,
)
_LOG_32 = (0.6666666655430016, 0.40000122000822863, 0.2855080255285656, 0.23330964060078915)
_SIN_32 = (-0.16666666663855284, 0.008333331874709495, -0.00019840086735145165, 2.72499254e-6)
_COS_32 = (0.04166666466432119, -0.0013888887672015005, 2.4800600376557612e-5, -2.730095914e-7)
_EXPM1_64 = tuple(1.0 / math.factorial(k + 2) for k in range(12))
_LOG_64 = tuple(2.0 / (2 * k + 3) for k in range(11))
_SIN_64 = tuple((-1.0) ** (k + 1) / math.factorial(2 * k + 3) for k in range(8))
_COS_64 = tuple((-1.0) ** k / math.factorial(2 * k + 4) for k in range(8))

_LOG2_DIGITS = Fraction("0.693147180559945309417232121458176568075500134360255254120680009")
_HALF_PI_DIGITS = Fraction("1.570796326794896619231321691639751442098584699687552910487472296")


class Vector:
    """An LLVM vector of floats with Python's operators: what is written here runs in the kernel."""

    def __init__(self, builder: Any, value: Any) -> None:
        self.builder, self.value = builder, value
        self.element, self.width = value.type.element, value.type.count
        self.double = isinstance(self.element, ir.DoubleType)
        self.kind = np.float64 if self.double else np.float32

    def of(self, value: Any) -> Vector:
        """A number, spread over as many lanes (or a Vector as it is)."""
        if isinstance(value, Vector):
            return value
        return Vector(self.builder, self.spread(ir.Constant(self.element, float(self.kind(value)))))

    def spread(self, constant: Any) -> Any:
        """An LLVM constant in every lane."""
        return emit_spread(self.builder, constant, self.width)

    def __add__(self, other: Any) -> Vector:
        return Vector(self.builder, self.builder.fadd(self.value, self.of(other).value))

    def __sub__(self, other: Any) -> Vector:
        return Vector(self.builder, self.builder.fsub(self.value, self.of(other).value))

    def __mul__(self, other: Any) -> Vector:
        return Vector(self.builder, self.builder.fmul(self.value, self.of(other).value))

    def __truediv__(self, other: Any) -> Vector:
        return Vector(self.builder, self.builder.fdiv(self.value, self.of(other).value))

    def __neg__(self) -> Vector:
        return Vector(self.builder, self.builder.fneg(self.value))

    def compare(self, sign: str, other: Any) -> Any:
        """The mask of self ``sign`` other; false for NaN."""
        return self.builder.fcmp_ordered(sign, self.value, self.of(other).value)

    def where(self, mask: Any, other: Any) -> Vector:
        """Self where ``mask`` holds, else ``other``."""
        return Vector(self.builder, self.builder.select(mask, self.value, self.of(other).value))

    def fma(self, factor: Any, addend: Any) -> Vector:
        """self * factor + addend, rounded once."""
        values = self.value, self.of(factor).value, self.of(addend).value
        return Vector(self.builder, emit_fma(self.builder, *values))

    def polynomial(self, coefficients: Sequence[float]) -> Vector:
        """Σ coefficients[k] selfᵏ by Horner's scheme."""
        total = self.of(coefficients[-1])
        for c in reversed(coefficients[:-1]):
            total = total.fma(self, c)
        return total

    def call(self, name: str) -> Vector:
        """LLVM's intrinsic function of that name."""
        return Vector(self.builder, llvm_call(self.builder, name, self.value))

    def integers(self, values: int | None = None) -> Any:
        """The vector type of integers of the same size, or a constant of it."""
        kind = ir.IntType(64 if self.double else 32)
        vector = ir.VectorType(kind, self.width)
        return vector if values is None else ir.Constant(vector, [values] * self.width)

    def bits(self) -> Any:
        """The same bits as integers."""
        return self.builder.bitcast(self.value, self.integers())

    def from_bits(self, bits: Any) -> Vector:
        """Integers' bits as floats."""
        return Vector(self.builder, self.builder.bitcast(bits, self.value.type))

    def either(self, narrow: Any, wide: Any) -> Any:
        """``narrow`` for float32, ``wide`` for float64."""
        return wide if self.double else narrow

    def without(self, n: Vector, digits: Fraction, parts: int) -> Vector:
        """self - n * digits, with the constant split into ``parts`` floats."""
        rest, left = self, digits
        for _ in range(parts):
            part = self.kind(float(left))
            rest = n.fma(-part, rest)
            left -= Fraction(float(part))
        return rest

    def scaled(self, n: Vector) -> Vector:
        """self * 2ⁿ for whole numbers |n| < 1100, rounded once."""
        register = 64 // self.either(4, 8)
        if HAS_SCALE and self.width % register == 0:
            return self._scaled_by_registers(n, register)
        # In two steps, so that each factor is finite: only the second can round.
        whole = self.builder.fptosi(n.value, self.integers())
        half = self.builder.ashr(whole, self.integers(1))
        return self * self._power(half) * self._power(self.builder.sub(whole, half))

    def _scaled_by_registers(self, n: Vector, register: int) -> Vector:
        """The same by AVX-512's own instruction."""
        builder, vector = self.builder, ir.VectorType(self.element, register)
        mask = ir.IntType(register)
        function = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(vector, [vector, vector, vector, mask, ir.IntType(32)]),
            f"llvm.x86.avx512.mask.scalef.{self.either('ps', 'pd')}.512",
        )
        nothing, as_set = ir.Constant(vector, ir.Undefined), ir.IntType(32)(4)
        parts = []
        for first in range(0, self.width, register):
            lanes = ir.Constant(
                ir.VectorType(ir.IntType(32), register), list(range(first, first + register))
            )
            x, power = (builder.shuffle_vector(v, v, lanes) for v in (self.value, n.value))
            parts.append(builder.call(function, [x, power, nothing, mask(-1), as_set]))
        return Vector(builder, joined(builder, parts))

    def _power(self, n: Any) -> Vector:
        bias, shift = self.either((127, 23), (1023, 52))
        biased = self.builder.add(n, self.integers(bias))
        return self.from_bits(self.builder.shl(biased, self.integers(shift)))


def _reduced(x: Vector) -> tuple[Vector, Vector]:
    """(n, expm1(r)) with x = n log 2 + r, n a whole number and |r| <= log(2) / 2, x clamped."""
    low, high = x.either((-105.0, 89.0), (-750.0, 710.0))
    x = x.where(x.compare("<", high), high)
    x = x.where(x.compare(">", low), low)
    n = (x * (1.0 / math.log(2.0))).call("rint")
    r = x.without(n, _LOG2_DIGITS, 2)
    return n, (r * r).fma(r.polynomial(x.either(_EXPM1_32, _EXPM1_64)), r)


def _or_nan(x: Vector, result: Vector) -> Vector:
    return x.where(x.builder.fcmp_unordered("!=", x.value, x.value), result)


def exp(x: Vector) -> Vector:
    """eˣ, with gradual underflow; inf and NaN as NumPy."""
    n, small = _reduced(x)
    return _or_nan(x, (small + 1.0).scaled(n))


def expm1(x: Vector) -> Vector:
    """eˣ - 1, accurate about zero."""
    n, small = _reduced(x)
    # 2ⁿ (1 + small) - 1, halved so that 2ⁿ stays finite where the result is.
    half = x.of(0.5).scaled(n)
    result = small.fma(half, half - 0.5) * 2.0
    return _or_nan(x, x.where(x.compare("==", 0.0), result))


def log(x: Vector) -> Vector:
    """Natural logarithm; -inf at zero, NaN below, as NumPy."""
    builder = x.builder
    shift, tiny, lift = x.either(
        (23, 1.1754943508222875e-38, 25), (52, 2.2250738585072014e-308, 54)
    )
    small = x.compare("<", tiny)
    y = (x * 2.0**lift).where(small, x)
    # The mantissa between √½ and √2: 2ᵏ m with k from the bits of y less those of √½.
    root = int(np.array(math.sqrt(0.5), x.kind).view(x.either(np.int32, np.int64)))
    above = builder.sub(y.bits(), x.integers(root))
    k = builder.ashr(above, x.integers(shift))
    m = x.from_bits(builder.sub(y.bits(), builder.shl(k, x.integers(shift))))
    power = Vector(builder, builder.sitofp(k, x.value.type))
    power = (power - float(lift)).where(small, power)
    # log m = f - s (f - R) with f = m - 1, s = f / (2 + f): exact where m is near one.
    f = m - 1.0
    s = f / (f + 2.0)
    z = s * s
    rest = z * z.polynomial(x.either(_LOG_32, _LOG_64))
    half = f * f * 0.5
    tail = s * (half + rest)
    high = x.kind(round(math.log(2.0) * 2 ** x.either(14, 42)) / 2 ** x.either(14, 42))
    low = float(_LOG2_DIGITS - Fraction(float(high)))
    result = power.fma(high, f - (half - power.fma(low, tail)))
    result = x.of(-math.inf).where(x.compare("==", 0.0), result)
    result = x.where(x.compare("==", math.inf), result)
    return result.where(x.compare(">=", 0.0), math.nan)


def log1p(x: Vector) -> Vector:
    """log(1 + x), accurate about zero (Kahan's correction for the rounding of 1 + x)."""
    u = x + 1.0
    lost = u - 1.0
    mended = log(u) * (x / lost)
    result = x.where(lost.compare("==", 0.0), mended)
    return log(u).where(x.compare("==", math.inf), result)


def tanh(x: Vector) -> Vector:
    """Hyperbolic tangent, from expm1(2 |x|)."""
    size = x.call("fabs")
    grown = expm1(size.where(size.compare("<", 22.0), 22.0) * 2.0)
    return _or_nan(x, _with_sign(grown / (grown + 2.0), x))


def _with_sign(size: Vector, x: Vector) -> Vector:
    return Vector(x.builder, llvm_call(x.builder, "copysign", size.value, x.value))


def _turned(x: Vector, quarter: float) -> Vector:
    """sin(x + quarter π/2), quarter 0 or 1."""
    n = (x * (2.0 / math.pi)).call("rint")
    r = x.without(n, _HALF_PI_DIGITS, 3)
    z = r * r
    sine = (z * r).fma(z.polynomial(x.either(_SIN_32, _SIN_64)), r)
    cosine = (z * z).fma(z.polynomial(x.either(_COS_32, _COS_64)), z.fma(-0.5, 1.0))
    n = n + quarter
    half = (n * 0.5).call("floor")
    chosen = sine.where(half.fma(-2.0, n).compare("==", 0.0), cosine)
    quarters = (half * 0.5).call("floor").fma(-2.0, half)
    return quarters.fma(-2.0, 1.0) * chosen


def sin(x: Vector) -> Vector:
    """Sine; NaN where |x| is past what the type can place within a turn (2e6 in float32)."""
    limit = x.either(2.0**21, 2.0**50)
    return _turned(x, 0.0).where(x.call("fabs").compare("<", limit), math.nan)


def cos(x: Vector) -> Vector:
    """Cosine; NaN where ``sin`` is."""
    limit = x.either(2.0**21, 2.0**50)
    return _turned(x, 1.0).where(x.call("fabs").compare("<", limit), math.nan)


def sign(x: Vector) -> Vector:
    """-1, 0 or 1 (and NaN of NaN)."""
    result = x.of(1.0).where(x.compare(">", 0.0), x)
    return x.of(-1.0).where(x.compare("<", 0.0), result)


def _emitting(function: Callable[[Vector], Vector]) -> Any:
    return lambda builder, value: function(Vector(builder, value)).value


for _function in (exp, expm1, log, log1p, tanh, sin, cos, sign):
    overload_lanes(getattr(np, _function.__name__), 1, _emitting(_function))
for _scalar, _name in ((np.sqrt, "sqrt"), (np.floor, "floor"), (np.abs, "fabs"), (abs, "fabs")):
    overload_lanes(_scalar, 1, lambda builder, x, name=_name: llvm_call(builder, name, x))


def _lane_by_lane(function: Any) -> None:
    """Let kernels call the scalar ``function`` on lanes, one after the other."""
    overload_lanes(function, 1, None)

    @lower_builtin(function, LanesType)
    def lower(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
        kind = sig.return_type
        scalar = signature(kind.element, kind.element)
        call = context.get_function(function, scalar)
        result = ir.Constant(arguments[0].type, ir.Undefined)
        for lane in range(kind.width):
            place = ir.IntType(32)(lane)
            value = call(builder, [builder.extract_element(arguments[0], place)])
            result = builder.insert_element(result, value, place)
        return result


_lane_by_lane(math.erf)
