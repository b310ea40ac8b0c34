"""Gaussian error linear unit, f(z) = z Φ(z), with the exact normal Φ.

f' = Φ(z) + z φ(z), f'' = (2 - z²) φ(z).

Hendrycks & Gimpel 2016, "Gaussian error linear units (GELUs)", arXiv 1606.08415, section 2.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numba.extending import register_jitable

from kernels.activations import bend, catalog, slope, value
from kernels.rules import const


class GELU(NamedTuple):
    """No hyper-parameters."""


_ROOT_HALF = math.sqrt(0.5)
_NORMAL_PEAK = 1.0 / math.sqrt(2.0 * math.pi)
# From here on the density is zero in float64 too, and the square need not overflow.
_FAR = 40.0


@register_jitable
def _density(z: Any) -> Any:
    near = min(np.abs(z), const(z, _FAR))
    return const(z, _NORMAL_PEAK) * np.exp(const(z, -0.5) * near * near)


def _value(item: Any, z: Any) -> Any:
    half = const(z, 0.5)
    return half * z * (const(z, 1.0) + const(z, math.erf(z * const(z, _ROOT_HALF))))


def _slope(item: Any, z: Any, a: Any) -> Any:
    half = const(z, 0.5)
    cumulative = half * (const(z, 1.0) + const(z, math.erf(z * const(z, _ROOT_HALF))))
    return cumulative + z * _density(z)


def _bend(item: Any, z: Any, a: Any) -> Any:
    near = min(np.abs(z), const(z, _FAR))
    return (const(z, 2.0) - near * near) * _density(z)


catalog.register(
    GELU,
    "gelu",
    "z times the normal distribution of z",
    rules={value: _value, slope: _slope, bend: _bend},
)
