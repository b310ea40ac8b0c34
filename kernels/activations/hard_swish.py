"""Hard swish, f(z) = z times the hard sigmoid, z clipped(z / 6 + 1/2).

f' = z / 3 + 1/2 and f'' = 1/3 for |z| < 3; from z = ±3 outwards f' is 0 or 1 and f'' = 0. Howard et
al. 2019, "Searching for MobileNetV3", arXiv 1905.02244, section 5.2.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.activations import bend, catalog, slope, value
from kernels.rules import const, select


class HardSwish(NamedTuple):
    """No hyper-parameters."""


def _value(item: Any, z: Any) -> Any:
    zero, one = const(z, 0.0), const(z, 1.0)
    line = z * const(z, 1.0 / 6.0) + const(z, 0.5)
    return z * select(line > one, one, select(line < zero, zero, line))


def _slope(item: Any, z: Any, a: Any) -> Any:
    outer = select(z > const(z, 0.0), const(z, 1.0), const(z, 0.0))
    inner = z * const(z, 1.0 / 3.0) + const(z, 0.5)
    return select(np.abs(z) < const(z, 3.0), inner, outer)


def _bend(item: Any, z: Any, a: Any) -> Any:
    return select(np.abs(z) < const(z, 3.0), const(z, 1.0 / 3.0), const(z, 0.0))


catalog.register(
    HardSwish,
    "hard_swish",
    "z times the hard sigmoid of z",
    rules={value: _value, slope: _slope, bend: _bend},
    aliases=("hard_silu",),
    kinks=(-3.0, 3.0),
)
