"""Checkpoints: exact restores, a path that chunks cannot change, bounded memory."""

from __future__ import annotations

import numpy as np
import pytest

from kernels.training import State
from workbench.checkpoints import Checkpoints


def state_at(step, size=3):
    """A made-up state that tells its step."""
    return State(
        np.full(size, float(step)),
        np.full((1, size), -float(step)),
        np.zeros(size),
        np.array([2.0 * step]),
        np.array([3.0 * step]),
    )


def walk(checkpoints, first, last, chunk, size=3):
    """Offer states as a run does: at the ends of chunks, which are cut at the path's steps."""
    step = first
    while step < last:
        step = min(step + chunk, last, checkpoints.next_due(step))
        checkpoints.offer(step, state_at(step, size))


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_the_path_does_not_depend_on_chunks(chunk):
    checkpoints = Checkpoints(state_at(0))
    walk(checkpoints, 0, 5000, chunk)
    steps, points = checkpoints.trail(5000, state_at(5000).parameters)
    octaves = [k for k in range(5000) if k % (1 << max(k.bit_length() - 5, 0)) == 0]
    assert steps.tolist() == [*octaves, 5000]
    np.testing.assert_array_equal(points[:, 0], steps)


@pytest.mark.parametrize("target", [0, 1, 31, 33, 999, 1000])
def test_restore_gives_a_state_at_or_before(target):
    checkpoints = Checkpoints(state_at(0))
    walk(checkpoints, 0, 1000, 7)
    state = state_at(-1)
    found = checkpoints.restore(target, state)
    assert target - 32 <= found <= target
    assert state.parameters.tolist() == [found] * 3
    assert state.slots.tolist() == [[-found] * 3]
    assert (state.shared.tolist(), state.schedule.tolist()) == ([2 * found], [3 * found])
    # What was later is forgotten, so that the path ends here.
    walk(checkpoints, found, target, 1)
    assert checkpoints.trail(target, state.parameters)[0].max() == target
    assert checkpoints.restore(5000, state) <= target


def test_copies_are_kept_not_the_state_itself():
    state = state_at(0)
    checkpoints = Checkpoints(state)
    state.parameters[:] = 7.0
    checkpoints.restore(0, state)
    assert state.parameters.tolist() == [0.0] * 3


def test_large_networks_keep_few():
    size = 1 << 20  # 24 MB a state with its slot, in float64
    checkpoints = Checkpoints(state_at(0, size))
    walk(checkpoints, 0, 200, 1, size)
    held = len(checkpoints.trail(200, np.zeros(size))[0])
    assert 8 <= held <= 18
    state = state_at(0, size)
    assert checkpoints.restore(100, state) <= 100
