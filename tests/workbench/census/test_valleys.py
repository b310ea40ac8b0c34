"""What lies below flat directions: told apart from what the gradient that is left leads to."""

from __future__ import annotations

import numpy as np
import pytest

from tests.workbench.census.test_planted import planted
from workbench.census.directions import Symmetries
from workbench.census.site import Site
from workbench.census.spectrum import Spectrum
from workbench.census.valleys import below


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
