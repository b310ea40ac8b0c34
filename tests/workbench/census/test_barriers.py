"""Bringing one minimum to another, and the ways between two."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from workbench.census.barriers import bring, nearest
from workbench.symmetry import canonical


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_a_twin_is_brought_back_to_where_it_came_from(activation, model_of, twin):
    model, rng = model_of(activation), np.random.default_rng(1)
    base = rng.normal(size=model.parameter_count)
    other = twin(model, base, activation, rng)
    assert np.linalg.norm(other - base) > 1.0
    back, exact = bring(model, base, other)
    np.testing.assert_allclose(back, base, atol=1e-9)
    assert exact


def test_what_is_brought_keeps_its_loss_with_a_penalty_too(model_of, twin):
    rng = np.random.default_rng(2)
    for more in ({}, {"penalty": {"name": "l2", "strength": 0.1}}):
        model = model_of("relu", **more)
        a, b = rng.normal(size=(2, model.parameter_count))
        moved, _ = bring(model, a, b)
        assert np.linalg.norm(moved - b) > 1.0
        wanted = model.loss_and_gradient(b)[0]
        assert model.loss_and_gradient(moved)[0] == pytest.approx(wanted, rel=1e-9)
    # Units alone were permuted: the same numbers, but for the shift of the output biases.
    ends = model.layers[-1].bias
    np.testing.assert_allclose(
        np.sort(np.delete(moved, ends)), np.sort(np.delete(b, ends)), atol=1e-12
    )


def test_the_nearest_order_is_found_with_a_penalty(model_of):
    # By brute force over the orders of one layer, and the best shift of the output's biases.
    model = model_of("relu", (16, 4, 2), penalty={"name": "l2", "strength": 0.1})
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(2, model.parameter_count))
    moved, exact = bring(model, a, b)
    w, bias = b[:64].reshape(16, 4), b[64:68]
    out, last = b[68:76].reshape(4, 2), b[76:]
    last = last - last.mean() + a[76:].mean()
    gaps = [
        np.linalg.norm(a - np.concatenate([w[:, p].ravel(), bias[p], out[p].ravel(), last]))
        for p in map(list, permutations(range(4)))
    ]
    assert exact
    assert np.linalg.norm(a - moved) == pytest.approx(min(gaps))


def test_barriers_fall_from_way_to_way(full_batch, plain_network):
    import workbench as wb

    model = wb.Model(full_batch.replace(dtype="float64"))
    runs = [wb.run(full_batch.replace(start=k), steps=600) for k in range(3)]
    points = np.array([run.parameters for run in runs], np.float64)
    # The second again, its units in another order: it is the nearest once brought back.
    net, split = plain_network(full_batch.network.sizes), full_batch.network.sizes[1]
    (w, b), *rest = net.unpack(points[0])
    order = np.roll(np.arange(split), 1)
    turned = [(w[:, order], b[order]), (rest[0][0][order], rest[0][1]), *rest[1:]]
    close = np.concatenate([part.ravel() for pair in turned for part in pair])
    close += 1e-3 * np.random.default_rng(0).normal(size=len(close))
    points = np.vstack([points, close])
    found = nearest(model, points, canonical(model, points), 0, threads=1)
    assert (found.other, found.exact) == (3, True)
    # At most: the scale of each unit is brought as well.
    assert found.distance <= 1.1e-3 * np.sqrt(len(close))
    assert found.straight > 0.01
    assert found.aligned < 0.01 * found.straight
    assert found.curve <= found.aligned + 1e-6
    inputs, targets = model.train
    t = np.linspace(0.0, 1.0, 101)
    way = [net.loss((1 - s) * points[0] + s * close, inputs, targets) for s in t]
    line = (1 - t) * way[0] + t * way[-1]
    assert found.straight == pytest.approx(np.max(way - line), rel=1e-6)
    far = nearest(model, points[:3], canonical(model, points[:3]), 0, threads=1)
    assert far.other in (1, 2)
    assert far.distance > 0.5
    assert far.curve < far.aligned


def test_alone_there_is_no_neighbour(model_of):
    model = model_of("relu")
    points = np.random.default_rng(4).normal(size=(1, model.parameter_count))
    assert nearest(model, points, points, 0) is None
