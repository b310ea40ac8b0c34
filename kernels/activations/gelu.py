"""Gaussian error linear unit, f(z) = z Φ(z), f' = Φ(z) + z φ(z), with the exact normal Φ.

Hendrycks & Gimpel 2016, "Gaussian error linear units (GELUs)", arXiv 1606.08415, section 2.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from kernels.activations import catalog, slope, value
from kernels.rules import const


class GELU(NamedTuple):
    """No hyper-parameters."""


_ROOT_HALF = math.sqrt(0.5)
_NORMAL_PEAK = 1.0 / math.sqrt(2.0 * math.pi)


def _value(item: Any, z: Any) -> Any:
    half = const(z, 0.5)
    return half * z * (const(z, 1.0) + const(z, math.erf(z * const(z, _ROOT_HALF))))


def _slope(item: Any, z: Any, a: Any) -> Any:
    half = const(z, 0.5)
    cumulative = half * (const(z, 1.0) + const(z, math.erf(z * const(z, _ROOT_HALF))))
    return cumulative + z * const(z, _NORMAL_PEAK) * np.exp(-half * z * z)


catalog.register(
    GELU, "gelu", "z times the normal distribution of z", rules={value: _value, slope: _slope}
)
