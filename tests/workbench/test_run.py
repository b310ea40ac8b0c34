"""Runs: the tutorial against plain NumPy, stop rules, divergence, results, watching."""

from __future__ import annotations

import re
import threading

import numpy as np
import pytest

import workbench as wb
from kernels.training import COLUMNS


def figures(plain, experiment, parameters):
    """loss, test loss, training and test accuracy, gradient norm by plain NumPy."""
    data = wb.load_data(experiment)
    train, test = data.train, data.test
    return [
        plain.loss(parameters, train.inputs, train.targets),
        plain.loss(parameters, test.inputs, test.targets),
        plain.accuracy(parameters, train.inputs, train.targets),
        plain.accuracy(parameters, test.inputs, test.targets),
        np.linalg.norm(plain.gradient(parameters, train.inputs, train.targets)),
    ]


MEASURED = ("loss", "loss_test", "accuracy_train", "accuracy_test", "gradient_norm")


def test_the_tutorial_begins_with_the_printed_figures(tutorial, plain_tutorial):
    parameters = wb.initial_parameters(tutorial)
    assert parameters.shape == (158,)
    data = wb.load_data(tutorial)
    assert data.train.targets[0].tolist() == [1.0, 0.0]
    answer = plain_tutorial.answer(parameters, data.train.inputs[:1])[0]
    assert [f"{p:.2f}" for p in answer] == ["0.26", "0.74"]
    for part in (data.train, data.test):
        assert f"{plain_tutorial.loss(parameters, part.inputs, part.targets):.4f}" == "0.4768"


def test_the_tutorial_follows_plain_gradient_descent(tutorial, plain_tutorial):
    run = wb.run(tutorial.replace(dtype="float64"), steps=300)
    train = wb.load_data(run.experiment).train
    parameters, losses = wb.initial_parameters(run.experiment), []
    for _ in range(300):
        losses.append(plain_tutorial.loss(parameters, train.inputs, train.targets))
        parameters -= 0.1 * plain_tutorial.gradient(parameters, train.inputs, train.targets)
    np.testing.assert_allclose(run.loss[:300], losses, rtol=1e-9)
    np.testing.assert_allclose(run.parameters, parameters, rtol=1e-9)


def test_the_penalty_is_in_the_training_loss_only(penalized, plain_tutorial, weight_cost):
    run = wb.run(penalized, steps=60)
    data = wb.load_data(penalized)
    for step, parameters in zip(*run.trail(), strict=True):
        loss, loss_test, *_ = figures(plain_tutorial, penalized, parameters)
        cost = weight_cost(penalized, parameters)
        at = int(np.flatnonzero(run.history["step"] == step)[0])
        assert run.history["loss"][at] == pytest.approx(loss + cost, rel=1e-5)
        assert run.history["loss_test"][at] == pytest.approx(loss_test, rel=1e-5)
        assert cost > 0.1 * loss
    np.testing.assert_array_equal(run.history["batch_loss"][:-1], run.loss[:-1])
    assert run.loss[-1] < run.loss[0]
    limit = float(run.loss[40])
    stopped = wb.run(penalized.replace(stop={"loss": limit}))
    assert stopped.result()["loss_final"] <= limit
    train = data.train
    assert plain_tutorial.loss(stopped.parameters, train.inputs, train.targets) < 0.9 * limit


def test_the_preset_learns(tutorial, plain_tutorial):
    run = wb.run(tutorial, steps=3000)
    train = wb.load_data(tutorial).train
    assert plain_tutorial.accuracy(run.parameters, train.inputs, train.targets) >= 0.99
    assert run.result()["accuracy_train"] >= 0.99


def test_history_describes_the_parameters_of_its_step(small, plain_tutorial):
    run = wb.Run(small)
    run.step(73)
    last = {name: column[-1] for name, column in run.history.items()}
    assert last["step"] == run.steps == 73
    wanted = figures(plain_tutorial, small, run.parameters)
    np.testing.assert_allclose([last[name] for name in MEASURED], wanted, rtol=2e-5)


def test_rows_are_recorded_once_an_epoch(small):
    run = wb.run(small)
    n = len(run.model.data.train.inputs)
    per_epoch = {"full_batch": 1, "mini_batch": -(-n // 5), "single_sample": n}
    every = per_epoch[small.batching.name]
    assert run.history["step"].tolist() == sorted({*range(0, 200, every), 200})
    assert (run.history["learning_rate"] == small.optimizer.learning_rate).all()


def test_result_agrees_with_history_and_parameters(small, plain_tutorial):
    run = wb.run(small)
    result, history = run.result(), run.history
    assert result["loss_initial"] == history["loss"][0]
    for key, column in (("loss_final", "loss"), ("gradient_norm", "gradient_norm")):
        assert result[key] == history[column][-1]
    wanted = figures(plain_tutorial, small, run.parameters)
    keys = ("loss_final", "accuracy_train", "accuracy_test", "gradient_norm")
    np.testing.assert_allclose(
        [result[key] for key in keys], [wanted[k] for k in (0, 2, 3, 4)], rtol=2e-5
    )
    assert result["steps"] == 200
    assert result["parameters"] == len(run.parameters) == 158
    assert not result["diverged"]


@pytest.mark.parametrize(
    ("rule", "column", "bound"),
    [
        ("loss", "loss", 0.1),
        ("gradient_norm", "gradient_norm", 0.05),
        ("accuracy", "accuracy_train", 0.95),
    ],
)
def test_stop_rules_end_at_the_first_step_that_meets_them(full_batch, rule, column, bound):
    def reached(values):
        return values >= bound if rule == "accuracy" else values <= bound

    free = wb.run(full_batch.replace(optimizer={"learning_rate": 0.3}, stop={"steps": 400}))
    first = int(np.flatnonzero(reached(free.history[column]))[0])
    assert 0 < first < 400
    run = wb.run(free.experiment.replace(stop={rule: bound}))
    assert (run.steps, run.status) == (first, "finished")
    assert reached(run.history[column][-1])
    assert f"reached {bound:g} at step {first}" in run.reason
    assert run.history["step"][-1] == first


def test_no_steps_are_no_steps(full_batch):
    run = wb.run(full_batch, steps=0)
    assert (run.steps, run.status, run.result()["steps"]) == (0, "finished", 0)
    np.testing.assert_array_equal(run.parameters, wb.initial_parameters(full_batch))
    assert run.history["step"].tolist() == [0]


def test_a_stop_rule_met_at_the_start_ends_there(full_batch):
    run = wb.run(full_batch.replace(stop={"loss": 100.0}))
    assert (run.steps, run.status) == (0, "finished")


def test_divergence_keeps_the_last_sound_step(diverging, plain_network):
    plain = plain_network([16, 6, 6, 2], "identity")
    train = wb.load_data(diverging).train
    start = wb.initial_parameters(diverging)
    with np.errstate(over="ignore"):
        one = start - 1e6 * plain.gradient(start, train.inputs, train.targets)
        after = plain.loss(one, train.inputs, train.targets)
    assert after > 1e9
    rates = []
    run = wb.run(diverging, progress=lambda shown: rates.append(shown.steps_per_second))
    assert run.diverged
    assert min(rates) >= 0
    assert run.status == "diverged"
    assert "at step 1" in run.reason
    said = re.search(r"the loss is (\S+), above 1e\+09", run.reason)
    assert float(said[1]) == pytest.approx(after, rel=1e-2)
    assert run.steps == run.result()["steps"] == 0
    np.testing.assert_array_equal(run.parameters, start)
    assert np.isfinite(run.loss).all()
    assert run.history["step"].tolist() == [0]
    assert run.result()["loss_final"] == run.loss[-1]


def test_later_divergence_too(diverging, plain_network):
    """A rate that is too large, but not at once: every kept figure is finite and true."""
    run = wb.run(diverging.replace(optimizer={"learning_rate": 5.0}))
    assert run.diverged
    assert run.steps >= 1
    assert f"at step {run.steps + 1}" in run.reason
    plain = plain_network([16, 6, 6, 2], "identity")
    wanted = figures(plain, run.experiment, run.parameters)[0]
    assert run.loss[-1] == pytest.approx(wanted, rel=1e-4)
    assert run.history["step"][-1] == run.steps
    run.back(1)
    assert run.status in ("paused", "ready")
    assert not run.diverged


def test_divergence_found_after_the_last_step(diverging):
    run = wb.run(diverging, steps=1)
    assert run.diverged
    assert "nan" not in run.reason
    assert (run.steps, run.history["step"].tolist()) == (0, [0])


def test_progress_sees_every_row_once(small):
    seen, statuses = [], []

    def watch(shown):
        assert not shown.rows.restarted or not seen
        seen.extend(shown.rows.rows[:, 0])
        statuses.append(shown.status)

    run = wb.run(small, progress=watch)
    assert seen == run.history["step"].tolist()
    assert set(statuses) <= {"running", "finished"}


def test_snapshots_are_read_only_copies(full_batch):
    run = wb.Run(full_batch)
    run.step(5)
    shown = run.snapshot()
    assert shown["loss"] == shown.row[COLUMNS.index("loss")]
    for array in (shown.parameters, shown.row, shown.rows.rows, run.parameters):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0.0
    before = shown.parameters.copy()
    run.step(5)
    np.testing.assert_array_equal(shown.parameters, before)


def test_a_fresh_run_can_be_measured(full_batch, plain_tutorial):
    run = wb.Run(full_batch)
    run.measure()
    wanted = figures(plain_tutorial, full_batch, wb.initial_parameters(full_batch))
    np.testing.assert_allclose([run.snapshot()[c] for c in MEASURED], wanted, rtol=2e-5)
    assert (run.status, run.steps) == ("ready", 0)


def test_seconds_are_those_of_steps_alone(tmp_path, python):
    """In a process that has to compile, which takes seconds, 20 steps take milliseconds."""
    code = """
import time
import workbench as wb
run = wb.Run(wb.Experiment.of({"stop": {"steps": 20}}))
begun = time.perf_counter()
run.finish()
spent = time.perf_counter() - begun
assert 0 < run.seconds < 0.5 < 1.0 < spent, (run.seconds, spent)
run.reset()
assert run.seconds == 0.0
"""
    assert python("-c", code, NUMBA_CACHE_DIR=str(tmp_path / "cache")) == (0, "", "")


def test_runs_side_by_side_do_not_mix(small):
    alone = wb.run(small).parameters
    runs = [wb.Run(small) for _ in range(3)]
    threads = [threading.Thread(target=run.finish) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for run in runs:
        np.testing.assert_array_equal(run.parameters, alone)
