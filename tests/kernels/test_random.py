"""The generator: published vectors, and distributions by SciPy's tests."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from kernels import random
from kernels.random import STREAM_DATA, STREAM_INITIALIZER

F = 0xFFFFFFFF
# Random123 1.14, tests/kat_vectors: philox4x32, 10 rounds; counter, key, result.
VECTORS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((F, F, F, F), (F, F), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "wanted"), VECTORS)
def test_known_answers(counter, key, wanted):
    found = random.philox4x32(*(np.uint64(w) for w in (*counter, *key)))
    assert tuple(int(w) for w in found) == wanted


def test_agrees_with_numpys_philox_family_layout():
    # All 64 bits of seed and counter count, and so do start and stream.
    base = random.bits(1, STREAM_DATA, 0, 0)
    for changed in (
        (1 + 2**40, STREAM_DATA, 0, 0),
        (1, STREAM_INITIALIZER, 0, 0),
        (1, STREAM_DATA, 1, 0),
        (1, STREAM_DATA, 0, 2**40),
    ):
        assert random.bits(*changed) != base
    assert random.bits(1, STREAM_DATA, 0, 0) == base


def sample(draw, n=20000, seed=7):
    return np.array([draw(seed, STREAM_DATA, 3, k) for k in range(n)])


def test_uniform_is_uniform():
    values = sample(random.uniform)
    assert values.min() >= 0.0
    assert values.max() < 1.0
    assert stats.kstest(values, "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(values[:-1], values[1:])[0, 1]) < 0.03


def test_normal_is_normal():
    values = sample(random.normal)
    assert stats.kstest(values, "norm").pvalue > 1e-3
    assert stats.kurtosistest(values).pvalue > 1e-3
    assert abs(np.corrcoef(values[:-1], values[1:])[0, 1]) < 0.03


def test_normal_is_box_and_mullers_of_the_same_bits():
    for k in range(50):
        first, second = (int(w) >> 11 for w in random.bits(9, STREAM_DATA, 1, k))
        radius = math.sqrt(-2.0 * math.log((first + 1) / 2**53))
        wanted = radius * math.cos(2.0 * math.pi * second / 2**53)
        assert random.normal(9, STREAM_DATA, 1, k) == pytest.approx(wanted, rel=1e-12, abs=1e-15)


def test_below_is_uniform_on_whole_numbers():
    values = np.array([random.below(1, STREAM_DATA, 0, k, 7) for k in range(14000)])
    counts = np.bincount(values, minlength=7)
    assert len(counts) == 7
    assert stats.chisquare(counts).pvalue > 1e-3


def test_permutations_are_uniform():
    order, counts = np.empty(4, np.int64), {}
    for k in range(6000):
        random.permutation(5, STREAM_DATA, 0, 4 * k, order)
        counts[tuple(order)] = counts.get(tuple(order), 0) + 1
    assert len(counts) == 24
    assert stats.chisquare(list(counts.values())).pvalue > 1e-3
    again = np.empty(4, np.int64)
    random.permutation(5, STREAM_DATA, 0, 4 * 5999, again)
    assert np.array_equal(order, again)
