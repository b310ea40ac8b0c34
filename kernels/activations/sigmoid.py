"""Logistic sigmoid, f(z) = 1 / (1 + exp(-z)), f' = a (1 - a), f'' = a (1 - a) (1 - 2a).

Rumelhart, Hinton & Williams 1986, "Learning representations by back-propagating errors", eq. 2.
"""

from typing import Any, NamedTuple

import numpy as np
from numba.extending import register_jitable

from kernels.activations import bend, catalog, slope, value
from kernels.rules import const, select


class Sigmoid(NamedTuple):
    """No hyper-parameters."""


@register_jitable
def logistic(z: Any) -> Any:
    """1 / (1 + exp(-z)) without overflow for either sign of z."""
    one = const(z, 1.0)
    small = np.exp(-np.abs(z))
    return select(z >= const(z, 0.0), one, small) / (one + small)


def _value(item: Any, z: Any) -> Any:
    return logistic(z)


def _slope(item: Any, z: Any, a: Any) -> Any:
    return a * (const(a, 1.0) - a)


def _bend(item: Any, z: Any, a: Any) -> Any:
    one = const(z, 1.0)
    return a * (one - a) * (one - a - a)


catalog.register(
    Sigmoid,
    "sigmoid",
    "1 / (1 + exp(-z))",
    rules={value: _value, slope: _slope, bend: _bend},
)
