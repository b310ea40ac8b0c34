"""Sine, f(z) = sin(w0 z), f' = w0 cos(w0 z), f'' = -w0² f.

Sitzmann, Martel, Bergman, Lindell & Wetzstein 2020, "Implicit neural representations with periodic
activation functions" (SIREN), arXiv 2006.09661, sections 3 and 3.2: w0 = 30, with weights after
the first layer drawn uniformly from ±sqrt(6 / n_in) / w0.
"""

from typing import Any, NamedTuple

import numpy as np

from kernels.activations import bend, catalog, slope, value
from kernels.rules import const


class Sine(NamedTuple):
    """``w0``: angular frequency, radians per unit of z."""

    w0: float = 1.0


def _value(item: Any, z: Any) -> Any:
    return np.sin(const(z, item.w0) * z)


def _slope(item: Any, z: Any, a: Any) -> Any:
    w0 = const(z, item.w0)
    return w0 * np.cos(w0 * z)


def _bend(item: Any, z: Any, a: Any) -> Any:
    return -const(z, item.w0 * item.w0) * a


catalog.register(
    Sine,
    "sine",
    "sin(w0 z)",
    hypers={"w0": ("(0, 1000]", "angular frequency; SIREN has 30")},
    rules={value: _value, slope: _slope, bend: _bend},
    aliases=("siren",),
)
