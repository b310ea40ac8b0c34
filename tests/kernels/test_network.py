"""Losses and gradients of every combination, against NumPy, finite differences and PyTorch."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from kernels import activations, losses, network, outputs
from kernels.jit import kernel
from tests import naive

PAIRS = [
    (output, loss.name)
    for output in outputs.catalog.names()
    for loss in losses.catalog
    if output in loss.facts.get("accepts", (output,))
]
# All activations, some in each network: a network is compiled for seconds.
NAMES = activations.catalog.names()
MIXTURES = [NAMES[k::4] for k in range(4)]
SHAPES = {
    "one layer": ((3, 2), []),
    "one hidden layer": ((4, 5, 3), ["tanh"]),
    "different activations": ((3, 4, 5, 3, 2), ["relu", "gelu", "relu"]),
    "six layers": ((2, 3, 3, 3, 3, 3, 2), ["tanh", "sigmoid", "tanh", "relu", "tanh"]),
    "one unit each": ((1, 1, 1), ["tanh"]),
}


def mixed_sizes(names):
    return (3, *[4] * len(names), 2)


def check(case, gradient_of):
    loss, gradient = gradient_of(case)
    wanted = naive.slope(case.naive_loss, case.parameters)
    assert loss == pytest.approx(case.naive_loss(case.parameters), rel=1e-12)
    pieces = zip(naive.unpack(gradient, case.sizes), naive.unpack(wanted, case.sizes), strict=True)
    for (weights, bias), (wanted_weights, wanted_bias) in pieces:
        assert np.linalg.norm(weights - wanted_weights) < 1e-6 * np.linalg.norm(wanted_weights)
        assert np.linalg.norm(bias - wanted_bias) < 1e-6 * np.linalg.norm(wanted_bias)
    assert np.linalg.norm(wanted) > 1e-4


@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_gradient_is_that_of_finite_differences(output, loss, make_case, gradient_of):
    check(make_case(["tanh"] * 2, output, loss), gradient_of)


@pytest.mark.parametrize("names", MIXTURES, ids="-".join)
def test_gradient_through_every_activation(names, make_case, gradient_of):
    case = make_case(names, "softmax", "cross_entropy", mixed_sizes(names))
    check(case, gradient_of)


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
    assert set(naive.LOSSES) == set(losses.catalog.names())


def torch_loss(name, output, z, targets):
    """PyTorch's own loss where it has one, else the formula from its differentiable parts."""
    import torch
    from torch.nn import functional

    sides = 2 * targets - 1
    p = {"softmax": lambda z: torch.softmax(z, 1), "sigmoid": torch.sigmoid}.get(output)
    answers = p(z) if p else z
    if name == "focal":
        if output == "softmax":
            weighted = 0.25 * (1 - answers) ** 2 * torch.log_softmax(z, 1)
            return -(targets * weighted).sum(1).mean()
        surprise = functional.binary_cross_entropy_with_logits(z, targets, reduction="none")
        miss = answers * (1 - targets) + (1 - answers) * targets
        return ((0.25 * targets + 0.75 * (1 - targets)) * miss**2 * surprise).mean()
    if name == "cross_entropy" and output == "softmax":
        return functional.cross_entropy(z, targets)
    return {
        "mean_squared_error": lambda: functional.mse_loss(answers, targets),
        "mean_absolute_error": lambda: functional.l1_loss(answers, targets),
        "huber": lambda: functional.huber_loss(answers, targets),
        "cross_entropy": lambda: functional.binary_cross_entropy_with_logits(z, targets),
        "binary_cross_entropy": lambda: functional.binary_cross_entropy_with_logits(z, targets),
        "hinge": lambda: torch.relu(1 - sides * z).mean(),
        "multiclass_hinge": lambda: ((z + 1 - targets).max(1).values - (z * targets).sum(1)).mean(),
    }[name]()


def torch_activation(name):
    import torch
    from torch.nn import functional

    return {
        "relu": torch.relu,
        "leaky_relu": functional.leaky_relu,
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "gelu": functional.gelu,
        "identity": lambda z: z,
        "elu": functional.elu,
        "selu": functional.selu,
        "silu": functional.silu,
        # PyTorch replaces softplus by z from z = 20 on.
        "softplus": lambda z: functional.softplus(z, threshold=1000),
        "softsign": functional.softsign,
        "hard_tanh": functional.hardtanh,
        "mish": functional.mish,
        "sine": torch.sin,
        "clipped_relu": functional.relu6,
        "thresholded_relu": lambda z: functional.threshold(z, 1.0, 0.0),
        # PyTorch's own has a slope of 1/6 in single precision only.
        "hard_sigmoid": lambda z: functional.relu6(z + 3) / 6,
        "hard_swish": functional.hardswish,
        "srelu": lambda z: torch.clamp(z, -1, 1) + 0.1 * (z - torch.clamp(z, -1, 1)),
    }[name]


@pytest.mark.peers
@pytest.mark.parametrize(
    ("names", "output", "loss"),
    [(["tanh"] * 2, *pair) for pair in PAIRS]
    + [(names, "softmax", "cross_entropy") for names in MIXTURES],
)
def test_gradient_is_that_of_pytorch(names, output, loss, make_case, gradient_of):
    import torch

    sizes = (3, 4, 3, 2) if len(names) == 2 else mixed_sizes(names)
    case = make_case(names, output, loss, sizes)
    parameters = torch.tensor(case.parameters, requires_grad=True)
    values = torch.tensor(case.samples.inputs)
    for k, (weights, bias) in enumerate(naive.unpack(parameters, case.sizes)):
        z = values @ weights + bias
        values = torch_activation(names[k])(z) if k < len(names) else z
    total = torch_loss(loss, output, z, torch.tensor(case.samples.targets))
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
