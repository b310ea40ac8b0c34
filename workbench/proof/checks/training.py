"""Whole training runs against NumPy: which samples each step sees, and what it makes of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kernels import batchings
from kernels.catalog import Item
from workbench.proof import Row, missing, twins
from workbench.proof.batch_references import REFERENCES
from workbench.proof.checks.gradients import small
from workbench.proof.references import REFERENCES as OPTIMIZERS
from workbench.run import Run

SUMMARY = "runs with every batching against runs in NumPy, and what their history says"
_STEPS = 40


def rows() -> Iterator[Row]:
    """Parameters after 40 steps, and the columns of the history."""
    for entry in batchings.catalog:
        if entry.name in REFERENCES:
            yield from _run(entry)
        else:
            yield missing(entry.name, "batch_references.REFERENCES")


def _run(entry: Item) -> Iterator[Row]:
    experiment = small(
        {
            "data.test_fraction": 0.5,
            "batching": entry.name,
            "optimizer": {"name": "adam", "learning_rate": 0.02},
            "initializer": "glorot_normal",
            "stop": {"steps": _STEPS, "check_every": 1},
            "seed": 5,
        }
    )
    if "size" in experiment.batching.item._fields:
        experiment = experiment.replace(batching={"size": 5})
    run = Run(experiment)
    start = run.parameters
    run.finish()
    model, history = run.model, run.history
    twin = twins.Twin(experiment, model.train.inputs, model.train.targets)
    test = twins.Twin(experiment, model.test.inputs, model.test.targets)
    n = len(model.train.inputs)
    item = experiment.optimizer.item
    reference = OPTIMIZERS["adam"](item)
    p, losses, norms, right, tested = start, [], [], [], []
    for step in range(_STEPS + 1):
        losses.append(float(twin.loss(p)))
        norms.append(float(np.linalg.norm(twin.gradient(p))))
        right.append(np.mean(twin.forward(p)[-1].argmax(1) == twin.targets.argmax(1)))
        tested.append(float(test.loss(p)))
        if step < _STEPS:
            batch = REFERENCES[entry.name](experiment.batching.item, experiment.seed, step, n)
            p = reference.advance(p, twin.gradient(p, batch), item.learning_rate)
    subject = f"{entry.name}, {_STEPS} steps of adam"
    yield Row(f"{subject}: parameters", "NumPy", float(np.abs(run.parameters - p).max()), 1e-11)
    for column, wanted in (
        ("loss", losses),
        ("loss_test", tested),
        ("gradient_norm", norms),
        ("accuracy_train", right),
    ):
        error = float(np.abs(history[column] - wanted).max())
        yield Row(f"{subject}: {column}", "NumPy", error, 1e-11)
    moved = float(np.abs(p - start).max())
    yield Row(f"{subject} on trial", "a start that was left", float(moved < 0.1), 0.0)
