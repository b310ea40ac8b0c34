"""Many descents at once, against NumPy's Adam, the single path, SciPy's minima and each other."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from kernels import descents, optimizers, schedules, surfaces
from kernels.descent import descend
from kernels.lanes import width_of
from kernels.optimizers import new_memory, prepare

IN_LANES = [
    item.name
    for item in optimizers.catalog
    if descents.fits_lanes(item.make(), schedules.catalog.get("constant").make())
]


def items(surface, optimizer, rate, schedule="constant"):
    return (
        surfaces.catalog.get(surface).make(),
        optimizers.catalog.get(optimizer).make({"learning_rate": rate}),
        schedules.catalog.get(schedule).make(),
    )


def ends_of(parts, starts, steps, tolerance=-1.0, dtype=np.float64, registers=2, tiles=None):
    """The state (6, n) after descending from ``starts`` (n, 2)."""
    surface, optimizer, schedule = parts
    width = width_of(dtype, registers)
    count = len(prepare(optimizer, 1.0, 1, 1.0))
    table = np.empty((steps, count))
    descents.tabulate(optimizer, schedule, table)
    n_tiles = -(-len(starts) // len(width))
    state = np.zeros((descents.ROWS, n_tiles * len(width)), dtype)
    state[:2, : len(starts)] = starts.T
    for span in tiles or [(0, n_tiles)]:
        descents.descend_tiles(
            surface,
            optimizer,
            table.astype(dtype),
            (None,) * count,
            tolerance,
            span,
            width,
            state,
        )
    return state[:, : len(starts)]


def walk_each(parts, starts, steps, tolerance=-1.0):
    surface, optimizer, schedule = parts
    state = np.zeros((descents.ROWS, len(starts)))
    state[:2] = starts.T
    memory = new_memory(optimizer, 2, np.float64)
    seen = schedules.new_schedule_memory(schedule)
    descents.descend_each(surface, optimizer, schedule, steps, tolerance, memory, seen, state)
    return state


def path_of(parts, start, steps):
    surface, optimizer, schedule = parts
    path = np.empty((steps + 1, 5))
    memory = new_memory(optimizer, 2, np.float64)
    seen = schedules.new_schedule_memory(schedule)
    filled, _ = descend(surface, optimizer, schedule, start.copy(), memory, seen, 0, path)
    return path[:filled]


def spread(n, seed=0, reach=2.0):
    return np.random.default_rng(seed).uniform(-reach, reach, (n, 2))


def numpy_adam(starts, slope, lengths, roots, beta1=0.9, beta2=0.999, epsilon=1e-8):
    """Algorithm 1 of the paper, with its corrections in the step lengths and the roots."""
    p, m, v = starts.copy(), np.zeros_like(starts), np.zeros_like(starts)
    for length, root in zip(lengths, roots, strict=True):
        g = slope(p)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        p = p - length * m / (np.sqrt(v) * root + epsilon)
    return p


def test_adam_is_numpy_adam_to_the_last_bit():
    # Square roots, quotients, products and sums are rounded alike everywhere; powers are not, so
    # the steps' coefficients, which all starts share, are compared apart.
    parts, starts, t = items("bowl", "adam", 0.05), spread(37), np.arange(1, 61)
    table = np.empty((60, 7))
    descents.tabulate(*parts[1:], table)
    lengths, roots = table[:, 0], table[:, 1]
    assert np.allclose(lengths, 0.05 / (1 - 0.9**t), rtol=1e-13)
    assert np.allclose(roots, 1 / np.sqrt(1 - 0.999**t), rtol=1e-12)
    found = ends_of(parts, starts, 60)
    assert np.array_equal(found[:2].T, numpy_adam(starts, lambda p: 2.0 * p, lengths, roots))
    assert np.array_equal(found[descents.VALUE], (found[:2] ** 2).sum(0))
    assert (found[descents.STEPS] == 60).all()
    assert not found[descents.DIVERGED].any()


@pytest.mark.parametrize("name", IN_LANES)
def test_every_optimizer_ends_where_its_single_path_does(name):
    # Both round after every operation, but the single path may fuse products with sums. Near a
    # minimum paths converge, so the difference stays at a few roundings.
    parts, starts = items("himmelblau", name, 0.01), np.array([3.0, 2.0]) + spread(5, 1, 0.8)
    found = ends_of(parts, starts, 50)
    for k, start in enumerate(starts):
        x, y, value, gx, gy = path_of(parts, start, 50)[-1]
        assert found[:3, k] == pytest.approx([x, y, value], rel=1e-11, abs=1e-11)
        assert found[descents.NORM, k] == pytest.approx(np.hypot(gx, gy), rel=1e-9, abs=1e-11)


# With slopes of their own and by jets; paths over wilder ones part by rounding alone.
@pytest.mark.parametrize(
    "name",
    ["himmelblau", "six_hump_camel", "branin", "bird", "bbob_01_sphere"],
)
def test_surfaces_end_where_their_single_paths_do(name):
    parts, starts = items(name, "momentum", 1e-4), spread(5, 2, 1.2)
    found = ends_of(parts, starts, 40)
    for k, start in enumerate(starts):
        x, y, value, gx, gy = path_of(parts, start, 40)[-1]
        assert found[:3, k] == pytest.approx([x, y, value], rel=1e-11, abs=1e-11)
        assert found[descents.NORM, k] == pytest.approx(np.hypot(gx, gy), rel=1e-9, abs=1e-11)


@pytest.mark.parametrize(
    ("surface", "dtype", "registers"), [("himmelblau", np.float32, 1), ("rastrigin", np.float64, 4)]
)
def test_bits_do_not_depend_on_width_tile_lane_or_neighbours(surface, dtype, registers):
    parts, starts = items(surface, "adam", 0.02), spread(150, 3, 3.0)
    wanted = ends_of(parts, starts, 30, 0.1, dtype)
    assert np.array_equal(ends_of(parts, starts, 30, 0.1, dtype, registers), wanted)
    assert np.array_equal(ends_of(parts, starts[::-1], 30, 0.1, dtype)[:, ::-1], wanted)
    n_tiles = -(-150 // len(width_of(dtype, 2)))
    pieces = [(k, k + 1) for k in reversed(range(n_tiles))]
    assert np.array_equal(ends_of(parts, starts, 30, 0.1, dtype, tiles=pieces), wanted)
    alone = [ends_of(parts, starts[k : k + 1], 30, 0.1, dtype) for k in (0, 77, 149)]
    assert np.array_equal(np.concatenate(alone, 1), wanted[:, [0, 77, 149]])


def test_float32_differs_by_rounding_only():
    parts, starts = items("himmelblau", "adam", 0.02), spread(40, 4, 1.0)
    wide, narrow = ends_of(parts, starts, 30), ends_of(parts, starts, 30, dtype=np.float32)
    assert narrow.dtype == np.float32
    assert np.abs(narrow[:2] - wide[:2]).max() < 1e-5


def test_starts_end_in_the_minima_that_scipy_finds():
    parts = items("himmelblau", "adam", 0.05)
    found = ends_of(parts, spread(64, 5, 5.0), 3000, 1e-9)
    assert (found[descents.NORM] <= 1e-9).all()
    assert (found[descents.STEPS] < 3000).all()

    def height(p):
        return (p[0] ** 2 + p[1] - 11) ** 2 + (p[0] + p[1] ** 2 - 7) ** 2

    wanted = np.array(
        [
            optimize.minimize(height, corner, method="BFGS", options={"gtol": 1e-10}).x
            for corner in ((3, 2), (-3, 3), (-4, -3), (4, -2))
        ]
    )
    gaps = np.linalg.norm(found[:2].T[:, None] - wanted, axis=2)
    assert gaps.min(1).max() < 1e-6
    assert set(gaps.argmin(1)) == {0, 1, 2, 3}


def test_a_start_ends_at_the_first_point_within_the_tolerance():
    parts, starts = items("bowl", "sgd", 0.25), np.array([[1.0, 1.5], [4e-4, 3e-4], [8.0, 0.0]])
    # Every step halves the point, so the gradient norm 2 |p| is 2 |p0| / 2ᵏ.
    found = ends_of(parts, starts, 100, 1e-3)
    lengths = np.hypot(*starts.T)
    wanted = np.maximum(np.ceil(np.log2(2 * lengths / 1e-3)), 0)
    assert wanted[1] == 0
    assert np.array_equal(found[descents.STEPS], wanted)
    assert np.array_equal(found[:2], starts.T / 2**wanted)


def test_a_lane_that_diverges_ends_at_its_last_finite_gradient():
    parts = items("rosenbrock", "sgd", 0.002)
    starts = np.array([[1.0, 1.0], [30.0, -40.0], [0.9, 0.8], [np.nan, 0.0]])
    found = ends_of(parts, starts, 400)
    assert found[descents.DIVERGED].tolist() == [0, 1, 0, 1]
    assert found[descents.STEPS, [0, 2, 3]].tolist() == [400, 400, 0]
    assert np.isfinite(found[[0, 1, descents.NORM], 1]).all()
    path = path_of(parts, starts[1], 400)
    last = int(found[descents.STEPS, 1])
    assert len(path) - 1 <= last < 20
    assert path[-1, :2] == pytest.approx(
        ends_of(parts, starts[1:2], len(path) - 1)[:2, 0], rel=1e-9
    )
    x, y = found[:2, 1]
    with np.errstate(over="ignore", invalid="ignore"):
        slope = np.array([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)])
        x, y = np.array([x, y]) - 0.002 * slope
        after = -2 * (1 - x) - 400 * x * (y - x * x)
    assert np.isfinite(slope).all()
    assert not np.isfinite(after)


def test_one_at_a_time_is_the_same_descent():
    parts, starts = items("himmelblau", "adam", 0.02), spread(6, 8)
    lanes, each = ends_of(parts, starts, 200, 0.5), walk_each(parts, starts, 200, 0.5)
    assert np.array_equal(each[descents.STEPS], lanes[descents.STEPS])
    assert np.allclose(each, lanes, rtol=1e-9, atol=1e-11)
    assert 0 < each[descents.STEPS].min() < 200


@pytest.mark.parametrize("name", ["sgd_clipped", "heavy_ball_exact"])
def test_what_fits_no_lanes_goes_one_at_a_time(name):
    parts, starts = items("himmelblau", name, 0.05), spread(3, 9, 1.2)
    found = walk_each(parts, starts, 20)
    for k, start in enumerate(starts):
        path = path_of(parts, start, 20)
        assert found[:3, k] == pytest.approx(path[-1, :3], rel=1e-12)
        assert found[descents.STEPS, k] == len(path) - 1


def test_which_fit_lanes():
    assert {"sgd", "adam", "momentum"} <= set(IN_LANES)
    assert not {"sgd_clipped", "heavy_ball_exact", "newton"} & set(IN_LANES)
    plateau = schedules.catalog.get("reduce_on_plateau").make()
    assert not descents.fits_lanes(optimizers.catalog.get("adam").make(), plateau)


def test_schedules_count():
    schedule = schedules.catalog.get("exponential").make({"decay": 0.5, "every": 1.0})
    surface, optimizer, _ = items("bowl", "sgd", 0.25)
    found = ends_of((surface, optimizer, schedule), np.array([[1.0, -2.0]]), 3)
    share = (1 - 0.5) * (1 - 0.25) * (1 - 0.125)
    assert np.array_equal(found[:2, 0], share * np.array([1.0, -2.0]))
