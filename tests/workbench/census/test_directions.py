"""Known directions: none but those of a network that a Jacobian by differences does not see."""

from __future__ import annotations

import numpy as np
import pytest

from kernels import losses, outputs
from tests import naive
from tests.workbench.census.test_planted import planted
from workbench.census.directions import Symmetries, sees_differences
from workbench.model import Model

SIZES = (3, 4, 3, 2)
L1, L2 = ({"name": name, "strength": 0.1} for name in ("l1", "l2"))


@pytest.fixture
def made(tmp_path):
    """A model on inputs whose second column is idle where asked for, and parameters."""

    def make(activation, output="identity", idle=False, **settings):
        rng = np.random.default_rng(0)
        inputs = rng.normal(size=(200, 3))
        if idle:
            inputs[:, 1] = 0.5
        classes = output == "softmax"
        targets = rng.integers(0, 2, 200) if classes else rng.normal(size=(200, 2))
        task = "classes" if classes else "regression"
        experiment = planted(
            tmp_path, inputs, targets, list(SIZES), activation, output=output, task=task, **settings
        )
        model = Model(experiment)
        # A draw for which every unit is alive on some samples and dead on others, enough of both.
        return model, np.random.default_rng(2).normal(size=model.parameter_count)

    return make


def answers(model, activation, output, parameters):
    """The answers to all samples: scores up to a number for each sample, or the outputs."""
    net = [(activation, {})] * (len(SIZES) - 2)
    zs, values = naive.forward(parameters, SIZES, net, output, model.train.inputs)
    seen = zs[-1] - zs[-1].mean(1, keepdims=True) if output == "softmax" else values[-1]
    return seen.ravel()


def jacobian(function, parameters, h=1e-6):
    steps = h * np.eye(len(parameters))
    return np.stack(
        [(function(parameters + e) - function(parameters - e)) / (2 * h) for e in steps], axis=1
    )


def unseen(slopes):
    """How many directions the rows of ``slopes`` leave free."""
    sizes = np.linalg.svd(slopes, compute_uv=False)
    return slopes.shape[1] - int((sizes > 1e-6 * sizes[0]).sum())


CASES = [
    ("tanh", "identity", False, {}),
    ("relu", "identity", False, {"rescaling": 7}),
    ("relu", "softmax", False, {"rescaling": 7, "shift": 4}),
    ("relu", "identity", True, {"rescaling": 7, "data": 4}),
    ("identity", "identity", False, {"linear maps": 4 * 4 + 4 + 3 * 3 + 3}),
]


@pytest.mark.parametrize(("activation", "output", "idle", "kinds"), CASES)
def test_they_are_all_that_the_answers_leave_free(made, activation, output, idle, kinds):
    loss = "cross_entropy" if output == "softmax" else "mean_squared_error"
    model, p = made(activation, output, idle, loss=loss)
    known = Symmetries(model).at(p)
    slopes = jacobian(lambda q: answers(model, activation, output, q), p)
    basis = known.basis
    np.testing.assert_allclose(basis.T @ basis, np.eye(basis.shape[1]), atol=1e-12)
    np.testing.assert_allclose(slopes @ basis, 0.0, atol=1e-6 * np.abs(slopes).max())
    assert {kind: n for kind, n in known.kinds.items() if n} == kinds
    # What two linear layers in a row leave free besides is no symmetry of either.
    free = unseen(slopes)
    assert basis.shape[1] <= free if activation == "identity" else basis.shape[1] == free


def test_a_quadratic_penalty_leaves_rotations_and_translations(made):
    model, p = made("identity", penalty=L2)
    known = Symmetries(model).at(p)
    # Rotations of 4 and of 3 units, translations of each.
    assert known.basis.shape[1] == 6 + 3 + 4 + 3
    slopes = jacobian(lambda q: answers(model, "identity", "identity", q), p)
    np.testing.assert_allclose(slopes @ known.basis, 0.0, atol=1e-6 * np.abs(slopes).max())
    slope = jacobian(lambda q: np.array([naive.penalty("l2", {"strength": 1.0}, q, SIZES)]), p)
    np.testing.assert_allclose(slope @ known.basis, 0.0, atol=1e-7)


@pytest.mark.parametrize(
    ("activation", "penalty", "left"), [("relu", L2, 0), ("relu", L1, 0), ("identity", L1, 4 + 3)]
)
def test_other_symmetries_are_broken_by_a_penalty(made, activation, penalty, left):
    model, p = made(activation, penalty=penalty)
    assert Symmetries(model).at(p).basis.shape[1] == left


def test_units_of_zero_bring_no_direction(made):
    model, _ = made("relu")
    known = Symmetries(model).at(np.zeros(model.parameter_count))
    assert known.basis.shape == (model.parameter_count, 0)
    assert known.describe() == "0 known symmetry directions"


@pytest.mark.parametrize(
    ("output", "loss", "blind"),
    [
        ("softmax", "cross_entropy", True),
        ("softmax", "mean_squared_error", True),
        ("identity", "multiclass_hinge", True),
        ("identity", "mean_squared_error", False),
        ("sigmoid", "cross_entropy", False),
    ],
)
def test_whether_a_number_added_to_all_scores_is_seen(made, output, loss, blind):
    network = made("tanh")[0].network
    network = network._replace(
        output=outputs.catalog.get(output).make(), loss=losses.catalog.get(loss).make()
    )
    assert sees_differences(network) == blind
