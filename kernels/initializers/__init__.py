"""Initializers: the starting parameters, drawn from (seed, start index), one a file.

Rule: ``draw(item, weights, biases, seed, start, counter)`` fills one layer's weights
(n_in, n_out) and biases (n_out,), both float64, and reads the initializer's stream from
``counter`` (the layer's first place in the flat parameter vector) on.
"""

from typing import Any

import numpy as np

from kernels.catalog import Catalog
from kernels.jit import exact_kernel, kernel
from kernels.lanes import COMPILED, store
from kernels.lanes.philox import random_pairs
from kernels.lanes.sums import lane
from kernels.random import STREAM_INITIALIZER
from kernels.random import uniform as uniform_deviate
from kernels.rules import rule

catalog = Catalog("initializer", __name__)
draw = rule("draw")

_LANES = 8 if COMPILED else 1
_WIDTH = (None,) * _LANES
_SCALE = 1.0 / 9007199254740992.0


@exact_kernel
def _normals(seed: Any, start: Any, counter: Any, width: Any) -> Any:
    """``kernels.random.normal`` of the counters from ``counter`` on, but for rounding."""
    a, b = random_pairs(seed, STREAM_INITIALIZER, start, counter, width)
    return np.sqrt(np.log((a + 1.0) * _SCALE) * -2.0) * np.cos(b * (2.0 * np.pi * _SCALE))


@exact_kernel
def fill_normal(
    weights: Any, mean: Any, deviation: Any, seed: Any, start: Any, counter: Any
) -> None:
    """weights[i, j] = mean + deviation * N(0, 1); mutates ``weights``."""
    flat = weights.reshape(-1)
    n = flat.size
    whole = n - n % _LANES
    for k in range(0, whole, _LANES):
        drawn = _normals(seed, start, counter + k, _WIDTH)
        store(flat, k // _LANES, drawn * deviation + mean)
    if whole < n:
        rest = _normals(seed, start, counter + whole, _WIDTH) * deviation + mean
        for k in range(n - whole):
            flat[whole + k] = lane(rest, k)


@kernel
def fill_uniform(weights: Any, low: Any, high: Any, seed: Any, start: Any, counter: Any) -> None:
    """weights[i, j] uniform on [low, high); mutates ``weights``."""
    n_in, n_out = weights.shape
    for i in range(n_in):
        for j in range(n_out):
            k = counter + i * n_out + j
            weights[i, j] = low + (high - low) * uniform_deviate(seed, STREAM_INITIALIZER, start, k)


@kernel
def initialize(item: Any, sizes: Any, seed: Any, start: Any, parameters: Any) -> None:
    """Fill the flat ``parameters`` (n,), float64, for layers of ``sizes``; mutates it."""
    offset = 0
    for layer in range(sizes.size - 1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        bias = offset + n_in * n_out
        weights = parameters[offset:bias].reshape((n_in, n_out))
        draw(item, weights, parameters[bias : bias + n_out], seed, start, offset)
        offset = bias + n_out
