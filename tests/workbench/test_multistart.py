"""Many starts at once end where each of them ends alone."""

from __future__ import annotations

import numpy as np
import pytest

import workbench as wb
from kernels import training
from kernels.lanes import COMPILED
from workbench.multistart import train_starts

NARROW = (None,) * (4 if COMPILED else 1)
WIDE = (None,) * (16 if COMPILED else 1)


def experiment(**changes):
    changed = {"initializer": "he_normal", "stop": {"steps": 12}}
    return wb.Experiment.preset("tutorial").replace(**(changed | changes))


MIXED = {
    "dtype": "float64",
    "optimizer": {"name": "adam", "learning_rate": 0.02},
    "schedule": "exponential",
    "batching": {"name": "mini_batch", "size": 50},
    "network": {"sizes": [16, 5, 2], "activations": "tanh", "loss": "cross_entropy"},
}


def joined(blocks):
    """The arrays of all blocks, one after the other."""
    blocks = list(blocks)
    names = blocks[0].__dataclass_fields__
    return {name: np.concatenate([getattr(b, name) for b in blocks]) for name in names}


@pytest.fixture(scope="module")
def reference():
    """Forty starts of the plain experiment, by one thread, in wide tiles."""
    return joined(train_starts(experiment(), 40, threads=1, width=WIDE, history_every=4))


def same(a, b, rows=slice(None)):
    for name, values in a.items():
        assert np.array_equal(values, b[name][rows], equal_nan=True), name


def test_results_do_not_depend_on_threads_nor_width(reference):
    same(
        joined(train_starts(experiment(), 40, threads=3, width=NARROW, history_every=4)), reference
    )


def test_a_start_alone_is_that_start_among_others(reference):
    found = joined(train_starts(experiment(), [31, 3], threads=1, width=WIDE, history_every=4))
    same(found, reference, [31, 3])


def test_starts_end_where_single_runs_end(reference):
    for k in (0, 17, 39):
        run = wb.run(experiment(start=k))
        assert np.abs(reference["parameters"][k] - run.parameters).max() < 2e-6
        assert abs(reference["loss"][k] - run.loss[-1]) < 1e-6
        assert reference["accuracy"][k] == pytest.approx(run.history["accuracy_train"][-1])
        assert reference["gradient_norm"][k] == pytest.approx(
            run.history["gradient_norm"][-1], rel=1e-4
        )
        assert np.abs(reference["history"][k] - run.loss[::4]).max() < 1e-6
    assert (reference["steps"] == 12).all()
    assert (reference["code"] == training.RUNNING).all()


def test_mini_batches_and_schedules_are_those_of_single_runs():
    e = experiment(**MIXED)
    found = joined(train_starts(e, 5, threads=2, width=NARROW, history_every=6))
    for k in range(5):
        run = wb.run(e.replace(start=k))
        assert np.abs(found["parameters"][k] - run.parameters).max() < 1e-12
        assert found["loss"][k] == pytest.approx(run.loss[-1], rel=1e-12)
        assert found["history"][k, 0] == pytest.approx(run.loss[0], rel=1e-12)


def test_each_start_ends_by_its_own_loss(reference):
    bound = float(np.median(reference["loss"]))
    e = experiment(stop={"steps": 12, "loss": bound})
    found = joined(train_starts(e, 40, threads=1, width=WIDE))
    reached = found["code"] == training.LOSS_REACHED
    assert 10 < reached.sum() < 30
    assert (found["loss"][reached] <= bound).all()
    assert (found["steps"][~reached] == 12).all()
    for k in np.flatnonzero(reached)[:2]:
        run = wb.run(e.replace(start=int(k)))
        assert found["steps"][k] == run.history["step"][-1]
        assert np.abs(found["parameters"][k] - run.parameters).max() < 2e-6
    same({"parameters": found["parameters"][~reached]}, reference, ~reached)


def test_a_start_that_diverges_says_when(reference):
    bound = float(np.quantile(reference["history"][:, 0], 0.8))
    e = experiment(stop={"steps": 12, "diverged_above": bound})
    found = joined(train_starts(e, 40, threads=1, width=WIDE))
    wild = found["code"] == training.LOSS_TOO_LARGE
    assert wild.any()
    assert (found["steps"][reference["history"][:, 0] > bound] == 0).all()
    same({"loss": found["loss"][~wild]}, reference, ~wild)


def test_blocks_come_in_order_until_cancelled():
    seen = []
    for block in train_starts(
        experiment(), 2000, threads=2, width=WIDE, cancelled=lambda: len(seen) > 1
    ):
        seen.append(block.index)
    found = np.concatenate(seen)
    assert np.array_equal(found, np.arange(len(found)))
    assert 0 < len(found) < 2000


ALONE = [
    {"optimizer": "lbfgs"},
    {"optimizer": "newton", "dtype": "float64"},
    {"schedule": {"name": "reduce_on_plateau", "patience": 2}, "batching": "mini_batch"},
]


@pytest.mark.parametrize("changes", ALONE)
def test_what_takes_one_network_at_a_time_ends_bitwise_where_single_runs_do(changes):
    e = experiment(**changes)
    found = joined(train_starts(e, 11, threads=2, history_every=4))
    for k in (0, 10):
        run = wb.run(e.replace(start=k))
        assert np.array_equal(found["parameters"][k], run.parameters)
        last = {name: column[-1] for name, column in run.history.items()}
        assert found["loss"][k] == last["loss"]
        assert found["gradient_norm"][k] == last["gradient_norm"]
        assert found["accuracy"][k] == last["accuracy_train"]
        assert found["steps"][k] == last["step"] == run.steps
        seen = np.isin(run.history["step"], [0, 4, 8, 12])
        rows = [int(step) // 4 for step in run.history["step"][seen]]
        assert np.array_equal(found["history"][k][rows], run.loss[seen])
    same(joined(train_starts(e, [10, 3], threads=1, history_every=4)), found, [10, 3])


def test_a_single_start_begins_at_its_point_and_ends_by_its_limits():
    e = experiment(optimizer="lbfgs", stop={"steps": 40})
    points = np.stack([wb.initial_parameters(e.replace(start=k)) for k in (5, 6)])
    free = joined(train_starts(e, 2, points=points))
    same(free, joined(train_starts(e, [5, 6])) | {"index": np.arange(2)})
    bound = float(free["loss"].max())
    found = joined(train_starts(e.replace(stop={"steps": 40, "loss": bound}), 2, points=points))
    assert (found["code"] == training.LOSS_REACHED).all()
    assert (found["loss"] <= bound).all()
    wild = joined(train_starts(e.replace(stop={"steps": 40, "diverged_above": 1e-9}), 2))
    assert (wild["code"] == training.LOSS_TOO_LARGE).all()
    assert (wild["steps"] == 0).all()
