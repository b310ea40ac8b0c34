"""BBOB f24: Lunacek, bi-Rastrigin.

    f = min(|p|², 2 + s|p + μ₀ - μ₁|²) + 10 (2 - cos 2πu - cos 2πv) + 10⁴ f_pen + f_opt, p = 2x
    sign(x_opt) - μ₀, (u, v) = Q Λ¹⁰⁰ R p, μ₀ = 2.5, μ₁ = -√((μ₀² - 1)/s)

Hansen et al. 2009, INRIA RR-6829, f24; the transforms are in kernels.bbob.
"""

import math
from typing import Any

import numpy as np

from kernels.bbob import (
    NO_MAP,
    Placed,
    normals,
    offset,
    outside,
    register,
    scaled_between,
    seed_of,
    turned,
)

_MU = 2.5
_SHARE = 1.0 - 0.5 / (math.sqrt(22.0) - 4.1)
_OTHER = -math.sqrt((_MU * _MU - 1.0) / _SHARE)


class Lunacek(Placed):
    """The numbers of one instance."""


def _build(instance: float = 1.0) -> Lunacek:
    seed = seed_of(24, instance)
    x, y = (math.copysign(_MU / 2.0, g) for g in normals(2, seed))
    return Lunacek(x, y, offset(seed), scaled_between(seed, 10.0), NO_MAP)


def _height(item: Any, x: Any, y: Any) -> Any:
    p = x * (4.0 / _MU * item.x) - _MU
    q = y * (4.0 / _MU * item.y) - _MU
    u, v = turned(item.first, p, q)
    far = _MU - _OTHER
    wide = 2.0 + _SHARE * ((p + far) * (p + far) + (q + far) * (q + far))
    waves = np.cos(2.0 * np.pi * u) + np.cos(2.0 * np.pi * v)
    funnels = min(p * p + q * q, wide)
    return funnels + 10.0 * (2.0 - waves) + 1e4 * outside(x, y) + item.value


register(
    Lunacek,
    "bbob_24_lunacek",
    "two funnels of waves, the wider one the wrong one",
    _build,
    _height,
    formula="min(|p|², 2 + s|p + μ₀ - μ₁|²) + 10 (2 - cos 2πu - cos 2πv) + 10⁴ f_pen + f_opt,"
    " p = 2x sign(x_opt) - μ₀, (u, v) = Q Λ¹⁰⁰ R p, μ₀ = 2.5, μ₁ = -√((μ₀² - 1)/s)",
    complete=False,
)
