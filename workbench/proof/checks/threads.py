"""What one thread computes must not depend on what others compute at the same time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from workbench.model import Model
from workbench.proof import Row
from workbench.proof.checks.gradients import small
from workbench.run import Run

SUMMARY = "many runs and gradients on 1, 2 and more threads: the same bits"
_RUNS = 8


def rows() -> Iterator[Row]:
    """Bytes that differ from those of one thread."""
    experiment = small(
        {
            "batching": {"name": "mini_batch", "size": 5},
            "data.test_fraction": 0.25,
            "optimizer": {"name": "adam", "learning_rate": 0.02},
            "stop": {"steps": 300},
        }
    )
    model = Model(experiment)

    def train(start: int) -> np.ndarray:
        run = Run(experiment.replace(start=start))
        run.finish()
        return run.parameters

    def gradient(start: int) -> np.ndarray:
        parameters = np.random.default_rng(start).normal(0.0, 0.5, model.parameter_count)
        return model.loss_and_gradient(parameters)[1]

    for what, work in (("runs of 300 steps", train), ("gradients", gradient)):
        alone = np.array([work(k) for k in range(_RUNS)])
        for threads in dict.fromkeys((1, 2, max(os.cpu_count() or 1, 3))):
            with ThreadPoolExecutor(threads) as pool:
                together = np.array(list(pool.map(work, range(_RUNS))))
            differing = float((together.view(np.uint8) != alone.view(np.uint8)).sum())
            yield Row(f"{_RUNS} {what} on {threads} threads", "one after another", differing, 0.0)
        apart = min(
            float(np.abs(alone[i] - alone[j]).max()) for i in range(_RUNS) for j in range(i)
        )
        yield Row(f"{_RUNS} {what} on trial", "all different", float(apart == 0.0), 0.0)
