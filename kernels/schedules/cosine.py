"""Cosine annealing, factor = low + (1 - low)(1 + cos(π step / steps)) / 2, then ``low``.

Loshchilov & Hutter 2017, "SGDR: stochastic gradient descent with warm restarts", arXiv 1608.03983,
eq. 5, without restarts. As Optax's; PyTorch's goes up again after ``steps``.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.schedules import catalog, factor


class Cosine(NamedTuple):
    """``steps``: steps until the end; ``low``: factor there."""

    steps: float = 2000.0
    low: float = 0.0


def _factor(item: Any, step: Any) -> Any:
    done = min(step / item.steps, 1.0)
    return item.low + (1.0 - item.low) * 0.5 * (1.0 + np.cos(np.pi * done))


catalog.register(
    Cosine,
    "cosine",
    "the learning rate falls along half a cosine wave",
    hypers={
        "steps": ("integer [1, inf)", "steps until the end"),
        "low": ("[0, 1]", "factor at the end"),
    },
    rules={factor: _factor},
)
