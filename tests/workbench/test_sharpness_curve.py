"""Sharpness: against finite differences of gradients, and where a run hovers."""

from __future__ import annotations

import numpy as np
import pytest

import workbench as wb
from kernels import optimizers
from workbench.model import Model
from workbench.sharpness_curve import edge_of_stability, save, sharpness, states, top_eigenvalue


def differences(model, parameters, h=1e-5):
    rows = [
        model.loss_and_gradient(parameters + h * unit)[1]
        - model.loss_and_gradient(parameters - h * unit)[1]
        for unit in np.eye(len(parameters))
    ]
    return np.array(rows) / (2 * h)


def test_the_top_eigenvalue_is_that_of_differences_of_gradients():
    for sizes in ([2, 8, 2], [2, 24, 24, 2]):  # all eigenvalues; Lanczos without a matrix
        network = {"sizes": sizes, "activations": ["tanh"] * (len(sizes) - 2)}
        model = Model(wb.Experiment.preset("edge_of_stability").replace(network=network))
        parameters = model.initial_parameters()
        value, vector = top_eigenvalue(model, parameters)
        expected = np.linalg.eigvalsh(differences(model, parameters))[-1]
        assert value == pytest.approx(expected, rel=1e-6)
        np.testing.assert_allclose(
            model.hessian_vector(parameters, vector), value * vector, atol=1e-5 * value
        )


def test_the_preset_climbs_to_the_edge_and_hovers_there(tmp_path):
    experiment = wb.Experiment.preset("edge_of_stability")
    found = sharpness(experiment, 100)
    edge = 2 / experiment.optimizer.learning_rate
    np.testing.assert_allclose(found.edge, edge)
    assert found.sharpness[0] < 0.9 * edge
    late = found.sharpness[found.step >= 3000]
    assert len(late) == 11
    assert late.mean() == pytest.approx(edge, rel=0.15)
    assert np.abs(late / edge - 1).max() < 0.15
    # The loss falls all the while.
    assert found.loss[-1] < 0.8 * found.loss[20] < 0.2 * found.loss[0]
    run = wb.run(experiment)
    expected = np.linalg.eigvalsh(differences(Model(experiment), run.parameters))[-1]
    assert found.sharpness[-1] == pytest.approx(expected, rel=1e-5)
    result = save(found, tmp_path)
    assert result["ratio_last_quarter"] == pytest.approx(1.0, abs=0.15)
    table = np.genfromtxt(tmp_path / "sharpness.csv", delimiter=",", names=True)
    np.testing.assert_array_equal(table["sharpness"], found.sharpness)


@pytest.mark.parametrize(
    ("name", "hypers", "expected"),
    [
        ("sgd", {}, 20.0),
        # Cohen et al. 2021, equation 1: heavy ball and Nesterov's momentum.
        ("momentum", {"momentum": 0.9}, 38.0),
        ("nesterov", {"momentum": 0.9}, 3.8 / 2.8 * 10),
    ],
)
def test_edges_are_the_published_ones(name, hypers, expected):
    item = optimizers.catalog.get(name).make({"learning_rate": 0.1} | hypers)
    assert edge_of_stability(item, 0.1) == pytest.approx(expected, rel=1e-6)


def test_a_rule_that_is_not_linear_has_no_edge():
    for name in ("adam", "lion", "lbfgs", "sgd_clipped"):
        assert np.isnan(edge_of_stability(optimizers.catalog.get(name).make(), 0.1))


def test_a_cancelled_measurement_keeps_what_it_has():
    seen = []
    experiment = wb.Experiment.preset("edge_of_stability")
    found = sharpness(experiment, 50, progress=seen.append, cancelled=lambda: len(seen) == 3)
    assert found.step.tolist() == [0, 50, 100]
    with pytest.raises(wb.BadValue, match="every"):
        sharpness(experiment, 0)


def test_it_grows_measurement_by_measurement():
    experiment = wb.Experiment.preset("edge_of_stability").replace(stop={"steps": 30})
    made = list(states(experiment, 10))
    assert [len(state.step) for state in made] == [1, 2, 3, 4]
    last = wb.sharpness(experiment, 10)
    for state in made:
        assert np.array_equal(state.sharpness, last.sharpness[: len(state.step)])
    asked = iter([False, True])
    assert len(list(states(experiment, 10, cancelled=lambda: next(asked)))) == 2
