"""Thresholded ReLU, f(z) = z for z > threshold, otherwise 0; it jumps at the threshold.

f' = 1 or 0, at the threshold 0; f'' = 0. Konda, Memisevic & Krueger 2015, "Zero-bias autoencoders
and the benefits of co-adapting features", arXiv 1402.3337, section 3.
"""

from typing import Any, NamedTuple

from kernels.activations import bend, catalog, slope, value
from kernels.rules import const, select


class ThresholdedReLU(NamedTuple):
    """``threshold``: the z up to which the unit is silent."""

    threshold: float = 1.0


def _value(item: Any, z: Any) -> Any:
    return select(z <= const(z, item.threshold), const(z, 0.0), z)


def _slope(item: Any, z: Any, a: Any) -> Any:
    return select(z > const(z, item.threshold), const(z, 1.0), const(z, 0.0))


def _bend(item: Any, z: Any, a: Any) -> Any:
    return const(z, 0.0)


catalog.register(
    ThresholdedReLU,
    "thresholded_relu",
    "z where above a threshold, otherwise 0",
    hypers={"threshold": ("[0, inf)", "the z up to which the unit is silent")},
    rules={value: _value, slope: _slope, bend: _bend},
    kinks=("threshold",),
)
