"""Canonical forms do not change under the symmetries, and tell other networks apart."""

from __future__ import annotations

import numpy as np
import pytest

import workbench as wb
from kernels import activations
from workbench.model import Model, layers
from workbench.symmetry import canonical, is_homogeneous, is_odd


def model_of(activation, sizes=(16, 5, 4, 2)):
    return Model(
        wb.Experiment.preset("tutorial").replace(
            network={"sizes": list(sizes), "activations": [activation] * (len(sizes) - 2)},
            initializer="he_normal",
            dtype="float64",
        )
    )


def transformed(model, parameters, rng, scale, flip):
    """``parameters`` after random permutations, and scales and signs where asked for."""
    places = layers(tuple(int(n) for n in model.network.sizes))
    w = [parameters[p.weights].reshape(p.shape).copy() for p in places]
    b = [parameters[p.bias].copy() for p in places]
    for k in range(len(places) - 1):
        n = len(b[k])
        order = rng.permutation(n)
        factor = np.exp(rng.normal(size=n)) if scale else np.ones(n)
        factor = factor * (rng.choice([-1.0, 1.0], n) if flip else 1.0)
        w[k], b[k] = (w[k] * factor)[:, order], (b[k] * factor)[order]
        w[k + 1] = (w[k + 1] / factor[:, None])[order]
    return np.concatenate(
        [part for pair in zip(w, b, strict=True) for part in (pair[0].ravel(), pair[1])]
    )


@pytest.mark.parametrize(
    ("activation", "scale", "flip"),
    [("relu", True, False), ("tanh", False, True), ("sigmoid", False, False),
     ("leaky_relu", True, False), ("identity", True, True)],
)  # fmt: skip
def test_symmetric_networks_answer_alike_and_have_one_form(activation, scale, flip):
    model, rng = model_of(activation), np.random.default_rng(3)
    for _ in range(5):
        first = rng.normal(size=model.parameter_count)
        second = transformed(model, first, rng, scale, flip)
        inputs = rng.normal(size=(7, 16))
        np.testing.assert_allclose(
            model.predict(first, inputs), model.predict(second, inputs), rtol=1e-9
        )
        assert np.abs(first - second).max() > 0.1
        np.testing.assert_allclose(
            canonical(model, first), canonical(model, second), rtol=1e-9, atol=1e-11
        )


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_the_form_answers_as_the_network_does_and_is_its_own_form(activation):
    model, rng = model_of(activation), np.random.default_rng(0)
    vectors = rng.normal(size=(3, model.parameter_count))
    forms = canonical(model, vectors)
    inputs = model.train.inputs
    for vector, form in zip(vectors, forms, strict=True):
        np.testing.assert_allclose(
            model.predict(form, inputs), model.predict(vector, inputs), rtol=1e-9
        )
    np.testing.assert_allclose(canonical(model, forms), forms, rtol=1e-9, atol=1e-12)
    assert np.abs(forms[0] - forms[1]).max() > 0.01


def test_idle_units_count_for_nothing():
    model = model_of("relu", (16, 3, 2))
    first = np.random.default_rng(1).normal(size=model.parameter_count)
    place = model.layers[0]
    first[place.bias.start] = -1e3  # the first unit answers no sample
    second = first.copy()
    second[place.weights.start] += 0.5
    second[model.layers[1].weights.start] -= 2.0
    assert model.dead_units(first)[0] >= 1
    np.testing.assert_array_equal(canonical(model, first), canonical(model, second))
    apart = canonical(model, np.array([first, second]), idle=False)
    assert np.abs(apart[0] - apart[1]).max() > 1e-3


def test_properties_of_the_activations():
    made = {item.name: item.make() for item in activations.catalog}
    assert {n for n, f in made.items() if is_homogeneous(f)} >= {"relu", "leaky_relu", "identity"}
    assert {n for n, f in made.items() if is_odd(f)} >= {"tanh", "identity", "sine", "softsign"}
    for name in ("relu", "sigmoid", "gelu"):
        assert not is_odd(made[name])
    for name in ("tanh", "elu", "sigmoid"):
        assert not is_homogeneous(made[name])
