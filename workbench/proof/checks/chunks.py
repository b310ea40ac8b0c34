"""A run's result must not depend on how its steps are cut into calls."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kernels import batchings
from workbench.experiment import Experiment
from workbench.proof import Row
from workbench.proof.checks.gradients import small
from workbench.run import Run

SUMMARY = "runs in one piece, in pieces and back again: the same bits"
_STEPS = 101


def rows() -> Iterator[Row]:
    """Numbers that differ, of parameters and history."""
    for name in batchings.catalog.names():
        for dtype in ("float64", "float32") if name == "mini_batch" else ("float64",):
            experiment = small(
                {
                    "batching": name,
                    "dtype": dtype,
                    "data.test_fraction": 0.25,
                    "optimizer": {"name": "adam", "learning_rate": 0.02},
                    "stop": {"steps": _STEPS, "check_every": 7},
                    "seed": 11,
                }
            )
            whole = _stepped(experiment, [_STEPS])
            subject = f"{name}, {dtype}, {_STEPS} steps"
            for cuts in ([1] * _STEPS, [7, 1, 50, 43], [60, -45, 86]):
                told = "one by one" if len(cuts) == _STEPS else " ".join(f"{c:+d}" for c in cuts)
                differing = _differing(whole, _stepped(experiment, cuts))
                yield Row(f"{subject}: {told}", "in one piece", differing, 0.0)
            ended = Run(experiment)
            ended.finish()
            differing = _differing(whole[:1], (ended.parameters,))
            yield Row(f"{subject}: in chunks of time", "in one piece", differing, 0.0)


def _stepped(experiment: Experiment, cuts: list[int]) -> tuple[np.ndarray, ...]:
    run = Run(experiment)
    for cut in cuts:
        if cut > 0:
            run.step(cut)
        else:
            run.back(-cut)
    return run.parameters, *run.history.values()


def _differing(one: tuple[np.ndarray, ...], other: tuple[np.ndarray, ...]) -> float:
    """How many numbers are not the same bits."""
    if [a.shape for a in one] != [b.shape for b in other]:
        return float("inf")
    pairs = zip(one, other, strict=True)
    return float(sum((_bytes(a) != _bytes(b)).sum() for a, b in pairs))


def _bytes(array: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(array).view(np.uint8)
