"""Stepping to and fro, pausing and resuming: the same bits whichever way a run is carried out."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

import workbench as wb


def assert_same(run, other):
    assert run.steps == other.steps
    np.testing.assert_array_equal(run.parameters, other.parameters)
    np.testing.assert_array_equal(run.stepper.state.slots, other.stepper.state.slots)
    for name, column in run.history.items():
        np.testing.assert_array_equal(column, other.history[name], err_msg=name)


@pytest.fixture
def whole(small):
    """The run carried out at once."""
    run = wb.Run(small)
    run.step(200)
    return run


def test_single_steps_give_the_same_bits(small, whole):
    run = wb.Run(small)
    for _ in range(200):
        assert run.step() == 1
    assert_same(run, whole)
    assert run.step() == 0


def test_odd_chunks_give_the_same_bits(small, whole):
    run = wb.Run(small)
    for n in (0, 1, 50, 13, 0, 99, 1000):
        run.step(n)
    assert_same(run, whole)


def test_finish_gives_the_same_bits(small, whole):
    run = wb.Run(small)
    run.finish()
    assert_same(run, whole)


def test_a_watched_thread_gives_the_same_bits(small, whole):
    run = wb.Run(small)
    stop = threading.Event()

    def watch():
        sequence = -1
        while not stop.is_set():
            sequence = run.snapshot(sequence).rows.sequence
            run.trail()
            _ = run.history

    watcher = threading.Thread(target=watch)
    watcher.start()
    for _ in range(5):
        run.resume()
        time.sleep(0.002)
        run.pause()
    run.resume()
    assert run.wait(60)
    stop.set()
    watcher.join()
    assert_same(run, whole)


@pytest.mark.parametrize("far", [1, 7, 120, 1000])
def test_stepping_back_is_exact_and_forward_again_too(small, whole, far):
    run = wb.Run(small)
    run.step(150)
    there = wb.Run(small)
    there.step(max(150 - far, 0))
    assert run.back(far) == min(far, 150)
    assert_same(run, there)
    assert run.status == there.status or run.steps == 0
    run.step(200)
    assert_same(run, whole)


def test_stepping_back_from_the_end_reopens_the_run(small, whole):
    run = wb.Run(small)
    run.finish()
    assert run.status == "finished"
    run.back()
    assert (run.steps, run.status, run.reason) == (199, "paused", "")
    run.resume()
    assert run.wait(60)
    assert run.status == "finished"
    assert_same(run, whole)


def test_stepping_back_one_by_one_to_the_start(small):
    run = wb.Run(small)
    run.step(40)
    seen = {}
    for step in range(40, 0, -1):
        seen[step] = run.parameters
        assert run.back() == 1
        assert run.steps == step - 1
    np.testing.assert_array_equal(run.parameters, wb.initial_parameters(small))
    assert run.back() == 0
    for step in range(1, 41):
        run.step()
        np.testing.assert_array_equal(run.parameters, seen[step])


def test_reset_forgets_everything(small, whole):
    run = wb.Run(small)
    run.resume()
    run.reset()
    assert (run.steps, run.status, run.seconds) == (0, "ready", 0.0)
    np.testing.assert_array_equal(run.parameters, wb.initial_parameters(small))
    assert run.history["step"].tolist() == [0]
    run.finish()
    assert_same(run, whole)


def test_going_back_while_training_waits_for_one_chunk_and_stays_exact(small):
    run = wb.Run(small.replace(stop={"steps": 10**12}))
    run.step(1)
    run.resume()
    for _ in range(20):
        begun = time.monotonic()
        run.back(3)
        assert time.monotonic() - begun < 5.0
    run.pause()
    straight = wb.run(small, steps=run.steps)
    np.testing.assert_array_equal(run.parameters, straight.parameters)


def test_pause_stops_and_resume_goes_on(full_batch):
    endless = full_batch.replace(stop={"steps": 10**12})
    run = wb.Run(endless)
    run.resume()
    deadline = time.monotonic() + 60
    while run.steps < 100 and time.monotonic() < deadline:
        time.sleep(0.001)
    assert run.status in ("running", "compiling")
    run.pause()
    assert run.status == "paused"
    steps = run.steps
    time.sleep(0.03)
    assert run.steps == steps >= 100
    assert run.history["step"][-1] == steps
    # Told to pause and, before it has, to go on.
    run.resume()
    run.pause(wait=False)
    run.resume()
    while run.steps == steps and time.monotonic() < deadline:
        time.sleep(0.001)
    time.sleep(0.05)
    assert run.status == "running"
    assert run.steps > steps
    run.pause()


def test_a_paused_run_can_be_finished(full_batch):
    run = wb.Run(full_batch)
    run.step(3)
    run.pause()
    run.finish()
    assert (run.steps, run.status) == (200, "finished")


def test_pausing_from_progress_ends_finish(full_batch):
    run = wb.Run(full_batch.replace(stop={"steps": 10**12}))
    run.finish(lambda shown: run.pause() if shown.step > 500 else None)
    assert run.steps > 500
    assert run.status == "paused"


def test_pace_limits_steps_per_second(full_batch):
    run = wb.Run(full_batch)
    run.step(1)
    run.pace = 200.0
    run.resume()
    time.sleep(0.5)
    run.pause()
    assert 20 <= run.steps <= 130


@pytest.mark.parametrize("n", [-1, 1.5, float("nan"), "2", None, 10**13])
def test_bad_counts_change_nothing(full_batch, n):
    run = wb.Run(full_batch)
    run.step(5)
    for act in (run.step, run.back):
        with pytest.raises(wb.BadValue, match=r"^n: "):
            act(n)
    assert run.steps == 5


def test_an_interrupt_leaves_whole_chunks(small, whole, monkeypatch):
    """Ctrl-C is raised where the kernel returns, when parameters have moved but counts have not."""
    from kernels import training

    run = wb.Run(small)
    run.step(60)
    train_chunk, calls = training.train_chunk, []

    def interrupted(*arguments):
        result = train_chunk(*arguments)
        calls.append(result[0])
        if len(calls) == 3:
            raise KeyboardInterrupt
        return result

    monkeypatch.setattr(training, "train_chunk", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run.finish()
    monkeypatch.undo()
    assert run.status == "paused"
    assert run.steps == calls[1] < calls[2]
    there = wb.Run(small)
    there.step(run.steps)
    assert_same(run, there)
    run.finish()
    assert_same(run, whole)


@pytest.fixture(params=["lbfgs", "reduce_on_plateau"])
def remembering(request, full_batch):
    """Experiments whose state is more than numbers for each parameter."""
    if request.param == "lbfgs":
        return full_batch.replace(optimizer="lbfgs", stop={"steps": 25})
    schedule = {"name": "reduce_on_plateau", "every": 3, "patience": 1, "threshold": 0.02}
    return full_batch.replace(schedule=schedule, stop={"steps": 150})


def test_what_optimizers_and_schedules_remember_is_restored(remembering):
    whole = wb.run(remembering)
    run = wb.Run(remembering)
    run.step(20)
    there = wb.Run(remembering)
    there.step(13)
    assert run.back(7) == 7
    for name in ("shared", "schedule"):
        wanted = getattr(there.stepper.state, name)
        np.testing.assert_array_equal(getattr(run.stepper.state, name), wanted)
    assert_same(run, there)
    run.finish()
    assert_same(run, whole)


def test_rates_that_depend_on_losses_are_shown_as_they_were_taken(full_batch):
    hypers = {"every": 2, "patience": 0, "threshold": 0.999, "decay": 0.5}
    schedule = {"name": "reduce_on_plateau"} | hypers
    run = wb.Run(full_batch.replace(schedule=schedule, optimizer={"learning_rate": 0.5}))
    run.step(7)
    # No loss is lower by that much: the first window sets the mark, every later one fails.
    assert run.history["learning_rate"].tolist() == [0.5] * 4 + [0.25] * 2 + [0.125] * 2
    run.back(2)
    assert run.history["learning_rate"][-1] == 0.25


def test_a_run_ends_where_there_is_no_way_down(full_batch):
    run = wb.run(full_batch.replace(optimizer="lbfgs"), steps=10**6)
    assert run.status == "finished"
    assert not run.diverged
    assert run.reason.startswith(f"no further descent possible at step {run.steps}: gradient norm")
    assert run.history["step"][-1] == run.steps < 10**6
    assert run.history["loss"][-1] < 1e-3
    run.back()
    run.finish()
    assert run.reason.startswith("no further descent possible")
