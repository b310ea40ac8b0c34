"""BBOB f18: Schaffer's function F7, ill-conditioned.

    f = (√s (1 + sin² 50 s^0.2))² + 10 f_pen + f_opt, s = √(u² + v²), (u, v) = Λ¹⁰⁰⁰ Q T_asy(R (x
    - x_opt), 0.5)

Hansen et al. 2009, INRIA RR-6829, f18; the transforms are in kernels.bbob.
"""

from typing import Any

from kernels.bbob import Placed, builder, register, rotation, turn
from kernels.surfaces.bbob_17_schaffers import waves


class SchaffersConditioned(Placed):
    """The numbers of one instance."""


def _height(item: Any, x: Any, y: Any) -> Any:
    return waves(item, x, y, 1000.0)


register(
    SchaffersConditioned,
    "bbob_18_schaffers_conditioned",
    "the same waves, stretched thirtyfold",
    builder(SchaffersConditioned, 18, turn, rotation),
    _height,
    formula="(√s (1 + sin² 50 s^0.2))² + 10 f_pen + f_opt, s = √(u² + v²), (u, v) = Λ¹⁰⁰⁰ Q "
    "T_asy(R (x - x_opt), 0.5)",
    complete=False,
)
