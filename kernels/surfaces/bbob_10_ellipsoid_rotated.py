"""BBOB f10: Ellipsoid, rotated.

    f = u² + 10⁶v² + f_opt, (u, v) = T_osz(R (x - x_opt))

Hansen et al. 2009, INRIA RR-6829, f10; the transforms are in kernels.bbob.
"""

from typing import Any

from kernels.bbob import Placed, builder, oscillated, register, turn, turned


class EllipsoidRotated(Placed):
    """The numbers of one instance."""


def _height(item: Any, x: Any, y: Any) -> Any:
    u, v = turned(item.first, x - item.x, y - item.y)
    u, v = oscillated(u), oscillated(v)
    return u * u + 1e6 * v * v + item.value


register(
    EllipsoidRotated,
    "bbob_10_ellipsoid_rotated",
    "condition number a million, turned",
    builder(EllipsoidRotated, 10, turn),
    _height,
    formula="u² + 10⁶v² + f_opt, (u, v) = T_osz(R (x - x_opt))",
)
