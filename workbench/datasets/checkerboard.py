"""A checkerboard: points uniform on a square, the class that of the field they lie on.

Noise moves the points after they have their class.
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
    uniforms,
)


class Checkerboard(NamedTuple):
    """``samples`` in all on [-1, 1)², ``fields`` along each side; ``noise``: standard deviation of
    each coordinate; ``coding`` of the targets; ``seed`` of points and noise."""

    samples: float = 400
    fields: float = 4
    noise: float = 0.0
    coding: str = "one_hot"
    seed: float = 0
    test_fraction: float = 0.25
    split_seed: float = 0
    scaling: str = "none"


def _table(item: Any) -> Table:
    n = int(item.samples)
    places = uniforms(item.seed, 0, n, 2)
    labels = np.floor(item.fields * places).astype(np.int64).sum(1) % 2
    inputs = 2.0 * places - 1.0 + item.noise * normals(item.seed, 1, n, 2)
    return labelled(inputs, labels, ("dark", "light"), item.coding)


catalog.register(
    Checkerboard,
    "checkerboard",
    "points on the fields of a checkerboard",
    hypers={
        "samples": (SAMPLES, "samples in all"),
        "fields": ("integer [2, 100]", "fields along each side"),
        "noise": ("[0, inf)", "standard deviation of the noise on each coordinate"),
        "coding": CODING,
        "seed": SEED,
    }
    | COMMON,
    shape=lambda item: (2, outputs(item.coding)),
    table=_table,
)
