"""Adamax, Adam with the largest recent gradient in place of the root mean square.

m ← β₁ m + (1 - β₁) g, u ← max(β₂ u, |g| + epsilon), p ← p - rate / (1 - β₁ᵗ) · m / u.
Kingma & Ba 2015, arXiv 1412.6980, algorithm 2; with PyTorch's epsilon, which the paper leaves out.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.optimizers import catalog, prepare, update


class Adamax(NamedTuple):
    """``learning_rate``: step length; ``beta1``: share of the mean gradient, ``beta2``: share of
    the largest gradient kept each step; ``epsilon``: added to each gradient's size."""

    learning_rate: float = 0.002
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8


def _prepare(item: Any, rate: Any, step: Any, norm: Any) -> Any:
    first = rate / (1.0 - item.beta1**step)
    return first, item.beta1, 1.0 - item.beta1, item.beta2, item.epsilon


def _update(item: Any, c: Any, g: Any, p: Any, slots: Any) -> Any:
    mean = c[1] * slots[0] + c[2] * g
    largest = max(c[3] * slots[1], np.abs(g) + c[4])
    return p - c[0] * mean / largest, (mean, largest)


catalog.register(
    Adamax,
    "adamax",
    "Adam scaled by the largest recent gradient",
    hypers={
        "learning_rate": ("(0, inf)", "step length per unit of scaled gradient"),
        "beta1": ("[0, 1)", "share of the mean gradient kept each step"),
        "beta2": ("[0, 1)", "share of the largest gradient kept each step"),
        "epsilon": ("(0, inf)", "keeps the division finite"),
    },
    rules={prepare: _prepare, update: _update},
    slots=2,
)
