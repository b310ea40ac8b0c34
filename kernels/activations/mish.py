"""Mish, f(z) = z tanh(log(1 + exp z)).

With t the tanh and s the logistic: t' = (1 - t²) s, f' = t + z t', and
f'' = t' (2 + z (1 - s - 2 t s)). Misra 2020, "Mish: a self regularized non-monotonic activation
function", arXiv 1908.08681, section 2.
"""

from typing import Any, NamedTuple

import numpy as np
from numba.extending import register_jitable

from kernels.activations import bend, catalog, slope, value
from kernels.rules import const, select


class Mish(NamedTuple):
    """No hyper-parameters."""


@register_jitable
def _parts(z: Any) -> Any:
    """t, t' and s, from the exponential of minus the magnitude, which cannot overflow."""
    one, two = const(z, 1.0), const(z, 2.0)
    small = np.exp(-np.abs(z))
    rises = z >= const(z, 0.0)
    # tanh(log(1 + e)) = e (e + 2) / (e (e + 2) + 2), for positive z divided by e² above and below
    over = select(rises, one + two * small, small * (small + two))
    under = over + select(rises, two * small * small, two)
    square = select(rises, small * small, small)
    rate = const(z, 4.0) * (one + small) * square / (under * under)
    return over / under, rate, select(rises, one, small) / (one + small)


def _value(item: Any, z: Any) -> Any:
    t, _, _ = _parts(z)
    return z * t


def _slope(item: Any, z: Any, a: Any) -> Any:
    t, rate, _ = _parts(z)
    return t + z * rate


def _bend(item: Any, z: Any, a: Any) -> Any:
    t, rate, s = _parts(z)
    lean = const(z, 1.0) - s - const(z, 2.0) * t * s
    # Farther out ``rate`` is zero in float64 too, and zero times infinity would be NaN.
    near = min(max(z, const(z, -2000.0)), const(z, 2000.0))
    return rate * (const(z, 2.0) + near * lean)


catalog.register(
    Mish,
    "mish",
    "z tanh(softplus z)",
    rules={value: _value, slope: _slope, bend: _bend},
)
