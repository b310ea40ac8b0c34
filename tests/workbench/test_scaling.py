"""Scaling against scikit-learn's scalers; fitted on the training part, applied to raw inputs."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler

import workbench as wb
from workbench.scaling import KINDS, Scaling

REFERENCE = {
    "standard": StandardScaler,
    "min_max": MinMaxScaler,
    "max_abs": MaxAbsScaler,
    "robust": RobustScaler,
}


@pytest.fixture
def inputs():
    """Columns of any size and offset, two of them constant, one with a single outlier."""
    rng = np.random.default_rng(3)
    made = rng.normal(size=(50, 6)) * [1, 1e-9, 1e6, 0, 0, 1] + [0, 1e-9, 1e7, 3.1, 0, 5]
    made[7, 5] = 1e4
    return made


@pytest.mark.parametrize("kind", REFERENCE)
def test_scaling_is_scikit_learns(kind, inputs):
    reference = REFERENCE[kind]().fit(inputs)
    scaling = Scaling.fit(kind, inputs)
    others = inputs[::-1] * 1.3 + 0.1
    for x in (inputs, others):
        np.testing.assert_allclose(scaling.apply(x), reference.transform(x), rtol=1e-9, atol=1e-9)


def test_every_kind_but_none_has_a_reference():
    assert set(KINDS) == {"none", *REFERENCE}


@pytest.mark.parametrize("kind", KINDS)
def test_constant_columns_and_single_samples_are_safe(kind):
    for column in (0.0, 0.1, 1e300, -1e-300):
        inputs = np.full((30, 1), column)
        for x in (inputs, inputs[:1]):
            made = Scaling.fit(kind, x).apply(x)
            assert np.isfinite(made).all()
            assert np.ptp(made) == 0.0
            assert kind in ("none", "max_abs") or np.abs(made).max() <= 1e-6


def test_none_changes_nothing(inputs):
    assert Scaling.fit("none", inputs).apply(inputs) is inputs


def scaled(kind, **changes):
    base = {
        "data": {"name": "blobs", "deviation": 3.0, "scaling": kind, "split_seed": 4},
        "network": {"sizes": [2, 5, 3], "activations": "relu"},
        "stop": {"steps": 20},
    }
    return wb.Experiment.of(base).replace(changes)


@pytest.mark.parametrize("kind", REFERENCE)
def test_the_training_part_alone_is_fitted(kind):
    model = wb.Model(scaled(kind, dtype="float64"))
    raw = wb.load_data(model.experiment)
    reference = REFERENCE[kind]().fit(raw.train.inputs)
    for part, samples in ((raw.train, model.train), (raw.test, model.test)):
        wanted = reference.transform(part.inputs)
        np.testing.assert_allclose(samples.inputs, wanted, rtol=1e-9, atol=1e-9)
    assert not np.allclose(REFERENCE[kind]().fit_transform(raw.test.inputs), model.test.inputs)


def test_predict_takes_inputs_as_the_data_set_has_them(plain_network):
    experiment = scaled("standard")
    run = wb.run(experiment)
    raw = wb.load_data(experiment)
    scaler = StandardScaler().fit(raw.train.inputs.astype(np.float64))
    plain = plain_network([2, 5, 3])
    for part, loss, accuracy in (
        (raw.train, run.loss[-1], run.history["accuracy_train"][-1]),
        (raw.test, run.history["loss_test"][-1], run.history["accuracy_test"][-1]),
    ):
        wanted = plain.answer(run.parameters, scaler.transform(part.inputs.astype(np.float64)))
        answers = wb.predict(experiment, run.parameters, part.inputs)
        np.testing.assert_allclose(answers, wanted, atol=1e-5)
        # So what a run reports can be had from its answers to the raw inputs.
        assert np.mean((answers - part.targets) ** 2) == pytest.approx(loss, rel=1e-4)
        assert np.mean(answers.argmax(1) == part.targets.argmax(1)) == pytest.approx(accuracy)
    single = wb.predict(experiment, run.parameters, raw.test.inputs[3])
    np.testing.assert_array_equal(single, answers[3])


def test_scaling_is_part_of_the_experiment():
    kinds = [scaled(kind) for kind in KINDS]
    assert len({e.hash for e in kinds}) == len(kinds)
    with pytest.raises(wb.BadValue, match=r"data\.scaling: must be one of none, standard"):
        scaled("standart")
