"""Quasi-hyperbolic Adam: both of Adam's running means are mixed with the newest value.

m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g²; with m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ)
p ← p - rate ((1 - ν₁) g + ν₁ m̂) / (√((1 - ν₂) g² + ν₂ v̂) + epsilon).
Ma & Yarats 2019, "Quasi-hyperbolic momentum and Adam for deep learning", arXiv 1810.06801,
section 4 (QHAdam). Shares of 1 give Adam.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.optimizers import catalog, prepare, update


class QHAdam(NamedTuple):
    """``learning_rate``: step length; ``beta1``, ``beta2``: shares of the two running means kept
    each step; ``share1``, ``share2``: their weights in the step (ν₁, ν₂ in the paper);
    ``epsilon``: added to the root."""

    learning_rate: float = 0.001
    beta1: float = 0.995
    beta2: float = 0.999
    share1: float = 0.7
    share2: float = 1.0
    epsilon: float = 1e-8


def _prepare(item: Any, rate: Any, step: Any, norm: Any) -> Any:
    return (
        rate,
        item.beta1,
        1.0 - item.beta1,
        item.beta2,
        1.0 - item.beta2,
        1.0 - item.share1,
        item.share1 / (1.0 - item.beta1**step),
        1.0 - item.share2,
        item.share2 / (1.0 - item.beta2**step),
        item.epsilon,
    )


def _update(item: Any, c: Any, g: Any, p: Any, slots: Any) -> Any:
    mean = c[1] * slots[0] + c[2] * g
    square = c[3] * slots[1] + c[4] * g * g
    root = np.sqrt(c[7] * g * g + c[8] * square)
    return p - c[0] * (c[5] * g + c[6] * mean) / (root + c[9]), (mean, square)


catalog.register(
    QHAdam,
    "qhadam",
    "Adam with weighted means of the newest gradient and the running ones",
    hypers={
        "learning_rate": ("(0, inf)", "step length per unit of scaled gradient"),
        "beta1": ("[0, 1)", "share of the mean gradient kept each step"),
        "beta2": ("[0, 1)", "share of the mean square kept each step"),
        "share1": ("[0, 1]", "weight of the mean gradient in the step"),
        "share2": ("[0, 1]", "weight of the mean square in the scaling"),
        "epsilon": ("(0, inf)", "keeps the division finite"),
    },
    rules={prepare: _prepare, update: _update},
    slots=2,
)
