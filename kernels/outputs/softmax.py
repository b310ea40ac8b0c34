"""Softmax, p_j = exp(z_j) / Σ_k exp(z_k); dL/dz_j = p_j (g_j - Σ_k g_k p_k) with g = dL/dp.

Bridle 1990, "Probabilistic interpretation of feedforward classification network outputs".
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.outputs import catalog, pull_back, respond
from kernels.rules import const


class Softmax(NamedTuple):
    """No hyper-parameters."""


def _respond(item: Any, z: Any, p: Any) -> None:
    # Without subtracting the largest, exp overflows from z = 89 on in float32.
    largest = z[0]
    for j in range(1, z.size):
        largest = max(largest, z[j])
    total = const(largest, 0.0)
    for j in range(z.size):
        p[j] = np.exp(z[j] - largest)
        total += p[j]
    for j in range(z.size):
        p[j] /= total


def _pull_back(item: Any, z: Any, p: Any, delta: Any) -> None:
    mean = const(p[0], 0.0)
    for j in range(p.size):
        mean += delta[j] * p[j]
    for j in range(p.size):
        delta[j] = p[j] * (delta[j] - mean)


catalog.register(
    Softmax,
    "softmax",
    "probabilities that sum to one",
    rules={respond: _respond, pull_back: _pull_back},
)
