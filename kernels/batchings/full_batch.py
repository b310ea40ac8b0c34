"""Full batch: every step sees every sample, so the step follows the true gradient."""

from typing import Any, NamedTuple

from kernels.batchings import catalog, select, size


class FullBatch(NamedTuple):
    """No hyper-parameters."""


def _size(item: Any, n: Any) -> Any:
    return n


def _select(item: Any, seed: Any, step: Any, order: Any, batch: Any) -> Any:
    n = order.size - 1
    for i in range(n):
        batch[i] = i
    return n


catalog.register(
    FullBatch,
    "full_batch",
    "every step averages over all samples",
    rules={size: _size, select: _select},
    aliases=("full", "batch"),
    exact=True,
)
