"""Data sets: inputs and targets, with a reproducible train/test split, one data set a file.

An item registers a function ``table(item, seed) -> Table`` among its facts, and ``shape``
(n_in, n_out) where that is known without loading. Every item has the hyper-parameter
``test_fraction``, the share of samples held out for testing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from kernels.catalog import Catalog
from kernels.random import STREAM_SPLIT, permutation

catalog = Catalog("data set", __name__)
TEST_FRACTION = ("[0, 0.9]", "share of the samples held out for testing")


class Table(NamedTuple):
    """A data set before it is split: inputs (n, n_in) and targets (n, n_out), float64.

    ``image_shape`` is (rows, columns) where an input is a picture; ``class_names`` names the
    outputs where targets are one-hot.
    """

    inputs: np.ndarray
    targets: np.ndarray
    image_shape: tuple[int, int] | None = None
    class_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Split:
    """Inputs (n, n_in) and targets (n, n_out) of one dtype, C-contiguous and read-only."""

    inputs: np.ndarray
    targets: np.ndarray


@dataclass(frozen=True)
class DataSet:
    """A data set in two parts; see ``Table`` for ``image_shape`` and ``class_names``."""

    name: str
    train: Split
    test: Split
    image_shape: tuple[int, int] | None
    class_names: tuple[str, ...]


def shape(name: str) -> tuple[int, int]:
    """(n_in, n_out) of a data set."""
    n_in, n_out = catalog.get(name).facts["shape"]
    return int(n_in), int(n_out)


def one_hot(labels: np.ndarray, n_classes: int) -> np.ndarray:
    """Targets float64 (n, n_classes): 1 at each sample's label, else 0."""
    return np.eye(n_classes)[labels]


def held_out(targets: np.ndarray, fraction: float, seed: int = 0) -> np.ndarray:
    """Which samples are for testing: bool (n,).

    The same share of every distinct target is drawn, by the counter-based generator from ``seed``,
    the class and the sample numbers alone. The first sample of the set always trains.
    """
    chosen = np.zeros(len(targets), bool)
    _, classes = np.unique(targets, axis=0, return_inverse=True)
    for label in range(classes.max() + 1):
        members = np.flatnonzero(classes == label)
        members = members[members > 0]
        order = np.empty(len(members), np.int64)
        permutation(seed, STREAM_SPLIT, label, 0, order)
        count = round(fraction * len(members))
        chosen[members[order[:count]]] = True
    return chosen


@lru_cache(maxsize=8)
def load(name: str, item: Any, dtype: Any, seed: int = 0) -> DataSet:
    """The data set ``name`` with the hyper-parameters ``item``, split and in ``dtype``."""
    entry = catalog.get(name)
    table: Table = entry.facts["table"](item, seed)
    test = held_out(table.targets, item.test_fraction)
    train_part, test_part = _part(table, ~test, dtype), _part(table, test, dtype)
    return DataSet(entry.name, train_part, test_part, table.image_shape, table.class_names)


def _part(table: Table, rows: np.ndarray, dtype: Any) -> Split:
    arrays = [np.ascontiguousarray(a[rows], dtype) for a in (table.inputs, table.targets)]
    for array in arrays:
        array.flags.writeable = False
    return Split(*arrays)
