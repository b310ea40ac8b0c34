"""AdamW, Adam with weight decay that does not pass through the scaling.

p ← p - rate weight_decay p, then Adam's step.
Loshchilov & Hutter 2019, "Decoupled weight decay regularization", arXiv 1711.05101, algorithm 2;
the decay is multiplied by the whole rate, as in PyTorch and Optax.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.optimizers import catalog, prepare, update


class AdamW(NamedTuple):
    """``learning_rate``: step length; ``beta1``, ``beta2``: shares of the two running means kept
    each step; ``epsilon``: added to the root; ``weight_decay``: share of each parameter lost per
    step and unit of rate."""

    learning_rate: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.01


def _prepare(item: Any, rate: Any, step: Any, norm: Any) -> Any:
    return (
        rate / (1.0 - item.beta1**step),
        1.0 / np.sqrt(1.0 - item.beta2**step),
        item.beta1,
        1.0 - item.beta1,
        item.beta2,
        1.0 - item.beta2,
        item.epsilon,
        1.0 - rate * item.weight_decay,
    )


def _update(item: Any, c: Any, g: Any, p: Any, slots: Any) -> Any:
    mean = c[2] * slots[0] + c[3] * g
    square = c[4] * slots[1] + c[5] * g * g
    return c[7] * p - c[0] * mean / (np.sqrt(square) * c[1] + c[6]), (mean, square)


catalog.register(
    AdamW,
    "adamw",
    "Adam with decoupled weight decay",
    hypers={
        "learning_rate": ("(0, inf)", "step length per unit of scaled gradient"),
        "beta1": ("[0, 1)", "share of the mean gradient kept each step"),
        "beta2": ("[0, 1)", "share of the mean square kept each step"),
        "epsilon": ("(0, inf)", "keeps the division finite"),
        "weight_decay": ("[0, inf)", "share of each parameter lost per step and unit of rate"),
    },
    rules={prepare: _prepare, update: _update},
    slots=2,
)
