"""BBOB f11: Discus.

    f = 10⁶u² + v² + f_opt, (u, v) = T_osz(R (x - x_opt))

Hansen et al. 2009, INRIA RR-6829, f11; the transforms are in kernels.bbob.
"""

from typing import Any

from kernels.bbob import Placed, builder, oscillated, register, turn, turned


class Discus(Placed):
    """The numbers of one instance."""


def _height(item: Any, x: Any, y: Any) -> Any:
    u, v = turned(item.first, x - item.x, y - item.y)
    u, v = oscillated(u), oscillated(v)
    return 1e6 * u * u + v * v + item.value


register(
    Discus,
    "bbob_11_discus",
    "one direction a thousand times more sensitive",
    builder(Discus, 11, turn),
    _height,
    formula="10⁶u² + v² + f_opt, (u, v) = T_osz(R (x - x_opt))",
)
