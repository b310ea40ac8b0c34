"""Losses and gradients of every combination, against NumPy, finite differences and PyTorch."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from kernels import activations, losses, network, outputs
from kernels.jit import kernel
from tests import naive

COMBINATIONS = [
    (activation, output, loss.name)
    for activation in activations.catalog.names()
    for output in outputs.catalog.names()
    for loss in losses.catalog
    if output in loss.facts.get("accepts", (output,))
]
SHAPES = {
    "one layer": ((3, 2), []),
    "one hidden layer": ((4, 5, 3), ["tanh"]),
    "different activations": ((3, 4, 5, 3, 2), ["relu", "gelu", "relu"]),
    "six layers": ((2, 3, 3, 3, 3, 3, 2), ["tanh", "sigmoid", "tanh", "relu", "tanh"]),
    "one unit each": ((1, 1, 1), ["tanh"]),
}


def check(case, gradient_of):
    loss, gradient = gradient_of(case)
    wanted = naive.slope(case.naive_loss, case.parameters)
    assert loss == pytest.approx(case.naive_loss(case.parameters), rel=1e-12)
    assert np.linalg.norm(gradient - wanted) < 1e-6 * np.linalg.norm(wanted)
    assert np.linalg.norm(wanted) > 1e-4


@pytest.mark.parametrize(("activation", "output", "loss"), COMBINATIONS)
def test_gradient_is_that_of_finite_differences(activation, output, loss, make_case, gradient_of):
    check(make_case([activation] * 2, output, loss), gradient_of)


@pytest.mark.parametrize("shape", SHAPES)
def test_gradient_for_any_depth_and_mixture(shape, make_case, gradient_of):
    sizes, names = SHAPES[shape]
    output, loss = (
        ("identity", "mean_squared_error") if sizes[-1] == 1 else ("softmax", "cross_entropy")
    )
    check(make_case(names, output, loss, sizes), gradient_of)


def test_every_item_has_a_naive_twin():
    assert set(naive.ACTIVATIONS) == set(activations.catalog.names())
    assert set(naive.OUTPUTS) == set(outputs.catalog.names())


@pytest.mark.peers
@pytest.mark.parametrize(("activation", "output", "loss"), COMBINATIONS)
def test_gradient_is_that_of_pytorch(activation, output, loss, make_case, gradient_of):
    import torch
    from torch.nn import functional

    twins = {
        "relu": torch.relu,
        "leaky_relu": functional.leaky_relu,
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "gelu": functional.gelu,
        "identity": lambda z: z,
    }
    case = make_case([activation] * 2, output, loss)
    parameters = torch.tensor(case.parameters, requires_grad=True)
    values = torch.tensor(case.samples.inputs)
    targets = torch.tensor(case.samples.targets)
    offset = 0
    for k, (n_in, n_out) in enumerate(zip(case.sizes[:-1], case.sizes[1:], strict=True)):
        weights = parameters[offset : offset + n_in * n_out].reshape(n_in, n_out)
        offset += n_in * n_out
        z = values @ weights + parameters[offset : offset + n_out]
        offset += n_out
        values = twins[activation](z) if k < len(case.sizes) - 2 else z
    answers = {"softmax": lambda z: torch.softmax(z, 1), "sigmoid": torch.sigmoid}
    if loss == "mean_squared_error":
        total = functional.mse_loss(answers.get(output, lambda z: z)(z), targets)
    elif output == "softmax":
        total = functional.cross_entropy(z, targets)
    else:
        total = functional.binary_cross_entropy_with_logits(z, targets)
    total.backward()
    found_loss, found = gradient_of(case)
    wanted = parameters.grad.numpy()
    assert found_loss == pytest.approx(float(total.detach()), rel=1e-12)
    assert np.linalg.norm(found - wanted) < 1e-10 * np.linalg.norm(wanted)


@pytest.mark.parametrize("output", outputs.catalog.names())
def test_float32_differs_by_rounding_only(output, make_case, gradient_of):
    wide = make_case(["relu"] * 2, output, "mean_squared_error")
    narrow = make_case(["relu"] * 2, output, "mean_squared_error", dtype=np.float32)
    (loss, gradient), (loss32, gradient32) = gradient_of(wide), gradient_of(narrow)
    assert gradient32.dtype == np.float32
    assert loss32 == pytest.approx(loss, rel=1e-5)
    assert np.linalg.norm(gradient32 - gradient) < 1e-5 * np.linalg.norm(gradient)


def test_evaluate_and_respond_all_agree_with_the_naive_network(make_case):
    case = make_case(["relu", "tanh"], "softmax", "cross_entropy")
    work = network.new_work(case.network, np.float64)
    loss, right = network.evaluate(case.network, case.parameters, case.samples, work)
    answers = case.values[-1]
    assert loss == pytest.approx(case.naive_loss(case.parameters), rel=1e-12)
    assert right == np.mean(answers.argmax(1) == case.samples.targets.argmax(1))
    units = np.empty((len(answers), sum(case.sizes)))
    network.respond_all(case.network, case.parameters, case.samples.inputs, units, work)
    assert np.allclose(units, np.concatenate(case.values, axis=1), rtol=1e-13, atol=1e-15)


def test_a_batch_averages_its_samples(make_case, gradient_of):
    case = make_case(["relu"] * 2, "softmax", "mean_squared_error")
    work = network.new_work(case.network, np.float64)
    one, total = np.empty_like(case.parameters), np.zeros_like(case.parameters)
    for k in (1, 3, 3):
        network.batch_gradient(
            case.network, case.parameters, case.samples, np.array([k]), 1, one, work
        )
        total += one / 3
    batch = np.array([1, 3, 3, 0, 0])
    network.batch_gradient(case.network, case.parameters, case.samples, batch, 3, one, work)
    assert np.allclose(one, total, rtol=1e-13)


@pytest.mark.parametrize("size", [1e3, 1e6])
@pytest.mark.parametrize(
    ("output", "loss"), [("softmax", "cross_entropy"), ("sigmoid", "cross_entropy")]
)
def test_cross_entropy_stays_finite_for_extreme_answers(output, loss, size, make_case, gradient_of):
    case = make_case(["relu"] * 2, output, loss)
    case.parameters *= size
    found, gradient = gradient_of(case)
    assert np.isfinite(gradient).all()
    assert found == pytest.approx(case.naive_loss(case.parameters), rel=1e-10)


@kernel
def is_right(loss, answer, targets):
    return losses.is_right(loss, answer, targets)


def test_right_answers_are_counted():
    def right(answer, targets):
        return is_right(losses.catalog.get("mean_squared_error").make(), answer, targets)

    assert right(np.array([0.1, 0.7, 0.2]), np.array([0.0, 1.0, 0.0]))
    assert not right(np.array([0.8, 0.7, 0.2]), np.array([0.0, 1.0, 0.0]))
    assert right(np.array([0.7]), np.array([1.0]))
    assert not right(np.array([0.4]), np.array([1.0]))


@pytest.mark.parametrize("sizes", [(16, 6, 6, 2), (2, 1), (784, 128, 10)])
def test_parameter_count(sizes):
    weights = sum(a * b for a, b in pairwise(sizes))
    assert network.parameter_count(sizes) == weights + sum(sizes[1:])
