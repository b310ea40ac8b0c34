"""Steps in registers against those with a stored gradient."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from kernels import batchings, network, optimizers, schedules, single_step, training
from kernels.jit import kernel
from kernels.lanes import COMPILED
from kernels.single_step import look, move

pytestmark = pytest.mark.emits

compiled = pytest.mark.skipif(not COMPILED, reason="lanes of a row are the compiler's")


@kernel
def steps(ladder, net, item, packed, samples, order, found):
    """Steps on the samples ``order``; ``found`` (n, 2) gets their losses and gradient norms."""
    for k in range(order.size):
        found[k, 0], found[k, 1], held = look(ladder, net, packed.parameters, samples, order[k])
        c = optimizers.prepare(item, 0.05, k + 1, found[k, 1])
        move(ladder, item, c, packed, samples, held)


@compiled
@pytest.mark.parametrize(
    ("optimizer", "names", "sizes", "output", "loss"),
    [
        ("adam", ["tanh", "sigmoid"], (11, 8, 3, 2), "softmax", "cross_entropy"),
        ("sgd", ["relu"], (3, 5, 1), "identity", "mean_squared_error"),
        ("momentum", [], (4, 8), "softmax", "mean_squared_error"),
    ],
)
def test_the_same_steps_as_with_a_stored_gradient(optimizer, names, sizes, output, loss, make_case):
    case = make_case(names, output, loss, sizes, n=9)
    item = optimizers.catalog.get(optimizer).make()
    rules = training.Rules(
        item,
        schedules.catalog.get("constant").make(),
        batchings.catalog.get("single_sample").make(),
    )
    ladder = single_step.new_ladder(case.network, rules)
    packed = single_step.new_packed(ladder, np.float64)
    single_step.pack(packed.places, case.parameters, packed.parameters)
    order = np.random.default_rng(1).integers(0, 9, 40)
    found = np.empty((40, 2))
    steps(ladder, case.network, item, packed, case.samples, order, found)
    moved = np.empty_like(case.parameters)
    single_step.unpack(packed.places, moved, packed.parameters)

    work = network.new_work(case.network, np.float64)
    p, gradient = case.parameters.copy(), np.empty_like(case.parameters)
    slots = optimizers.new_slots(item, p.size, np.float64)
    wanted = np.empty((40, 2))
    for k, sample in enumerate(order):
        wanted[k, 0], _ = network.batch_gradient(
            case.network, p, case.samples, np.array([sample]), 1, gradient, work
        )
        wanted[k, 1] = np.linalg.norm(gradient)
        c = optimizers.prepare(item, 0.05, k + 1, wanted[k, 1])
        optimizers.apply(item, c, gradient, p, slots)
    assert np.abs(p - case.parameters).max() > 1e-2
    assert np.allclose(moved, p, rtol=0, atol=1e-12)
    assert np.allclose(found, wanted, rtol=1e-10)


@compiled
@pytest.mark.parametrize("sizes", [(16, 6, 6, 2), (3, 2), (5, 8, 1)])
def test_packing_loses_nothing_and_leaves_the_rest_zero(sizes):
    ladder = single_step.Ladder(sizes, (None,) * (len(sizes) - 2), (None,) * sizes[-1], ())
    count = sum((a + 1) * b for a, b in pairwise(sizes))
    flat, back = np.arange(1.0, count + 1), np.zeros(count)
    packed = single_step.new_packed(ladder, np.float64)
    single_step.pack.py_func(packed.places, flat, packed.parameters)
    assert np.count_nonzero(packed.parameters) == count
    single_step.unpack.py_func(packed.places, back, packed.parameters)
    assert np.array_equal(back, flat)


@pytest.mark.parametrize("name", [e.name for e in optimizers.catalog if optimizers.is_scalar(e)])
def test_no_optimizer_moves_what_is_zero_and_has_no_gradient(name):
    """What is packed but no parameter must stay zero."""
    entry = optimizers.catalog.get(name)
    item, p, slots = entry.make(), 0.0, (0.0,) * entry.facts["slots"]
    for step in range(1, 20):
        c = optimizers.prepare(item, 0.1, step, 1.0)
        p, slots = optimizers.update(item, c, 0.0, p, slots)
        assert p == 0.0
        assert np.isfinite(slots).all()
