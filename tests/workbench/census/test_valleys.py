"""What lies below flat directions: told apart from what the gradient that is left leads to."""

from __future__ import annotations

import numpy as np
import pytest

from tests.workbench.census.test_planted import planted
from workbench.census.directions import Symmetries
from workbench.census.site import Site
from workbench.census.spectrum import Spectrum
from workbench.census.valleys import below, idle


def found(experiment, parameters):
    site, p = Site(experiment), np.asarray(parameters, float)
    point = site.look(p)
    spectrum = Spectrum.at(site, Symmetries(site.model), p, point)
    assert spectrum.flat.any()
    return below(site, p, point, spectrum), point


def test_a_saddle_of_third_order_hides_a_descent(tmp_path):
    inputs = np.array([[-1.0], [1.0]])
    experiment = planted(tmp_path, inputs, inputs, [1, 1, 1, 1])
    lower, point = found(experiment, np.zeros(6))
    assert point.size == 0.0
    assert lower.hidden
    assert lower.loss < point.loss


@pytest.mark.parametrize("steepness", [7.0, 8.0])
def test_a_slope_that_fades_hides_none(tmp_path, steepness):
    """tanh as a step: the loss falls with steepness for ever, and ever more slowly."""
    inputs = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    experiment = planted(tmp_path, inputs, np.sign(inputs), [1, 1, 1], "tanh")
    answers = np.tanh(steepness * inputs[2:])
    scale = float((answers / (answers @ answers.T).trace()).sum())  # least squares
    lower, point = found(experiment, [steepness, 0.0, scale, 0.0])
    assert 0.0 < point.size < 1e-10
    assert not lower.hidden
    assert lower.loss < point.loss


def test_a_valley_has_nothing_below(tmp_path):
    """Two ReLU units that answer alike, and targets that are off by as much on either side."""
    inputs = np.array([[0.5], [0.5], [1.0], [1.0]])
    targets = inputs + np.array([[0.3], [-0.3], [0.3], [-0.3]])
    experiment = planted(tmp_path, inputs, targets, [1, 2, 1], "relu")
    lower, point = found(experiment, [1.0, 1.0, 0.1, 0.1, 0.4, 0.6, -0.1])
    assert point.loss == pytest.approx(0.09)
    assert lower is None


@pytest.mark.parametrize(
    ("penalty", "count"), [("none", 2 * (2 + 1 + 1)), ({"name": "l2", "strength": 0.1}, 2)]
)
def test_the_loss_does_not_depend_on_what_is_idle(tmp_path, penalty, count):
    """Two of three ReLU units are dead; a penalty keeps their weights from being idle."""
    rng = np.random.default_rng(0)
    inputs, targets = rng.normal(size=(12, 2)), rng.normal(size=(12, 1))
    experiment = planted(tmp_path, inputs, targets, [2, 3, 1], "relu", penalty=penalty)
    site = Site(experiment)
    p = np.concatenate([rng.normal(size=6), [-30.0, 0.2, -30.0], rng.normal(size=4)])
    free = idle(site, site.units(p))
    assert free.sum() == count
    assert site.loss(np.where(free, p + rng.uniform(-1.0, 1.0, 13), p)) == site.loss(p)


def test_nothing_is_looked_for_where_all_that_is_flat_is_idle(tmp_path, monkeypatch):
    inputs, targets = np.ones((6, 2)), np.array([1.0, -1.0, 2.0, -2.0, 0.5, -0.5])[:, None]
    experiment = planted(tmp_path, inputs, targets, [2, 3, 1], "relu")
    monkeypatch.delattr(Site, "descend")
    dead = np.concatenate([np.random.default_rng(1).normal(size=6), [-30.0] * 3, np.ones(3), [0.0]])
    assert found(experiment, dead)[0] is None
