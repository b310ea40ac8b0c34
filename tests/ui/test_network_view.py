"""The network view for data that are no small pictures."""

from __future__ import annotations

import numpy as np

import workbench as wb
from ui.network_view import drawn_units


def test_units_of_a_wide_layer_are_spread_over_it():
    for n in (1, 2, 17, 18):
        assert drawn_units(n).tolist() == list(range(n))
    for n in (19, 64, 784):
        found = drawn_units(n)
        assert len(found) == 18
        assert (found[0], found[-1]) == (0, n - 1)
        assert np.ptp(np.diff(found)) <= 1


def test_a_regression_shows_its_values_and_no_accuracy(make_user):
    experiment = wb.Experiment.of(
        {
            "data": {"name": "formula", "scaling": "standard"},
            "network": {"sizes": [2, 30, 1], "output": "identity"},
            "stop": {"steps": 20},
        }
    )
    user = make_user(experiment, play=False)
    user.settled()
    assert user.figure("accuracy") == "–"
    assert float(user.figure("loss")) > 0
    view = user.page.network
    train = user.run.model.data.train
    view.sample.setValue(3)
    user.settled()
    np.testing.assert_array_equal(view.diagram.inputs, train.inputs[3])
    np.testing.assert_array_equal(view.diagram.targets, train.targets[3])
    # The units show what the network sees: the scaled inputs.
    user.until(lambda: np.allclose(view.diagram.units[:2], user.run.model.train.inputs[3]))
    bare = view.diagram.grab().toImage()
    view.diagram.inputs = None
    assert view.diagram.grab().toImage() != bare
