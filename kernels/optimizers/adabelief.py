"""AdaBelief, Adam scaled by how far the gradient is from its running mean.

m ← β₁ m + (1 - β₁) g, s ← β₂ s + (1 - β₂)(g - m)² + epsilon,
p ← p - rate (m / (1 - β₁ᵗ)) / (√(s / (1 - β₂ᵗ)) + epsilon).
Zhuang et al. 2020, "AdaBelief optimizer: adapting stepsizes by the belief in observed gradients",
arXiv 2010.07468, algorithm 2. As in Optax with ``eps_root`` equal to ``eps``.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.optimizers import catalog, prepare, update


class AdaBelief(NamedTuple):
    """``learning_rate``: step length; ``beta1``, ``beta2``: shares of the two running means kept
    each step; ``epsilon``: added to the square every step, and to its root."""

    learning_rate: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-16


def _prepare(item: Any, rate: Any, step: Any, norm: Any) -> Any:
    first = rate / (1.0 - item.beta1**step)
    second = 1.0 / np.sqrt(1.0 - item.beta2**step)
    return first, second, item.beta1, 1.0 - item.beta1, item.beta2, 1.0 - item.beta2, item.epsilon


def _update(item: Any, c: Any, g: Any, p: Any, slots: Any) -> Any:
    mean = c[2] * slots[0] + c[3] * g
    surprise = g - mean
    square = c[4] * slots[1] + c[5] * surprise * surprise + c[6]
    return p - c[0] * mean / (np.sqrt(square) * c[1] + c[6]), (mean, square)


catalog.register(
    AdaBelief,
    "adabelief",
    "Adam with long steps where the gradient is as expected",
    hypers={
        "learning_rate": ("(0, inf)", "step length per unit of scaled gradient"),
        "beta1": ("[0, 1)", "share of the mean gradient kept each step"),
        "beta2": ("[0, 1)", "share of the mean square kept each step"),
        "epsilon": ("(0, inf)", "keeps the division finite"),
    },
    rules={prepare: _prepare, update: _update},
    slots=2,
)
