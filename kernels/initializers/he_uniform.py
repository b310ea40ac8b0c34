"""Weights uniform on ±√(6 / n_in), which has variance 2 / n_in.

He, Zhang, Ren & Sun 2015, "Delving deep into rectifiers", arXiv 1502.01852, eq. 10.
Biases are zero.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.initializers import catalog, draw, fill_uniform


class HeUniform(NamedTuple):
    """No hyper-parameters."""


def _draw(item: Any, weights: Any, biases: Any, seed: Any, start: Any, counter: Any) -> None:
    limit = np.sqrt(6.0 / weights.shape[0])
    fill_uniform(weights, -limit, limit, seed, start, counter)
    biases[:] = 0.0


catalog.register(
    HeUniform,
    "he_uniform",
    "uniform, of variance 2 / n_in",
    rules={draw: _draw},
)
