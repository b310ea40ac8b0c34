"""Planted twins are found to be the same minimum, and others are not."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.census.alignment import align
from workbench.census.identity import (
    PARAMETERS,
    STRICT,
    VALLEY,
    identify,
    least_distance,
    split,
)
from workbench.symmetry import canonical, flat, order, reduce

ACTIVATIONS = ["relu", "leaky_relu", "tanh", "sigmoid", "identity"]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_twins_are_one_minimum_and_others_are_others(activation, model_of, planted, twin):
    model, rng = model_of(activation), np.random.default_rng(1)
    bases = rng.normal(size=(6, model.parameter_count))
    wanted = np.array([0, 1, 2, 0, 1, 0, 3, 4, 5, 0, 5, 5])
    points = [twin(model, bases[k], activation, rng) for k in wanted]
    for k, point in zip(wanted, points, strict=True):
        answers = model.predict(point, model.data.train.inputs)
        np.testing.assert_allclose(
            answers, model.predict(bases[k], model.data.train.inputs), atol=1e-9
        )
        assert np.abs(point - bases[k]).max() > 0.1
    found = identify(model, [planted(model, p) for p in points])
    assert len(found.first) == 6
    assert set(found.kind) == {STRICT}
    assert all(found.exact)
    np.testing.assert_array_equal(found.label[:, None] == found.label, wanted[:, None] == wanted)
    assert found.first == [int(np.flatnonzero(found.label == k)[0]) for k in range(6)]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_form_and_alignment_agree(activation, model_of, twin):
    model, rng = model_of(activation), np.random.default_rng(2)
    base = rng.normal(size=model.parameter_count)
    near = base + 0.1 * rng.normal(size=len(base))
    points = np.array([base, twin(model, base, activation, rng), near])
    stacks, kinds = reduce(model, points)
    one, same, other = ([layer[k] for layer in stacks] for k in range(3))
    assert align(one, same, kinds).distance == pytest.approx(0.0, abs=1e-9)
    apart = align(one, other, kinds).distance
    assert apart > 0.1
    assert least_distance(one, other) <= apart
    assert least_distance(one, other) > 0.0 or not kinds
    order(stacks, kinds)
    forms = flat(stacks)
    np.testing.assert_allclose(forms[1], forms[0], atol=1e-9)
    # A form is one of the orders, so it cannot bring two nearer than the nearest order does.
    assert np.linalg.norm(forms[2] - forms[0]) >= apart - 1e-12
    if activation != "identity":
        np.testing.assert_allclose(*canonical(model, points[:2]), atol=1e-9)


def test_the_same_answers_are_not_enough(model_of, planted):
    # Units that are on for every sample may be mixed: no symmetry, though all answers agree.
    model, rng = model_of("relu", (16, 3, 2)), np.random.default_rng(3)
    first, second = model.layers
    base = rng.normal(size=model.parameter_count)
    base[first.bias] = 50.0
    weights, out = base[first.weights].reshape(16, 3), base[second.weights].reshape(3, 2)
    mix = np.array([[1.0, 0.1, 0.0], [0.0, 1.0, 0.2], [0.1, 0.0, 1.0]])
    mixed = base.copy()
    mixed[first.weights], mixed[first.bias] = (weights @ mix).ravel(), base[first.bias] @ mix
    mixed[second.weights] = np.linalg.solve(mix, out).ravel()
    inputs = model.data.train.inputs
    np.testing.assert_allclose(model.predict(base, inputs), model.predict(mixed, inputs))
    found = identify(model, [planted(model, p, loss=0.5) for p in (base, mixed)])
    assert found.label.tolist() == [0, 1]
    valley = identify(
        model, [planted(model, p, "degenerate minimum", loss=0.5) for p in (base, mixed)]
    )
    assert (valley.label.tolist(), valley.kind) == ([0, 0], [VALLEY])


def test_nearby_parameters_are_one_minimum_only_within_the_tolerance(model_of, planted):
    model, rng = model_of("tanh"), np.random.default_rng(4)
    base = rng.normal(size=model.parameter_count)
    way = rng.normal(size=len(base))
    way *= np.linalg.norm(base) / np.linalg.norm(way)

    def count(share, **facts):
        loss = model.measures(base, model.train)[0]
        points = base, base + share * PARAMETERS * way
        return len(identify(model, [planted(model, p, loss=loss, **facts) for p in points]).first)

    assert count(0.02) == 1
    assert count(30.0) == 2
    # The answers differ by more than they may, whatever the Hessian leaves open.
    assert count(3000.0, gradient_norm=1.0, eigenvalues=(1e-9,)) == 2


def test_an_uncertain_end_may_lie_farther(model_of, planted):
    model, rng = model_of("tanh"), np.random.default_rng(5)
    base = rng.normal(size=model.parameter_count)
    # What enters the first unit is all but invisible, as next to nothing leaves it.
    base[model.layers[1].weights][:4] = 1e-12
    other = base.copy()
    other[model.layers[0].weights][::5] += 0.01 * rng.normal(size=16)
    loss = model.measures(base, model.train)[0]

    def count(**facts):
        return len(identify(model, [planted(model, p, loss=loss, **facts) for p in both]).first)

    both = base, other
    assert count() == 2
    assert count(gradient_norm=1e-6, eigenvalues=(1e-6,)) == 1


@pytest.mark.parametrize("sizes", [(16, 4, 2), (16, 3, 3, 2)])
def test_where_forms_tie_the_alignment_decides(sizes, model_of, planted, twin):
    # The largest incoming weight ties with another of opposite sign, to within rounding, so that
    # twins get forms with different signs.
    model, rng = model_of("tanh", sizes), np.random.default_rng(6)
    base = rng.normal(size=model.parameter_count)
    w = base[model.layers[0].weights].reshape(16, sizes[1])
    top = np.abs(w).max() + 1.0
    seen = np.flatnonzero(np.ptp(np.asarray(model.train.inputs), axis=0) > 0)[:2]
    points = []
    for sign in (1.0, -1.0):
        w[seen[0]], w[seen[1]] = top * (1.0 + sign * 1e-13), -top
        changed = base.copy()
        changed[model.layers[0].weights] = w.ravel()
        points.append(twin(model, changed, "tanh", rng, unseen=False))
    forms = canonical(model, np.array(points))
    assert np.linalg.norm(forms[0] - forms[1]) > 0.1
    found = identify(model, [planted(model, p) for p in points])
    assert found.label.tolist() == [0, 0]


def test_kinds_that_are_no_minima_have_no_label(model_of, planted):
    model, rng = model_of("relu"), np.random.default_rng(7)
    points = rng.normal(size=(4, model.parameter_count))
    kinds = ["saddle", "strict minimum", "plateau", "degenerate minimum"]
    ends = [planted(model, p, kind) for p, kind in zip(points, kinds, strict=True)]
    found = identify(model, ends)
    assert (found.label < 0).tolist() == [True, False, True, False]
    assert sorted(found.kind) == [STRICT, VALLEY]
    nothing = identify(model, ends[:1])
    assert (nothing.label.tolist(), nothing.first) == ([-1], [])
    assert identify(model, []).first == []


def test_all_ends_without_loss_are_one_valley(model_of, planted):
    model, rng = model_of("relu"), np.random.default_rng(8)
    points = rng.normal(size=(3, model.parameter_count))
    flat_ends = [planted(model, p, "degenerate minimum", loss=1e-18) for p in points]
    assert identify(model, flat_ends).label.tolist() == [0, 0, 0]
    higher = [planted(model, p, "degenerate minimum", loss=0.1) for p in points]
    assert len(identify(model, higher).first) == 3


def test_a_strict_minimum_with_a_degenerate_verdict_is_not_a_valley(model_of, planted, twin):
    model, rng = model_of("relu"), np.random.default_rng(9)
    base = rng.normal(size=model.parameter_count)
    kinds = ["degenerate minimum", "strict minimum", "strict minimum"]
    ends = [planted(model, twin(model, base, "relu", rng), kind) for kind in kinds]
    found = identify(model, ends)
    assert (found.label.tolist(), found.kind) == ([0, 0, 0], [STRICT])


def test_the_result_does_not_depend_on_threads(model_of, planted, twin, monkeypatch):
    monkeypatch.setattr("workbench.census.identity._PIECE", 3)
    model, rng = model_of("relu"), np.random.default_rng(10)
    bases = rng.normal(size=(4, model.parameter_count))
    wanted = rng.integers(0, 4, 20)
    ends = [planted(model, twin(model, bases[k], "relu", rng)) for k in wanted]
    one, two = (identify(model, ends, threads=n) for n in (1, 2))
    np.testing.assert_array_equal(one.label, two.label)
    np.testing.assert_array_equal(one.label[:, None] == one.label, wanted[:, None] == wanted)


def test_splitting_finds_the_gaps():
    values = np.array([[0.0, 5.0], [1.0, 5.0], [0.05, 5.0], [0.0, 9.0], [1.02, 5.0]])
    found = split(values, np.full(values.shape, 0.1))
    wanted = np.array([0, 1, 0, 2, 1])
    np.testing.assert_array_equal(found[:, None] == found, wanted[:, None] == wanted)
    assert sorted(set(found)) == [0, 1, 2]
    # A gap of the second column can open one in the first: 0 and 0.16 were joined by 0.08 alone.
    bridge = np.array([[0.0, 0.0], [0.08, 7.0], [0.16, 0.0]])
    assert len(set(split(bridge, np.full(bridge.shape, 0.1)))) == 3
