"""L1 penalty, strength · Σ |w|: drives weights to exactly zero; the slope at w = 0 is 0.

Tibshirani 1996, "Regression shrinkage and selection via the lasso", eq. 1; Goodfellow, Bengio &
Courville 2016, "Deep Learning", eqs. 7.18 to 7.20.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.penalties import bend, catalog, cost, slope
from kernels.rules import const


class L1(NamedTuple):
    """``strength``: loss per unit of |w|."""

    strength: float = 0.001


def _cost(item: Any, w: Any) -> Any:
    return const(w, item.strength) * np.abs(w)


def _slope(item: Any, w: Any) -> Any:
    return const(w, item.strength) * np.sign(w)


def _bend(item: Any, w: Any) -> Any:
    return const(w, 0.0)


catalog.register(
    L1,
    "l1",
    "strength times the sum of |w| over all weights",
    hypers={"strength": ("[0, inf)", "loss per unit of |w|")},
    rules={cost: _cost, slope: _slope, bend: _bend},
    aliases=("lasso",),
)
