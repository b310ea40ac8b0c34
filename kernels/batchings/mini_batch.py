"""Mini-batch: each epoch goes through all samples once, in a new random order, ``size`` at a time.

The last batch of an epoch is smaller where ``size`` does not divide the number of samples.
"""

from typing import Any, NamedTuple

from kernels.batchings import catalog, select, size
from kernels.random import STREAM_BATCH, permutation


class MiniBatch(NamedTuple):
    """``size``: samples a step."""

    size: float = 16.0


def _size(item: Any, n: Any) -> Any:
    return min(n, int(item.size))


def _select(item: Any, seed: Any, step: Any, order: Any, batch: Any) -> Any:
    n = order.size - 1
    k = min(n, int(item.size))
    per_epoch = (n + k - 1) // k
    epoch = step // per_epoch
    if order[n] != epoch:
        permutation(seed, STREAM_BATCH, 0, epoch * n, order[:n])
        order[n] = epoch
    first = (step - epoch * per_epoch) * k
    count = min(k, n - first)
    for i in range(count):
        batch[i] = order[first + i]
    return count


catalog.register(
    MiniBatch,
    "mini_batch",
    "each step averages over the next few samples of a shuffled epoch",
    hypers={"size": ("integer [1, inf)", "samples a step")},
    rules={size: _size, select: _select},
    aliases=("minibatch",),
    exact=False,
)
