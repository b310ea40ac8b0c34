"""Identity, f(z) = z: a linear layer."""

from typing import Any, NamedTuple

from kernels.activations import bend, catalog, slope, value
from kernels.rules import const


class Identity(NamedTuple):
    """No hyper-parameters."""


def _value(item: Any, z: Any) -> Any:
    return z


def _slope(item: Any, z: Any, a: Any) -> Any:
    return const(a, 1.0)


def _bend(item: Any, z: Any, a: Any) -> Any:
    return const(z, 0.0)


catalog.register(
    Identity,
    "identity",
    "z itself: a linear layer",
    rules={value: _value, slope: _slope, bend: _bend},
    aliases=("linear",),
)
