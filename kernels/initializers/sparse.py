"""Every unit has the same few incoming weights that are not zero, normally distributed.

Martens 2010, "Deep learning via Hessian-free optimization", ICML, section 5: 15 connections to
each unit, biases zero. The input to a unit then does not grow with the width of the layer below.
Which inputs: selection sampling, Knuth, The Art of Computer Programming 2, section 3.4.2,
algorithm S; every choice of that many is equally likely.
"""

from typing import Any, NamedTuple

from kernels.initializers import catalog, draw
from kernels.random import STREAM_INITIALIZER, normal, uniform


class Sparse(NamedTuple):
    """``connections``: incoming weights of each unit that are not zero (all, where a layer has
    fewer inputs); ``deviation``: their standard deviation."""

    connections: float = 15
    deviation: float = 1.0


def _draw(item: Any, weights: Any, biases: Any, seed: Any, start: Any, counter: Any) -> None:
    n_in, n_out = weights.shape
    biases[:] = 0.0
    for j in range(n_out):
        wanted = min(item.connections, float(n_in))
        for i in range(n_in):
            k = counter + i * n_out + j
            weights[i, j] = 0.0
            # The choice reads the stream far beyond any network's parameters.
            if (n_in - i) * uniform(seed, STREAM_INITIALIZER, start, k + (1 << 40)) < wanted:
                weights[i, j] = item.deviation * normal(seed, STREAM_INITIALIZER, start, k)
                wanted -= 1.0


catalog.register(
    Sparse,
    "sparse",
    "a few incoming weights per unit, the rest zero",
    hypers={
        "connections": ("integer [1, inf)", "incoming weights of each unit that are not zero"),
        "deviation": ("[0, inf)", "their standard deviation"),
    },
    rules={draw: _draw},
)
