"""Hard sigmoid, f(z) = z / 6 + 1/2 clipped to [0, 1]; f' = 0 from z = ±3 outwards, f'' = 0.

Howard et al. 2019, "Searching for MobileNetV3", arXiv 1905.02244, section 5.2. Courbariaux, Bengio
& David 2015, arXiv 1511.00363, have the steeper z / 2 + 1/2.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.activations import bend, catalog, slope, value
from kernels.rules import const, select


class HardSigmoid(NamedTuple):
    """No hyper-parameters."""


def _value(item: Any, z: Any) -> Any:
    zero, one = const(z, 0.0), const(z, 1.0)
    line = z * const(z, 1.0 / 6.0) + const(z, 0.5)
    return select(line > one, one, select(line < zero, zero, line))


def _slope(item: Any, z: Any, a: Any) -> Any:
    return select(np.abs(z) < const(z, 3.0), const(z, 1.0 / 6.0), const(z, 0.0))


def _bend(item: Any, z: Any, a: Any) -> Any:
    return const(z, 0.0)


catalog.register(
    HardSigmoid,
    "hard_sigmoid",
    "z / 6 + 1/2 clipped to [0, 1]",
    rules={value: _value, slope: _slope, bend: _bend},
    kinks=(-3.0, 3.0),
)
