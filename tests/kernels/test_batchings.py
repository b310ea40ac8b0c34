"""Which samples a step sees: everything exactly as often as promised, from any step on."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from kernels import batchings

NAMES = batchings.catalog.names()


def batches(name, steps, n=23, seed=5, **hypers):
    item = batchings.catalog.get(name).make(hypers)
    order, batch = np.full(n + 1, -1), np.zeros(n, np.int64)
    found = []
    for step in steps:
        count = batchings.select(item, seed, step, order, batch)
        assert 1 <= count <= batchings.size(item, n)
        found.append(batch[:count].copy())
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_step_does_not_depend_on_those_before(name):
    straight = batches(name, range(60))
    steps = np.random.default_rng(0).permutation(60)
    shuffled = batches(name, steps)
    for step, batch in zip(steps, shuffled, strict=True):
        assert np.array_equal(batch, straight[step])


@pytest.mark.parametrize("size", [1, 4, 5, 22, 23, 100])
def test_mini_batches_cover_each_epoch_once(size):
    per_epoch = -(-23 // min(size, 23))
    found = batches("mini_batch", range(3 * per_epoch), size=size)
    epochs = [np.concatenate(found[k * per_epoch : (k + 1) * per_epoch]) for k in range(3)]
    for epoch in epochs:
        assert np.array_equal(np.sort(epoch), np.arange(23))
    assert not np.array_equal(epochs[0], epochs[1])
    assert {len(b) for b in found[: 23 // min(size, 23)]} == {min(size, 23)}


def test_single_samples_are_uniform_with_replacement():
    drawn = np.concatenate(batches("single_sample", range(9000)))
    assert stats.chisquare(np.bincount(drawn, minlength=23)).pvalue > 1e-3
    assert (drawn[1:] == drawn[:-1]).mean() == pytest.approx(1 / 23, abs=0.01)


def test_full_batch_is_everything_in_order():
    assert np.array_equal(batches("full_batch", [0])[0], np.arange(23))


@pytest.mark.parametrize("name", [n for n in NAMES if n != "full_batch"])
def test_seeds_differ(name):
    one, other = batches(name, range(30), seed=1), batches(name, range(30), seed=2)
    assert any(not np.array_equal(a, b) for a, b in zip(one, other, strict=True))
