"""Basin maps on planes: the trainings are those of single runs, and labels mean what they say."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import workbench as wb
from workbench.maps.basin_map import DIVERGED, PENDING
from workbench.maps.basins_plane import plane_states
from workbench.model import Model
from workbench.multistart import train_starts


@pytest.fixture(scope="module")
def experiment():
    return wb.Experiment.preset("tutorial").replace(
        {"data": {"name": "drawn01_4x4", "test_fraction": 0.5}, "stop.steps": 60}
    )


def test_given_points_are_trained_as_starts_are(experiment):
    drawn = experiment.replace(initializer="he_normal")
    (block,) = train_starts(drawn, 3)
    points = np.array([Model(drawn).start(k) for k in range(3)])
    (given,) = train_starts(experiment, 3, points=points)
    np.testing.assert_array_equal(given.parameters, block.parameters)
    np.testing.assert_array_equal(given.loss, block.loss)


def test_a_map_is_refined_and_does_not_depend_on_threads(experiment):
    made = list(plane_states(experiment, resolution=12))
    assert [state.stride for state in made] == [8, 4, 2, 1]
    last = made[-1]
    assert (last.label != PENDING).all()
    assert last.label.max() + 1 == len(last.minima) > 1
    one = wb.basins(experiment, resolution=12, threads=1)
    np.testing.assert_array_equal(one.label, last.label)
    assert sum(row["share"] for row in last.table()) <= 1.0 + 1e-12


def test_networks_that_a_permutation_maps_into_each_other_have_one_label(experiment):
    # A line through a start and the same start with two hidden units exchanged: both ends of it
    # are one network, so their trainings are one but for rounding.
    drawn = experiment.replace(initializer="he_normal", dtype="float64")
    model = Model(drawn)
    start = model.start(0)
    other = start.copy()
    first, second = model.layers[:2]
    for flat, shape, axis in ((first.weights, first.shape, 1), (second.weights, second.shape, 0)):
        order = np.arange(6)
        order[[0, 1]] = [1, 0]
        other[flat] = np.take(start[flat].reshape(shape), order, axis).ravel()
    other[first.bias] = start[first.bias][order]
    across = np.zeros_like(start)
    across[0] = 1e-9
    plane = SimpleNamespace(origin=start, directions=np.array([other - start, across]))
    found = wb.basins(drawn, plane=plane, window=[0, 1, 0, 1], resolution=[5, 2])
    assert found.label[0, 0] == found.label[0, -1] >= 0
    assert len(set(found.label[0])) > 1


def test_what_diverges_is_told(experiment):
    wild = experiment.replace({"optimizer.learning_rate": 1e9, "network.loss": "cross_entropy"})
    n = Model(wild).parameter_count
    plane = SimpleNamespace(origin=np.full(n, 0.1), directions=np.eye(2, n))
    stop = wild.replace({"stop.diverged_above": 0.01})
    found = wb.basins(stop, plane=plane, window=[-1, 1, -1, 1], resolution=4)
    assert (found.label == DIVERGED).all()
    with pytest.raises(wb.BadValue, match="window"):
        plane_states(experiment, plane=plane)
    with pytest.raises(wb.BadValue, match="tolerance"):
        plane_states(experiment, tolerance=0)
