"""Weights normal with variance 2 / n_in.

He, Zhang, Ren & Sun 2015, "Delving deep into rectifiers", arXiv 1502.01852, eq. 10.
Biases are zero.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.initializers import catalog, draw, fill_normal


class HeNormal(NamedTuple):
    """No hyper-parameters."""


def _draw(item: Any, weights: Any, biases: Any, seed: Any, start: Any, counter: Any) -> None:
    deviation = np.sqrt(2.0 / weights.shape[0])
    fill_normal(weights, 0.0, deviation, seed, start, counter)
    biases[:] = 0.0


catalog.register(
    HeNormal,
    "he_normal",
    "normal, of variance 2 / n_in",
    rules={draw: _draw},
)
