"""Batchings with Python's own integers: the samples of each step, from the published generator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from workbench.proof import philox

_STREAM = 2  # of batches, among the streams of a seed


def _full_batch(h: Any, seed: int, step: int, n: int) -> np.ndarray:
    return np.arange(n)


def _mini_batch(h: Any, seed: int, step: int, n: int) -> np.ndarray:
    size = min(n, int(h.size))
    epoch, place = divmod(step, -(-n // size))
    order = philox.permutation(seed, _STREAM, 0, epoch * n, n)
    return np.array(order[place * size : (place + 1) * size])


def _single_sample(h: Any, seed: int, step: int, n: int) -> np.ndarray:
    return np.array([int(philox.uniform(seed, _STREAM, 0, step) * n)])


# By name: the indices of the samples that step ``step`` sees out of ``n``.
REFERENCES: dict[str, Callable[[Any, int, int, int], np.ndarray]] = {
    "full_batch": _full_batch,
    "mini_batch": _mini_batch,
    "single_sample": _single_sample,
}
