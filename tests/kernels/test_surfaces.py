"""Test surfaces: slopes, and the minima that they list, by SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from kernels import surfaces
from kernels.surfaces import heights, point
from tests import naive

SURFACES = list(surfaces.catalog)
each = pytest.mark.parametrize("entry", SURFACES, ids=lambda entry: entry.name)


def height(entry, p):
    return point(entry.make(), float(p[0]), float(p[1]))[0]


def slope(entry, p):
    return np.array(point(entry.make(), float(p[0]), float(p[1]))[1:])


@each
def test_slope_is_that_of_finite_differences(entry):
    low_x, high_x, low_y, high_y = entry.facts["domain"]
    rng = np.random.default_rng(0)
    for p in rng.uniform((low_x, low_y), (high_x, high_y), (50, 2)):
        wanted = naive.slope(lambda q: height(entry, q), p, h=1e-3)
        assert np.abs(slope(entry, p) - wanted).max() < 1e-6 * max(1.0, np.abs(wanted).max())


@each
def test_listed_minima_are_minima(entry):
    values = [m[2] for m in entry.facts["minima"]]
    assert entry.facts["minima"]
    for x, y, value, is_global in entry.facts["minima"]:
        p = np.array([x, y])
        assert height(entry, p) == pytest.approx(value, abs=1e-9)
        assert np.abs(slope(entry, p)).max() < 1e-6
        hessian = np.array([naive.slope(lambda q, k=k: slope(entry, q)[k], p) for k in (0, 1)])
        assert np.linalg.eigvalsh((hessian + hessian.T) / 2).min() > 0
        assert is_global == (value < min(values) + 1e-9)


@each
def test_no_minimum_is_missing(entry):
    low_x, high_x, low_y, high_y = entry.facts["domain"]
    known = np.array([m[:2] for m in entry.facts["minima"]])
    bounds = [(low_x, high_x), (low_y, high_y)]
    rng = np.random.default_rng(1)
    for p in rng.uniform((low_x, low_y), (high_x, high_y), (150, 2)):
        end = minimize(
            lambda q: height(entry, q), p, jac=lambda q: slope(entry, q), bounds=bounds, tol=1e-12
        )
        inside = (end.x > (low_x, low_y)).all() and (end.x < (high_x, high_y)).all()
        if not inside or np.abs(slope(entry, end.x)).max() > 1e-4:
            continue
        hessian = np.array([naive.slope(lambda q, k=k: slope(entry, q)[k], end.x) for k in (0, 1)])
        if np.linalg.eigvalsh((hessian + hessian.T) / 2).min() > 1e-3:
            assert np.linalg.norm(known - end.x, axis=1).min() < 1e-3


def test_gradient_of_the_bowl_at_the_tutorials_point():
    entry = surfaces.catalog.get("bowl")
    assert np.array_equal(slope(entry, (1.0, 1.5)), (2.0, 3.0))


@each
def test_grids_are_the_points_heights(entry):
    low_x, high_x, low_y, high_y = entry.facts["domain"]
    x, y = np.linspace(low_x, high_x, 7), np.linspace(low_y, high_y, 5)
    out = np.empty((5, 7))
    heights(entry.make(), x, y, out)
    wanted = [[height(entry, (a, b)) for a in x] for b in y]
    assert np.allclose(out, wanted, rtol=1e-13)
