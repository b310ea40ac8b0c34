"""NAdam, Adam with Nesterov's look-ahead and a momentum that warms up.

μₜ = β₁ (1 - 0.96^(t · momentum_decay) / 2), m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g²,
p ← p - rate (μₜ₊₁ m / (1 - μ₁ … μₜ₊₁) + (1 - μₜ) g / (1 - μ₁ … μₜ)) / (√(v / (1 - β₂ᵗ)) + epsilon).
Dozat 2016, "Incorporating Nesterov momentum into Adam", algorithm 2, in the form of PyTorch, whose
running mean of the gradient decays by β₁ rather than by μₜ.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.optimizers import catalog, prepare, update

_NOTHING = 1e-20  # beside 1, in float64


class NAdam(NamedTuple):
    """``learning_rate``: step length; ``beta1``, ``beta2``: shares of the two running means kept
    each step; ``epsilon``: added to the root; ``momentum_decay``: how fast the momentum warms up.
    """

    learning_rate: float = 0.002
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    momentum_decay: float = 0.004


def _prepare(item: Any, rate: Any, step: Any, norm: Any) -> Any:
    # The product of all momenta so far, which all are about 1/2 or below early on: it is nothing
    # beside 1 after some tens of factors, so it need not be remembered.
    product, ratio, power, k = 1.0, 0.96**item.momentum_decay, 1.0, 0
    while k < step and product > _NOTHING:
        power *= ratio
        product *= item.beta1 * (1.0 - 0.5 * power)
        k += 1
    now = item.beta1 * (1.0 - 0.5 * 0.96 ** (step * item.momentum_decay))
    following = item.beta1 * (1.0 - 0.5 * 0.96 ** ((step + 1) * item.momentum_decay))
    second = 1.0 / np.sqrt(1.0 - item.beta2**step)
    return (
        rate * (1.0 - now) / (1.0 - product),
        rate * following / (1.0 - product * following),
        second,
        item.beta1,
        1.0 - item.beta1,
        item.beta2,
        1.0 - item.beta2,
        item.epsilon,
    )


def _update(item: Any, c: Any, g: Any, p: Any, slots: Any) -> Any:
    mean = c[3] * slots[0] + c[4] * g
    square = c[5] * slots[1] + c[6] * g * g
    return p - (c[0] * g + c[1] * mean) / (np.sqrt(square) * c[2] + c[7]), (mean, square)


catalog.register(
    NAdam,
    "nadam",
    "Adam that takes its momentum one step ahead",
    hypers={
        "learning_rate": ("(0, inf)", "step length per unit of scaled gradient"),
        "beta1": ("[0, 1)", "share of the mean gradient kept each step"),
        "beta2": ("[0, 1)", "share of the mean square kept each step"),
        "epsilon": ("(0, inf)", "keeps the division finite"),
        "momentum_decay": ("[0, inf)", "how fast the momentum warms up"),
    },
    rules={prepare: _prepare, update: _update},
    slots=2,
)
