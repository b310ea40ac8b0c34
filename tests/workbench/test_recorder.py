"""The history: bounded, thinned the same way however it arrives, and followed by watchers."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from kernels.training import COLUMNS
from workbench.recorder import Recorder


def rows_of(steps):
    steps = np.asarray(list(steps), float)
    return np.column_stack([steps * (1 + k) for k in range(len(COLUMNS))])


def thinned(steps, capacity, every):
    """The rule, one row at a time: full, so every second goes, until there is room."""
    held, spacing = [], 1
    for step in steps:
        while step % (every * spacing) == 0 and len(held) == capacity:
            spacing *= 2
            held = [s for s in held if s % (every * spacing) == 0]
        if step % (every * spacing) == 0 or spacing == 1:
            held.append(step)
    return held


def cut(n, rng):
    ends = np.sort(rng.integers(0, n + 1, 12))
    return zip([0, *ends], [*ends, n], strict=True)


@pytest.mark.parametrize("capacity", [8, 64, 1000])
@pytest.mark.parametrize("every", [1, 7])
@pytest.mark.parametrize("seed", range(3))
def test_thinning_follows_the_rule_however_rows_arrive(capacity, every, seed):
    steps = [every * k for k in range(1500)]
    recorder = Recorder(capacity)
    for a, b in cut(len(steps), np.random.default_rng(seed)):
        recorder.append(rows_of(steps[a:b]), every)
    held = recorder.since().rows
    assert held[:, 0].tolist() == thinned(steps, capacity, every)
    assert len(held) <= capacity
    np.testing.assert_array_equal(held, rows_of(held[:, 0]))


@pytest.mark.parametrize("seed", range(8))
def test_a_watcher_always_ends_with_the_same_rows(seed):
    """Rows followed by ``since`` through appends, thinnings and steps back equal all rows held."""
    rng = np.random.default_rng(seed)
    recorder = Recorder(32)
    followed, sequence, step = np.empty((0, len(COLUMNS))), -1, 0
    for _ in range(300):
        for _ in range(rng.integers(0, 3)):
            if rng.random() < 0.1:
                step = int(rng.integers(0, step + 1))
                recorder.truncate(step)
            else:
                n = int(rng.integers(1, 20))
                recorder.append(rows_of(range(step, step + n)), 1)
                step += n
        new = recorder.since(sequence)
        sequence = new.sequence
        followed = new.rows if new.restarted else np.vstack([followed, new.rows])
        np.testing.assert_array_equal(followed, recorder.since().rows)


def test_nothing_new_is_nothing():
    recorder = Recorder()
    recorder.append(rows_of(range(10)), 1)
    first = recorder.since()
    assert first.restarted
    again = recorder.since(first.sequence)
    assert (len(again.rows), again.restarted, again.sequence) == (0, False, first.sequence)
    recorder.append(rows_of(range(10, 13)), 1)
    assert recorder.since(first.sequence).rows[:, 0].tolist() == [10, 11, 12]


def test_truncate_forgets_that_step_and_later():
    recorder = Recorder()
    recorder.append(rows_of(range(10)), 1)
    recorder.truncate(4)
    assert recorder.last()[0] == 3
    recorder.truncate(0)
    assert np.isnan(recorder.last()).all()
    assert len(recorder.since().rows) == 0


def test_rows_are_copies_that_cannot_be_written():
    recorder = Recorder()
    recorder.append(rows_of(range(3)), 1)
    rows = recorder.since().rows
    with pytest.raises(ValueError, match="read-only"):
        rows[0, 0] = 9
    recorder.append(rows_of(range(3, 2000)), 1)
    assert rows[:, 0].tolist() == [0, 1, 2]


def test_reading_while_another_thread_writes():
    recorder = Recorder(256)
    done = threading.Event()

    def write():
        for k in range(3000):
            recorder.append(rows_of([k]), 1)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    followed, sequence = np.empty((0, len(COLUMNS))), -1
    while True:
        last_round = done.is_set()
        new = recorder.since(sequence)
        sequence = new.sequence
        followed = new.rows if new.restarted else np.vstack([followed, new.rows])
        assert (np.diff(followed[:, 0]) > 0).all()
        if last_round:
            break
    writer.join()
    assert followed[:, 0].tolist() == thinned(range(3000), 256, 1)
