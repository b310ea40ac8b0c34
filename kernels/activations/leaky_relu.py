"""Leaky rectified linear unit, f(z) = z for z > 0, otherwise negative_slope * z; f'' = 0.

At z = 0, f' is the negative slope.

Maas, Hannun & Ng 2013, "Rectifier nonlinearities improve neural network acoustic models", ICML.
"""

from typing import Any, NamedTuple

from kernels.activations import bend, catalog, slope, value
from kernels.rules import const, select


class LeakyReLU(NamedTuple):
    """``negative_slope``: dimensionless slope for z <= 0."""

    negative_slope: float = 0.01


def _value(item: Any, z: Any) -> Any:
    return select(z > const(z, 0.0), z, const(z, item.negative_slope) * z)


def _slope(item: Any, z: Any, a: Any) -> Any:
    return select(z > const(z, 0.0), const(z, 1.0), const(z, item.negative_slope))


def _bend(item: Any, z: Any, a: Any) -> Any:
    return const(z, 0.0)


catalog.register(
    LeakyReLU,
    "leaky_relu",
    "z where positive, otherwise negative_slope * z",
    hypers={"negative_slope": ("[0, 1)", "slope for negative z")},
    rules={value: _value, slope: _slope, bend: _bend},
    kinks=(0.0,),
)
