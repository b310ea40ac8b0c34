"""Layer-sequential unit variance: each layer's output has variance 1 on the training data.

Mishkin & Matas 2016, "All you need is a good init", arXiv 1511.06422, algorithm 1: orthonormal
weights first, then layer by layer the weights are divided by the standard deviation of the layer's
output, before its activation, over a batch of samples. The paper repeats that until the variance is
within a tolerance of 1; with biases of zero the output is linear in the weights, so the first pass
is exact. A layer whose output does not vary at all is left as it is.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from kernels.initializers import catalog
from workbench import starts


class Lsuv(NamedTuple):
    """``samples``: how many training samples the variance is taken over, the first of them."""

    samples: float = 1024


def _start(item: Any, model: Any, index: int) -> np.ndarray:
    orthogonal = "orthogonal"
    parameters = starts.point(orthogonal, starts.with_defaults(orthogonal), model, index)
    inputs = model.train.inputs[: int(item.samples)]
    begin = 0
    for layer in model.layers:
        n_in = layer.shape[0]
        below = model.respond(parameters, inputs)[:, begin : begin + n_in].astype(np.float64)
        weights = parameters[layer.weights].reshape(layer.shape)
        deviation = (below @ weights).std()
        if np.isfinite(deviation) and deviation > 0.0:
            parameters[layer.weights] /= deviation
        begin += n_in
    return parameters


catalog.register(
    Lsuv,
    "lsuv",
    "orthonormal, then every layer scaled to unit variance on the data",
    hypers={
        "samples": ("integer [2, 1000000]", "training samples that the variance is taken over"),
    },
    start=_start,
)
