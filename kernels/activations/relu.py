"""Rectified linear unit, f(z) = max(0, z), f'(0) = 0, f'' = 0.

Nair & Hinton 2010, "Rectified linear units improve restricted Boltzmann machines", ICML.
"""

from typing import Any, NamedTuple

from kernels.activations import bend, catalog, slope, value
from kernels.rules import const, select


class ReLU(NamedTuple):
    """No hyper-parameters."""


def _value(item: Any, z: Any) -> Any:
    # This way round NaN stays NaN, and it is one instruction.
    return select(z < const(z, 0.0), const(z, 0.0), z)


def _slope(item: Any, z: Any, a: Any) -> Any:
    return select(a > const(a, 0.0), const(a, 1.0), const(a, 0.0))


def _bend(item: Any, z: Any, a: Any) -> Any:
    return const(z, 0.0)


catalog.register(
    ReLU,
    "relu",
    "max(0, z)",
    rules={value: _value, slope: _slope, bend: _bend},
    kinks=(0.0,),
)
