"""Lanes do to each number what the same rule does to a number alone."""

from __future__ import annotations

import numpy as np
import pytest

from kernels.jit import exact_kernel
from kernels.lanes import (
    COMPILED,
    every,
    fma,
    load,
    load_some,
    store,
    store_some,
    widen,
)
from kernels.lanes.rows import add_parts, repeats, rows
from kernels.rules import cast, const, finite, select

pytestmark = pytest.mark.emits

DTYPES = (np.float32, np.float64)


def lanes(count):
    return (None,) * (count if COMPILED else 1)


@exact_kernel
def arithmetic(a, out, width):
    x, y = load(a, 0, width), load(a, 1, width)
    store(out, 0, x + 2 * y - x / y)
    store(out, 1, select((x > y) | (y >= 1.0), x, const(x, 0.25)))
    store(out, 2, max(x, y) * min(x, 0.5))
    store(out, 3, -abs(x) + np.sqrt(np.abs(y)))
    store(out, 4, np.sign(x) + np.floor(y))
    c = cast((0.1, 2.0), x)
    store(out, 5, c[0] * x + c[1])
    y *= x
    y -= 1
    store(out, 6, y)
    return every(finite(x)), every((x > y) & (x == x))


@pytest.mark.parametrize("kind", DTYPES)
@pytest.mark.parametrize("count", [4, 16, 32])
def test_arithmetic_is_numpys(kind, count):
    width = lanes(count)
    a = np.random.default_rng(0).normal(0, 2, (2, len(width))).astype(kind)
    out = np.zeros((7, len(width)), kind)
    all_finite, _ = arithmetic(a, out, width)
    x, y = a
    k = kind
    wanted = [
        x + k(2) * y - x / y,
        np.where((x > y) | (y >= 1), x, k(0.25)),
        np.maximum(x, y) * np.minimum(x, k(0.5)),
        -np.abs(x) + np.sqrt(np.abs(y)),
        np.sign(x) + np.floor(y),
        k(0.1) * x + k(2),
        y * x - k(1),
    ]
    assert np.array_equal(out, np.array(wanted))
    assert all_finite
    a[0, -1] = np.inf
    assert not arithmetic(a, out, width)[0]


@exact_kernel
def memory(a, inputs, out, total, width, wide):
    some = load_some(a, 1, 2, (None, None), width)
    store_some(out, 0, 1, (some[1], some[0]))
    view = rows(out, 0, 2, 1, width)
    view[1] = fma(view[0], 2.0, view[1])
    t = repeats(inputs, 2, 2, 2, width, wide)
    store(total, 0, add_parts(widen(view[0]), const(load(out, 2, wide), 0.0) + t[1]))
    return view.size


def test_memory_is_counted_in_vectors():
    width = lanes(4)
    wide = width * (2 if COMPILED else 1)
    a = np.arange(5.0 * len(width)).reshape(5, len(width))
    inputs, out = np.arange(12.0), np.zeros((6, len(width)))
    total = np.zeros((1, len(width)))
    assert memory(a, inputs, out, total, width, wide) == 2
    assert np.array_equal(out[0], a[3])
    assert np.array_equal(out[1], a[3] * 2 + a[1])
    samples = [inputs[3], inputs[5]][: len(wide) // len(width)]
    assert np.array_equal(total[0], a[3] + sum(samples))
