"""BBOB f20: Schwefel.

    f = (418.98… - (u sin √|u| + v sin √|v|)/2)/100 + f_pen(u/100, v/100)·100 + f_opt, (u, v) =
    100 (Λ¹⁰(z - 2|x_opt|) + 2|x_opt|), z₁ = ±2x, z₂ = ±2y + (z₁ - 2|x_opt|)/4

Hansen et al. 2009, INRIA RR-6829, f20; the transforms are in kernels.bbob.
"""

import math
from typing import Any

import numpy as np

from kernels.bbob import NO_MAP, Placed, offset, register, seed_of, uniforms

_PLACE = 4.2096874637  # twice the optimum's distance from either axis
_TOP = 418.9828872724339


class Schwefel20(Placed):
    """The numbers of one instance."""


def _build(instance: float = 1.0) -> Schwefel20:
    seed = seed_of(20, instance)
    x, y = (math.copysign(_PLACE / 2.0, u - 0.5) for u in uniforms(2, seed))
    return Schwefel20(x, y, offset(seed), NO_MAP, NO_MAP)


def _height(item: Any, x: Any, y: Any) -> Any:
    a = x * (4.0 * item.x / _PLACE) - _PLACE
    b = y * (4.0 * item.y / _PLACE) + 0.25 * a - _PLACE
    u = 100.0 * (a + _PLACE)
    v = 100.0 * (np.sqrt(10.0) * b + _PLACE)
    waves = u * np.sin(np.sqrt(np.abs(u))) + v * np.sin(np.sqrt(np.abs(v)))
    over_u = max(np.abs(u) - 500.0, 0.0)
    over_v = max(np.abs(v) - 500.0, 0.0)
    penalty = over_u * over_u + over_v * over_v
    return 0.01 * (penalty + _TOP - 0.5 * waves) + item.value


register(
    Schwefel20,
    "bbob_20_schwefel",
    "deep minima in the corners, far from the deepest",
    _build,
    _height,
    formula="(418.98… - (u sin √|u| + v sin √|v|)/2)/100 + f_pen(u/100, v/100)·100 + f_opt, "
    "(u, v) = 100 (Λ¹⁰(z - 2|x_opt|) + 2|x_opt|), z₁ = ±2x, z₂ = ±2y + (z₁ - "
    "2|x_opt|)/4",
    complete=False,
)
