"""Softmax, p_j = exp(z_j) / Σ_k exp(z_k); dL/dz_j = p_j (g_j - Σ_k g_k p_k) with g = dL/dp.

Bridle 1990, "Probabilistic interpretation of feedforward classification network outputs".
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.outputs import bend_back, catalog, pull_back, respond
from kernels.rules import const, finite, select


class Softmax(NamedTuple):
    """No hyper-parameters."""


def _respond(item: Any, z: Any, p: Any) -> None:
    if z.size == 2:
        # What the loops below compute, without the exponential of zero.
        above = z[0] - z[1]
        small = np.exp(-abs(above))
        large = const(small, 1.0) / (const(small, 1.0) + small)
        # Of infinite scores there is none, as the loops say too: such a run has diverged.
        large = select(finite(above), large, const(small, np.nan))
        small *= large
        first = above > const(above, 0.0)
        p[0] = select(first, large, small)
        p[1] = select(first, small, large)
        return
    # Without subtracting the largest, exp overflows from z = 89 on in float32.
    largest = z[0]
    for j in range(1, z.size):
        largest = max(largest, z[j])
    total = const(largest, 0.0)
    for j in range(z.size):
        p[j] = np.exp(z[j] - largest)
        total += p[j]
    share = const(total, 1.0) / total
    for j in range(z.size):
        p[j] *= share


def _pull_back(item: Any, z: Any, p: Any, delta: Any) -> None:
    mean = const(p[0], 0.0)
    for j in range(p.size):
        mean += delta[j] * p[j]
    for j in range(p.size):
        delta[j] = p[j] * (delta[j] - mean)


def _bend_back(item: Any, z: Any, p: Any, delta: Any, matrix: Any) -> None:
    # With J = diag(p) - p pᵀ, h = diag of d²L/dp² and m = Σ g p:
    # J diag(h) J + diag(g p) - (g p) pᵀ - p (g p)ᵀ + 2 m p pᵀ - m diag(p).
    mean, mass = const(p[0], 0.0), const(p[0], 0.0)
    for j in range(p.size):
        mean += delta[j] * p[j]
        mass += matrix[j, j] * p[j] * p[j]
    mass += mean + mean
    for i in range(p.size):
        for j in range(i):
            both = (matrix[i, i] * p[i] + delta[i]) + (matrix[j, j] * p[j] + delta[j])
            matrix[i, j] = p[i] * p[j] * (mass - both)
            matrix[j, i] = matrix[i, j]
    for i in range(p.size):
        own = matrix[i, i] * p[i]
        twice = const(p[i], 2.0) * (own + delta[i])
        delta[i] = p[i] * (delta[i] - mean)
        matrix[i, i] = p[i] * own + delta[i] + p[i] * p[i] * (mass - twice)


catalog.register(
    Softmax,
    "softmax",
    "probabilities that sum to one",
    rules={respond: _respond, pull_back: _pull_back, bend_back: _bend_back},
)
