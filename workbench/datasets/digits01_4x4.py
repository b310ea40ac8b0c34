"""The tutorial's data: handwritten zeros and ones as 4×4 black-and-white images.

The zeros and ones of the UCI digits (Alpaydin & Kaynak 1998), each averaged over 2×2 blocks and
thresholded: 1 is ink. The image is moved one pixel to the right first, so that the hole of a zero,
which lies in columns 3 and 4, fills a column of blocks instead of being cut by two of them: without
that, zeros and ones share so many patterns that no network can tell more than 95 % of them apart.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from workbench.datasets import COMMON, Table, catalog, one_hot
from workbench.datasets.digits_8x8 import digits


class Digits01(NamedTuple):
    """``threshold``: mean grey level of a block, 0 to 16, from which on it counts as ink."""

    threshold: float = 5.5
    test_fraction: float = 0.25
    split_seed: float = 0
    scaling: str = "none"


def _table(item: Any) -> Table:
    images, labels = digits()
    kept = labels < 2
    moved = np.roll(images[kept], 1, axis=2)
    moved[:, :, 0] = 0.0
    blocks = moved.reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4))
    inputs = (blocks >= item.threshold).reshape(-1, 16).astype(np.float64)
    return Table(inputs, one_hot(labels[kept], 2), (4, 4), ("0", "1"))


catalog.register(
    Digits01,
    "digits01_4x4",
    "360 handwritten zeros and ones, 4×4 black and white: the tutorial's data",
    hypers={"threshold": ("(0, 16]", "mean grey level of a block that counts as ink")} | COMMON,
    shape=(16, 2),
    table=_table,
)
