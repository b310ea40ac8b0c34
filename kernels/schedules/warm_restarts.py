"""Warm restarts (SGDR): cosine annealing that starts anew, in cycles that may grow.

factor = low + (1 - low)(1 + cos(π s / T)) / 2 with s steps made of a cycle of T; each cycle is
``growth`` times as long as the one before.
Loshchilov & Hutter 2017, "SGDR: stochastic gradient descent with warm restarts", arXiv 1608.03983,
eq. 5. As PyTorch's CosineAnnealingWarmRestarts.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.schedules import catalog, factor


class WarmRestarts(NamedTuple):
    """``steps``: length of the first cycle; ``growth``: each cycle's length over that of the one
    before; ``low``: factor at the end of a cycle."""

    steps: float = 500.0
    growth: float = 2.0
    low: float = 0.0


def _factor(item: Any, step: Any) -> Any:
    length, made = item.steps, float(step)
    if item.growth == 1.0:
        made -= length * np.floor(made / length)
    else:
        while made >= length:
            made -= length
            length *= item.growth
    return item.low + (1.0 - item.low) * 0.5 * (1.0 + np.cos(np.pi * made / length))


catalog.register(
    WarmRestarts,
    "warm_restarts",
    "cosine waves, each starting at the full learning rate",
    hypers={
        "steps": ("integer [1, inf)", "steps of the first cycle"),
        "growth": ("integer [1, 100]", "length of a cycle over that of the one before"),
        "low": ("[0, 1]", "factor at the end of a cycle"),
    },
    rules={factor: _factor},
    aliases=("sgdr",),
)
