"""Initializers against their formulas over the published generator."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from kernels import initializers
from kernels.catalog import Item
from workbench.proof import Row, missing
from workbench.proof.initializer_references import REFERENCES

SUMMARY = "every drawn initializer against its formula over the generator"
# Layers that widen and that narrow; "sparse" has inputs to choose from in the first and the last.
_SIZES = (20, 6, 17, 3)
_SEED, _START = 12345678901, 7


def rows() -> Iterator[Row]:
    """The largest difference of a parameter; a starting point that is not drawn is left out."""
    for entry in initializers.catalog:
        if entry.cls not in initializers.draw.bodies:
            continue
        if entry.name in REFERENCES:
            yield _compare(entry)
        else:
            yield missing(entry.name, "initializer_references.REFERENCES")


def _compare(entry: Item) -> Row:
    item = entry.make()
    sizes = np.array(_SIZES, np.int64)
    count = sum((a + 1) * b for a, b in pairwise(_SIZES))
    got = np.full(count, np.nan)
    initializers.initialize(item, sizes, _SEED, _START, got)
    wanted: list[np.ndarray] = []
    for n_in, n_out in pairwise(_SIZES):
        place = sum(part.size for part in wanted)
        weights, bias = REFERENCES[entry.name](item, n_in, n_out, _SEED, _START, place)
        wanted += [np.ravel(weights), np.broadcast_to(bias, n_out)]
    error = float(np.abs(got - np.concatenate(wanted)).max())
    return Row(entry.name, "its formula over Philox", error, 1e-12)
