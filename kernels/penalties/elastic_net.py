"""Elastic net, strength · Σ (share · |w| + (1 - share) / 2 · w²); the slope at w = 0 is 0.

Zou & Hastie 2005, "Regularization and variable selection via the elastic net", eq. 3, in the
parametrisation of scikit-learn's ``ElasticNet`` (alpha, l1_ratio).
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.penalties import bend, catalog, cost, slope
from kernels.rules import const


class ElasticNet(NamedTuple):
    """``strength``: of both terms together; ``l1_share``: what part of it is L1."""

    strength: float = 0.001
    l1_share: float = 0.5


def _cost(item: Any, w: Any) -> Any:
    one = const(w, item.strength * item.l1_share)
    two = const(w, item.strength * (1.0 - item.l1_share) * 0.5)
    return one * np.abs(w) + two * w * w


def _slope(item: Any, w: Any) -> Any:
    one = const(w, item.strength * item.l1_share)
    two = const(w, item.strength * (1.0 - item.l1_share))
    return one * np.sign(w) + two * w


def _bend(item: Any, w: Any) -> Any:
    return const(w, item.strength * (1.0 - item.l1_share))


catalog.register(
    ElasticNet,
    "elastic_net",
    "a mixture of the L1 and the L2 penalty",
    hypers={
        "strength": ("[0, inf)", "of both terms together"),
        "l1_share": ("[0, 1]", "what part of it is L1, the rest being L2"),
    },
    rules={cost: _cost, slope: _slope, bend: _bend},
)
