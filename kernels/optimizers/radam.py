"""RAdam, Adam that waits with its scaling until the mean square can be trusted.

m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g², ρ∞ = 2 / (1 - β₂) - 1,
ρₜ = ρ∞ - 2 t β₂ᵗ / (1 - β₂ᵗ); where ρₜ > 5
p ← p - rate rₜ (m / (1 - β₁ᵗ)) √(1 - β₂ᵗ) / (√v + epsilon),
rₜ² = (ρₜ - 4)(ρₜ - 2) ρ∞ / ((ρ∞ - 4)(ρ∞ - 2) ρₜ), and before that p ← p - rate m / (1 - β₁ᵗ).
Liu et al. 2020, "On the variance of the adaptive learning rate and beyond", arXiv 1908.03265,
algorithm 2, with the threshold 5 (the paper says 4) and the place of epsilon as in PyTorch.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.optimizers import catalog, prepare, update


class RAdam(NamedTuple):
    """``learning_rate``: step length; ``beta1``, ``beta2``: shares of the two running means kept
    each step; ``epsilon``: added to the root."""

    learning_rate: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8


def _prepare(item: Any, rate: Any, step: Any, norm: Any) -> Any:
    first = rate / (1.0 - item.beta1**step)
    kept = item.beta2**step
    longest = 2.0 / (1.0 - item.beta2) - 1.0
    length = longest - 2.0 * step * kept / (1.0 - kept)
    scaled, plain = 0.0, first
    if length > 5.0:
        variance = (length - 4.0) * (length - 2.0) * longest
        variance /= (longest - 4.0) * (longest - 2.0) * length
        scaled, plain = first * np.sqrt(variance * (1.0 - kept)), 0.0
    return scaled, plain, item.beta1, 1.0 - item.beta1, item.beta2, 1.0 - item.beta2, item.epsilon


def _update(item: Any, c: Any, g: Any, p: Any, slots: Any) -> Any:
    mean = c[2] * slots[0] + c[3] * g
    square = c[4] * slots[1] + c[5] * g * g
    return p - mean * (c[0] / (np.sqrt(square) + c[6]) + c[1]), (mean, square)


catalog.register(
    RAdam,
    "radam",
    "Adam with plain momentum until its scaling is reliable",
    hypers={
        "learning_rate": ("(0, inf)", "step length per unit of scaled gradient"),
        "beta1": ("[0, 1)", "share of the mean gradient kept each step"),
        "beta2": ("[0, 1)", "share of the mean square kept each step"),
        "epsilon": ("(0, inf)", "keeps the division finite"),
    },
    rules={prepare: _prepare, update: _update},
    slots=2,
)
