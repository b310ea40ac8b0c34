"""The generator on lanes: the bits of the generator on numbers."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from kernels import initializers, random
from kernels.jit import exact_kernel
from kernels.lanes import COMPILED, store
from kernels.lanes.philox import random_pairs

pytestmark = pytest.mark.emits

WIDTH = (None,) * (8 if COMPILED else 1)


@exact_kernel
def draw(seed, stream, start, counter, out, width):
    a, b = random_pairs(seed, stream, start, counter, width)
    store(out, 0, a)
    store(out, 1, b)


@pytest.mark.parametrize(
    ("seed", "start", "counter"),
    [(0, 0, 0), (2**63 + 5, 2**32 - 1, 2**32 - 3), (123456789012, 7, 2**40)],
)
def test_lanes_have_the_bits_of_the_scalar_generator(seed, start, counter):
    out, stream = np.zeros((2, len(WIDTH))), random.STREAM_INITIALIZER
    given = (np.uint64(v) for v in (seed, stream, start, counter))
    draw(*given, out, WIDTH)
    for k in range(len(WIDTH)):
        # The keys and counters as unsigned numbers: Python's would be signed to Numba.
        place = (np.uint64(v) for v in (seed, stream, start, counter + k))
        wanted = [float(int(word) >> 11) for word in random.bits(*place)]
        assert list(out[:, k]) == wanted


@pytest.mark.parametrize("sizes", [(3, 5), (1, 1), (4, 4), (2, 3, 7)])
def test_drawn_weights_are_box_and_mullers_of_the_same_bits(sizes):
    item = initializers.catalog.get("normal").make({"mean": 0.25, "deviation": 2.0})
    layers = list(pairwise(sizes))
    parameters = np.full(sum((a + 1) * b for a, b in layers), np.nan)
    initializers.initialize(item, np.array(sizes, np.int64), 9, 4, parameters)
    offset = 0
    for n_in, n_out in layers:
        for k in range(offset, offset + n_in * n_out):
            first, second = (int(w) >> 11 for w in random.bits(9, random.STREAM_INITIALIZER, 4, k))
            radius = math.sqrt(-2.0 * math.log((first + 1) / 2**53))
            wanted = 0.25 + 2.0 * radius * math.cos(2.0 * math.pi * second / 2**53)
            assert parameters[k] == pytest.approx(wanted, rel=1e-12, abs=1e-14)
        offset += (n_in + 1) * n_out
