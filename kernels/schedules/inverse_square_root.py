"""Inverse square root with warm-up, factor = min(t / warmup, √(warmup / t)), t = step + 1.

Vaswani et al. 2017, "Attention is all you need", arXiv 1706.03762, eq. 3, scaled so that the factor
is 1 at the end of the warm-up.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.schedules import catalog, factor


class InverseSquareRoot(NamedTuple):
    """``warmup``: steps of linear warm-up; 1 for none."""

    warmup: float = 100.0


def _factor(item: Any, step: Any) -> Any:
    t = step + 1.0
    return min(t / item.warmup, np.sqrt(item.warmup / t))


catalog.register(
    InverseSquareRoot,
    "inverse_square_root",
    "a linear warm-up, then a fall with the root of the steps",
    hypers={"warmup": ("[1, inf)", "steps of linear warm-up; 1 for none")},
    rules={factor: _factor},
)
