"""Many networks at once in SIMD lanes against single runs, whatever the width and the threads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from workbench.multistart import train_starts
from workbench.proof import Row
from workbench.proof.checks.gradients import small
from workbench.run import Run

SUMMARY = "many starts in tiles of different width, on 1, 2 and more threads, and one by one"
_STARTS = 37
_WIDTHS = (8, 16)
# Rounding, grown over 40 steps of training.
_BOUNDS = {"float32": 1e-5, "float64": 1e-12}


def rows() -> Iterator[Row]:
    """Bytes that differ between tiles; distances between tiles and single runs."""
    for dtype in _BOUNDS:
        experiment = small(
            {
                "dtype": dtype,
                "batching": {"name": "mini_batch", "size": 5},
                "data.test_fraction": 0.25,
                "optimizer": {"name": "adam", "learning_rate": 0.02},
                "stop": {"steps": 40},
            }
        )
        usual = _trained(experiment, threads=1)
        subject = f"{_STARTS} starts, {dtype}"
        for width in _WIDTHS if dtype == "float64" else ():
            found = _trained(experiment, threads=1, width=(None,) * width)
            differing = _differing(usual, found)
            yield Row(f"{subject}: {width} lanes", "the usual width", differing, 0.0)
        for threads in dict.fromkeys((2, max(os.cpu_count() or 1, 3))):
            differing = _differing(usual, _trained(experiment, threads=threads))
            yield Row(f"{subject}: {threads} threads", "1 thread", differing, 0.0)
        few = _trained(experiment, threads=1, starts=[30, 3])
        differing = _differing(usual[[30, 3]], few)
        yield Row(f"{subject}: two of them", "the same among all", differing, 0.0)
        alone = []
        for start in (0, 3, 30):
            run = Run(experiment.replace(start=start))
            run.finish()
            alone.append(run.parameters)
        apart = float(np.abs(usual[[0, 3, 30]] - np.array(alone)).max())
        yield Row(f"{subject}: three of them", "single runs", apart, _BOUNDS[dtype])


def _trained(experiment: Any, starts: Any = _STARTS, **settings: Any) -> np.ndarray:
    found = [block.parameters for block in train_starts(experiment, starts, **settings)]
    return np.concatenate(found)


def _differing(one: np.ndarray, other: np.ndarray) -> float:
    sides = (np.ascontiguousarray(a).view(np.uint8) for a in (one, other))
    return float(np.not_equal(*sides).sum())
