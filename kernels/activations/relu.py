"""Rectified linear unit, f(z) = max(0, z), f'(0) = 0.

Nair & Hinton 2010, "Rectified linear units improve restricted Boltzmann machines", ICML.
"""

from typing import Any, NamedTuple

from kernels.activations import catalog, slope, value
from kernels.rules import const, select


class ReLU(NamedTuple):
    """No hyper-parameters."""


def _value(item: Any, z: Any) -> Any:
    return select(z > const(z, 0.0), z, const(z, 0.0))


def _slope(item: Any, z: Any, a: Any) -> Any:
    return select(z > const(z, 0.0), const(z, 1.0), const(z, 0.0))


catalog.register(ReLU, "relu", "max(0, z)", rules={value: _value, slope: _slope}, kinks=(0.0,))
