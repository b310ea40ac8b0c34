"""Yogi, Adam whose mean square moves by no more than the newest square.

m ← β₁ m + (1 - β₁) g, v ← v - (1 - β₂) sign(v - g²) g²,
p ← p - rate (m / (1 - β₁ᵗ)) / (√(v / (1 - β₂ᵗ)) + epsilon).
Zaheer, Reddi, Sachan, Kale & Kumar 2018, "Adaptive methods for nonconvex optimization", algorithm
2, with the bias correction of Optax; both running means start at zero (Optax's default is 1e-6).
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.optimizers import catalog, prepare, update


class Yogi(NamedTuple):
    """``learning_rate``: step length; ``beta1``: share of the mean gradient kept each step;
    ``beta2``: one less the pace of the mean square; ``epsilon``: added to its root."""

    learning_rate: float = 0.01
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-3


def _prepare(item: Any, rate: Any, step: Any, norm: Any) -> Any:
    first = rate / (1.0 - item.beta1**step)
    second = 1.0 / np.sqrt(1.0 - item.beta2**step)
    return first, second, item.beta1, 1.0 - item.beta1, 1.0 - item.beta2, item.epsilon


def _update(item: Any, c: Any, g: Any, p: Any, slots: Any) -> Any:
    mean = c[2] * slots[0] + c[3] * g
    newest = g * g
    square = slots[1] - c[4] * np.sign(slots[1] - newest) * newest
    return p - c[0] * mean / (np.sqrt(square) * c[1] + c[5]), (mean, square)


catalog.register(
    Yogi,
    "yogi",
    "Adam whose scaling changes slowly where gradients shrink",
    hypers={
        "learning_rate": ("(0, inf)", "step length per unit of scaled gradient"),
        "beta1": ("[0, 1)", "share of the mean gradient kept each step"),
        "beta2": ("[0, 1)", "one less the pace of the mean square"),
        "epsilon": ("(0, inf)", "keeps the division finite"),
    },
    rules={prepare: _prepare, update: _update},
    slots=2,
)
