"""BBOB f18: Schaffer's function F7, ill-conditioned.

    f = (√s (1 + sin² 50 s^0.2))² + 10 f_pen + f_opt, s = √(u² + v²), (u, v) = Λ¹⁰⁰⁰ Q T_asy(R (x
    - x_opt), 0.5)

Hansen et al. 2009, INRIA RR-6829, f18; the transforms are in kernels.bbob.
"""

from typing import Any

import numpy as np

from kernels.bbob import (
    Placed,
    offset,
    optimum,
    outside,
    register,
    rotation,
    seed_of,
    skewed,
    turned,
)
from kernels.rules import const, select


class SchaffersConditioned(Placed):
    """The numbers of one instance."""


def _build(instance: float = 1.0) -> SchaffersConditioned:
    seed = seed_of(18, instance)
    x, y = optimum(seed)
    return SchaffersConditioned(x, y, offset(seed), rotation(seed + 1_000_000), rotation(seed))


def _height(item: Any, x: Any, y: Any) -> Any:
    u, v = turned(item.first, x - item.x, y - item.y)
    u, v = turned(item.second, u, skewed(v, 0.5))
    s = u * u + 1000.0 * v * v
    safe = select(s > 0.0, s, const(x, 1.0))
    wave = np.sin(50.0 * np.exp(0.1 * np.log(safe)))
    wave = 1.0 + wave * wave
    return np.sqrt(s) * wave * wave + 10.0 * outside(x, y) + item.value


register(
    SchaffersConditioned,
    "bbob_18_schaffers_conditioned",
    "the same waves, stretched thirtyfold",
    _build,
    _height,
    formula="(√s (1 + sin² 50 s^0.2))² + 10 f_pen + f_opt, s = √(u² + v²), (u, v) = Λ¹⁰⁰⁰ Q "
    "T_asy(R (x - x_opt), 0.5)",
    complete=False,
)
