"""RMSProp, s ← decay s + (1 - decay) g², p ← p - rate g / (√s + epsilon).

Tieleman & Hinton 2012, "Neural networks for machine learning", lecture 6e.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.optimizers import catalog, prepare, update


class RMSProp(NamedTuple):
    """``learning_rate``: step length; ``decay``: share of the mean square kept each step;
    ``epsilon``: added to its root."""

    learning_rate: float = 0.01
    decay: float = 0.99
    epsilon: float = 1e-8


def _prepare(item: Any, rate: Any, step: Any, norm: Any) -> Any:
    return rate, item.decay, 1.0 - item.decay, item.epsilon


def _update(item: Any, c: Any, g: Any, p: Any, slots: Any) -> Any:
    square = c[1] * slots[0] + c[2] * g * g
    return p - c[0] * g / (np.sqrt(square) + c[3]), (square,)


catalog.register(
    RMSProp,
    "rmsprop",
    "gradients divided by a running mean of their size",
    hypers={
        "learning_rate": ("(0, inf)", "step length per unit of scaled gradient"),
        "decay": ("[0, 1)", "share of the mean square kept each step"),
        "epsilon": ("(0, inf)", "keeps the division finite"),
    },
    rules={prepare: _prepare, update: _update},
    slots=1,
)
