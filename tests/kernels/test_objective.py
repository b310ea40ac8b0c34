"""Objectives: their gradients and second derivatives, against closed forms and differences."""

from __future__ import annotations

import numpy as np
import pytest

from kernels import network, surfaces
from kernels.jit import kernel
from kernels.objective import (
    Height,
    TrainingLoss,
    assess,
    hessian,
    hessian_product,
    new_bends,
)
from tests import naive


@kernel
def ask(objective, parameters, gradient):
    return assess(objective, parameters, gradient)


@kernel
def bend(objective, parameters, vector, matrix, product, work):
    hessian(objective, parameters, matrix, work)
    hessian_product(objective, parameters, vector, product, work)


def training_loss(case, needs=""):
    n = len(case.samples.inputs)
    work = network.new_work(case.network, case.parameters.dtype)
    bends = new_bends(case.network, case.parameters.dtype, needs)
    return TrainingLoss(case.network, case.samples, np.arange(n), work, bends)


def second(objective, p, v):
    """(H, H v) as the rules make them; the parameters must stay as they are."""
    n = p.size
    matrix, product = np.full((n, n), np.nan), np.full(n, np.nan, p.dtype)
    before = p.copy()
    bend(objective, p, v, matrix, product, np.zeros((3, n), p.dtype))
    assert np.array_equal(p, before)
    upper = np.triu(matrix)
    return upper + np.triu(upper, 1).T, product


def test_a_linear_network_has_the_hessian_of_least_squares(make_case):
    case = make_case([], "identity", "mean_squared_error", (3, 2), n=9)
    ones = np.column_stack([case.samples.inputs, np.ones(9)])
    # One block for each output: d² / dW² of the mean over samples and outputs of (x W - t)².
    gram = 2.0 * ones.T @ ones / (9 * 2)
    wanted = np.kron(gram, np.eye(2))
    v = np.linspace(-1.0, 1.0, 8)
    matrix, product = second(training_loss(case, "matrix"), case.parameters, v)
    assert np.allclose(matrix, wanted, atol=1e-9)
    assert np.allclose(product, wanted @ v, atol=1e-9)


@pytest.mark.parametrize(("dtype", "bound"), [(np.float64, 1e-7), (np.float32, 1e-4)])
def test_second_derivatives_of_a_network(make_case, dtype, bound):
    case = make_case(["tanh"], "softmax", "mean_squared_error", (2, 2, 2), n=5, dtype=dtype)
    objective = training_loss(case, "matrix")
    p = case.parameters.astype(np.float64)
    gradient = np.empty_like(case.parameters)
    assert ask(objective, case.parameters, gradient) == pytest.approx(case.naive_loss(p), rel=1e-5)
    assert np.allclose(gradient, naive.slope(case.naive_loss, p), atol=1e-5)
    wanted = np.array(
        [naive.slope(lambda q, k=k: naive.slope(case.naive_loss, q)[k], p) for k in range(p.size)]
    )
    v = np.random.default_rng(0).normal(size=p.size).astype(dtype)
    matrix, product = second(objective, case.parameters, v)
    assert product.dtype == dtype
    assert np.abs(wanted).max() > 0.05
    assert np.abs(matrix - wanted).max() < bound * np.abs(wanted).max()
    assert np.abs(product - wanted @ v).max() < bound * np.abs(wanted @ v).max()
    assert second(objective, case.parameters, np.zeros_like(v))[1].tolist() == [0.0] * p.size


def test_second_derivatives_of_a_surface():
    objective = Height(surfaces.catalog.get("rosenbrock").make())
    x, y = -1.2, 0.7
    gradient = np.empty(2)
    assert ask(objective, np.array([x, y]), gradient) == pytest.approx(
        (1 - x) ** 2 + 100 * (y - x * x) ** 2
    )
    assert np.allclose(gradient, [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)])
    wanted = np.array([[2 - 400 * (y - 3 * x * x), -400 * x], [-400 * x, 200.0]])
    v = np.array([0.3, -2.0])
    matrix, product = second(objective, np.array([x, y]), v)
    assert np.allclose(matrix, wanted, rtol=1e-13)
    assert np.allclose(product, wanted @ v, rtol=1e-13)
