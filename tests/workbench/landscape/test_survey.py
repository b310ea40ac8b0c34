"""Planes through parameter space: their directions, what they show, and the losses on them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import distance
from sklearn.decomposition import PCA

import workbench as wb
from workbench.landscape import grid_around, plane_of_path


@pytest.fixture(scope="module")
def run(full_batch):
    made = wb.Run(full_batch)
    made.step(150)
    return made


def wander(m, n, seed=0):
    """A random walk (m, n) that goes farther along some directions than others."""
    rng = np.random.default_rng(seed)
    return np.cumsum(rng.normal(size=(m, n)) * np.linspace(2.0, 0.1, n), axis=0)


def assert_orthonormal(plane):
    np.testing.assert_allclose(plane.directions @ plane.directions.T, np.eye(2), atol=1e-12)


@pytest.mark.parametrize("shape", [(40, 12), (5, 158), (3, 3)])
def test_directions_are_the_principal_components(shape):
    path = wander(*shape)
    plane = plane_of_path(path)
    pca = PCA(2).fit(path)
    assert_orthonormal(plane)
    np.testing.assert_array_equal(plane.origin, path[-1])
    for ours, theirs in zip(plane.directions, pca.components_, strict=True):
        assert abs(ours @ theirs) == pytest.approx(1.0)
        assert ours[np.abs(ours).argmax()] > 0
    assert plane.explained == pytest.approx(pca.explained_variance_ratio_.sum())


def test_projection_and_distance_are_pythagorean():
    path = wander(30, 9)
    plane = plane_of_path(path)
    flat = plane.project(path)
    nearest = plane.origin + flat @ plane.directions
    direct = [distance.euclidean(p, q) for p, q in zip(path, nearest, strict=True)]
    np.testing.assert_allclose(plane.distances(path), direct, atol=1e-9)
    # No other point of the plane is nearer.
    moved = plane.origin + (flat + 0.01) @ plane.directions
    assert (np.linalg.norm(path - moved, axis=1) >= np.array(direct)).all()


def test_a_path_in_a_plane_is_shown_whole():
    rng = np.random.default_rng(4)
    path = rng.normal(size=(20, 2)) @ rng.normal(size=(2, 7)) + 3.0
    plane = plane_of_path(path)
    assert plane.explained == pytest.approx(1.0)
    np.testing.assert_allclose(plane.distances(path), 0.0, atol=1e-6)


@pytest.mark.parametrize(
    "path",
    [np.ones((1, 5)), np.ones((4, 5)), np.outer(np.arange(4), np.arange(5.0)), np.ones((3, 2))],
    ids=["one point", "standing still", "a straight line", "two parameters"],
)
def test_paths_of_fewer_directions_get_random_ones(path):
    plane = plane_of_path(path)
    assert_orthonormal(plane)
    assert plane.explained == pytest.approx(1.0)
    again = plane_of_path(path)
    np.testing.assert_array_equal(again.directions, plane.directions)
    other = plane_of_path(path, seed=1)
    assert np.abs(other.directions - plane.directions).max() > 1e-3


def test_a_single_parameter_has_one_direction():
    plane = plane_of_path(np.array([[1.0], [3.0]]))
    assert plane.directions.tolist() == [[1.0], [0.0]]


def test_the_growing_path_does_not_flip_the_picture(run):
    _, trail = run.trail()
    earlier, later = plane_of_path(trail[:-1]), plane_of_path(trail)
    for a, b in zip(earlier.directions, later.directions, strict=True):
        assert a @ b > 0.9


def test_grid_losses_are_the_models(run, plain_tutorial):
    _, trail = run.trail()
    grid = grid_around(run.model, trail, resolution=7)
    train = run.model.data.train
    assert grid.loss.shape == (7, 7)
    for i, across in enumerate(grid.across):
        for j, along in enumerate(grid.along):
            point = grid.plane.origin + np.array([along, across]) @ grid.plane.directions
            wanted = plain_tutorial.loss(point, train.inputs, train.targets)
            assert grid.loss[i, j] == pytest.approx(wanted, rel=1e-4)
            assert run.model.measures(point, run.model.train)[0] == pytest.approx(wanted, rel=1e-4)


def test_the_grid_shows_what_training_minimises(penalized):
    run = wb.run(penalized, steps=60)
    grid = grid_around(run.model, run.trail()[1], resolution=5)
    for i, j in ((0, 0), (2, 2), (1, 4)):
        offsets = np.array([grid.along[j], grid.across[i]])
        point = grid.plane.origin + offsets @ grid.plane.directions
        assert grid.loss[i, j] == pytest.approx(run.model.loss_and_gradient(point)[0], rel=1e-4)


def test_the_grid_holds_the_path_with_a_margin(run):
    steps, trail = run.trail()
    grid = grid_around(run.model, trail, resolution=9, margin=0.35)
    assert grid.path.shape == (len(steps), 2)
    low, high = grid.path.min(0), grid.path.max(0)
    extent = (high - low).max()
    for axis, values in enumerate((grid.along, grid.across)):
        assert values[0] <= low[axis] - 0.34 * extent
        assert values[-1] >= high[axis] + 0.34 * extent
    np.testing.assert_allclose(np.ptp(grid.along), np.ptp(grid.across))
    np.testing.assert_allclose(grid.path[-1], 0.0, atol=1e-6)
    np.testing.assert_array_equal(grid.distance, grid.plane.distances(trail))


def test_a_path_of_one_point_has_surroundings(run):
    start = wb.initial_parameters(run.experiment)
    grid = grid_around(run.model, start[None], resolution=5)
    assert np.ptp(grid.along) >= 1.0
    assert grid.loss[2, 2] == pytest.approx(run.loss[0], rel=1e-5)


def test_a_divergent_plane_is_not_an_error(diverging):
    run = wb.run(diverging.replace(optimizer={"learning_rate": 5.0}))
    grid = grid_around(run.model, run.trail()[1], resolution=5)
    assert np.isfinite(grid.path).all()
    assert grid.loss.shape == (5, 5)
