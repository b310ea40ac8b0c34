"""Minima and saddles of grids: those of surfaces whose stationary points are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import root

from kernels import surfaces
from workbench.landscape import find_features


def grid_of(height, low, high, n):
    along, across = (np.linspace(a, b, n) for a, b in zip(low, high, strict=True))
    x, y = np.meshgrid(along, across)
    return height(x, y), along, across


def places(features, *kinds):
    return np.array(sorted((f.x, f.y) for f in features if f.kind in kinds))


def smooth():
    """Surfaces of the catalogue whose known minima lie inside and are all there are."""
    return [
        name
        for name in ("bowl", "himmelblau", "six_hump_camel", "two_valleys")
        if name in surfaces.catalog.names()
    ]


@pytest.mark.parametrize("n", [(203, 199), (200, 200)], ids=["odd", "even"])
@pytest.mark.parametrize("name", smooth())
def test_minima_of_the_catalogue_are_found(name, n):
    entry = surfaces.catalog.get(name)
    x_low, x_high, y_low, y_high = entry.facts["domain"]
    along, across = np.linspace(x_low, x_high, n[0]), np.linspace(y_low, y_high, n[1])
    values = np.empty(n[::-1])
    surfaces.heights(entry.make(), along, across, values)
    found = find_features(values, along, across)
    minima = [f for f in found if f.kind.endswith("minimum")]
    known = sorted(m for m in entry.facts["minima"])
    cell = np.array([along[1] - along[0], across[1] - across[0]])
    assert len(minima) == len(known)
    for kind, is_global in (("global minimum", True), ("minimum", False)):
        wanted = np.array(sorted(m[:2] for m in known if m[3] is is_global)).reshape(-1, 2)
        got = places(found, kind).reshape(-1, 2)
        assert len(got) == len(wanted)
        # Refined to a small part of a cell, where the grid alone is off by up to half of one.
        assert (np.abs(got - wanted) < 0.05 * cell).all()
    values_found = sorted(f.value for f in minima)
    np.testing.assert_allclose(
        values_found, sorted(m[2] for m in known), atol=1e-5 * np.ptp(values)
    )
    assert all(f.resolved for f in minima)


@pytest.mark.parametrize("n", [(222, 181), (221, 181), (222, 182)])
def test_saddles_of_the_camel_are_all_found(n):
    entry = surfaces.catalog.get("six_hump_camel")

    def gradient(p):
        x, y = p
        return [8 * x - 8.4 * x**3 + 2 * x**5 + y, x - 8 * y + 16 * y**3]

    def determinant(x, y):
        return (8 - 25.2 * x**2 + 10 * x**4) * (48 * y**2 - 8) - 1

    known = set()
    for x in np.linspace(-2.2, 2.2, 23):
        for y in np.linspace(-1.2, 1.2, 13):
            solved = root(gradient, (x, y), tol=1e-12)
            if solved.success and determinant(*solved.x) < 0 and abs(solved.x[0]) < 2.2:
                known.add(tuple((np.round(solved.x, 6) + 0.0).tolist()))
    along, across = np.linspace(-2.2, 2.2, n[0]), np.linspace(-1.2, 1.2, n[1])
    values = np.empty(n[::-1])
    surfaces.heights(entry.make(), along, across, values)
    got = places(find_features(values, along, across), "saddle")
    wanted = np.array(sorted(known))
    assert len(wanted) == len(got) == 7
    np.testing.assert_allclose(got, wanted, atol=2e-3)


@pytest.mark.parametrize("angle", np.linspace(0.0, np.pi / 2, 7))
@pytest.mark.parametrize("at", [(0.0, 0.0), (0.13, -0.31), (0.49, 0.52), (0.5, 0.5), (0.5, 0.0)])
def test_a_saddle_is_one_whatever_its_direction_and_place(angle, at):
    c, s = np.cos(angle), np.sin(angle)

    def height(x, y):
        u, v = x - at[0], y - at[1]
        return 3.0 + (c * u + s * v) ** 2 - 1.5 * (c * v - s * u) ** 2

    found = find_features(*grid_of(height, (-7, -7), (7, 7), 15))
    saddles = [f for f in found if f.kind == "saddle"]
    assert [(round(f.x, 9), round(f.y, 9)) for f in saddles] == [at]
    assert saddles[0].value == pytest.approx(3.0)
    assert not [f for f in found if f.kind.endswith("minimum")]


@pytest.mark.parametrize("n", [9, 10])
def test_a_minimum_midway_between_points_is_one(n):
    found = find_features(*grid_of(lambda x, y: x**2 + y**2, (-2, -2), (2, 2), n))
    assert [f.kind for f in found] == ["global minimum"]
    assert (found[0].x, found[0].y, found[0].value) == pytest.approx((0, 0, 0), abs=1e-12)


def test_a_monkey_saddle_is_one():
    found = find_features(*grid_of(lambda x, y: x**3 - 3 * x * y**2, (-2, -2), (2, 2), 21))
    (saddle,) = [f for f in found if f.kind == "saddle"]
    # No quadratic has one, so it is known to a cell.
    assert (saddle.x, saddle.y) == pytest.approx((0, 0), abs=0.2)


@pytest.mark.parametrize(
    "height",
    [
        lambda x, y: 0 * x,
        lambda x, y: np.maximum(x**2 + y**2, 1.0),
        lambda x, y: np.floor(x) + 0 * y,
        lambda x, y: x + 2 * y,
        lambda x, y: x**2 + 0 * y,
    ],
    ids=["flat", "a flat floor", "stairs", "a slope", "a valley"],
)
def test_plateaus_and_edges_have_neither_minima_nor_saddles(height):
    values, along, across = grid_of(height, (-3, -3), (3, 3), 25)
    (only,) = find_features(values, along, across)
    assert only.kind == "lowest"
    assert only.value == values.min()


def test_a_minimum_at_the_edge_is_the_lowest_point_only():
    found = find_features(*grid_of(lambda x, y: (x - 9) ** 2 + y**2, (-3, -3), (3, 3), 13))
    assert [(f.kind, f.x, f.y) for f in found] == [("lowest", 3.0, 0.0)]


def test_noise_within_the_tolerance_is_no_landscape():
    rng = np.random.default_rng(0)
    values, along, across = grid_of(lambda x, y: 5 + 0 * x, (-1, -1), (1, 1), 40)
    noisy = values * (1 + 1e-7 * rng.uniform(-1, 1, values.shape))
    assert len(find_features(noisy, along, across)) > 20
    assert [f.kind for f in find_features(noisy, along, across, tolerance=1e-6)] == ["lowest"]


def test_what_is_not_finite_is_a_wall():
    values, along, across = grid_of(lambda x, y: x**2 + y**2, (-2, -2), (2, 2), 9)
    values[np.hypot(*np.meshgrid(along, across)) > 1.3] = np.nan
    found = find_features(values, along, across)
    assert [(f.kind, f.x, f.y) for f in found] == [("global minimum", 0.0, 0.0)]
    assert find_features(np.full((5, 5), np.nan), along[:5], across[:5]) == []
    assert len(find_features(np.ones((2, 2)), along[:2], across[:2])) == 1


def test_without_refinement_places_are_the_grids():
    values, along, across = grid_of(
        lambda x, y: (x - 0.1) ** 2 + (y + 0.2) ** 2, (-2, -2), (2, 2), 9
    )
    (plain,) = find_features(values, along, across, refine=False)
    (refined,) = find_features(values, along, across)
    assert (plain.x, plain.y, plain.value) == (0.0, 0.0, pytest.approx(0.05))
    assert (along[plain.column], across[plain.row]) == (0.0, 0.0)
    assert (refined.x, refined.y, refined.value) == pytest.approx((0.1, -0.2, 0.0), abs=1e-12)
