"""Critical points that are known in closed form are classified as what they are."""

from __future__ import annotations

import numpy as np
import pytest

import workbench as wb
from workbench.census.ends import confirm, settle
from workbench.model import Model


def planted(folder, inputs, targets, sizes, activation="identity", loss="mean_squared_error",
            task="regression", output="identity", penalty="none"):  # fmt: skip
    path = folder / "planted.npz"
    np.savez(path, inputs=np.asarray(inputs, float), targets=np.asarray(targets, float))
    return wb.Experiment.of(
        {
            "data": {"name": "npz", "path": str(path), "task": task, "test_fraction": 0.0},
            "network": {"sizes": sizes, "activations": activation, "output": output, "loss": loss},
            "penalty": penalty,
            "initializer": "he_normal",
            "dtype": "float64",
        }
    )


def flat(*parts):
    return np.concatenate([np.asarray(part, float).ravel() for part in parts])


def end_of(experiment, point):
    ((end,),) = settle(experiment, np.asarray(point)[None], threads=1)
    assert np.isfinite(end.loss)
    assert "\n" not in end.reason
    return end


# --- no hidden layer: a quadratic ---------------------------------------------------------------


@pytest.fixture
def ridge(tmp_path):
    rng = np.random.default_rng(0)
    inputs, targets = rng.normal(size=(20, 3)), rng.normal(size=(20, 2))
    penalty = {"name": "l2", "strength": 0.1}
    return planted(tmp_path, inputs, targets, [3, 2], penalty=penalty), inputs, targets


def normal_equations(inputs, targets, strength):
    """Ridge regression with a free intercept: its solution and one output's Hessian."""
    x = np.c_[inputs, np.ones(len(inputs))]
    n_out = targets.shape[1]
    hessian = 2.0 * x.T @ x / targets.size + strength * np.diag([1.0] * inputs.shape[1] + [0.0])
    return np.linalg.solve(hessian, 2.0 * x.T @ targets / targets.size), hessian, n_out


def test_ridge_regression_has_its_textbook_minimum(ridge):
    experiment, inputs, targets = ridge
    solution, hessian, n_out = normal_equations(inputs, targets, 0.1)
    end = end_of(experiment, np.random.default_rng(1).normal(size=8))
    assert end.kind == "strict minimum"
    assert end.is_minimum
    assert end.gradient_norm < 1e-10
    assert end.symmetries == 0
    assert end.inertia == (0, 0, 8)
    np.testing.assert_allclose(end.parameters, solution.ravel(), atol=1e-12)
    values = np.sort(np.repeat(np.linalg.eigvalsh(hessian), n_out))
    np.testing.assert_allclose(end.eigenvalues, values[:6], rtol=1e-10)
    np.testing.assert_allclose([end.largest, end.trace], [values[-1], values.sum()], rtol=1e-10)
    assert confirm(experiment, end).holds


def test_a_column_that_is_never_on_is_a_known_direction(tmp_path):
    rng = np.random.default_rng(2)
    inputs, targets = rng.normal(size=(20, 3)), rng.normal(size=(20, 2))
    inputs[:, 1] = 0.0
    end = end_of(planted(tmp_path, inputs, targets, [3, 2]), rng.normal(size=8))
    assert end.kind == "strict minimum"
    assert end.symmetries == 2
    assert end.inertia == (0, 0, 6)


# --- linear networks: Baldi & Hornik 1989 -------------------------------------------------------

STRENGTHS = np.array([3.0, 2.0, 1.0])
UNITS = 2


@pytest.fixture
def linear(tmp_path):
    """A 3-2-3 network of identity layers on whitened inputs, and its three modes: singular vectors
    of the covariance between inputs and targets, whose singular values are STRENGTHS."""
    rng = np.random.default_rng(3)
    raw = rng.normal(size=(16, 3))
    raw -= raw.mean(0)
    inputs = np.linalg.qr(raw)[0] * 4.0
    left, right = (np.linalg.qr(rng.normal(size=(3, 3)))[0] for _ in range(2))
    targets = inputs @ (left * STRENGTHS) @ right.T
    assert np.allclose(inputs.T @ inputs / 16, np.eye(3))
    return planted(tmp_path, inputs, targets, [3, UNITS, 3]), left, right


def critical(left, right, chosen, rng):
    """The critical point that has learnt the modes ``chosen``: their projection of the regression
    matrix, shared between the layers in a random way; what units are left over are zero."""
    into, out = np.zeros((3, UNITS)), np.zeros((UNITS, 3))
    for unit, mode in enumerate(chosen):
        into[:, unit] = STRENGTHS[mode] * left[:, mode]
        out[unit] = right[:, mode]
    mix = np.eye(UNITS)
    mix[: len(chosen), : len(chosen)] += 0.4 * rng.normal(size=(len(chosen),) * 2)
    return flat(into @ mix, np.zeros(UNITS), np.linalg.inv(mix) @ out, np.zeros(3))


def index(chosen):
    """Negative eigenvalues: one for each learnt mode that a stronger one could replace, and one for
    each pair of an idle unit and a mode that is not learnt."""
    rest = [mode for mode in range(3) if mode not in chosen]
    swaps = sum(STRENGTHS[new] > STRENGTHS[old] for old in chosen for new in rest)
    return int(swaps) + (UNITS - len(chosen)) * len(rest)


CHOICES = [(0, 2), (1, 2), (0,), (1,), (2,), ()]


def test_the_choices_have_saddles_of_many_indices():
    assert [index(chosen) for chosen in CHOICES] == [1, 2, 2, 3, 4, 6]


@pytest.mark.parametrize("chosen", CHOICES, ids=str)
def test_saddles_of_linear_networks_have_the_index_of_baldi_and_hornik(linear, chosen):
    experiment, left, right = linear
    point = critical(left, right, chosen, np.random.default_rng(4))
    # Also with the rounding of float32, which leaves a gradient of some 1e-7.
    for start in (point, point.astype(np.float32)):
        end = end_of(experiment, start)
        assert end.kind == "saddle"
        assert not end.is_minimum
        assert end.inertia[0] == index(chosen)
        assert np.abs(end.parameters - point).max() < 1e-5
        assert end.gradient_norm < 1e-10
    assert confirm(experiment, end).holds


def test_the_minimum_of_a_linear_network_is_strict_beside_its_linear_maps(linear):
    experiment, left, right = linear
    end = end_of(experiment, critical(left, right, (0, 1), np.random.default_rng(5)))
    # 17 parameters; 2² linear maps and 2 translations; matrices of rank 2 have 8 dimensions.
    assert end.kind == "strict minimum"
    assert end.symmetries == 6
    assert end.inertia == (0, 0, 11)
    assert end.loss == pytest.approx(STRENGTHS[2] ** 2 / 3.0)
    assert confirm(experiment, end).holds


def test_a_descent_from_beside_a_saddle_goes_on_to_the_minimum(linear):
    experiment, left, right = linear
    rng = np.random.default_rng(6)
    start = critical(left, right, (1,), rng) + 0.05 * rng.normal(size=17)
    end = end_of(experiment, start)
    assert end.kind == "strict minimum"
    assert end.loss == pytest.approx(STRENGTHS[2] ** 2 / 3.0)


def test_zero_is_a_saddle_of_higher_order_where_three_layers_are_linear(tmp_path):
    rng = np.random.default_rng(7)
    inputs = rng.normal(size=(12, 2))
    inputs -= inputs.mean(0)
    experiment = planted(tmp_path, inputs, inputs @ [[1.0, 0.4], [0.3, -2.0]], [2, 2, 2, 2])
    end = end_of(experiment, np.zeros(18))
    # Kawaguchi 2016, theorem 2.3 (iii)-(iv): no negative eigenvalue need be there from depth 3 on.
    assert end.inertia[0] == 0
    assert end.inertia[1] > 0
    assert end.kind == "saddle"
    assert "higher order" in end.reason


# --- ReLU ---------------------------------------------------------------------------------------


def relu_network(tmp_path, inputs, targets, hidden=3, **settings):
    n_in, n_out = np.shape(inputs)[1], np.shape(targets)[1]
    return planted(tmp_path, inputs, targets, [n_in, hidden, n_out], "relu", **settings)


def teacher(inputs, into, bias, out, last):
    return np.maximum(inputs @ into + bias, 0.0) @ out + last


def test_dead_units_that_are_missing_make_a_plateau(tmp_path):
    rng = np.random.default_rng(8)
    inputs, targets = rng.normal(size=(20, 2)), rng.normal(size=(20, 1))
    experiment = relu_network(tmp_path, inputs, targets)
    point = flat(rng.normal(size=(2, 3)), [-30.0] * 3, rng.normal(size=3), targets.mean())
    end = end_of(experiment, point)
    assert end.kind == "plateau"
    assert not end.is_minimum
    assert end.gradient_norm < 1e-10
    assert end.inertia[0] == 0
    assert "3 hidden units" in end.reason
    assert end.loss == pytest.approx(targets.var())


def test_dead_units_that_nothing_is_missing_from_make_a_degenerate_minimum(tmp_path):
    """All inputs are alike, so no unit can tell the targets apart: their mean is the best."""
    rng = np.random.default_rng(9)
    inputs, targets = np.ones((6, 2)), np.array([1.0, -1.0, 2.0, -2.0, 0.5, -0.5])[:, None]
    experiment = relu_network(tmp_path, inputs, targets)
    point = flat(rng.normal(size=(2, 3)), [-30.0] * 3, rng.normal(size=3), 0.0)
    end = end_of(experiment, point)
    assert end.kind == "degenerate minimum"
    assert end.loss == pytest.approx(targets.var())
    assert confirm(experiment, end).holds


def valley(noise):
    """A student with one unit more than its teacher, split in two; every input comes twice, with
    targets off by ± ``noise``, so that the teacher's answers are the best that there are."""
    rng = np.random.default_rng(10)
    inputs = np.repeat(rng.normal(size=(15, 2)), 2, axis=0)
    into, bias, out = rng.normal(size=(2, 2)), np.array([0.3, -0.2]), np.array([[1.5], [-0.7]])
    targets = teacher(inputs, into, bias, out, 0.2) + noise * np.tile([[1.0], [-1.0]], (15, 1))
    point = flat(into[:, [0, 1, 1]], bias[[0, 1, 1]], [1.5, -0.3, -0.4], 0.2)
    return inputs, targets, point


@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_a_unit_too_many_makes_a_degenerate_valley(tmp_path, noise):
    inputs, targets, point = valley(noise)
    experiment = relu_network(tmp_path, inputs, targets)
    end = end_of(experiment, point)
    assert end.kind == "degenerate minimum"
    assert end.is_minimum
    assert end.loss == pytest.approx(noise**2, abs=1e-20)
    # 13 parameters, 3 rescalings; the teacher's own 9 less 2 rescalings are determined.
    assert end.symmetries == 3
    assert end.inertia == (0, 3, 7)
    assert confirm(experiment, end).holds


def test_units_at_their_kink_make_no_minimum(tmp_path):
    rng = np.random.default_rng(11)
    inputs, targets = rng.normal(size=(20, 2)), rng.normal(size=(20, 1))
    end = end_of(relu_network(tmp_path, inputs, targets), np.zeros(13))
    assert end.kind == "kink"
    assert end.kink_distance == 0.0


def test_the_median_is_a_kink_of_absolute_errors(tmp_path):
    targets = np.array([0.0, 1.0, 2.0, 5.0, 9.0])[:, None]
    experiment = planted(tmp_path, np.zeros((5, 1)), targets, [1, 1], loss="mean_absolute_error")
    end = end_of(experiment, [0.0, 1.7])
    assert end.kind == "kink"
    assert end.kink_distance == np.inf
    assert "jumps" in end.reason
    assert end.parameters[1] == pytest.approx(2.0, abs=1e-5)


# --- ends at infinity ---------------------------------------------------------------------------


def logistic(tmp_path, labels, penalty="none"):
    inputs = np.array([[-2.0, 1.0], [-1.0, 0.5], [-0.5, -1.0], [0.7, 0.3], [1.0, -1.0], [2.0, 1.0]])
    # Labels beyond the sixth are for the first and the last point once more.
    inputs = np.concatenate([inputs, inputs[[0, 5]]])[: len(labels)]
    return planted(
        tmp_path, inputs, labels, [2, 2], loss="cross_entropy", task="classes",
        output="softmax", penalty=penalty,
    )  # fmt: skip


def test_separable_classes_have_their_infimum_at_infinity(tmp_path):
    end = end_of(logistic(tmp_path, [0, 0, 0, 1, 1, 1]), np.zeros(6))
    assert end.kind == "infimum at infinity"
    assert not end.is_minimum
    assert end.gradient_norm < 1e-10
    assert end.loss < 1e-9
    assert "6 of 6" in end.reason


def test_classes_that_overlap_have_a_minimum_beside_the_shift(tmp_path):
    end = end_of(logistic(tmp_path, [0, 0, 1, 0, 1, 1, 1, 0]), np.zeros(6))
    # The same number added to both scores' weights from either input, and to both biases.
    assert end.kind == "strict minimum"
    assert end.symmetries == 3
    assert end.inertia == (0, 0, 3)


def test_a_penalty_brings_the_minimum_back_and_breaks_the_shift_of_weights(tmp_path):
    penalty = {"name": "l2", "strength": 0.01}
    end = end_of(logistic(tmp_path, [0, 0, 0, 1, 1, 1], penalty), np.zeros(6))
    assert end.kind == "strict minimum"
    assert end.symmetries == 1
    assert end.inertia == (0, 0, 5)


@pytest.mark.parametrize("start", [(1.0, 0.0, 1.0, 0.0), (0.6, 0.3, -0.4, 0.1)])
def test_a_step_that_only_infinite_weights_fit_is_escaped_to(tmp_path, start):
    """The way there is bent: the answer's scale falls to 1 as the step becomes steep."""
    inputs = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    experiment = planted(tmp_path, inputs, np.sign(inputs), [1, 1, 1], "tanh")
    model = Model(experiment)
    end = end_of(experiment, start)
    assert end.kind == "escaping"
    assert np.abs(end.parameters).max() > 3.0
    assert model.loss_and_gradient(end.parameters)[0] < 1e-4


@pytest.mark.parametrize("strength", [1e-4, 1e-7])
def test_a_penalty_holds_the_weights_that_would_escape(tmp_path, strength):
    inputs = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    penalty = {"name": "l2", "strength": strength}
    experiment = planted(tmp_path, inputs, np.sign(inputs), [1, 1, 1], "tanh", penalty=penalty)
    end = end_of(experiment, [1.0, 0.0, 1.0, 0.0])
    assert end.kind == "strict minimum"
    assert confirm(experiment, end).holds


@pytest.mark.parametrize("seed", range(3))
def test_a_slope_that_two_units_reach_at_infinity_is_escaped_to(tmp_path, seed):
    """(tanh(ux) - tanh(vx)) / (u - v) tends to x sech² x, along a hyperbola of the weights before
    and behind the units."""
    inputs = np.linspace(-2.0, 2.0, 9)[:, None]
    experiment = planted(tmp_path, inputs, inputs / np.cosh(inputs) ** 2, [1, 2, 1], "tanh")
    end = end_of(experiment, np.random.default_rng(seed).normal(size=7))
    assert end.kind == "escaping"
    u, v, *_, out, back, _ = end.parameters * np.sign(end.parameters[[0, 1, 2, 3, 0, 1, 6]])
    assert out == pytest.approx(-back, rel=0.1)
    assert out * (u - v) == pytest.approx(1.0, rel=0.1)


@pytest.mark.parametrize(
    "point",
    [
        [
            4.167822245853214, -3.7187255962644015, 8.874354646458535, 8.86548944935366,
            -0.9033652773734736, 2.772621873691867,
            6.237314090987246, -5.9930535224818415, -0.24427205314327305,
        ],
        [
            3.56232467059307, -4.299553897916573, -8.882581028890048, -8.904442430822646,
            -2.5927937680156865, 0.8844700126822157,
            5.900301324817481, -6.400322529164961, 0.0001407007064019583,
        ],
    ],
)  # fmt: skip
def test_a_valley_that_falls_for_ever_towards_a_positive_loss_is_escaped_along(point):
    """Exclusive or with two patterns that saturated units cannot tell apart: 1/8 is approached, and
    no finite weights have it (Sprinkhuizen-Kuyper & Boers 1999)."""
    end = end_of(wb.Experiment.preset("xor_2_2_1"), point)
    assert end.kind == "escaping"
    assert end.loss == pytest.approx(1 / 8, abs=1e-9)
    assert end.loss > 1 / 8
    assert np.abs(end.parameters).max() > 20.0


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (1.0, -0.5),
        (1.66291162474574, 0.007345385118804046),
        (0.009640277152297526, 0.5024767737166829),
    ],
)
def test_a_saddle_of_third_order_is_one_whatever_the_other_weights(first, second):
    """No weight comes from the inputs and all answers are 1/2: there the sigmoid's second
    derivative is 0 and its third is not."""
    point = [0, 0, 0, 0, 0, 0, first, second, -0.5 * (first + second)]
    end = end_of(wb.Experiment.preset("xor_2_2_1"), point)
    assert end.kind == "saddle"
    assert end.inertia[0] == 0
    assert end.loss == 0.25
