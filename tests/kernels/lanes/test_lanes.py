"""Lanes do to each number what the same rule does to a number alone."""

from __future__ import annotations

import math

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
    width_of,
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


FUNCTIONS = {
    "exp": (np.exp, 1.0),
    "expm1": (np.expm1, 2.0),
    "log": (np.log, 1.0),
    "log1p": (np.log1p, 3.0),
    "tanh": (np.tanh, 3.0),
    "sin": (np.sin, 2.0),
    "cos": (np.cos, 2.0),
}


@exact_kernel
def functions(a, out, n, width):
    for k in range(n):
        x = load(a, k, width)
        store(out[0], k, np.exp(x))
        store(out[1], k, np.expm1(x))
        store(out[2], k, np.log(x))
        store(out[3], k, np.log1p(x))
        store(out[4], k, np.tanh(x))
        store(out[5], k, np.sin(x))
        store(out[6], k, np.cos(x))
        store(out[7], k, const(x, math.erf(x)))


def computed(values, kind):
    """All functions of ``values``, in lanes."""
    width = width_of(kind)
    padded = np.resize(values.astype(kind), -(-len(values) // len(width)) * len(width))
    out = np.zeros((8, len(padded)), kind)
    with np.errstate(all="ignore"):
        functions(padded, out, len(padded) // len(width), width)
    return padded[: len(values)], out[:, : len(values)]


@pytest.fixture(scope="module", params=DTYPES)
def table(request):
    """Arguments over the whole range of a dtype, and all functions of them."""
    rng = np.random.default_rng(1)
    n = 4000 if COMPILED else 200
    parts = [rng.normal(0, s, n) for s in (1e-6, 1e-3, 0.1, 1, 10, 100)]
    parts += [10.0 ** rng.uniform(-37, 37, n), rng.uniform(-760, 720, n)]
    return computed(np.concatenate(parts), request.param)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_within_their_stated_error(table, name):
    x, out = table
    function, bound = FUNCTIONS[name]
    found = out[list(FUNCTIONS).index(name)]
    kind = found.dtype.type
    with np.errstate(all="ignore"):
        exact = function(x.astype(np.longdouble))
    info = np.finfo(kind)
    tested = np.isfinite(exact) & (np.abs(exact) >= info.tiny) & (np.abs(exact) <= info.max)
    if name in ("sin", "cos"):
        tested &= (np.abs(exact) > 1e-3) & (np.abs(x) < 1e4)
    assert tested.sum() > len(x) / 4
    ulp = np.spacing(np.abs(exact[tested].astype(kind))).astype(np.longdouble)
    error = np.abs(found[tested] - exact[tested]) / ulp
    # A NumPy function in the type itself, which the uncompiled kernels use, errs by up to 4.
    assert error.max() <= (bound if COMPILED else 4.0)


@pytest.mark.parametrize("kind", DTYPES)
def test_special_values_are_numpys(kind):
    info = np.finfo(kind)
    special = [0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, float(info.max), -float(info.max)]
    x, out = computed(np.array([*special, float(info.tiny) / 8, 89.0, 710.0, -200.0]), kind)
    for row, name in zip(out, FUNCTIONS, strict=False):
        if name in ("sin", "cos"):
            continue
        with np.errstate(all="ignore"):
            wanted = FUNCTIONS[name][0](x)
        plain = ~np.isfinite(wanted) | (wanted == 0)
        assert np.array_equal(row[plain], wanted[plain], equal_nan=True), name
        assert np.array_equal(np.signbit(row[wanted == 0]), np.signbit(wanted[wanted == 0])), name
        assert np.allclose(row[~plain], wanted[~plain], rtol=1e-6), name


def test_erf_is_that_of_the_c_library(table):
    x, out = table
    wanted = np.array([math.erf(float(v)) for v in x])
    assert np.allclose(out[7], wanted, rtol=4 * np.finfo(out.dtype).eps)
