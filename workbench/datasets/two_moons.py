"""Two interleaving half circles, as scikit-learn's ``make_moons`` draws them.

The upper one is (cos t, sin t), the lower one (1 - cos t, 1/2 - sin t), with t evenly spaced on
0 … π; normal noise is added to both coordinates. No straight line tells them apart.
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


class TwoMoons(NamedTuple):
    """``samples`` in all, half of them (rounded down) on the upper one; ``noise``: standard
    deviation of each coordinate; ``coding`` of the targets; ``seed`` of the noise."""

    samples: float = 200
    noise: float = 0.1
    coding: str = "one_hot"
    seed: float = 0
    test_fraction: float = 0.25
    split_seed: float = 0
    scaling: str = "none"


def _table(item: Any) -> Table:
    n = int(item.samples)
    upper, lower = np.linspace(0, np.pi, n // 2), np.linspace(0, np.pi, n - n // 2)
    x = np.concatenate([np.cos(upper), 1.0 - np.cos(lower)])
    y = np.concatenate([np.sin(upper), 0.5 - np.sin(lower)])
    inputs = np.column_stack([x, y]) + item.noise * normals(item.seed, 0, n, 2)
    labels = np.repeat([0, 1], [n // 2, n - n // 2])
    return labelled(inputs, labels, ("upper", "lower"), item.coding)


catalog.register(
    TwoMoons,
    "two_moons",
    "two interleaving half circles",
    hypers={
        "samples": (SAMPLES.replace("[1", "[2"), "samples in all"),
        "noise": ("[0, inf)", "standard deviation of the noise on each coordinate"),
        "coding": CODING,
        "seed": SEED,
    }
    | COMMON,
    shape=lambda item: (2, outputs(item.coding)),
    table=_table,
)
