"""Weights the identity matrix, times a gain: every layer at first hands on what it is given.

Le, Jaitly & Hinton 2015, "A simple way to initialize recurrent networks of rectified linear units",
arXiv 1504.00941. Where a layer's inputs and outputs differ in number, ones on the main diagonal and
zeros elsewhere. Biases are zero. Units without an input of their own stay equal for ever.
"""

from typing import Any, NamedTuple

from kernels.initializers import catalog, draw


class Identity(NamedTuple):
    """``gain``: value of the weights on the diagonal."""

    gain: float = 1.0


def _draw(item: Any, weights: Any, biases: Any, seed: Any, start: Any, counter: Any) -> None:
    weights[:] = 0.0
    biases[:] = 0.0
    for k in range(min(weights.shape[0], weights.shape[1])):
        weights[k, k] = item.gain


catalog.register(
    Identity,
    "identity",
    "weights the identity matrix, times a gain",
    hypers={
        "gain": ("(-inf, inf)", "value of the weights on the diagonal"),
    },
    rules={draw: _draw},
)
