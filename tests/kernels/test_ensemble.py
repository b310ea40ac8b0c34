"""Networks trained side by side make the steps that each of them makes alone."""

from __future__ import annotations

import numpy as np
import pytest

from kernels import batchings, initializers, optimizers, schedules
from kernels.ensemble import Group, draw_group, new_bench, new_ends, train_group
from kernels.initializers import initialize
from kernels.lanes import COMPILED
from kernels.tiles import aligned
from kernels.training import (
    COLUMNS,
    LOSS_REACHED,
    LOSS_TOO_LARGE,
    Limits,
    Rules,
    new_scratch,
    new_state,
    train_chunk,
)

WIDTH = (None,) * (4 if COMPILED else 1)
STEPS, SEED, TILES = 7, 5, 3


def rules_of(optimizer, batching):
    return Rules(
        optimizers.catalog.get(optimizer).make({"learning_rate": 0.3}),
        schedules.catalog.get("exponential").make(),
        batchings.catalog.get(batching).make({"size": 4} if batching == "mini_batch" else {}),
    )


def limits(loss=np.nan, above=1e9, every=1, accuracy=np.nan):
    return Limits(loss, np.nan, accuracy, above, every)


def alone(case, rules, bounds, start):
    """(parameters, steps, code, losses) of one start, by the kernel of single networks."""
    initializer = initializers.catalog.get("glorot_normal").make()
    parameters = np.empty_like(case.parameters)
    initialize(initializer, case.network.sizes, SEED, start, parameters)
    state = new_state(rules, parameters)
    n = len(case.samples.inputs)
    scratch = new_scratch(case.network, rules, n, parameters)
    rows = np.empty((STEPS + 1, len(COLUMNS)))
    network, samples = case.network, case.samples
    done, filled, code = train_chunk(
        network, rules, bounds, samples, samples, state, scratch, SEED, (0, STEPS), rows
    )
    return state.parameters, done, code, rows[:filled, 1]


def together(case, rules, bounds, every=0):
    """The group and the ends of the first starts, trained as tiles."""
    shape = TILES, len(WIDTH)
    n = case.parameters.size
    slots = optimizers.slot_count(rules.optimizer)
    group = Group(
        aligned((TILES, n, len(WIDTH)), np.float64),
        aligned((TILES, slots, n, len(WIDTH)), np.float64),
        np.ones(shape),
    )
    ends = new_ends(TILES, STEPS // every + 1 if every else 0, WIDTH)
    with_accuracy = bounds.accuracy == bounds.accuracy
    bench = new_bench(case.network, rules, case.samples, with_accuracy, every, WIDTH)
    starts = np.arange(TILES * len(WIDTH)).reshape(shape)
    initializer = initializers.catalog.get("glorot_normal").make()
    draw_group(initializer, case.network.sizes, SEED, starts, bench.vector, group)
    network, samples = case.network, case.samples
    train_group(network, rules, bounds, samples, group, bench, ends, SEED, STEPS, WIDTH)
    return group, ends


@pytest.fixture
def case(make_case):
    return make_case(["tanh"], "softmax", "cross_entropy", (3, 4, 2), n=9)


@pytest.mark.parametrize(
    ("optimizer", "batching"), [("adam", "mini_batch"), ("sgd_clipped", "full_batch")]
)
def test_every_lane_makes_the_steps_of_a_single_network(case, optimizer, batching):
    rules = rules_of(optimizer, batching)
    group, ends = together(case, rules, limits(), every=2)
    for start, (tile, lane) in enumerate(np.ndindex(TILES, len(WIDTH))):
        parameters, done, code, losses = alone(case, rules, limits(), start)
        assert np.abs(group.parameters[tile, :, lane] - parameters).max() < 1e-12
        assert (ends.steps[tile, lane], ends.codes[tile, lane]) == (done, code)
        assert np.abs(ends.history[tile, :, lane] - losses[::2]).max() < 1e-12


@pytest.mark.parametrize(
    ("optimizer", "batching", "code"),
    [("adam", "mini_batch", LOSS_REACHED), ("sgd_clipped", "full_batch", LOSS_TOO_LARGE)],
)
def test_each_lane_ends_by_its_own_loss(case, optimizer, batching, code):
    rules = rules_of(optimizer, batching)
    losses = np.array([alone(case, rules, limits(), k)[3] for k in range(TILES * len(WIDTH))])
    bounds = limits(loss=float(losses.min(axis=1).mean()))
    if code == LOSS_TOO_LARGE:
        bounds = limits(above=float(losses[:, 0].mean()))
    group, ends = together(case, rules, bounds)
    for start, (tile, lane) in enumerate(np.ndindex(TILES, len(WIDTH))):
        parameters, done, wanted, _ = alone(case, rules, bounds, start)
        assert (ends.steps[tile, lane], ends.codes[tile, lane]) == (done, wanted)
        assert np.abs(group.parameters[tile, :, lane] - parameters).max() < 1e-12
    assert 0 < (ends.codes == code).sum() < ends.codes.size
