"""Formulas as surfaces: compiled programs against their operations in plain NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from kernels import optimizers, surfaces
from kernels.descent import survey
from kernels.formulas import OPERATIONS, Program, build, call
from kernels.jit import exact_kernel
from kernels.lanes import load, store, width_of
from kernels.surfaces import ascent, bend, height
from workbench.descents.many import Descents

pytestmark = pytest.mark.emits

BINARY = ("power", "at_least", "add", "subtract", "multiply", "divide")

# a = x² + y - 11, b = x + y² - 7; constants 2, 4, 7, 11.
_CONSTANTS = (2.0, 4.0, 7.0, 11.0)
_COMMON = (
    ("multiply", 0, 0), ("add", 6, 1), ("subtract", 7, 5),
    ("multiply", 1, 1), ("add", 0, 9), ("subtract", 10, 4),
)  # fmt: skip
_HIMMELBLAU = (
    Program(
        _CONSTANTS,
        (*_COMMON, ("multiply", 8, 8), ("multiply", 11, 11), ("add", 12, 13)),
        (14,),
    ),
    Program(
        _CONSTANTS,
        (
            *_COMMON,
            ("multiply", 3, 0), ("multiply", 12, 8), ("multiply", 2, 11), ("add", 13, 14),
            ("multiply", 3, 1), ("multiply", 16, 11), ("multiply", 2, 8), ("add", 17, 18),
        ),
        (15, 19),
    ),
    Program((2.0, 4.0), (("add", 0, 1), ("multiply", 3, 4)), (5, 4, 2)),
)  # fmt: skip


@pytest.fixture(scope="module")
def himmelblau():
    return build(*_HIMMELBLAU)


@pytest.fixture
def points():
    return np.random.default_rng(0).uniform(-4, 4, (50, 2))


def _one(name, count):
    return Program((), ((name, *(k % 2 for k in range(count))),), (2,))


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_numpys(name):
    n = 3 if name == "pick" else 2 if name in BINARY else 1
    program = _one(name, n)
    functions = build(program, program, program).height
    grid = [(x, y) for x in (-2.5, -0.5, 0.0, 0.5, 0.7) for y in (-1.5, 0.0, 0.5, 3.0)]
    for x, y in grid:
        wanted = program(x, y)[0]
        found = call(functions, x, y, (None,))[0]
        np.testing.assert_allclose(found, wanted, rtol=1e-14)
    library = getattr(np, name, None)
    if n < 3 and library is not None:
        with np.errstate(all="ignore"):
            wanted = [library(*point[:n]) for point in grid]
        np.testing.assert_array_equal([program(*point)[0] for point in grid], wanted)


_SPECIAL = (
    0.0, -0.0, 5e-324, -1e-310, 1e-9, 0.3, -1.0, 1.0, 2.5, 1e5, -700.5, 709.9, 710.4, 2e15, -1e22,
    1.7e308, np.inf, -np.inf, np.nan,
)  # fmt: skip


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_point_is_the_same_alone_and_in_a_grid(name):
    count = 3 if name == "pick" else 2 if name in BINARY else 1
    program = _one(name, count)
    item = build(program, program, program)
    rng = np.random.default_rng(2)
    x = np.concatenate([_SPECIAL, rng.normal(0, 3, 8), 10.0 ** rng.uniform(-5, 18, 12)])
    y = np.concatenate([_SPECIAL, [-2.0, 0.75]])
    grid = np.empty((len(y), len(x)))
    with np.errstate(all="ignore"):
        surfaces.heights(item, x, y, grid)
        alone = [[call(item.height, a, b, (None,))[0] for a in x] for b in y]
        wanted = np.array([[program(a, b)[0] for a in x] for b in y])
    np.testing.assert_array_equal(grid.view(np.int64), np.array(alone).view(np.int64))
    np.testing.assert_array_equal(np.isnan(grid), np.isnan(wanted))
    zero = wanted == 0
    np.testing.assert_array_equal(np.signbit(grid[zero]), np.signbit(wanted[zero]))
    np.testing.assert_allclose(grid, wanted, rtol=4 * 2.0**-52, atol=5e-324)


def test_kernels_take_formulas_as_they_take_surfaces(himmelblau, points):
    item = surfaces.catalog.get("himmelblau").make()
    found, wanted = np.empty((50, 6)), np.empty((50, 6))
    survey(himmelblau, points, found)
    survey(item, points, wanted)
    np.testing.assert_allclose(found[:, :3], wanted[:, :3], rtol=1e-12, atol=1e-12)
    x, y = points[:7, 0].copy(), points[:5, 1].copy()
    grid, other = np.empty((5, 7)), np.empty((5, 7))
    surfaces.heights(himmelblau, x, y, grid)
    surfaces.heights(item, x, y, other)
    np.testing.assert_allclose(grid, other, rtol=1e-12, atol=1e-12)


def test_python_and_kernels_agree(himmelblau, points):
    out = np.empty((50, 6))
    survey(himmelblau, points, out)
    for (x, y), row in zip(points, out, strict=True):
        found = height(himmelblau, x, y), *ascent(himmelblau, x, y), *bend(himmelblau, x, y)
        np.testing.assert_array_equal(found, row)
        assert all(isinstance(value, np.float64) for value in found)


@exact_kernel
def _in_lanes(item, x, y, width, out):
    a, b = load(x, 0, width), load(y, 0, width)
    store(out, 0, height(item, a, b))
    gx, gy = ascent(item, a, b)
    store(out, 1, gx)
    store(out, 2, gy)
    xx, xy, yy = bend(item, a, b)
    store(out, 3, xx)
    store(out, 4, xy)
    store(out, 5, yy)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_lanes_are_points_side_by_side(himmelblau, dtype):
    width = width_of(dtype)
    n = len(width)
    x, y = np.random.default_rng(1).uniform(-3, 3, (2, n)).astype(dtype)
    out = np.empty((6, n), dtype)
    _in_lanes(himmelblau, x, y, width, out)
    wanted = np.empty((n, 6))
    survey(himmelblau, np.stack([x, y], 1).astype(float), wanted)
    np.testing.assert_array_equal(out.T, wanted.astype(dtype))


def test_many_descents_end_where_those_of_the_surface_do(himmelblau, points):
    optimizer = optimizers.catalog.get("sgd").make({"learning_rate": 0.01})
    item = surfaces.catalog.get("himmelblau").make()
    found, wanted = (Descents(s, optimizer, 300).run(points, 1) for s in (himmelblau, item))
    np.testing.assert_allclose(found.points, wanted.points, atol=1e-9)


@pytest.mark.compiled
def test_kernels_are_compiled_once_for_all_formulas(himmelblau, points):
    out = np.empty((50, 6))
    survey(himmelblau, points, out)
    before = len(survey.signatures)
    scaled = tuple(p._replace(constants=(3.0, *p.constants[1:])) for p in _HIMMELBLAU)
    other = build(*scaled)
    assert other != himmelblau
    assert build(*scaled) == other
    survey(other, points, out)
    assert len(survey.signatures) == before
    np.testing.assert_allclose(out[:, 5], 3.0)
