"""LLVM vectors with Python's operators, to write functions of lanes with."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils

from kernels.lanes import HAS_SCALE, emit_fma, emit_spread, joined, llvm_call


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

    def call(self, name: str, *others: Vector) -> Vector:
        """LLVM's intrinsic function of that name."""
        values = (other.value for other in others)
        return Vector(self.builder, llvm_call(self.builder, name, self.value, *values))

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
