"""BBOB f6: Attractive sector.

    f = T_osz((su)² + (tv)²)^0.9 + f_opt, (u, v) = Q Λ¹⁰ R (x - x_opt); s, t = 100 where the
    coordinate has the sign of x_opt, else 1

Hansen et al. 2009, INRIA RR-6829, f6; the transforms are in kernels.bbob.
"""

import math
from functools import partial
from typing import Any

import numpy as np

from kernels.bbob import Placed, builder, oscillated, register, scaled_between, turned
from kernels.rules import const, select


class AttractiveSector(Placed):
    """The numbers of one instance."""


def _height(item: Any, x: Any, y: Any) -> Any:
    u, v = turned(item.first, x - item.x, y - item.y)
    u = select(u * item.x > 0.0, 100.0 * u, u)
    v = select(v * item.y > 0.0, 100.0 * v, v)
    s = oscillated(u * u + v * v)
    safe = select(s > 0.0, s, const(x, 1.0))
    return select(s > 0.0, np.exp(0.9 * np.log(safe)), s) + item.value


register(
    AttractiveSector,
    "bbob_06_attractive_sector",
    "steep but for one narrow sector",
    builder(AttractiveSector, 6, partial(scaled_between, stretch=math.sqrt(10.0))),
    _height,
    formula="T_osz((su)² + (tv)²)^0.9 + f_opt, (u, v) = Q Λ¹⁰ R (x - x_opt); s, t = 100 where"
    " the coordinate has the sign of x_opt, else 1",
)
