"""The generator of kernels.random for as many counters at once as there are lanes: same bits."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types

from kernels.lanes import LanesType, compiled, emit_spread
from kernels.random import bits

_I64 = ir.IntType(64)
_M0, _M1, _W0, _W1 = 0xD2511F53, 0xCD9E8D57, 0x9E3779B9, 0xBB67AE85
_LOW = 0xFFFFFFFF


def random_pairs(seed: Any, stream: Any, start: Any, counter: Any, width: Any) -> Any:
    """The upper 53 bits of both words of ``kernels.random.bits``, as two vectors of float64 lanes.

    Lane k has the counter ``counter`` + k.
    """
    a, b = bits(seed, stream, start, counter)
    return np.float64(a >> np.uint64(11)), np.float64(b >> np.uint64(11))


class _Words:
    """Vectors of 64-bit integers, of which Philox multiplies the lower halves."""

    def __init__(self, builder: Any, width: int) -> None:
        self.builder, self.width = builder, width
        self.low, self.half = self.of(_LOW), self.of(32)

    def of(self, value: Any) -> Any:
        if isinstance(value, int):
            value = _I64(value)
        return emit_spread(self.builder, value, self.width)

    def lower(self, word: Any) -> Any:
        return self.builder.and_(word, self.low)

    def upper(self, word: Any) -> Any:
        return self.builder.lshr(word, self.half)

    def xor(self, first: Any, *others: Any) -> Any:
        for other in others:
            first = self.builder.xor(first, other)
        return first


def _rounds(w: _Words, c: list[Any], k0: Any, k1: Any) -> list[Any]:
    """Ten rounds of Philox 4x32; the words' upper halves are neither read nor cleared."""
    builder = w.builder
    for _ in range(10):
        p0 = builder.mul(w.lower(c[0]), w.of(_M0))
        p1 = builder.mul(w.lower(c[2]), w.of(_M1))
        c = [w.xor(w.upper(p1), c[1], w.of(k0)), p1, w.xor(w.upper(p0), c[3], w.of(k1)), p0]
        k0, k1 = builder.add(k0, _I64(_W0)), builder.add(k1, _I64(_W1))
    return c


@compiled(random_pairs)
def _random_pairs(seed: Any, stream: Any, start: Any, counter: Any, width: Any) -> Any:
    kind = LanesType(types.float64, len(width))

    def write(context: Any, builder: Any, arguments: Any) -> Any:
        seed, stream, start, counter = arguments[:4]
        w = _Words(builder, kind.width)
        numbered = ir.Constant(ir.VectorType(_I64, kind.width), list(range(kind.width)))
        n = builder.add(w.of(counter), numbered)
        words = [n, w.upper(n), w.of(start), w.of(stream)]
        c = _rounds(w, words, seed, builder.lshr(seed, _I64(32)))
        found = []
        for low, high in ((c[0], c[1]), (c[2], c[3])):
            whole = builder.or_(builder.shl(high, w.half), w.lower(low))
            top = builder.lshr(whole, w.of(11))
            found.append(builder.uitofp(top, ir.VectorType(ir.DoubleType(), kind.width)))
        return context.make_tuple(builder, types.UniTuple(kind, 2), found)

    whole = types.uint64
    pair = types.UniTuple(kind, 2)
    return pair(whole, whole, whole, whole, width), write
