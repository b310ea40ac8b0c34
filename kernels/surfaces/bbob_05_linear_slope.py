"""BBOB f5: Linear slope.

    f = 5 (|s| + |t|) - su - tv + f_opt, s = ±1, t = ±10; (u, v) is x, held where it passes x_opt,
    a corner

Hansen et al. 2009, INRIA RR-6829, f5; the transforms are in kernels.bbob.

The optimum of the domain is the corner (x_opt, y_opt), on its boundary, where the plane ends in a
level one: it is no minimum of the function within the domain.
"""

import math
from typing import Any

from kernels.bbob import NO_MAP, Placed, offset, optimum, register, seed_of


class LinearSlope(Placed):
    """The numbers of one instance."""


def _build(instance: float = 1.0) -> LinearSlope:
    seed = seed_of(5, instance)
    x, y = (math.copysign(5.0, v) for v in optimum(seed))
    return LinearSlope(x, y, offset(seed), NO_MAP, NO_MAP)


def _height(item: Any, x: Any, y: Any) -> Any:
    s, t = item.x / 5.0, item.y * 2.0
    u, v = min(s * x, 5.0), min(t * y, 50.0)
    return (5.0 - u) + (50.0 - v) + item.value


register(
    LinearSlope,
    "bbob_05_linear_slope",
    "a tilted plane: the optimum is the corner of the domain that it falls to",
    _build,
    _height,
    formula="5 (|s| + |t|) - su - tv + f_opt, s = ±1, t = ±10; (u, v) is x, held where it "
    "passes x_opt, a corner",
    minima_of=lambda item: (),
    note="The optimum of the domain is the corner (x_opt, y_opt), on its boundary, where "
    "the plane ends in a level one: it is no minimum of the function within the "
    "domain.",
)
