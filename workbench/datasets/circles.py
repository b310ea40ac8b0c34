"""A circle within a circle, as scikit-learn's ``make_circles`` draws them.

The outer one has radius 1, the inner one the radius ``factor``; points are evenly spaced on each,
and normal noise is added to both coordinates.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from workbench.datasets import (
    CODING,
    COMMON,
    SAMPLES,
    SEED,
    Table,
    catalog,
    labelled,
    normals,
    outputs,
)


class Circles(NamedTuple):
    """``samples`` in all, half of them (rounded down) on the outer circle; ``factor``: radius of
    the inner one; ``noise``: standard deviation of each coordinate; ``coding`` of the targets;
    ``seed`` of the noise."""

    samples: float = 200
    factor: float = 0.5
    noise: float = 0.05
    coding: str = "one_hot"
    seed: float = 0
    test_fraction: float = 0.25
    split_seed: float = 0
    scaling: str = "none"


def _table(item: Any) -> Table:
    n = int(item.samples)
    counts = n // 2, n - n // 2
    angle = np.concatenate([2 * np.pi * np.arange(m) / m for m in counts])
    radius = np.repeat([1.0, item.factor], counts)[:, None]
    points = radius * np.column_stack([np.cos(angle), np.sin(angle)])
    inputs = points + item.noise * normals(item.seed, 0, n, 2)
    return labelled(inputs, np.repeat([0, 1], counts), ("outer", "inner"), item.coding)


catalog.register(
    Circles,
    "circles",
    "a circle within a circle",
    hypers={
        "samples": (SAMPLES.replace("[1", "[2"), "samples in all"),
        "factor": ("(0, 1)", "radius of the inner circle; the outer one has 1"),
        "noise": ("[0, inf)", "standard deviation of the noise on each coordinate"),
        "coding": CODING,
        "seed": SEED,
    }
    | COMMON,
    shape=lambda item: (2, outputs(item.coding)),
    table=_table,
)
