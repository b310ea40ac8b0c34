"""Weights normal with variance 2 / (n_in + n_out).

Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks",
AISTATS, eq. 12. Biases are zero.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.initializers import catalog, draw, fill_normal


class GlorotNormal(NamedTuple):
    """No hyper-parameters."""


def _draw(item: Any, weights: Any, biases: Any, seed: Any, start: Any, counter: Any) -> None:
    deviation = np.sqrt(2.0 / (weights.shape[0] + weights.shape[1]))
    fill_normal(weights, 0.0, deviation, seed, start, counter)
    biases[:] = 0.0


catalog.register(
    GlorotNormal,
    "glorot_normal",
    "normal, of variance 2 / (n_in + n_out)",
    rules={draw: _draw},
)
