"""Counter-based random numbers: every value is a pure function of (seed, stream, start, counter).

Generator: Philox4x32-10 of Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as
1, 2, 3", SC 2011 (doi 10.1145/2063384.2063405), section 3.3; its known-answer vectors are those of
the authors' Random123 distribution. The 64-bit key is the seed; the 128-bit counter is made of the
64-bit ``counter``, the 32-bit ``start`` and the 32-bit ``stream``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.jit import inlined_kernel, kernel

STREAM_INITIALIZER = np.uint64(1)
STREAM_BATCH = np.uint64(2)
STREAM_SPLIT = np.uint64(3)
STREAM_PLANE = np.uint64(4)
STREAM_DATA = np.uint64(5)
STREAM_PERTURBATION = np.uint64(6)
STREAM_NOISE = np.uint64(7)
STREAM_CENSUS = np.uint64(8)

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)
_11 = np.uint64(11)
_SCALE = 1.0 / 9007199254740992.0


@inlined_kernel
def philox4x32(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> Any:
    """Ten rounds of Philox on four 32-bit counters and two 32-bit keys, all held in uint64.

    Returns four uint64, each below 2**32. Mutates and raises nothing.
    """
    for _ in range(10):
        p0 = _M0 * c0
        p1 = _M1 * c2
        c0, c1, c2, c3 = (p1 >> _32) ^ c1 ^ k0, p1 & _LOW, (p0 >> _32) ^ c3 ^ k1, p0 & _LOW
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@inlined_kernel
def bits(seed: Any, stream: Any, start: Any, counter: Any) -> Any:
    """Two independent uint64 of 64 random bits each."""
    s, n = np.uint64(seed), np.uint64(counter)
    w0, w1, w2, w3 = philox4x32(
        n & _LOW, n >> _32, np.uint64(start) & _LOW, np.uint64(stream) & _LOW, s & _LOW, s >> _32
    )
    return (w1 << _32) | w0, (w3 << _32) | w2


@inlined_kernel
def uniform(seed: Any, stream: Any, start: Any, counter: Any) -> Any:
    """One float64 uniform on [0, 1), a multiple of 2**-53."""
    return np.float64(bits(seed, stream, start, counter)[0] >> _11) * _SCALE


@kernel
def normal(seed: Any, stream: Any, start: Any, counter: Any) -> Any:
    """One float64 standard normal deviate (Box & Muller 1958, cosine branch)."""
    a, b = bits(seed, stream, start, counter)
    radius = np.sqrt(-2.0 * np.log((np.float64(a >> _11) + 1.0) * _SCALE))
    return radius * np.cos(2.0 * np.pi * (np.float64(b >> _11) * _SCALE))


@inlined_kernel
def below(seed: Any, stream: Any, start: Any, counter: Any, n: Any) -> Any:
    """One int64 uniform on 0 … n-1, by scaling 53 random bits (bias below n / 2**53)."""
    return np.int64(uniform(seed, stream, start, counter) * n)


@kernel
def permutation(seed: Any, stream: Any, start: Any, counter: Any, order: Any) -> None:
    """Fill ``order`` (int64, (n,)) with a uniform random permutation of 0 … n-1.

    Fisher-Yates; it uses the n values of the stream from ``counter`` on. Mutates ``order``.
    """
    n = order.size
    for i in range(n):
        order[i] = i
    for i in range(n - 1, 0, -1):
        j = below(seed, stream, start, counter + i, i + 1)
        order[i], order[j] = order[j], order[i]
