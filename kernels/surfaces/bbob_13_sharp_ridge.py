"""BBOB f13: Sharp ridge.

    f = u² + 100|v| + f_opt, (u, v) = Q Λ¹⁰ R (x - x_opt)

Hansen et al. 2009, INRIA RR-6829, f13; the transforms are in kernels.bbob.

The minimum is a kink.
"""

import math
from functools import partial
from typing import Any

import numpy as np

from kernels.bbob import Placed, builder, register, scaled_between, turned


class SharpRidge(Placed):
    """The numbers of one instance."""


def _height(item: Any, x: Any, y: Any) -> Any:
    u, v = turned(item.first, x - item.x, y - item.y)
    return u * u + 100.0 * np.abs(v) + item.value


register(
    SharpRidge,
    "bbob_13_sharp_ridge",
    "a straight crease that leads to the optimum",
    builder(SharpRidge, 13, partial(scaled_between, stretch=math.sqrt(10.0))),
    _height,
    formula="u² + 100|v| + f_opt, (u, v) = Q Λ¹⁰ R (x - x_opt)",
    note="The minimum is a kink.",
)
