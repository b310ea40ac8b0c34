"""BBOB f15: Rastrigin, rotated.

    f = 10 (2 - cos 2πu - cos 2πv) + u² + v² + f_opt, (u, v) = R Λ¹⁰ Q T_asy(T_osz(R (x - x_opt)),
    0.2)

Hansen et al. 2009, INRIA RR-6829, f15; the transforms are in kernels.bbob.
"""

import math
from functools import partial
from typing import Any

import numpy as np

from kernels.bbob import Placed, builder, oscillated, register, scaled_between, skewed, turn, turned


class RastriginRotated(Placed):
    """The numbers of one instance."""


def _height(item: Any, x: Any, y: Any) -> Any:
    u, v = turned(item.first, x - item.x, y - item.y)
    u, v = turned(item.second, oscillated(u), skewed(oscillated(v), 0.2))
    waves = np.cos(2.0 * np.pi * u) + np.cos(2.0 * np.pi * v)
    return 10.0 * (2.0 - waves) + u * u + v * v + item.value


register(
    RastriginRotated,
    "bbob_15_rastrigin_rotated",
    "a lattice of minima, bent and turned",
    builder(RastriginRotated, 15, turn, partial(scaled_between, stretch=math.sqrt(10.0))),
    _height,
    formula="10 (2 - cos 2πu - cos 2πv) + u² + v² + f_opt, (u, v) = R Λ¹⁰ Q T_asy(T_osz(R (x "
    "- x_opt)), 0.2)",
    complete=False,
)
