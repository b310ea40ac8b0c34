"""Bundled experiments learn what their titles promise."""

from __future__ import annotations

import numpy as np
import pytest

import workbench as wb


def test_the_small_network_learns_exclusive_or_from_any_start():
    experiment = wb.Experiment.preset("xor")
    for start in range(5):
        run = wb.run(experiment.replace(start=start))
        answers = wb.predict(experiment, run.parameters, [[0, 0], [0, 1], [1, 0], [1, 1]])
        np.testing.assert_allclose(answers[:, 0], [0, 1, 1, 0], atol=0.1)


@pytest.mark.parametrize("name", ["digits_8x8"])
def test_a_bundled_experiment_holds_on_samples_it_has_not_seen(name):
    experiment = wb.Experiment.preset(name)
    run = wb.run(experiment)
    test = wb.load_data(experiment).test
    answers = wb.predict(experiment, run.parameters, test.inputs)
    assert np.mean(answers.argmax(1) == test.targets.argmax(1)) >= 0.96
