"""BBOB f2: Ellipsoid, separable.

    f = u² + 10⁶v² + f_opt, (u, v) = T_osz(x - x_opt)

Hansen et al. 2009, INRIA RR-6829, f2; the transforms are in kernels.bbob.
"""

from typing import Any

from kernels.bbob import Placed, builder, oscillated, register


class Ellipsoid(Placed):
    """The numbers of one instance."""


def _height(item: Any, x: Any, y: Any) -> Any:
    u, v = oscillated(x - item.x), oscillated(y - item.y)
    return u * u + 1e6 * v * v + item.value


register(
    Ellipsoid,
    "bbob_02_ellipsoid",
    "condition number a million, along the coordinates",
    builder(Ellipsoid, 2),
    _height,
    formula="u² + 10⁶v² + f_opt, (u, v) = T_osz(x - x_opt)",
)
