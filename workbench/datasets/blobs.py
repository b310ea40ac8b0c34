"""Isotropic normal clouds, one class a cloud, as scikit-learn's ``make_blobs`` draws them.

The centres are uniform in a box around the origin.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from workbench.datasets import COMMON, SEED, Table, catalog, labelled, normals, uniforms


class Blobs(NamedTuple):
    """``classes`` clouds of ``samples`` points each in ``features`` dimensions, of standard
    ``deviation`` about centres in [-box, box); ``seed`` of centres and points."""

    classes: float = 3
    samples: float = 100
    features: float = 2
    deviation: float = 1.0
    box: float = 10.0
    seed: float = 0
    test_fraction: float = 0.25
    split_seed: float = 0
    scaling: str = "none"


def _table(item: Any) -> Table:
    classes, n, features = int(item.classes), int(item.samples), int(item.features)
    centres = item.box * (2.0 * uniforms(item.seed, 0, classes, features) - 1.0)
    spread = item.deviation * normals(item.seed, 1, classes * n, features)
    labels = np.repeat(np.arange(classes), n)
    return labelled(centres[labels] + spread, labels, tuple(map(str, range(classes))))


catalog.register(
    Blobs,
    "blobs",
    "normal clouds, one class a cloud",
    hypers={
        "classes": ("integer [2, 100]", "number of clouds, each a class"),
        "samples": ("integer [1, 10000]", "samples of each cloud"),
        "features": ("integer [1, 100]", "number of inputs"),
        "deviation": ("[0, inf)", "standard deviation of each coordinate"),
        "box": ("[0, inf)", "half the side of the box that the centres lie in"),
        "seed": SEED,
    }
    | COMMON,
    shape=lambda item: (item.features, item.classes),
    table=_table,
)
