"""Heights over grids: each against plain NumPy, whatever the threads and the stages."""

from __future__ import annotations

import numpy as np
import pytest

import workbench as wb
from workbench.landscape import evaluate as module
from workbench.landscape import heights, heights_over, plane_of_path, refined


@pytest.fixture(scope="module")
def run(full_batch):
    made = wb.Run(full_batch)
    made.step(100)
    return made


@pytest.fixture(scope="module")
def grid(run):
    plane = plane_of_path(run.trail()[1])
    return plane, np.linspace(-1.5, 0.7, 7), np.linspace(-0.4, 1.1, 6)


def plain(network, run, height, point):
    data = run.model.data
    split = data.test if height.endswith("_test") else data.train
    if height.startswith("loss"):
        return network.loss(point, split.inputs, split.targets)
    if height.startswith("accuracy"):
        return network.accuracy(point, split.inputs, split.targets)
    return np.linalg.norm(network.gradient(point, split.inputs, split.targets))


@pytest.mark.parametrize("height", sorted(set(heights.catalog.names()) - {"curvature"}))
def test_heights_are_those_of_plain_numpy(run, grid, height, plain_tutorial):
    plane, along, across = grid
    found = heights_over(run.model, plane, along, across, height)
    assert found.shape == (6, 7)
    for i, y in enumerate(across):
        for j, x in enumerate(along):
            point = plane.origin + np.array([x, y]) @ plane.directions
            wanted = plain(plain_tutorial, run, height, point)
            assert found[i, j] == pytest.approx(wanted, rel=2e-4, abs=1e-7)


def test_curvature_is_the_laplacian_of_the_grid_itself(full_batch):
    experiment = full_batch.replace(dtype="float64", network={"activations": ["tanh", "tanh"]})
    model = wb.Model(experiment)
    rng = np.random.default_rng(0)
    at = model.initial_parameters()
    path = at + rng.normal(size=(4, len(at))).cumsum(0) * 0.1
    plane = plane_of_path(path)
    h = 1e-3
    along, across = np.array([-0.3 - h, -0.3, -0.3 + h]), np.array([0.2 - h, 0.2, 0.2 + h])
    loss = heights_over(model, plane, along, across)
    wanted = (loss[1, 0] + loss[1, 2] + loss[0, 1] + loss[2, 1] - 4 * loss[1, 1]) / h**2
    found = heights_over(model, plane, along, across, "curvature")
    assert found[1, 1] == pytest.approx(wanted, rel=1e-4)
    # The plane's, not its directions': oblique ones of other lengths have the same.
    a, b = plane.directions
    oblique = type(plane)(plane.at(np.array([[-0.3, 0.2]]))[0], np.array([3 * a, a + b]), "test")
    same = heights_over(model, oblique, np.zeros(1), np.zeros(1), "curvature")
    assert same[0, 0] == pytest.approx(found[1, 1], rel=1e-9)


def test_results_do_not_depend_on_threads(run, grid, monkeypatch):
    plane, along, across = grid
    one = heights_over(run.model, plane, along, across, threads=1)
    monkeypatch.setattr(module, "_PIECE", 1)
    for threads in (2, 5, None):
        many = heights_over(run.model, plane, along, across, threads=threads)
        np.testing.assert_array_equal(many, one)


def test_stages_refine_to_the_same_bits_and_compute_nothing_twice(run, grid, monkeypatch):
    plane, *_ = grid
    along, across = np.linspace(-1, 1, 33), np.linspace(-2, 2, 27)
    counted, real = [], module.evaluate

    def counting(model, points, count, *rest):
        counted.append(count)
        return real(model, points, count, *rest)

    monkeypatch.setattr(module, "evaluate", counting)
    stages = list(refined(run.model, plane, along, across))
    assert sum(counted) == 33 * 27
    whole = heights_over(run.model, plane, along, across)
    assert [stage.stride for stage in stages] == [8, 4, 2, 1]
    for stage in stages:
        np.testing.assert_array_equal(stage.along, along[:: stage.stride])
        np.testing.assert_array_equal(stage.across, across[:: stage.stride])
        np.testing.assert_array_equal(stage.values, whole[:: stage.stride, :: stage.stride])
    assert stages[0].along[-1] == along[-1]
    with pytest.raises(ValueError, match="multiple"):
        next(refined(run.model, plane, along, across, strides=(4, 3)))


def test_cancelling_ends_it(run, grid, monkeypatch):
    plane, along, across = grid
    assert np.isnan(heights_over(run.model, plane, along, across, cancelled=lambda: True)).all()
    asked = iter([False, True])
    monkeypatch.setattr(module, "_PIECE", 1)
    part = heights_over(
        run.model, plane, along, across, threads=1, cancelled=lambda: next(asked, True)
    )
    assert 0 < np.isfinite(part).sum() < part.size
    seen = []
    for stage in refined(run.model, plane, along, across, cancelled=lambda: bool(seen)):
        seen.append(stage)
    assert [stage.stride for stage in seen] == [8]


@pytest.mark.parametrize(
    ("height", "changes", "words"),
    [
        ("los", {}, "nearest valid: loss"),
        (3, {}, "must be a height"),
        ("accuracy", {"data": {"name": "formula"}, "network.sizes": [2, 3, 1],
                      "network.activations": ["relu"], "network.output": "identity"}, "regression"),
        ("loss_test", {"data.test_fraction": 0}, "test_fraction"),
    ],
)  # fmt: skip
def test_heights_that_are_not_there_are_refused(full_batch, height, changes, words):
    model = wb.Model(full_batch.replace(changes))
    with pytest.raises(wb.BadValue, match=words):
        heights.choose(height, model)
