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


def test_from_a_constant_start_hidden_units_never_part():
    experiment = wb.Experiment.preset("symmetric_start")
    run = wb.run(experiment)
    assert run.loss[-1] < 0.1 * run.loss[0]
    units = run.model.units(run.parameters, run.model.data.train.inputs)
    hidden = units[:, 16:28].reshape(-1, 2, 6)
    np.testing.assert_allclose(hidden, hidden[:, :, :1].repeat(6, 2), rtol=1e-12)


def test_two_sigmoid_units_look_stuck_on_exclusive_or_from_one_start_and_not_from_another():
    experiment = wb.Experiment.preset("xor_2_2_1")
    assert wb.run(experiment).loss[-1] == pytest.approx(1 / 8, abs=1e-3)
    assert wb.run(experiment.replace(start=0)).loss[-1] < 1e-3


def test_a_deep_linear_network_waits_on_a_plateau_before_each_mode():
    loss = wb.run(wb.Experiment.preset("deep_linear")).loss
    for learnt in range(5):
        plateau = (np.array([4.0, 2.0, 1.0, 0.5][learnt:]) ** 2).sum() / 4
        near = np.abs(loss - plateau) < 0.05 * plateau + 1e-6
        assert near.sum() >= 15, learnt
