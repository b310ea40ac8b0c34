"""BBOB f1: Sphere.

    f = u² + v² + f_opt, (u, v) = x - x_opt

Hansen et al. 2009, INRIA RR-6829, f1; the transforms are in kernels.bbob.
"""

from typing import Any

from kernels.bbob import Placed, builder, register


class Sphere(Placed):
    """The numbers of one instance."""


def _height(item: Any, x: Any, y: Any) -> Any:
    u, v = x - item.x, y - item.y
    return u * u + v * v + item.value


register(
    Sphere,
    "bbob_01_sphere",
    "a round bowl away from the origin",
    builder(Sphere, 1),
    _height,
    formula="u² + v² + f_opt, (u, v) = x - x_opt",
)
