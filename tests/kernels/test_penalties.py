"""Penalties: the rules, the walk over weights but not biases, and their part in the loss."""

from __future__ import annotations

import numpy as np
import pytest

from kernels import network, penalties
from kernels.jit import kernel
from tests import naive

SIZES = np.array([3, 4, 2])
NAMES = penalties.catalog.names()


@kernel
def measure(penalty, sizes, parameters, gradient, diagonal):
    penalties.add_bends(penalty, sizes, parameters, diagonal)
    return penalties.total_cost(penalty, sizes, parameters), penalties.penalize(
        penalty, sizes, parameters, gradient
    )


def make(name, factor=300.0):
    """The penalty with a strength that shows."""
    item = penalties.catalog.get(name)
    strong = {h.name: h.default * factor for h in item.hypers if h.name == "strength"}
    return item.make(strong)


@pytest.fixture
def parameters():
    return np.random.default_rng(2).normal(0, 1, network.parameter_count(SIZES))


def test_every_penalty_has_a_naive_twin():
    assert set(naive.PENALTIES) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_cost_gradient_and_hessian_are_those_of_the_naive_twin(name, parameters):
    penalty = make(name)

    def cost(p):
        return naive.penalty(name, penalty._asdict(), p, SIZES)

    gradient, diagonal = (np.full_like(parameters, 10.0) for _ in range(2))
    found = measure(penalty, SIZES, parameters, gradient, diagonal)
    assert found == pytest.approx([cost(parameters)] * 2, rel=1e-13)
    slopes = naive.slope(cost, parameters)
    assert np.allclose(gradient - 10, slopes, rtol=1e-9, atol=1e-10)
    bends = [naive.slope(lambda p, k=k: naive.slope(cost, p)[k], parameters)[k] for k in range(9)]
    assert np.allclose(diagonal[:9] - 10, bends, rtol=1e-6, atol=1e-7)
    for _, bias in naive.unpack(diagonal - 10, SIZES):
        assert np.array_equal(bias, np.zeros_like(bias))


def test_no_penalty_computes_nothing(parameters):
    lost = np.full_like(parameters, np.nan)
    gradient, diagonal = np.ones_like(lost), np.ones_like(lost)
    assert measure(make("none"), SIZES, lost, gradient, diagonal) == (0.0, 0.0)
    assert (gradient == 1).all()
    assert (diagonal == 1).all()


def test_float32_stays_float32(parameters):
    narrow = parameters.astype(np.float32)
    gradient, diagonal = np.zeros_like(narrow), np.zeros_like(narrow)
    found = measure(make("elastic_net"), SIZES, narrow, gradient, diagonal)
    wide = np.zeros_like(parameters)
    wanted = measure(make("elastic_net"), SIZES, parameters, wide, np.zeros_like(wide))
    assert found == pytest.approx(wanted, rel=1e-6)
    assert np.allclose(gradient, wide, rtol=1e-6)


def test_a_weight_of_zero_is_left_there(parameters):
    gradient = np.zeros_like(parameters)
    zeros = np.zeros_like(parameters)
    for name in NAMES:
        assert measure(make(name), SIZES, zeros, gradient, zeros.copy()) == (0.0, 0.0)
        assert not gradient.any()


@pytest.mark.parametrize("name", ["l1", "elastic_net"])
def test_training_loss_and_gradient_have_the_penalty(name, make_case, gradient_of):
    case = make_case(["tanh"] * 2, "softmax", "mean_squared_error", penalty=name)
    case.network = case.network._replace(penalty=make(name))
    free = make_case(["tanh"] * 2, "softmax", "mean_squared_error")
    assert np.array_equal(free.parameters, case.parameters)

    def total(p):
        return free.naive_loss(p) + naive.penalty(name, make(name)._asdict(), p, case.sizes)

    loss, gradient = gradient_of(case)
    assert loss == pytest.approx(total(case.parameters), rel=1e-12)
    assert loss > 1.5 * free.naive_loss(case.parameters)
    wanted = naive.slope(total, case.parameters)
    assert np.linalg.norm(gradient - wanted) < 1e-6 * np.linalg.norm(wanted)
    work = network.new_work(case.network, np.float64)
    arguments = case.network, case.parameters, case.samples, work
    assert network.objective(*arguments) == pytest.approx(loss, rel=1e-12)
    mean, _ = network.evaluate(*arguments)
    assert mean == pytest.approx(free.naive_loss(case.parameters), rel=1e-12)


def test_gradient_is_that_of_jax(make_case, gradient_of):
    import jax

    case = make_case(["tanh"] * 2, "softmax", "mean_squared_error", penalty="elastic_net")
    case.network = case.network._replace(penalty=make("elastic_net"))
    strength, share = case.network.penalty
    with jax.enable_x64(True):
        inputs, targets = (jax.numpy.asarray(a) for a in case.samples)

        def loss(p):
            values, cost = inputs, 0.0
            for k, (weights, bias) in enumerate(naive.unpack(p, case.sizes)):
                z = values @ weights + bias
                values = jax.numpy.tanh(z) if k < 2 else jax.nn.softmax(z)
                cost += share * jax.numpy.abs(weights).sum() + (1 - share) / 2 * (weights**2).sum()
            return jax.numpy.mean((values - targets) ** 2) + strength * cost

        value, wanted = jax.value_and_grad(loss)(jax.numpy.asarray(case.parameters))
        wanted = np.asarray(wanted)
    found, gradient = gradient_of(case)
    assert found == pytest.approx(float(value), rel=1e-12)
    assert np.linalg.norm(gradient - wanted) < 1e-10 * np.linalg.norm(wanted)
