"""Landscapes of runs, experiments and given parameters."""

from __future__ import annotations

import json

import numpy as np
import pytest

import workbench as wb
from workbench.landscape import grid_around, lay_plane, square_around


@pytest.fixture(scope="module")
def run(full_batch):
    made = wb.Run(full_batch)
    made.step(150)
    return made


def test_grid_losses_are_the_models(run, plain_tutorial):
    _, trail = run.trail()
    grid = grid_around(run.model, trail, resolution=7)
    train = run.model.data.train
    assert grid.values.shape == (7, 7)
    for i, across in enumerate(grid.across):
        for j, along in enumerate(grid.along):
            point = grid.plane.origin + np.array([along, across]) @ grid.plane.directions
            wanted = plain_tutorial.loss(point, train.inputs, train.targets)
            assert grid.values[i, j] == pytest.approx(wanted, rel=1e-4)
            assert run.model.measures(point, run.model.train)[0] == pytest.approx(wanted, rel=1e-4)


def test_the_grid_shows_what_training_minimises(penalized):
    run = wb.run(penalized, steps=60)
    grid = grid_around(run.model, run.trail()[1], resolution=5)
    for i, j in ((0, 0), (2, 2), (1, 4)):
        offsets = np.array([grid.along[j], grid.across[i]])
        point = grid.plane.origin + offsets @ grid.plane.directions
        assert grid.values[i, j] == pytest.approx(run.model.loss_and_gradient(point)[0], rel=1e-4)


def test_the_grid_holds_the_path_with_a_margin(run):
    steps, trail = run.trail()
    grid = grid_around(run.model, trail, resolution=9, margin=0.35, steps=steps)
    assert grid.path.shape == (len(steps), 2)
    low, high = grid.path.min(0), grid.path.max(0)
    extent = (high - low).max()
    for axis, values in enumerate((grid.along, grid.across)):
        assert values[0] <= low[axis] - 0.34 * extent
        assert values[-1] >= high[axis] + 0.34 * extent
    np.testing.assert_allclose(np.ptp(grid.along), np.ptp(grid.across))
    np.testing.assert_allclose(grid.path[-1], 0.0, atol=1e-6)
    np.testing.assert_array_equal(grid.fit.distance, grid.plane.distances(trail))
    np.testing.assert_array_equal(grid.fit.path.places, steps)


def test_a_path_of_one_point_has_surroundings(run):
    start = wb.initial_parameters(run.experiment)
    grid = grid_around(run.model, start[None], resolution=5)
    assert np.ptp(grid.along) >= 1.0
    assert grid.values[2, 2] == pytest.approx(run.loss[0], rel=1e-5)
    ends = square_around(np.zeros((1, 2)), 0.0)
    assert (ends[:, 1] > ends[:, 0]).all()


def test_a_divergent_plane_is_not_an_error(diverging):
    run = wb.run(diverging.replace(optimizer={"learning_rate": 5.0}))
    grid = grid_around(run.model, run.trail()[1], resolution=5)
    assert np.isfinite(grid.path).all()
    assert grid.values.shape == (5, 5)
    json.dumps(grid.summary(), allow_nan=False)


def test_a_path_that_is_not_finite_is_refused(run):
    path = np.stack([run.parameters, np.full(158, np.nan)])
    with pytest.raises(wb.WorkbenchError, match="not finite"):
        lay_plane(run.experiment, parameters=path)


def test_run_experiment_and_path_give_the_same_plane(full_batch):
    experiment = full_batch.replace(stop={"steps": 60})
    run = wb.run(experiment)
    by_run = wb.plane(run, resolution=5)
    by_experiment = wb.plane(experiment, resolution=5)
    by_path = wb.plane(experiment, resolution=5, parameters=run.trail()[1])
    for other in (by_experiment, by_path):
        np.testing.assert_array_equal(other.values, by_run.values)
        np.testing.assert_array_equal(other.path, by_run.path)
    assert by_experiment.fit.path.places[-1] == 60
    point = wb.plane(experiment, "eigen", resolution=3, parameters=run.parameters, extent=0.25)
    assert len(point.path) == 1
    np.testing.assert_allclose(point.along, [-0.25, 0.0, 0.25])
    loss = run.model.loss_and_gradient(run.parameters)[0]
    assert point.values[1, 1] == pytest.approx(loss, rel=1e-5)


def test_points_go_by_name(full_batch, tmp_path):
    from workbench.store import save_run

    experiment = full_batch.replace(stop={"steps": 30})
    run = wb.run(experiment)
    save_run(wb.run(experiment.replace(start=4)), tmp_path / "four", pictures=False)
    names = ["final", "end:+1", str(tmp_path / "four")]
    made = wb.plane(run, "three", points=names, resolution=3)
    assert [name for name, _ in made.marks] == ["final", "end of start 1", "four"]
    ends = [wb.run(experiment.replace(start=k)).parameters for k in (0, 1, 4)]
    np.testing.assert_array_equal(made.fit.path.points, np.array(ends, np.float64))
    ends = [wb.Model(experiment).start(2), run.parameters]
    made = wb.plane(run, "line", points=["start:2", run.parameters], resolution=3)
    np.testing.assert_allclose(made.fit.path.points[[0, -1]], ends)


@pytest.mark.parametrize(
    ("kind", "settings", "words"),
    [
        ("pcb", {}, "plane.name.*nearest valid: pca"),
        ("pca", {"height": "hight"}, "plane.height"),
        ("pca", {"resolution": 1}, "plane.resolution"),
        ("pca", {"resolution": "many"}, "plane.resolution"),
        ("pca", {"extent": -1}, "plane.extent"),
        ("pca", {"options": {"sed": 1}}, "plane.sed.*nearest valid: seed"),
        ("random", {"options": {"normalisation": "fliter"}}, "nearest valid: filter"),
        ("pca", {"points": ["final"]}, "must be 0 points"),
        ("three", {"points": ["final"]}, "must be 3 points"),
        ("line", {"points": ["final", "end:x"]}, "plane.points"),
        ("line", {"points": ["final", "end:-3"]}, "plane.points"),
        ("line", {"points": ["final", "nowhere"]}, "plane.points.*nowhere"),
        ("line", {"points": ["final", [1.0, 2.0]]}, "must be 158 numbers"),
        ("line", {"points": ["final", [np.nan] * 158]}, "finite"),
        ("pca", {"parameters": [1.0, 2.0]}, "must be 158 numbers"),
    ],
)
def test_bad_input_is_one_line(run, kind, settings, words):
    with pytest.raises(wb.WorkbenchError, match=words) as caught:
        lay_plane(run, kind, **settings)
    assert "\n" not in str(caught.value)
    with pytest.raises(wb.BadValue, match="a Run or an Experiment"):
        lay_plane("tutorial")
