"""Elementary functions of lanes against NumPy's, in the extended type where that matters."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kernels.jit import exact_kernel
from kernels.lanes import COMPILED, load, store, width_of
from kernels.rules import const

pytestmark = pytest.mark.emits

DTYPES = (np.float32, np.float64)
FUNCTIONS = {
    "exp": (np.exp, 1.0),
    "expm1": (np.expm1, 2.0),
    "log": (np.log, 1.0),
    "log1p": (np.log1p, 3.0),
    "sinh": (np.sinh, 2.0),
    "cosh": (np.cosh, 2.0),
    "tanh": (np.tanh, 3.0),
    "sin": (np.sin, 2.0),
    "cos": (np.cos, 2.0),
    "tan": (np.tan, 4.0),
}


@exact_kernel
def functions(a, out, n, width):
    for k in range(n):
        x = load(a, k, width)
        store(out[0], k, np.exp(x))
        store(out[1], k, np.expm1(x))
        store(out[2], k, np.log(x))
        store(out[3], k, np.log1p(x))
        store(out[4], k, np.sinh(x))
        store(out[5], k, np.cosh(x))
        store(out[6], k, np.tanh(x))
        store(out[7], k, np.sin(x))
        store(out[8], k, np.cos(x))
        store(out[9], k, np.tan(x))
        store(out[10], k, const(x, math.erf(x)))


def computed(values, kind):
    """All functions of ``values``, in lanes."""
    width = width_of(kind)
    padded = np.resize(values.astype(kind), -(-len(values) // len(width)) * len(width))
    out = np.zeros((len(FUNCTIONS) + 1, len(padded)), kind)
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
        with np.errstate(all="ignore"):
            wanted = FUNCTIONS[name][0](x)
        plain = ~np.isfinite(wanted) | (wanted == 0)
        assert np.array_equal(row[plain], wanted[plain], equal_nan=True), name
        assert np.array_equal(np.signbit(row[wanted == 0]), np.signbit(wanted[wanted == 0])), name
        assert np.allclose(row[~plain], wanted[~plain], rtol=1e-6), name


def test_erf_is_that_of_the_c_library(table):
    x, out = table
    wanted = np.array([math.erf(float(v)) for v in x])
    assert np.allclose(out[-1], wanted, rtol=4 * np.finfo(out.dtype).eps)
