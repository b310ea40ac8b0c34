"""Exclusive or: the corners of a square, opposite ones of one class.

The smallest problem that a network without a hidden layer cannot solve (Minsky & Papert 1969,
"Perceptrons"). With noise, each corner is the middle of a cloud.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from workbench.datasets import CODING, COMMON, SEED, Table, catalog, labelled, normals, outputs

_CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
_LABELS = np.array([0, 1, 1, 0])


class Xor(NamedTuple):
    """``samples`` at each of the four corners; ``noise``: standard deviation of each coordinate;
    ``coding`` of the targets; ``seed`` of the noise."""

    samples: float = 1
    noise: float = 0.0
    coding: str = "one_hot"
    seed: float = 0
    test_fraction: float = 0.0
    split_seed: float = 0
    scaling: str = "none"


def _table(item: Any) -> Table:
    n = int(item.samples)
    inputs = np.repeat(_CORNERS, n, axis=0) + item.noise * normals(item.seed, 0, 4 * n, 2)
    return labelled(inputs, np.repeat(_LABELS, n), ("equal", "different"), item.coding)


catalog.register(
    Xor,
    "xor",
    "exclusive or: the corners of a square, with or without noise",
    hypers={
        "samples": ("integer [1, 250000]", "samples at each of the four corners"),
        "noise": ("[0, inf)", "standard deviation of the noise on each coordinate"),
        "coding": CODING,
        "seed": SEED,
    }
    | COMMON,
    shape=lambda item: (2, outputs(item.coding)),
    table=_table,
)
