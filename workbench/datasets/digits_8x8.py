"""The ten handwritten digits, 8×8, 1,797 images (Alpaydin & Kaynak 1998, UCI).

Grey levels are scaled to 0 … 1.
"""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from workbench.datasets import COMMON, Table, catalog, one_hot

FILE = Path(__file__).parent / "files" / "digits.csv.gz"


class Digits8x8(NamedTuple):
    """No hyper-parameters but the common ones."""

    test_fraction: float = 0.25
    split_seed: float = 0
    scaling: str = "none"


@cache
def digits() -> tuple[np.ndarray, np.ndarray]:
    """Images float64 (1797, 8, 8), grey levels 0 to 16, and labels int64 (1797,); read-only."""
    with gzip.open(FILE, "rt", encoding="ascii") as file:
        rows = np.loadtxt(file, delimiter=",")
    images, labels = rows[:, 1:].reshape(-1, 8, 8), rows[:, 0].astype(np.int64)
    images.flags.writeable = labels.flags.writeable = False
    return images, labels


def _table(item: Any) -> Table:
    images, labels = digits()
    inputs = images.reshape(-1, 64) / 16.0
    return Table(inputs, one_hot(labels, 10), (8, 8), tuple("0123456789"))


catalog.register(
    Digits8x8,
    "digits_8x8",
    "1,797 handwritten digits, 8×8 grey levels, ten classes",
    hypers=COMMON,
    shape=(64, 10),
    table=_table,
)
