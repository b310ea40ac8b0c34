"""Hyperbolic tangent, f(z) = tanh z, f' = 1 - a², f'' = -2a (1 - a²).

LeCun, Bottou, Orr & Müller 1998, "Efficient BackProp", section 4.4.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.activations import bend, catalog, slope, value
from kernels.rules import const


class Tanh(NamedTuple):
    """No hyper-parameters."""


def _value(item: Any, z: Any) -> Any:
    return np.tanh(z)


def _slope(item: Any, z: Any, a: Any) -> Any:
    return const(a, 1.0) - a * a


def _bend(item: Any, z: Any, a: Any) -> Any:
    return const(z, -2.0) * a * (const(z, 1.0) - a * a)


catalog.register(
    Tanh,
    "tanh",
    "hyperbolic tangent",
    rules={value: _value, slope: _slope, bend: _bend},
)
