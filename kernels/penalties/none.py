"""No penalty: the training loss is that of the data alone, and nothing is computed for it."""

from typing import Any, NamedTuple

from kernels.penalties import bend, catalog, cost, slope
from kernels.rules import const


class NoPenalty(NamedTuple):
    """No hyper-parameters."""


def _zero(item: Any, w: Any) -> Any:
    return const(w, 0.0)


catalog.register(
    NoPenalty,
    "none",
    "the loss of the data alone",
    rules={cost: _zero, slope: _zero, bend: _zero},
    free=True,
)
