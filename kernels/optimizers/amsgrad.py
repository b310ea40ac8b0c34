"""AMSGrad, Adam whose mean square never shrinks.

m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g², w ← max(w, v),
p ← p - rate (m / (1 - β₁ᵗ)) / (√(w / (1 - β₂ᵗ)) + epsilon).
Reddi, Kale & Kumar 2018, "On the convergence of Adam and beyond", algorithm 2, with the bias
correction that PyTorch adds (Optax takes the largest of the corrected squares instead).
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.optimizers import catalog, prepare, update


class AMSGrad(NamedTuple):
    """``learning_rate``: step length; ``beta1``, ``beta2``: shares of the two running means kept
    each step; ``epsilon``: added to the root."""

    learning_rate: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8


def _prepare(item: Any, rate: Any, step: Any, norm: Any) -> Any:
    first = rate / (1.0 - item.beta1**step)
    second = 1.0 / np.sqrt(1.0 - item.beta2**step)
    return first, second, item.beta1, 1.0 - item.beta1, item.beta2, 1.0 - item.beta2, item.epsilon


def _update(item: Any, c: Any, g: Any, p: Any, slots: Any) -> Any:
    mean = c[2] * slots[0] + c[3] * g
    square = c[4] * slots[1] + c[5] * g * g
    largest = max(slots[2], square)
    return p - c[0] * mean / (np.sqrt(largest) * c[1] + c[6]), (mean, square, largest)


catalog.register(
    AMSGrad,
    "amsgrad",
    "Adam with the largest mean square so far",
    hypers={
        "learning_rate": ("(0, inf)", "step length per unit of scaled gradient"),
        "beta1": ("[0, 1)", "share of the mean gradient kept each step"),
        "beta2": ("[0, 1)", "share of the mean square kept each step"),
        "epsilon": ("(0, inf)", "keeps the division finite"),
    },
    rules={prepare: _prepare, update: _update},
    slots=3,
)
