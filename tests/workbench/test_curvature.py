"""Hessians of experiments: against differences of gradients, over threads, and their errors."""

from __future__ import annotations

import numpy as np
import pytest

import workbench as wb
from kernels import network
from workbench import curvature
from workbench.curvature import Curvature


@pytest.fixture(name="experiment", scope="module")
def _experiment():
    return wb.Experiment.preset("tutorial").replace(
        dtype="float64", network={"activations": ["tanh", "tanh"]}, initializer="he_normal"
    )


def test_hessian_is_the_derivative_of_the_gradient(experiment):
    parameters = wb.initial_parameters(experiment)
    model = wb.Model(experiment)
    found = wb.hessian(experiment, parameters)
    assert found.dtype == np.float64
    assert np.array_equal(found, found.T)
    for k in (33, 57, 110, 157):
        step = 1e-5 * np.eye(len(parameters))[k]
        high, low = (model.loss_and_gradient(parameters + s)[1] for s in (step, -step))
        wanted = (high - low) / 2e-5
        assert np.linalg.norm(found[k] - wanted) < 1e-7 * np.linalg.norm(wanted)


def test_product_is_that_of_the_matrix(experiment):
    parameters = wb.initial_parameters(experiment)
    vector = np.random.default_rng(0).normal(size=len(parameters))
    matrix = wb.hessian(experiment, parameters)
    found = wb.hessian_vector(experiment, parameters, vector)
    assert np.linalg.norm(found - matrix @ vector) < 1e-13 * np.linalg.norm(
        matrix
    ) * np.linalg.norm(vector)


def test_float32_experiments_are_bent_in_float64(experiment):
    parameters = wb.initial_parameters(experiment.replace(dtype="float32"))
    narrow = wb.hessian(experiment.replace(dtype="float32"), parameters)
    data = wb.Model(experiment.replace(dtype="float32"))
    wide = network.Samples(*(np.array(a, np.float64) for a in data.train))
    wanted = Curvature(data.network, wide).hessian(parameters.astype(np.float64))
    assert narrow.dtype == np.float64
    assert np.array_equal(narrow, wanted)


def test_bits_do_not_depend_on_threads(experiment, monkeypatch):
    monkeypatch.setattr(curvature, "_WORTH_A_THREAD", 1e3)
    model = wb.Model(experiment)
    parameters = model.initial_parameters()
    vector = np.random.default_rng(1).normal(size=len(parameters))
    one, many = (Curvature(model.network, model.train, threads) for threads in (1, 5))
    assert len(one._shares()) == 1
    assert len(many._shares()) > 2
    for _ in range(2):  # scratch is left over the second time
        assert np.array_equal(many.hessian(parameters), one.hessian(parameters))
        products = many.hessian_vector(parameters, vector), one.hessian_vector(parameters, vector)
        assert np.array_equal(*products)


def test_bad_input_is_named(experiment):
    parameters = wb.initial_parameters(experiment)
    with pytest.raises(wb.BadValue, match=r"parameters: must be 158"):
        wb.hessian(experiment, parameters[1:])
    with pytest.raises(wb.BadValue, match=r"vector: must be 158"):
        wb.hessian_vector(experiment, parameters, "up")


def test_huge_hessians_are_refused(experiment, monkeypatch):
    monkeypatch.setattr(curvature, "MAX_PARAMETERS", 157)
    with pytest.raises(wb.BadValue, match="at most 157 parameters"):
        wb.hessian(experiment, wb.initial_parameters(experiment))
