"""BBOB f13: Sharp ridge.

    f = u² + 100|v| + f_opt, (u, v) = Q Λ¹⁰ R (x - x_opt)

Hansen et al. 2009, INRIA RR-6829, f13; the transforms are in kernels.bbob.

The minimum is a kink.
"""

import math
from typing import Any

import numpy as np

from kernels.bbob import NO_MAP, Placed, offset, optimum, register, scaled_between, seed_of, turned


class SharpRidge(Placed):
    """The numbers of one instance."""


def _build(instance: float = 1.0) -> SharpRidge:
    seed = seed_of(13, instance)
    x, y = optimum(seed)
    return SharpRidge(x, y, offset(seed), scaled_between(seed, math.sqrt(10.0)), NO_MAP)


def _height(item: Any, x: Any, y: Any) -> Any:
    u, v = turned(item.first, x - item.x, y - item.y)
    return u * u + 100.0 * np.abs(v) + item.value


register(
    SharpRidge,
    "bbob_13_sharp_ridge",
    "a straight crease that leads to the optimum",
    _build,
    _height,
    formula="u² + 100|v| + f_opt, (u, v) = Q Λ¹⁰ R (x - x_opt)",
    note="The minimum is a kink.",
)
