"""Clipped ReLU, f(z) = min(max(0, z), ceiling); f' = 0 from either kink outwards, f'' = 0.

Krizhevsky 2010, "Convolutional deep belief networks on CIFAR-10", with the ceiling 6.
"""

from typing import Any, NamedTuple

from kernels.activations import bend, catalog, slope, value
from kernels.rules import const, select


class ClippedReLU(NamedTuple):
    """``ceiling``: the largest activation."""

    ceiling: float = 6.0


def _value(item: Any, z: Any) -> Any:
    ceiling = const(z, item.ceiling)
    return select(z > ceiling, ceiling, select(z < const(z, 0.0), const(z, 0.0), z))


def _slope(item: Any, z: Any, a: Any) -> Any:
    inside = (z > const(z, 0.0)) & (z < const(z, item.ceiling))
    return select(inside, const(z, 1.0), const(z, 0.0))


def _bend(item: Any, z: Any, a: Any) -> Any:
    return const(z, 0.0)


catalog.register(
    ClippedReLU,
    "clipped_relu",
    "z clipped to [0, ceiling]",
    hypers={"ceiling": ("(0, inf)", "the largest activation")},
    rules={value: _value, slope: _slope, bend: _bend},
    aliases=("relu6",),
    kinks=(0.0, "ceiling"),
)
