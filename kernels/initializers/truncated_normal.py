"""Weights normal, but never further than two standard deviations from their mean.

Values outside are drawn anew, so the distribution is exactly the normal one cut off at ±2σ and
scaled to integrate to one. ``deviation`` is that of the normal distribution before the cut, as in
PyTorch's ``trunc_normal_``; afterwards it is 0.8796 times that. Biases are zero.
"""

from typing import Any, NamedTuple

from kernels.initializers import catalog, draw
from kernels.jit import kernel
from kernels.random import STREAM_INITIALIZER, normal


class TruncatedNormal(NamedTuple):
    """``mean`` and standard ``deviation`` of the normal distribution that is cut off."""

    mean: float = 0.0
    deviation: float = 0.5


@kernel
def _within_two(seed: Any, start: Any, counter: Any) -> Any:
    # Further attempts read the stream far beyond any network's parameters.
    value = normal(seed, STREAM_INITIALIZER, start, counter)
    attempt = 1
    while abs(value) > 2.0:
        value = normal(seed, STREAM_INITIALIZER, start, counter + (attempt << 40))
        attempt += 1
    return value


def _draw(item: Any, weights: Any, biases: Any, seed: Any, start: Any, counter: Any) -> None:
    n_in, n_out = weights.shape
    for i in range(n_in):
        for j in range(n_out):
            value = _within_two(seed, start, counter + i * n_out + j)
            weights[i, j] = item.mean + item.deviation * value
    biases[:] = 0.0


catalog.register(
    TruncatedNormal,
    "truncated_normal",
    "weights normal, cut off at two standard deviations",
    hypers={
        "mean": ("(-inf, inf)", "mean of every weight"),
        "deviation": ("[0, inf)", "standard deviation before the cut"),
    },
    rules={draw: _draw},
)
