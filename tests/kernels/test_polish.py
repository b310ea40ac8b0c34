"""Ends of descents followed to their minima: against published minima and SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from kernels import polish, surfaces

EXTENT = (4.0, 4.0)
NO_KINKS = np.empty((0, 2))


def followed(name, points, kinks=NO_KINKS, gentle=1e-9):
    item = surfaces.catalog.get(name).make()
    points = np.array(points, float)
    n = len(points)
    values, norms, kinds = np.empty(n), np.empty(n), np.empty(n, np.int64)
    polish.polish(item, EXTENT, gentle, kinks, 1.0, points, values, norms, kinds)
    return points, values, norms, kinds


@pytest.mark.parametrize("name", ["himmelblau", "six_hump_camel"])
def test_a_point_near_a_published_minimum_arrives_at_it(name):
    minima = np.array([m[:3] for m in surfaces.catalog.get(name).facts["minima"]])
    near = minima[:, :2] + 0.02 * np.array([[1.0, -1.0]])
    points, values, norms, kinds = followed(name, near)
    assert (kinds == polish.MINIMUM).all()
    np.testing.assert_allclose(points, minima[:, :2], atol=1e-7)
    np.testing.assert_allclose(values, minima[:, 2], atol=1e-9)
    assert (norms < 1e-6).all()


def test_a_narrow_valley_is_followed_to_its_end():
    points, _, _, kinds = followed("rosenbrock", [[0.5, 0.25]])
    assert kinds[0] == polish.MINIMUM
    np.testing.assert_allclose(points[0], [1.0, 1.0], atol=1e-7)


def test_a_saddle_is_at_rest_and_keeps_its_point():
    # Himmelblau's saddle, from the roots of its gradient by SciPy.
    def slope(p):
        a, b = p[0] ** 2 + p[1] - 11.0, p[0] + p[1] ** 2 - 7.0
        return [4 * p[0] * a + 2 * b, 2 * a + 4 * p[1] * b]

    saddle = optimize.root(slope, [0.1, 2.9], tol=1e-13).x
    points, _, norms, kinds = followed("himmelblau", [saddle, [0.3, 0.4]])
    assert kinds.tolist() == [polish.AT_REST, polish.MOVING]
    np.testing.assert_array_equal(points, [saddle, [0.3, 0.4]])
    assert norms[0] < 1e-9 < norms[1]


def test_curvatures_are_those_of_the_formula():
    item = surfaces.catalog.get("himmelblau").make()
    points = np.array([[1.0, 2.0], [-2.0, 0.5]])
    out = np.empty((2, 3))
    polish.bends(item, points, EXTENT, out)
    for (x, y), (norm, low, high) in zip(points, out, strict=True):
        a, b = x * x + y - 11.0, x + y * y - 7.0
        hessian = [[12 * x * x + 4 * y - 42, 4 * (x + y)], [4 * (x + y), 4 * x + 12 * y * y - 26]]
        np.testing.assert_allclose([low, high], np.linalg.eigvalsh(hessian), rtol=1e-6)
        assert norm == pytest.approx(np.hypot(4 * x * a + 2 * b, 2 * a + 4 * y * b))
