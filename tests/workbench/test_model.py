"""Models: the flat layout, answers and gradients against plain NumPy, what is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import workbench as wb
from kernels import network
from workbench.model import layers


@pytest.fixture(scope="module")
def model(tutorial):
    return wb.Model(tutorial.replace(dtype="float64"))


@pytest.fixture
def anywhere(model):
    return np.random.default_rng(1).normal(0.0, 0.5, model.parameter_count)


def test_layers_tile_the_parameters():
    found = layers((5, 3, 2))
    assert [layer.name for layer in found] == ["5 → 3", "3 → 2"]
    assert [layer.shape for layer in found] == [(5, 3), (3, 2)]
    ends = [(s.start, s.stop) for layer in found for s in (layer.weights, layer.bias)]
    assert ends == [(0, 15), (15, 18), (18, 24), (24, 26)]


def test_units_and_answers_are_those_of_plain_numpy(model, anywhere, plain_tutorial):
    inputs = model.data.test.inputs
    wanted = plain_tutorial.layers(anywhere, inputs)
    np.testing.assert_allclose(model.units(anywhere, inputs), np.hstack(wanted), rtol=1e-12)
    np.testing.assert_allclose(model.predict(anywhere, inputs), wanted[-1], rtol=1e-12)


def test_shapes_of_answers(model, anywhere):
    inputs = model.data.test.inputs
    assert model.predict(anywhere, inputs).shape == (len(inputs), 2)
    assert model.predict(anywhere, inputs[:1]).shape == (1, 2)
    assert model.predict(anywhere, inputs[:0]).shape == (0, 2)
    single = model.predict(anywhere, inputs[3])
    assert single.shape == (2,)
    np.testing.assert_array_equal(single, model.predict(anywhere, inputs)[3])
    as_lists = model.predict(anywhere.tolist(), inputs[3].astype(int).tolist())
    np.testing.assert_array_equal(as_lists, single)


def test_loss_and_gradient_are_those_of_plain_numpy(model, anywhere, plain_tutorial):
    train = model.data.train
    loss, gradient = model.loss_and_gradient(anywhere)
    assert loss == pytest.approx(plain_tutorial.loss(anywhere, train.inputs, train.targets))
    wanted = plain_tutorial.gradient(anywhere, train.inputs, train.targets)
    np.testing.assert_allclose(gradient, wanted, rtol=1e-9, atol=1e-14)


def test_the_penalty_is_in_loss_and_gradient_but_not_in_measures(
    penalized, plain_tutorial, weight_cost
):
    model = wb.Model(penalized)
    train = model.data.train
    point = model.initial_parameters()
    loss, gradient = model.loss_and_gradient(point)
    mean = plain_tutorial.loss(point, train.inputs, train.targets)
    assert loss == pytest.approx(mean + weight_cost(penalized, point), rel=1e-5)
    assert model.measures(point, model.train)[0] == pytest.approx(mean, rel=1e-5)
    wanted = plain_tutorial.gradient(point, train.inputs, train.targets)
    for layer in model.layers:
        wanted[layer.weights] += penalized.penalty.strength * point[layer.weights]
    np.testing.assert_allclose(gradient, wanted, rtol=1e-4, atol=1e-6)


def test_measures_are_those_of_plain_numpy(model, anywhere, plain_tutorial):
    for samples in (model.train, model.test):
        wanted = [
            plain_tutorial.loss(anywhere, samples.inputs, samples.targets),
            plain_tutorial.accuracy(anywhere, samples.inputs, samples.targets),
        ]
        np.testing.assert_allclose(model.measures(anywhere, samples), wanted)


def test_results_have_the_experiments_dtype(full_batch):
    small = wb.Model(full_batch)
    start = small.initial_parameters()
    assert start.dtype == small.loss_and_gradient(start)[1].dtype == np.float32
    assert small.predict(start, small.data.train.inputs).dtype == np.float32
    assert isinstance(small.loss_and_gradient(start)[0], float)
    assert small.data.train.inputs.dtype == small.data.train.targets.dtype == np.float32


def test_the_callers_arrays_are_left_alone(model, anywhere):
    parameters, inputs = anywhere.copy(), model.data.train.inputs.copy()
    model.loss_and_gradient(parameters)
    model.predict(parameters, inputs)
    np.testing.assert_array_equal(parameters, anywhere)
    np.testing.assert_array_equal(inputs, model.data.train.inputs)


def test_read_only_and_strided_arrays_compile_nothing_new(model, anywhere):
    def ask(parameters, inputs):
        return model.loss_and_gradient(parameters)[0], model.predict(parameters, inputs).sum()

    inputs = model.data.train.inputs
    first = ask(anywhere.copy(), inputs.copy())
    kernels = (network.batch_gradient, network.respond_all)
    compiled = [len(kernel.signatures) for kernel in kernels if hasattr(kernel, "signatures")]
    locked = anywhere.copy()
    locked.flags.writeable = False
    strided = np.repeat(anywhere, 2)[::2]
    for parameters in (locked, strided, anywhere.astype(">f8")):
        assert ask(parameters, np.asfortranarray(inputs)) == first
    assert compiled == [len(k.signatures) for k in kernels if hasattr(k, "signatures")]


def test_many_threads_may_ask_at_once(model):
    rng = np.random.default_rng(2)
    points = rng.normal(0.0, 0.5, (40, model.parameter_count))
    alone = [model.loss_and_gradient(p)[0] for p in points]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda p: model.loss_and_gradient(p)[0], points))
    assert together == alone


def test_dead_units_are_counted_per_layer(model):
    parameters = np.abs(np.random.default_rng(3).normal(1.0, 0.2, model.parameter_count))
    first, second = model.layers[0], model.layers[1]
    assert model.dead_units(parameters) == [0, 0]
    parameters[first.bias][[1, 4]] = -1e3
    assert model.dead_units(parameters) == [2, 0]
    parameters[second.bias] = -1e3
    assert model.dead_units(parameters) == [2, 6]


def test_a_start_by_its_index_is_that_of_the_experiment(full_batch):
    model = wb.Model(full_batch)
    for index in (0, 5):
        wanted = wb.initial_parameters(full_batch.replace(start=index))
        np.testing.assert_array_equal(model.start(index), wanted)


def test_learning_rate_follows_the_schedule(tutorial):
    schedule = {"name": "exponential", "decay": 0.5, "every": 10}
    decaying = wb.Model(tutorial.replace(schedule=schedule, optimizer={"learning_rate": 0.8}))
    assert [decaying.learning_rate(step) for step in (0, 10, 30)] == pytest.approx([0.8, 0.4, 0.1])


@pytest.mark.parametrize(
    "parameters", [[], [1.0] * 157, np.zeros((2, 79)), "abc", None, {}, [[1], [2, 3]]], ids=repr
)
def test_bad_parameters_are_refused(model, parameters):
    for ask in (model.loss_and_gradient, lambda p: model.predict(p, np.zeros((1, 16)))):
        with pytest.raises(wb.BadValue, match=r"^parameters: must be 158 numbers"):
            ask(parameters)


@pytest.mark.parametrize(
    "inputs", [[], 3.0, np.zeros((4, 15)), np.zeros((2, 2, 16)), "x", None, [[1], [2, 3]]], ids=repr
)
def test_bad_inputs_are_refused(model, inputs):
    with pytest.raises(wb.BadValue, match=r"^inputs: must"):
        model.predict(np.zeros(158), inputs)
