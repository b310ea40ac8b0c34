"""Weights with orthonormal rows or columns (whichever are fewer), times a gain.

Saxe, McClelland & Ganguli 2014, "Exact solutions to the nonlinear dynamics of learning in deep
linear neural networks", arXiv 1312.6120. A Gaussian matrix made orthonormal by Gram-Schmidt is
uniform (Haar) among them; a second pass keeps it so in finite precision. Biases are zero.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.initializers import catalog, draw, fill_normal


class Orthogonal(NamedTuple):
    """``gain``: length of each orthonormal vector."""

    gain: float = 1.0


def _draw(item: Any, weights: Any, biases: Any, seed: Any, start: Any, counter: Any) -> None:
    fill_normal(weights, 0.0, 1.0, seed, start, counter)
    biases[:] = 0.0
    wide = weights.shape[1] > weights.shape[0]
    vectors = np.ascontiguousarray(weights.T)
    if wide:
        vectors = weights.copy()
    for i in range(vectors.shape[0]):
        for _ in range(2):
            for k in range(i):
                overlap = 0.0
                for j in range(vectors.shape[1]):
                    overlap += vectors[i, j] * vectors[k, j]
                for j in range(vectors.shape[1]):
                    vectors[i, j] -= overlap * vectors[k, j]
        length = 0.0
        for j in range(vectors.shape[1]):
            length += vectors[i, j] * vectors[i, j]
        length = np.sqrt(length)
        for j in range(vectors.shape[1]):
            vectors[i, j] /= length
    for i in range(weights.shape[0]):
        for j in range(weights.shape[1]):
            weights[i, j] = item.gain * (vectors[i, j] if wide else vectors[j, i])


catalog.register(
    Orthogonal,
    "orthogonal",
    "orthonormal rows or columns, times a gain",
    hypers={
        "gain": ("(0, inf)", "length of each orthonormal vector"),
    },
    rules={draw: _draw},
)
