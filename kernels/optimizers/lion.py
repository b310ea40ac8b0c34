"""Lion, the sign of a momentum, with decoupled weight decay.

p ← p - rate (sign(β₁ m + (1 - β₁) g) + weight_decay p), m ← β₂ m + (1 - β₂) g.
Chen et al. 2023, "Symbolic discovery of optimization algorithms", arXiv 2302.06675, algorithm 2.
As in Optax.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.optimizers import catalog, prepare, update


class Lion(NamedTuple):
    """``learning_rate``: length of every parameter's step; ``beta1``: share of the momentum in the
    step; ``beta2``: share of it kept each step; ``weight_decay``: share of each parameter lost per
    step and unit of rate."""

    learning_rate: float = 0.0003
    beta1: float = 0.9
    beta2: float = 0.99
    weight_decay: float = 0.01


def _prepare(item: Any, rate: Any, step: Any, norm: Any) -> Any:
    kept = 1.0 - rate * item.weight_decay
    return rate, item.beta1, 1.0 - item.beta1, item.beta2, 1.0 - item.beta2, kept


def _update(item: Any, c: Any, g: Any, p: Any, slots: Any) -> Any:
    mixed = c[1] * slots[0] + c[2] * g
    return c[5] * p - c[0] * np.sign(mixed), (c[3] * slots[0] + c[4] * g,)


catalog.register(
    Lion,
    "lion",
    "every parameter moves by the same amount, against the sign of a momentum",
    hypers={
        "learning_rate": ("(0, inf)", "length of every parameter's step"),
        "beta1": ("[0, 1)", "share of the momentum in the step"),
        "beta2": ("[0, 1)", "share of the momentum kept each step"),
        "weight_decay": ("[0, inf)", "share of each parameter lost per step and unit of rate"),
    },
    rules={prepare: _prepare, update: _update},
    slots=1,
)
