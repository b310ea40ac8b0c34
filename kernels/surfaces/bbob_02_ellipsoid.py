"""BBOB f2: Ellipsoid, separable.

    f = u² + 10⁶v² + f_opt, (u, v) = T_osz(x - x_opt)

Hansen et al. 2009, INRIA RR-6829, f2; the transforms are in kernels.bbob.
"""

from typing import Any

from kernels.bbob import NO_MAP, Placed, offset, optimum, oscillated, register, seed_of


class Ellipsoid(Placed):
    """The numbers of one instance."""


def _build(instance: float = 1.0) -> Ellipsoid:
    seed = seed_of(2, instance)
    x, y = optimum(seed)
    return Ellipsoid(x, y, offset(seed), NO_MAP, NO_MAP)


def _height(item: Any, x: Any, y: Any) -> Any:
    u, v = oscillated(x - item.x), oscillated(y - item.y)
    return u * u + 1e6 * v * v + item.value


register(
    Ellipsoid,
    "bbob_02_ellipsoid",
    "condition number a million, along the coordinates",
    _build,
    _height,
    formula="u² + 10⁶v² + f_opt, (u, v) = T_osz(x - x_opt)",
)
