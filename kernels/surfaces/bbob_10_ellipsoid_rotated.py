"""BBOB f10: Ellipsoid, rotated.

    f = u² + 10⁶v² + f_opt, (u, v) = T_osz(R (x - x_opt))

Hansen et al. 2009, INRIA RR-6829, f10; the transforms are in kernels.bbob.
"""

from typing import Any

from kernels.bbob import (
    NO_MAP,
    Placed,
    offset,
    optimum,
    oscillated,
    register,
    rotation,
    seed_of,
    turned,
)


class EllipsoidRotated(Placed):
    """The numbers of one instance."""


def _build(instance: float = 1.0) -> EllipsoidRotated:
    seed = seed_of(10, instance)
    x, y = optimum(seed)
    return EllipsoidRotated(x, y, offset(seed), rotation(seed + 1_000_000), NO_MAP)


def _height(item: Any, x: Any, y: Any) -> Any:
    u, v = turned(item.first, x - item.x, y - item.y)
    u, v = oscillated(u), oscillated(v)
    return u * u + 1e6 * v * v + item.value


register(
    EllipsoidRotated,
    "bbob_10_ellipsoid_rotated",
    "condition number a million, turned",
    _build,
    _height,
    formula="u² + 10⁶v² + f_opt, (u, v) = T_osz(R (x - x_opt))",
)
