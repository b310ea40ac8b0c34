"""JAX's random numbers, in NumPy: what published experiments drew, drawn again.

Generator: Threefry-2x32 with 20 rounds of Salmon et al. 2011, "Parallel random numbers: as easy as
1, 2, 3" (doi 10.1145/2063384.2063405), section 3.2; how keys are split and bits become numbers as
in JAX before its version 0.5, 64-bit types enabled. Integers and uniform numbers are JAX's to the
last bit; normal ones differ by the rounding of the inverse error function.
"""

from __future__ import annotations

import math
from itertools import cycle

import numpy as np
from scipy.special import erfinv

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = np.uint32(0x1BD11BDA)


def threefry(key: np.ndarray, counter: np.ndarray) -> np.ndarray:
    """The block cipher: uint32 (2, n) for ``key`` (2,) and ``counter`` (2, n), both uint32."""
    keys = [key[0], key[1], key[0] ^ key[1] ^ _PARITY]
    a, b = counter[0] + keys[0], counter[1] + keys[1]
    for group, rotations in zip(range(1, 6), cycle(_ROTATIONS)):
        for r in rotations:
            a = a + b
            b = a ^ ((b << np.uint32(r)) | (b >> np.uint32(32 - r)))
        a = a + keys[group % 3]
        b = b + keys[(group + 1) % 3] + np.uint32(group)
    return np.stack([a, b])


def key(seed: int) -> np.ndarray:
    """The key of a seed in [0, 2⁶⁴), uint32 (2,)."""
    return np.array([seed >> 32, seed & 0xFFFFFFFF], np.uint32)


def _words(key: np.ndarray, count: int) -> np.ndarray:
    counter = np.arange(count + count % 2, dtype=np.uint32)
    counter[count:] = 0
    return threefry(key, counter.reshape(2, -1)).reshape(-1)[:count]


def split(key: np.ndarray, count: int = 2) -> np.ndarray:
    """``count`` new keys, uint32 (count, 2)."""
    return _words(key, 2 * count).reshape(count, 2)


def _bits(key: np.ndarray, count: int) -> np.ndarray:
    high, low = _words(key, 2 * count).astype(np.uint64).reshape(2, count)
    return (high << np.uint64(32)) | low


def normal(key: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Standard normal deviates, float64: √2 erf⁻¹ of uniform ones on (-1, 1)."""
    bits = (_bits(key, math.prod(shape)) >> np.uint64(12)) | np.uint64(0x3FF0000000000000)
    low = np.nextafter(-1.0, 0.0)
    uniform = np.maximum((bits.view(np.float64) - 1.0) * (1.0 - low) + low, low)
    return (np.sqrt(2.0) * erfinv(uniform)).reshape(shape)


def integers(key: np.ndarray, count: int, below: int) -> np.ndarray:
    """Uniform int64 in 0 … below-1 (below < 2³²), (count,)."""
    high, low = (_bits(k, count) for k in split(key))
    span = np.uint64(below)
    factor = np.uint64(pow(2, 64, below))
    return (((high % span) * factor + low % span) % span).astype(np.int64)
