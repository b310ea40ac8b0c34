"""Surfaces: derivatives by differences, values as published, and the minima that they list."""

from __future__ import annotations

import functools

import cocoex
import numpy as np
import pytest
from scipy.optimize import minimize

from kernels import surfaces
from kernels.lanes import COMPILED
from kernels.probes import surface, surface_lanes
from kernels.surfaces import heights, listed, marked, mirrored, point, summed
from workbench.proof.published import SURFACES as PUBLISHED

SURFACES = list(surfaces.catalog)
BBOB = [entry for entry in SURFACES if entry.name.startswith("bbob_")]
each = pytest.mark.parametrize("entry", SURFACES, ids=lambda entry: entry.name)
each_known = pytest.mark.parametrize(
    "entry",
    [entry for entry in SURFACES if entry.facts.get("complete", True)],
    ids=lambda entry: entry.name,
)
WIDTH = (None,) * (4 if COMPILED else 1)
# The pieces that Katsuura's function is linear on are smaller than any difference.
ROUGH = {"bbob_23_katsuura"}


def look(entry, x, y, **hypers):
    """f and its derivatives, (6, n), at points of any shape."""
    x, y = (np.ascontiguousarray(np.ravel(v), np.float64) for v in np.broadcast_arrays(x, y))
    out = np.empty((6, x.size))
    surface(entry.make(hypers), x, y, out)
    return out


def box(entry):
    left, right, low, high = entry.facts["domain"]
    return np.array([left, low]), np.array([right, high])


def scatter(entry, count, seed=0):
    low, high = box(entry)
    return np.random.default_rng(seed).uniform(low, high, (count, 2)).T


def listed_minima(entry):
    return np.array(entry.facts["minima"], np.float64).reshape(-1, 4).T


@functools.cache
def grid(name):
    """Heights over a grid of the domain, and where it is lower than at all eight neighbours."""
    entry = surfaces.catalog.get(name)
    (left, low), (right, high) = box(entry)
    count = 401 if COMPILED else 41
    x, y = np.linspace(left, right, count), np.linspace(low, high, count)
    f = look(entry, x, y[:, None])[0].reshape(count, count)
    inner = f[1:-1, 1:-1]
    lower = np.ones(inner.shape, bool)
    for i in (0, 1, 2):
        for j in (0, 1, 2):
            if (i, j) != (1, 1):
                lower &= inner < f[i : count - 2 + i, j : count - 2 + j]
    rows, columns = np.nonzero(lower)
    return f, np.array([x[columns + 1], y[rows + 1]])


def differences(entry, points, part, axis, h):
    """The derivative of row ``part`` of ``look`` along an axis, to fourth order in h."""
    step = np.zeros((2, 1))
    step[axis] = h
    near = look(entry, *(points + step))[part] - look(entry, *(points - step))[part]
    far = look(entry, *(points + 2 * step))[part] - look(entry, *(points - 2 * step))[part]
    return (8.0 * near - far) / (12.0 * h)


@each
def test_derivatives_are_those_of_differences(entry):
    if entry.name in ROUGH:
        return
    points = scatter(entry, 60)
    low, high = box(entry)
    got = look(entry, *points)
    for part, axis, row in ((0, 0, 1), (0, 1, 2), (1, 0, 3), (1, 1, 4), (2, 0, 4), (2, 1, 5)):
        h = 2e-5 * (high - low)[axis]
        coarse = differences(entry, points, part, axis, h)
        fine = differences(entry, points, part, axis, h / 4)
        # The grain of the function that is differenced, and the larger of its changes.
        grain = 1e-14 * np.abs(got[part]).max() / h
        scale = np.abs(fine) + np.percentile(np.abs(fine), 75)
        smooth = np.abs(coarse - fine) <= 1e-4 * scale + 100 * grain
        assert smooth.mean() > 0.6
        wrong = np.abs(got[row] - fine) > 2e-4 * scale + 100 * grain
        assert not (wrong & smooth).any()


def test_the_slopes_of_katsuuras_function_are_those_of_its_piece():
    entry = surfaces.catalog.get("bbob_23_katsuura")
    item = entry.make()
    matrix = np.reshape(item.first, (2, 2))
    points = scatter(entry, 20)
    u = matrix @ (points - [[item.x], [item.y]])
    doubled = 2.0 ** np.arange(1, 33)[:, None, None] * u
    gap = doubled - np.floor(doubled + 0.5)
    sums = (np.abs(gap) / 2.0 ** np.arange(1, 33)[:, None, None]).sum(0)
    slopes = np.sign(gap).sum(0)
    first, second = 1.0 + sums[0], 1.0 + 2.0 * sums[1]
    power = 10 / 2**1.2
    outer = 2.5 * power * (first * second) ** (power - 1)
    wanted = matrix.T @ np.array([outer * second * slopes[0], outer * first * 2.0 * slopes[1]])
    assert np.allclose(look(entry, *points)[1:3], wanted, rtol=1e-9)


@each
def test_lanes_and_plain_python_give_what_kernels_give(entry):
    if not COMPILED:
        return
    item = entry.make()
    x, y = (np.ascontiguousarray(v) for v in scatter(entry, 8, seed=3))
    wanted = look(entry, x, y)
    scale = np.abs(wanted).max(axis=1) * 1e-9
    lanes = np.empty((3, 8))
    surface_lanes(item, x, y, lanes, WIDTH)
    assert (np.abs(lanes - wanted[:3]) <= scale[:3, None]).all()
    kind = type(item)
    height = surfaces.height.bodies[kind]
    ascent = surfaces.ascent.bodies.get(kind, surfaces.slopes_of_height)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(surfaces, "height", height)
        for k in range(2):
            plain = (height(item, x[k], y[k]), *ascent(item, x[k], y[k]))
            plain += surfaces.bends_of_height(item, x[k], y[k])
            assert (np.abs(np.array(plain) - wanted[:, k]) <= scale).all()


@each
def test_values_are_those_of_the_published_formula(entry):
    if entry.name not in PUBLISHED:
        assert entry in BBOB  # below
        return
    points = scatter(entry, 200, seed=1)
    wanted = PUBLISHED[entry.name].formula(*points, **entry.make()._asdict())
    assert np.abs(look(entry, *points)[0] - wanted).max() <= 1e-13 * np.abs(wanted).max()


@pytest.mark.parametrize("entry", BBOB, ids=lambda entry: entry.name)
def test_bbob_is_that_of_coco(entry):
    rng = np.random.default_rng(2)
    number = int(entry.name.split("_")[1])
    for instance in (1, 2, 3, 15, 77):
        suite = cocoex.Suite("bbob", f"instances: {instance}", "dimensions: 2")
        problem = next(p for p in suite if p.id_function == number)
        points = rng.uniform(-5.0, 5.0, (60, 2))
        points[50:] *= 1.4
        wanted = np.array([problem(p) for p in points])
        got = look(entry, *points.T, instance=instance)[0]
        assert np.allclose(got, wanted, rtol=1e-9, atol=1e-9)
        for x, y, value, is_global in surfaces.minima(entry.make({"instance": instance})):
            assert problem(np.array([x, y])) == pytest.approx(value, rel=1e-9, abs=1e-8)
            assert not is_global or value <= wanted.min()


@each
def test_listed_minima_are_minima(entry):
    x, y, value, is_global = listed_minima(entry)
    low, high = box(entry)
    if not x.size:
        assert entry.name in {"saddle", "monkey_saddle", "adjiman", "bbob_05_linear_slope"}
        return
    assert ((low[0] < x) & (x < high[0]) & (low[1] < y) & (y < high[1])).all()
    assert len({(a, b) for a, b in zip(x.round(9), y.round(9), strict=True)}) == x.size
    got = look(entry, x, y)
    tolerance = 1e-9 * np.maximum(1.0, np.abs(value))
    assert (np.abs(got[0] - value) <= tolerance).all()
    assert ((value <= value.min() + tolerance) == is_global).all()
    # Nothing is lower on small circles, in units of the domain.
    angles = np.arange(32) * (2 * np.pi / 32) + 0.1
    around = np.array([np.cos(angles), np.sin(angles)]) * (high - low)[:, None]
    rise = []
    for radius in (1e-4, 1e-5):
        ring = radius * around[:, None, :]
        f = look(entry, x[:, None] + ring[0], y[:, None] + ring[1])[0].reshape(x.size, -1)
        rise.append(f - got[0][:, None])
        assert (rise[-1] >= -1e-13 * np.maximum(1.0, np.abs(value))[:, None]).all()
    # Either Newton's step is nothing, or the function has a kink: it rises no faster than linearly.
    _, gx, gy, xx, xy, yy = got
    det = xx * yy - xy * xy
    step = np.array([(yy * gx - xy * gy) / det, (xx * gy - xy * gx) / det])
    still = (np.abs(step) <= 1e-7 * (high - low)[:, None]).all(axis=0) & (det > 0) & (xx + yy > 0)
    kink = (rise[0] <= 30 * rise[1]).any(axis=1)
    level = (gx == 0) & (gy == 0) & (det == 0)
    assert (still | kink | level).all()


@each
def test_published_minima_are_listed(entry):
    if entry.name not in PUBLISHED:
        return
    known = PUBLISHED[entry.name]
    x, y, value, _ = listed_minima(entry)
    value_digits = known.digits if known.value_digits is None else known.value_digits
    for at_x, at_y, at_value in known.minima:
        k = np.argmin(np.hypot(x - at_x, y - at_y))
        assert abs(x[k] - at_x) <= known.digits
        assert abs(y[k] - at_y) <= known.digits
        assert abs(value[k] - at_value) <= value_digits


@each_known
def test_nothing_lower_than_the_global_minima_is_in_the_domain(entry):
    f, candidates = grid(entry.name)
    values = listed_minima(entry)[2]
    if candidates.size:
        lowest = look(entry, *candidates)[0].min()
        assert lowest >= values.min() - 1e-9 * max(1.0, abs(values.min()))
    else:
        assert not values.size or values.min() <= f.min() + 1e-9


def newton(entry, points, rounds=60):
    """Where Newton's method with absolute eigenvalues, of bounded steps, ends."""
    low, high = box(entry)
    reach = 0.02 * (high - low)[:, None]
    for _ in range(rounds):
        _, gx, gy, xx, xy, yy = look(entry, *points)
        matrices = np.moveaxis(np.array([[xx, xy], [xy, yy]]), -1, 0)
        matrices = np.where(np.isfinite(matrices), matrices, 0.0)
        values, vectors = np.linalg.eigh(matrices)
        slopes = np.nan_to_num(np.array([gx, gy]))
        along = np.einsum("nij,in->nj", vectors, slopes) / np.maximum(np.abs(values), 1e-12)
        step = np.einsum("nij,nj->in", vectors, along)
        step /= np.maximum(1.0, np.abs(step / reach).max(axis=0))
        points = np.clip(points - step, low[:, None], high[:, None])
    return points


@each_known
def test_no_minimum_is_missing(entry):
    low, high = box(entry)
    span = (high - low)[:, None]
    starts = scatter(entry, 1500 if COMPILED else 10, seed=5)
    ends = newton(entry, np.hstack([starts, grid(entry.name)[1]]), 60 if COMPILED else 20)
    f, gx, gy, xx, xy, yy = look(entry, *ends)
    det = xx * yy - xy * xy
    with np.errstate(all="ignore"):
        step = np.array([(yy * gx - xy * gy) / det, (xx * gy - xy * gx) / det])
    inside = ((ends > low[:, None]) & (ends < high[:, None])).all(axis=0)
    bends = np.abs(xx) + np.abs(yy)
    found = inside & (np.abs(step) < 1e-9 * span).all(axis=0) & (xx > 0) & (det > 1e-9 * bends**2)
    # Level plains, whose slopes are no larger than rounding, have no minima.
    found &= bends * (span.max() ** 2) > 1e-9 * np.maximum(1.0, np.abs(f))
    x, y, value, _ = listed_minima(entry)
    if "connected" in entry.facts:
        missing = [v for v in f[found] if not np.isclose(value, v, rtol=1e-7, atol=1e-9).any()]
    else:
        near = np.abs(ends[:, found, None] - np.array([x, y])[:, None, :]) < 1e-5 * span[..., None]
        missing = ends[:, found][:, ~near.all(axis=0).any(axis=1)].T.tolist()
    assert not missing
    smooth = look(entry, x, y)
    if COMPILED and x.size and np.isfinite(smooth).all() and "connected" not in entry.facts:
        # And the search is one that finds: all that are smooth are among its ends.
        assert found.sum() > 0 or entry.name in {"alpine", "bukin_6", "schwefel_2_6"}


@pytest.mark.parametrize(
    "name", ["himmelblau", "six_hump_camel", "alpine", "schwefel_2_6", "bird", "holder_table"]
)
def test_scipy_finds_no_other_minimum(name):
    if not COMPILED:
        return
    entry = surfaces.catalog.get(name)
    low, high = box(entry)
    item = entry.make()
    x, y, _, _ = listed_minima(entry)
    for start in scatter(entry, 40, seed=6).T:
        end = minimize(
            lambda p: point(item, p[0], p[1])[0],
            start,
            method="Nelder-Mead",
            options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 800},
        ).x
        if ((end > low) & (end < high)).all():
            assert np.hypot(x - end[0], y - end[1]).min() < 1e-4 * (high - low).max()


def test_gradient_of_the_bowl_at_the_tutorials_point():
    assert point(surfaces.catalog.get("bowl").make(), 1.0, 1.5)[1:] == (2.0, 3.0)


@pytest.mark.parametrize("name", ["bowl", "ackley", "bbob_22_gallagher_21"])
def test_grids_are_the_points_heights(name):
    entry = surfaces.catalog.get(name)
    low, high = box(entry)
    x, y = np.linspace(low[0], high[0], 7), np.linspace(low[1], high[1], 5)
    out = np.empty((5, 7))
    heights(entry.make(), x, y, out)
    assert np.allclose(out.ravel(), look(entry, x, y[:, None])[0], rtol=1e-13)


def test_tables_of_minima():
    assert listed("1 2 3; -1 0 0.5\n0 0 0.5") == (
        (-1.0, 0.0, 0.5, True),
        (0.0, 0.0, 0.5, True),
        (1.0, 2.0, 3.0, False),
    )
    assert marked([]) == ()
    four = mirrored(marked([(1.0, 2.0, 0.0)]))
    assert {m[:2] for m in four} == {(1.0, 2.0), (-1.0, 2.0), (1.0, -2.0), (-1.0, -2.0)}
    assert len(mirrored(marked([(1.0, 0.0, 0.0)]), swapped=True)) == 4
    assert {m[:2] for m in mirrored(marked([(3.0, 1.0, 0.0)]), 1.0, 1.0)} == {
        (3.0, 1.0),
        (-1.0, 1.0),
    }
    assert summed([(0.0, 1.0), (2.0, 3.0)], [(5.0, 0.5)]) == (
        (0.0, 5.0, 1.5, True),
        (2.0, 5.0, 3.5, False),
    )


def test_minima_of_an_instance():
    entry = surfaces.catalog.get("bbob_01_sphere")
    assert surfaces.minima(entry.make()) == entry.facts["minima"]
    other = entry.make({"instance": 3})
    assert surfaces.minima(other) == ((other.x, other.y, other.value, True),)
    assert surfaces.minima(surfaces.catalog.get("bowl").make()) == ((0.0, 0.0, 0.0, True),)
    deep = surfaces.catalog.get("bbob_21_gallagher_101").make({"instance": 2})
    assert len(surfaces.minima(deep)) > 50
