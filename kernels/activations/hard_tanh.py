"""Hard tanh, f(z) = z clipped to [-1, 1]; f' = 0 from z = ±1 outwards, f'' = 0.

Collobert 2004, "Large scale machine learning", PhD thesis, Université Paris VI; Collobert et al.
2011, "Natural language processing (almost) from scratch", JMLR 12.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.activations import bend, catalog, slope, value
from kernels.rules import const, select


class HardTanh(NamedTuple):
    """No hyper-parameters."""


def _value(item: Any, z: Any) -> Any:
    one = const(z, 1.0)
    return select(z > one, one, select(z < -one, -one, z))


def _slope(item: Any, z: Any, a: Any) -> Any:
    return select(np.abs(z) < const(z, 1.0), const(z, 1.0), const(z, 0.0))


def _bend(item: Any, z: Any, a: Any) -> Any:
    return const(z, 0.0)


catalog.register(
    HardTanh,
    "hard_tanh",
    "z clipped to [-1, 1]",
    rules={value: _value, slope: _slope, bend: _bend},
    kinks=(-1.0, 1.0),
)
