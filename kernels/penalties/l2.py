"""L2 penalty, (strength / 2) Σ w²: pulls every weight towards zero in proportion to it.

Goodfellow, Bengio & Courville 2016, "Deep Learning", eqs. 7.2 and 7.3. Its gradient is what
PyTorch's ``weight_decay`` adds to that of the loss; decoupled weight decay is the optimizer's.
"""

from typing import Any, NamedTuple

from kernels.penalties import bend, catalog, cost, slope
from kernels.rules import const


class L2(NamedTuple):
    """``strength``: slope of the penalty per unit of w."""

    strength: float = 0.001


def _cost(item: Any, w: Any) -> Any:
    return const(w, 0.5 * item.strength) * w * w


def _slope(item: Any, w: Any) -> Any:
    return const(w, item.strength) * w


def _bend(item: Any, w: Any) -> Any:
    return const(w, item.strength)


catalog.register(
    L2,
    "l2",
    "strength / 2 times the sum of w² over all weights",
    hypers={"strength": ("[0, inf)", "slope of the penalty per unit of w")},
    rules={cost: _cost, slope: _slope, bend: _bend},
    aliases=("ridge",),
)
