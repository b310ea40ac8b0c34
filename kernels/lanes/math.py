"""Elementary functions of lanes: the functions of NumPy that scalar rules may call.

Written with fused multiply-adds as polynomials on a reduced range. Largest errors
against the exact value, in units in the last place (measured by tests/kernels/lanes/test_math.py):
exp 1, expm1 2, log 1, log1p 3, sinh and cosh 2, tanh 3, sin and cos 2, tan 4.
Cody & Waite 1980, "Software manual for the elementary functions", chapters 5 to 8; Muller 2016,
"Elementary functions", 3rd edition, section 11 (range reduction with fused multiply-adds).
``math.erf`` is computed lane by lane by the C library, and so are sin, cos and tan of numbers past
what three parts of π/2 reduce (2e6 in float32, 1e15 in float64).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core.typing.templates import signature
from numba.extending import lower_builtin

from kernels.lanes import LanesType, llvm_call, overload_lanes
from kernels.lanes.vector import Vector

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


def _reduced(x: Vector) -> tuple[Vector, Vector]:
    """(n, expm1(r)) with x = n log 2 + r, n a whole number and |r| <= log(2) / 2, x clamped."""
    low, high = x.either((-105.0, 89.5), (-750.0, 710.5))
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


def _quarter(x: Vector) -> Vector:
    """(eˣ - 1) / 4: finite wherever sinh x is."""
    n, small = _reduced(x)
    quarter = x.of(0.25).scaled(n)
    return small.fma(quarter, quarter - 0.25)


def _or_itself(x: Vector, narrow: float, wide: float, result: Vector) -> Vector:
    """``x`` where it is smaller than that and is its own function's value, or is NaN."""
    small = x.call("fabs").compare("<", x.either(narrow, wide))
    return _or_nan(x, x.where(small, result))


def expm1(x: Vector) -> Vector:
    """eˣ - 1, accurate about zero."""
    return _or_itself(x, 2.0**-25, 2.0**-54, _quarter(x) * 4.0)


def sinh(x: Vector) -> Vector:
    """Hyperbolic sine."""
    quarter = _quarter(x.call("fabs"))
    # With h = (eˣ - 1) / 2 it is h + h / (1 + 2h), whose second term is 1/2 for large h.
    bounded = quarter.where(quarter.compare("<", 1e30), 1e30)
    size = (quarter + bounded / bounded.fma(4.0, 1.0)) * 2.0
    return _or_itself(x, 2.0**-12, 2.0**-27, size.call("copysign", x))


def cosh(x: Vector) -> Vector:
    """Hyperbolic cosine."""
    quarter = _quarter(x.call("fabs")) + 0.25
    return _or_nan(x, (quarter + x.of(0.0625) / quarter) * 2.0)


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
    return _or_nan(x, (grown / (grown + 2.0)).call("copysign", x))


def _reduced_turn(x: Vector) -> tuple[Vector, Vector, Vector]:
    """(n, sin r, cos r) with x = n π/2 + r, n a whole number and |r| at most about π/4."""
    n = (x * (2.0 / math.pi)).call("rint")
    r = x.without(n, _HALF_PI_DIGITS, 3)
    z = r * r
    sine = (z * r).fma(z.polynomial(x.either(_SIN_32, _SIN_64)), r)
    cosine = (z * z).fma(z.polynomial(x.either(_COS_32, _COS_64)), z.fma(-0.5, 1.0))
    return n, sine, cosine


def _is_odd(n: Vector) -> tuple[Any, Vector]:
    """(the mask of the odd ones, floor(n / 2)) of whole numbers."""
    half = (n * 0.5).call("floor")
    return half.fma(-2.0, n).compare("!=", 0.0), half


def _turned(x: Vector, quarter: float) -> Vector:
    """sin(x + quarter π/2), quarter 0 or 1."""
    n, sine, cosine = _reduced_turn(x)
    odd, half = _is_odd(n + quarter)
    quarters = (half * 0.5).call("floor").fma(-2.0, half)
    return quarters.fma(-2.0, 1.0) * cosine.where(odd, sine)


def _or_far(x: Vector, near: Vector, name: str) -> Vector:
    """``near``, and the C library's function where |x| is too large for ``_reduced_turn``."""
    builder = x.builder
    far = x.call("fabs").compare(">=", x.either(2.0**21, 2.0**50))
    bits = builder.bitcast(far, ir.IntType(x.width))
    before = builder.block
    with builder.if_then(builder.icmp_unsigned("!=", bits, bits.type(0)), likely=False):
        library = builder.call(_library(x, name), [x.value])
        mended = builder.select(far, library, near.value)
    result = builder.phi(x.value.type)
    result.add_incoming(near.value, before)
    result.add_incoming(mended, mended.parent)
    return Vector(builder, result)


def _library(x: Vector, name: str) -> Any:
    """The C library's function of vectors like ``x``, lane by lane: written once a module, since
    it is hardly ever called."""
    place = f"lanes_{name}_{x.kind.__name__}_{x.width}"
    function = x.builder.module.globals.get(place)
    if function is None:
        kind = ir.FunctionType(x.value.type, [x.value.type])
        function = ir.Function(x.builder.module, kind, place)
        function.linkage = "linkonce_odr"
        function.attributes.add("noinline")
        inside = ir.IRBuilder(function.append_basic_block())
        inside.ret(llvm_call(inside, name, function.args[0]))
    return function


def sin(x: Vector) -> Vector:
    """Sine."""
    return x.where(x.compare("==", 0.0), _or_far(x, _turned(x, 0.0), "sin"))


def cos(x: Vector) -> Vector:
    """Cosine."""
    return _or_far(x, _turned(x, 1.0), "cos")


def tan(x: Vector) -> Vector:
    """Tangent."""
    n, sine, cosine = _reduced_turn(x)
    odd, _ = _is_odd(n)
    near = (-cosine).where(odd, sine) / sine.where(odd, cosine)
    return x.where(x.compare("==", 0.0), _or_far(x, near, "tan"))


def sign(x: Vector) -> Vector:
    """-1, 0 or 1 (and NaN of NaN)."""
    result = x.of(1.0).where(x.compare(">", 0.0), x + 0.0)  # no negative zero
    return x.of(-1.0).where(x.compare("<", 0.0), result)


def _emitting(function: Callable[[Vector], Vector]) -> Any:
    return lambda builder, value: function(Vector(builder, value)).value


for _function in (exp, expm1, log, log1p, sinh, cosh, tanh, sin, cos, tan, sign):
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
