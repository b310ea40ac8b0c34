"""S-shaped rectified linear unit: z between two thresholds, beyond each a line of its own slope.

f(z) = upper + upper_slope (z - upper) for z >= upper, z in between, and likewise below ``lower``;
at a threshold f' is the slope beyond it; f'' = 0. Jin, Xu, Feng, Wei, Xiong & Yan 2016, "Deep
learning with S-shaped rectified linear activation units", arXiv 1512.07030, section 3, where the
four are learned; here they are fixed.
"""

from typing import Any, NamedTuple

from kernels.activations import bend, catalog, slope, value
from kernels.rules import const, select


class SReLU(NamedTuple):
    """Thresholds in units of z; slopes are dimensionless."""

    lower: float = -1.0
    lower_slope: float = 0.1
    upper: float = 1.0
    upper_slope: float = 0.1


def _value(item: Any, z: Any) -> Any:
    lower, upper = const(z, item.lower), const(z, item.upper)
    below = lower + const(z, item.lower_slope) * (z - lower)
    above = upper + const(z, item.upper_slope) * (z - upper)
    return select(z >= upper, above, select(z <= lower, below, z))


def _slope(item: Any, z: Any, a: Any) -> Any:
    below, above = const(z, item.lower_slope), const(z, item.upper_slope)
    inside = select(z <= const(z, item.lower), below, const(z, 1.0))
    return select(z >= const(z, item.upper), above, inside)


def _bend(item: Any, z: Any, a: Any) -> Any:
    return const(z, 0.0)


catalog.register(
    SReLU,
    "srelu",
    "z between two thresholds, lines of other slopes beyond",
    hypers={
        "lower": ("(-inf, 0]", "threshold below which lower_slope holds"),
        "lower_slope": ("[0, 1]", "slope below the lower threshold"),
        "upper": ("(0, inf)", "threshold above which upper_slope holds"),
        "upper_slope": ("[0, 1]", "slope above the upper threshold"),
    },
    rules={value: _value, slope: _slope, bend: _bend},
    kinks=("lower", "upper"),
)
