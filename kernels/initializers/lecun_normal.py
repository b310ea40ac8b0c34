"""Weights normal with variance 1 / n_in.

LeCun, Bottou, Orr & Müller 1998, "Efficient BackProp", eq. 16. Biases are zero.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.initializers import catalog, draw, fill_normal


class LeCunNormal(NamedTuple):
    """No hyper-parameters."""


def _draw(item: Any, weights: Any, biases: Any, seed: Any, start: Any, counter: Any) -> None:
    deviation = np.sqrt(1.0 / weights.shape[0])
    fill_normal(weights, 0.0, deviation, seed, start, counter)
    biases[:] = 0.0


catalog.register(
    LeCunNormal,
    "lecun_normal",
    "normal, of variance 1 / n_in",
    rules={draw: _draw},
)
