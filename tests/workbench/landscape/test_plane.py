"""Projections and distances, of planes whose directions may be of any length and angle."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.spatial import distance

from workbench.landscape import Plane
from workbench.landscape.plane import orthonormal, upright


@pytest.fixture(params=["orthonormal", "oblique"])
def plane(request):
    rng = np.random.default_rng(3)
    first, second = rng.normal(size=(2, 9))
    directions = [first, 0.02 * second + 3 * first]
    if request.param == "orthonormal":
        directions = orthonormal(directions)
    return Plane(rng.normal(size=9), np.array(directions), "test")


def test_the_projection_is_the_nearest_point(plane):
    points = np.random.default_rng(0).normal(size=(4, 9))
    flat, distances = plane.project(points), plane.distances(points)
    nearest = plane.origin + flat @ plane.directions
    direct = [distance.euclidean(p, q) for p, q in zip(points, nearest, strict=True)]
    np.testing.assert_allclose(distances, direct, atol=1e-9)
    np.testing.assert_allclose(plane.at(flat), nearest)
    for point, least in zip(points, distances, strict=True):
        found = minimize(lambda c, p=point: np.sum((plane.at(c[None])[0] - p) ** 2), np.zeros(2))
        assert np.sqrt(found.fun) == pytest.approx(least, rel=1e-4)


def test_points_of_the_plane_are_shown_whole(plane):
    places = np.random.default_rng(4).normal(size=(20, 2))
    points = plane.at(places)
    np.testing.assert_allclose(plane.project(points), places, atol=1e-8)
    np.testing.assert_allclose(plane.distances(points), 0.0, atol=1e-9)
    assert plane.share(points, points.mean(0)) == pytest.approx(1.0)


def test_the_share_is_of_the_variance():
    plane = Plane(np.zeros(3), np.eye(3)[:2], "test")
    points = np.array([[1.0, 2.0, 3.0], [-1.0, 0.0, 1.0], [0.0, 1.0, 5.0]])
    variances = points.var(0)
    assert plane.share(points, points.mean(0)) == pytest.approx(
        variances[:2].sum() / variances.sum()
    )
    offsets = points - points[-1]
    assert plane.share(points, points[-1]) == pytest.approx(
        (offsets[:, :2] ** 2).sum() / (offsets**2).sum()
    )
    assert plane.share(points[:1], points[0]) == 1.0


def test_dependent_vectors_are_passed_over():
    a, b = np.array([2.0, 0.0, 0.0]), np.array([1.0, 1.0, 0.0])
    found = orthonormal([a, 3 * a, b, np.ones(3)])
    np.testing.assert_allclose(found, [[1, 0, 0], [0, 1, 0]], atol=1e-15)
    assert len(orthonormal([np.zeros(3), a])) == 1
    assert upright(np.array([0.5, -2.0])).tolist() == [-0.5, 2.0]
