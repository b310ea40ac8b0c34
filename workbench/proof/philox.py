"""Philox4x32-10 and what is drawn from it, with Python's own integers.

Salmon, Moraes, Dror & Shaw 2011, section 3.3. ``KNOWN`` are the vectors for philox4x32 with 10
rounds of kat_vectors in the authors' Random123: (counter, key, answer).
"""

from __future__ import annotations

import math

KNOWN = (
    (
        (0x00000000, 0x00000000, 0x00000000, 0x00000000),
        (0x00000000, 0x00000000),
        (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8),
    ),
    (
        (0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF),
        (0xFFFFFFFF, 0xFFFFFFFF),
        (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
    ),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
)
_MASK = 2**32 - 1


def philox(counter: tuple[int, ...], key: tuple[int, ...]) -> tuple[int, ...]:
    """Four 32-bit words for a counter of four and a key of two."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        high0, low0 = divmod(0xD2511F53 * c0, 2**32)
        high1, low1 = divmod(0xCD9E8D57 * c2, 2**32)
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0, k1 = (k0 + 0x9E3779B9) & _MASK, (k1 + 0xBB67AE85) & _MASK
    return c0, c1, c2, c3


def words(seed: int, stream: int, start: int, counter: int) -> tuple[int, int]:
    """Two 64-bit words of a place in a stream."""
    c0, c1, c2, c3 = philox(
        (counter & _MASK, counter >> 32, start, stream), (seed & _MASK, seed >> 32)
    )
    return c1 << 32 | c0, c3 << 32 | c2


def uniform(seed: int, stream: int, start: int, counter: int) -> float:
    """On [0, 1), from the upper 53 bits of the first word."""
    return math.ldexp(words(seed, stream, start, counter)[0] >> 11, -53)


def normal(seed: int, stream: int, start: int, counter: int) -> float:
    """Box & Muller 1958, the cosine of the pair."""
    a, b = words(seed, stream, start, counter)
    above_zero = math.ldexp((a >> 11) + 1, -53)
    angle = 2.0 * math.pi * math.ldexp(b >> 11, -53)
    return math.sqrt(-2.0 * math.log(above_zero)) * math.cos(angle)


def permutation(seed: int, stream: int, start: int, counter: int, n: int) -> list[int]:
    """Durstenfeld 1964 (Fisher & Yates), from the last place down."""
    order = list(range(n))
    for i in reversed(range(1, n)):
        j = int(uniform(seed, stream, start, counter + i) * (i + 1))
        order[i], order[j] = order[j], order[i]
    return order
