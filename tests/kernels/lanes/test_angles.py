"""The arc cosine of lanes against extended precision."""

from __future__ import annotations

import numpy as np
import pytest

from kernels.jit import exact_kernel
from kernels.lanes import COMPILED, load, store, width_of
from kernels.rules import const

pytestmark = pytest.mark.emits

DTYPES = (np.float32, np.float64)


@exact_kernel
def angles(x, out, n, width):
    for k in range(n):
        c = load(x, k, width)
        store(out, k, np.arccos(c + const(c, 0.0)))


def computed(values, kind):
    width = width_of(kind)
    padded = np.resize(values.astype(kind), -(-len(values) // len(width)) * len(width))
    out = np.zeros_like(padded)
    with np.errstate(invalid="ignore"):
        angles(padded, out, len(padded) // len(width), width)
    return padded[: len(values)], out[: len(values)]


@pytest.mark.parametrize("kind", DTYPES)
def test_arccos_is_within_its_stated_error(kind):
    rng = np.random.default_rng(0)
    n = 20_000 if COMPILED else 200
    near = 10.0 ** rng.uniform(-16, 0, n)
    x, found = computed(np.concatenate([rng.uniform(-1, 1, n), 1 - near, near - 1, near]), kind)
    exact = np.arccos(x.astype(np.longdouble))
    apart = np.abs(found - exact)
    ulp = np.spacing(exact.astype(kind)).astype(np.longdouble)
    assert (apart[exact > 0] / ulp[exact > 0]).max() <= 3.0
    assert not found[x == 1].any()


@pytest.mark.parametrize("kind", DTYPES)
def test_special_values_are_numpys(kind):
    past = np.nextafter(kind(1), kind(2))
    x, found = computed(np.array([1, -1, 0.0, -0.0, past, -past, np.inf, np.nan, 0.5]), kind)
    with np.errstate(invalid="ignore"):
        wanted = np.arccos(x)
    np.testing.assert_allclose(found, wanted, rtol=2 * np.finfo(kind).eps)
