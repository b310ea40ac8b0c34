"""One sample a step, drawn uniformly with replacement: the classical stochastic gradient descent.

Robbins & Monro 1951; Bottou 2010, "Large-scale machine learning with stochastic gradient descent".
"""

from typing import Any, NamedTuple

from kernels.batchings import catalog, draw, select, size
from kernels.random import STREAM_BATCH, below


class SingleSample(NamedTuple):
    """No hyper-parameters."""


def _size(item: Any, n: Any) -> Any:
    return 1


def _draw(item: Any, seed: Any, step: Any, n: Any, drawn: Any) -> None:
    for k in range(drawn.size):
        drawn[k] = below(seed, STREAM_BATCH, 0, step + k, n)


def _select(item: Any, seed: Any, step: Any, order: Any, batch: Any) -> Any:
    draw(item, seed, step, order.size - 1, batch[:1])
    return 1


catalog.register(
    SingleSample,
    "single_sample",
    "each step sees one sample, drawn at random",
    rules={size: _size, select: _select, draw: _draw},
    aliases=("single", "stochastic"),
    exact=False,
    single=True,
)
