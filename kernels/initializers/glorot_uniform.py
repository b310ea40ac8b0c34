"""Weights uniform on ±√(6 / (n_in + n_out)).

Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks",
AISTATS, eq. 16. Biases are zero.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.initializers import catalog, draw, fill_uniform


class GlorotUniform(NamedTuple):
    """No hyper-parameters."""


def _draw(item: Any, weights: Any, biases: Any, seed: Any, start: Any, counter: Any) -> None:
    limit = np.sqrt(6.0 / (weights.shape[0] + weights.shape[1]))
    fill_uniform(weights, -limit, limit, seed, start, counter)
    biases[:] = 0.0


catalog.register(
    GlorotUniform,
    "glorot_uniform",
    "uniform, of variance 2 / (n_in + n_out)",
    rules={draw: _draw},
)
